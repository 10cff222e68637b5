"""Reference data at the hub: versions, changes with what is gone, pages between which the shop goes on changing."""

import random
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hub_fixtures import Open
from sqlalchemy import select
from sqlalchemy.orm import Session
from talking_device import FIRST, NOW, PIECES, SHOP, Talker, live_cart, phone, terminal, view
from told_check import check

from retail.catalogue import TaxRate
from retail.errors import RetailError
from retail.messages import Position
from retail.replica import applied
from sync_server.carts import queries as carts
from sync_server.catalogue import pages, queries, reference, search, service
from sync_server.catalogue.tables import stores
from sync_server.customers import service as customers
from sync_server.db import Database, open_database, threads_for
from sync_server.outbox import service as outbox
from sync_server.outbox.tables import events
from sync_server.staff import service as staff
from sync_server.terminals.tables import terminals

STORE, (BREAD, MILK) = SHOP.stores[0].id, PIECES[:2]
KEYS = {"products": "id", "promotions": "id", "offers": "item", "staff": "number", "cards": "number"}
NEWCOMER = {
    "id": "new",
    "number": "7777",
    "names": {"en": "Newcomer", "ru": "Новенький"},
    "role": "cashier",
    "language": "en",
}


class Till:
    """What a till keeps, as docs/protocol.md says: rows by kind, and how far it is."""

    def __init__(self, db: Database, terminal: str = "till-1") -> None:
        self.db, self.terminal = db, terminal
        self.e = self.version = 0
        self.rows: dict[str, dict[str, Any]] = {}
        self.seen: list[dict[str, Any]] = []

    def page(self, token: str = "") -> dict[str, Any]:
        def query(session: Session) -> bytes:
            row = session.execute(select(terminals).where(terminals.c.id == self.terminal)).one()
            place = pages.place_from(token) if token else None
            if not token and self.version:
                place = pages.Place(pages.CHANGES, self.e, self.version, pages.END)
            return pages.page(session, row, pages.standing(session, row), place)[0]

        found: dict[str, Any] = orjson.loads(self.db.read(query))
        check("reference", found)
        self.seen.append(found)
        self._take(found)
        return found

    def _take(self, page: dict[str, Any]) -> None:
        if page["first"]:
            self.rows = {kind: {} for kind in KEYS}
        for kind, key in KEYS.items():
            self.rows[kind] |= {row[key]: row for row in page[kind]}
            for gone in page["gone"][kind]:
                self.rows[kind].pop(gone, None)
        for row in page["prices"]:
            if row["item"] in self.rows["products"]:
                self.rows["products"][row["item"]]["price"] = row["price"]
        self.taxes = page["taxes"]
        if not page["next"]:
            self.e, self.version = page["e"], page["version"]

    def follow(self, between: Any = lambda: None) -> None:
        token = self.page()["next"]
        while token:
            between()
            token = self.page(token)["next"]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS_MAX", 7)


def price(db: Database, **prices: int) -> None:
    db.write(lambda session: service.set_prices(session, {k.replace("_", "-"): v for k, v in prices.items()}, NOW))


def test_a_new_till_takes_the_whole_and_then_only_what_changed(db: Database) -> None:
    till = Till(db)
    till.follow()
    assert set(till.rows["products"]) == {product.id for product in SHOP.products}
    assert till.seen[0]["total"] == sum(map(len, till.rows.values()))
    db.write(lambda session: service.set_prices(session, {BREAD.id: 111, MILK.id: 222}, NOW))
    db.write(lambda session: service.set_prices(session, {BREAD.id: 112}, NOW))
    last = till.page()
    assert (last["whole"], last["products"], last["next"]) == (False, [], "")
    # What changed twice is told once, as it is now.
    assert last["prices"] == [{"item": MILK.id, "price": 222}, {"item": BREAD.id, "price": 112}]
    assert till.version == 3 and till.page()["prices"] == []


def test_every_kind_says_in_its_head_when_it_changed(db: Database) -> None:
    seen = Position(s=f"store:{STORE}", e=1, v=0)
    db.write(lambda session: service.set_prices(session, {BREAD.id: 111}, NOW))
    db.write(lambda session: staff.left(session, SHOP.staff[0].number, NOW))
    state = db.read(lambda session: queries.heads(session, STORE))
    check("store-state", state)
    assert (state["reference"], state["heads"]["prices"], state["heads"]["staff"]) == (3, 2, 3)
    assert state["heads"]["products"] == state["heads"]["cards"] == 1
    answer = db.read(lambda session: outbox.answer(session, seen, lambda: state))
    assert [event["changes"]["reference"] for event in answer["events"]] == [2, 3]
    # The other shop has staff of its own.
    other = db.read(lambda session: queries.heads(session, SHOP.stores[1].id))
    assert other["reference"] == 2


def test_what_is_gone_is_told_as_gone_and_what_came_comes(db: Database) -> None:
    till = Till(db)
    till.follow()
    new = replace(BREAD, id="p-new", gtin="", plu="", names={"en": "Rye loaf", "ru": "Ржаной хлеб"}, family="")
    card = FIRST.card
    member = next(row for row in SHOP.staff if row.store == STORE)

    def change(session: Session) -> None:
        service.put_products(session, [new], NOW)
        service.withdraw_products(session, [MILK.id], NOW)
        customers.block_card(session, card, NOW)
        customers.issue_card(session, "29999999", FIRST.id, NOW)
        staff.left(session, member.number, NOW)
        service.put_tax(session, TaxRate("C", {"en": "VAT 5%", "ru": "НДС 5%"}, 500), NOW)

    db.write(change)
    told = till.page()
    gone = {k: v for k, v in told["gone"].items() if v}
    assert gone == {"products": [MILK.id], "staff": [member.number], "cards": [card]}
    assert [row["id"] for row in told["products"]] == ["p-new"]
    assert [row["number"] for row in told["cards"]] == ["29999999"] and told["taxes"][-1]["code"] == "C"
    fresh = Till(db)
    fresh.follow()
    assert fresh.rows == till.rows


def test_a_kiosk_hears_nothing_of_staff(db: Database) -> None:
    kiosk = Till(db, "kiosk-1")
    kiosk.follow()
    db.write(lambda session: staff.new_pin(session, SHOP.staff[0].number, "hash", NOW))
    kiosk.follow()
    assert kiosk.rows["staff"] == {} and kiosk.version == 2


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("whole", [True, False])
def test_what_changes_between_two_pages_is_not_lost(db: Database, whole: bool) -> None:
    """Prices, withdrawals and new goods happen before every page; in the end both tills know the same."""
    chance = random.Random(3)
    till = Till(db)
    if not whole:
        till.follow()
        db.write(lambda session: service.set_prices(session, {row.id: 500 for row in PIECES}, NOW))
    number = iter(range(10_000))

    def shop_goes_on() -> None:
        if next(number) > 30:
            return
        item = chance.choice(PIECES)
        match chance.randrange(4):
            case 0:
                db.write(lambda session: service.withdraw_products(session, [item.id], NOW))
            case 1:
                db.write(
                    lambda session: service.put_products(session, [replace(item, price=chance.randrange(999))], NOW)
                )
            case 2:
                new = replace(item, id=f"p-{chance.randrange(10**6)}", gtin="", plu="")
                db.write(lambda session: service.put_products(session, [new], NOW))
            case _:
                prices = {row.id: chance.randrange(999) for row in chance.sample(PIECES, 9)}
                db.write(lambda session: service.set_prices(session, prices, NOW))

    till.follow(shop_goes_on)
    assert len(till.seen) > 8
    fresh = Till(db)
    fresh.follow()
    assert fresh.rows == till.rows and fresh.version == till.version


def test_too_old_from_the_future_or_of_another_life_means_the_whole(db: Database) -> None:
    till = Till(db)
    till.follow()
    till.version = 99
    assert till.page()["first"]
    price(db, **{BREAD.id: 111})
    db.write(lambda session: outbox.renew(session, f"store:{STORE}"))
    told = till.page()
    assert told["first"] and told["e"] == 2
    assert till.page("d.1.1.products.x")["first"], "a place of another epoch leads nowhere"
    for nonsense in ("", "x", "w.1.1", "w.-1.1.a.b", "d.٣.1.a.b", "w.1.99999999999.products.a"):
        assert Till(db).page(nonsense)["first"]


def test_a_change_of_very_many_rows_is_taken_as_a_whole(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    till = Till(db)
    till.follow()
    monkeypatch.setattr(reference, "CHANGES_RECORDED_MAX", 10)
    db.write(lambda session: service.set_prices(session, {row.id: 500 for row in PIECES}, NOW))
    assert till.page()["first"] and till.version == 2
    price(db, **{BREAD.id: 111})
    assert not till.page()["whole"]


def test_pages_are_bounded_in_bytes(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_BYTES_MAX", 4_000)
    till = Till(db)
    till.follow()
    assert set(till.rows["products"]) == {product.id for product in SHOP.products}
    rows = [
        sum(len(orjson.dumps(row)) for kind in ("products", "cards", "staff") for row in page[kind])
        for page in till.seen
    ]
    assert len(rows) > 5 and max(rows) < 6_000


def test_a_new_price_reaches_the_open_cart_that_a_phone_watches(db: Database) -> None:
    talker, cart = Talker(db, phone(FIRST.id)), live_cart(db, FIRST.id)
    talker.ok("cart.add", cart, line="line-1", item=BREAD.id, quantity=2000)
    e, v = db.read(lambda session: outbox.position(session, f"cart:{cart}"))
    told: list[dict[Any, Any]] = []
    db.after_commit.append(told.append)
    price(db, **{BREAD.id: 777})
    assert told[-1][outbox.BEHIND] == {f"cart:{cart}": v + 1}
    fresh = view(db, cart)
    assert fresh["totals"]["total"] == 1554
    answer = db.read(lambda session: outbox.answer(session, Position(s=f"cart:{cart}", e=e, v=v), lambda: fresh))
    assert (answer["v"], answer["state"]) == (v + 1, fresh)
    # From there on it goes by events again.
    talker.ok("cart.add", cart, line="line-2", item=MILK.id, quantity=1000)
    seen = Position(s=f"cart:{cart}", e=e, v=v + 1)
    [event] = db.read(lambda session: outbox.answer(session, seen, lambda: fresh))["events"]
    assert applied(fresh, event["changes"]) == view(db, cart)


def test_stores_whose_versions_differ_have_the_new_price_at_once(db: Database) -> None:
    here, there = [store.id for store in SHOP.stores[:2]]

    def prices() -> list[tuple[int, int]]:
        return [
            (door(lambda session, at=at: queries.book(session, at).product(BREAD.id).price), version)
            for at in (here, there)
            for door in (db.write, db.read)
            for version in [db.read(lambda session, at=at: queries.book(session, at).version)]
        ]

    # Somebody begins at one store only, whose version is then one higher than the other's.
    db.write(lambda session: staff.hired(session, NEWCOMER | {"store": here}, "hash", NOW))
    (_, ahead), _, (_, behind), _ = prices()
    assert ahead == behind + 1
    price(db, **{BREAD.id: 777})
    assert prices()[2:] == [(777, behind + 1)] * 2 and prices()[:2] == [(777, ahead + 1)] * 2


def test_a_look_beside_the_loop_sees_the_newest_price(sqlite_shop: str) -> None:
    db = open_database(sqlite_shop, threads_for(sqlite_shop))

    def seen() -> int:
        return db.read_beside(lambda session: queries.book(session, STORE).product(BREAD.id).price)

    before = seen()
    price(db, **{BREAD.id: 777})
    assert seen() == 777 != before
    db.close()


def test_a_cart_without_the_item_hears_nothing(db: Database) -> None:
    talker, cart = Talker(db, phone(FIRST.id)), live_cart(db, FIRST.id)
    talker.ok("cart.add", cart, line="line-1", item=BREAD.id, quantity=1000)
    before = db.read(lambda session: outbox.position(session, f"cart:{cart}"))
    price(db, **{MILK.id: 777})
    assert db.read(lambda session: outbox.position(session, f"cart:{cart}")) == before
    db.write(lambda session: service.put_tax(session, TaxRate("A", {"en": "VAT", "ru": "НДС"}, 2200), NOW))
    assert db.read(lambda session: outbox.position(session, f"cart:{cart}")) == (before[0], before[1] + 1)


def test_a_withdrawn_product_stays_priced_in_carts_and_nobody_chooses_more_of_it(db: Database) -> None:
    talker, cart = Talker(db, phone(FIRST.id)), live_cart(db, FIRST.id)
    talker.ok("cart.add", cart, line="line-1", item=BREAD.id, quantity=2000)
    before = view(db, cart)
    db.write(lambda session: service.withdraw_products(session, [BREAD.id], NOW))
    assert view(db, cart) == before
    refused = talker.do("cart.add", cart, line="line-2", item=BREAD.id, quantity=1000)
    assert refused["error"]["code"] == "catalogue.unknown_item"
    talker.ok("cart.add", cart, line="line-2", item=BREAD.id, quantity=-1000)
    # A till that has not heard of it yet sells it all the same.
    Talker(db, terminal("till-1")).scan(BREAD.id)
    assert db.read(lambda session: search.page_of(session, "", BREAD.gtin, 1, 9)) == ([], 0)


@pytest.mark.parametrize("wrong", [{"tax": "Z"}, {"department": "nowhere"}])
def test_goods_that_no_till_could_price_are_refused(db: Database, wrong: dict[str, str]) -> None:
    with pytest.raises(RetailError, match="There is no"):
        db.write(lambda session: service.put_products(session, [replace(BREAD, **wrong)], NOW))
    assert db.read(lambda session: session.scalar(select(stores.c.reference).where(stores.c.id == STORE))) == 1


def test_the_first_variant_on_sale_stands_for_its_family(db: Database) -> None:
    family = next(product.family for product in SHOP.products if product.family)
    variants = [product for product in SHOP.products if product.family == family]
    db.write(lambda session: service.withdraw_products(session, [variants[0].id], NOW))
    goods = db.read(lambda session: queries.first_goods(session, 1_000))
    assert variants[0].id not in goods and variants[1].id in goods
    db.write(lambda session: service.put_products(session, [variants[0]], NOW))
    goods = db.read(lambda session: queries.first_goods(session, 1_000))
    assert variants[0].id in goods and variants[1].id not in goods


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("{en}", True),
        ("{RU}", True),
        ("{gtin}", True),
        ("{start}", True),
        ("{en} nosuchword", False),
        ("' \" & | ! ) : *", None),
    ],
)
def test_both_databases_find_the_same(db: Database, words: str, finds: bool | None) -> None:
    names = {"en": BREAD.names["en"], "RU": BREAD.names["ru"].upper(), "gtin": BREAD.gtin.lstrip("0")}
    asked = words.format(start=" ".join(word[:3] for word in BREAD.names["ru"].split()), **names)
    found, total = db.read(lambda session: search.page_of(session, "", asked, 1, 60))
    if finds is None:
        assert total == db.read(lambda session: search.page_of(session, "", "", 1, 60))[1]
    else:
        assert (BREAD.id in [product.id for product in found]) is finds and total >= len(found)


def test_a_new_name_is_found_at_once_and_the_old_one_is_not(db: Database) -> None:
    new = replace(BREAD, names={"en": "Crème Zzyzx", "ru": "Ёлка"})
    db.write(lambda session: service.put_products(session, [new], NOW))
    for words in ("creme zzyz", "ЕЛКА"):
        assert [row.id for row in db.read(lambda session, w=words: search.page_of(session, "", w, 1, 9))[0]] == [
            BREAD.id
        ]  # type: ignore[misc]
    old, _ = db.read(lambda session: search.page_of(session, BREAD.department, BREAD.names["en"], 1, 60))
    assert BREAD.id not in [row.id for row in old]


def test_search_comes_in_pages_that_say_how_much_there_is(db: Database) -> None:
    first, total = db.read(lambda session: search.page_of(session, "", "0", 1, 3))
    second, again = db.read(lambda session: search.page_of(session, "", "0", 2, 3))
    assert (
        total == again > 6
        and len(first) == len(second) == 3
        and not {row.id for row in first} & {row.id for row in second}
    )
    assert db.read(lambda session: search.page_of(session, "", "0", 99, 3)) == ([], total)


def test_prices_that_change_while_many_carts_are_filled_reach_every_cart(open_shop: Open) -> None:
    """Two processes at once: whichever comes first, what one folds from the answers is what is there."""
    from concurrent.futures import ThreadPoolExecutor

    shoppers = [row.id for row in SHOP.shoppers[:3]]
    db = open_shop()
    carts_of = {shopper: live_cart(db, shopper) for shopper in shoppers}
    folded = {cart: view(db, cart) for cart in carts_of.values()}
    seen = {cart: db.read(lambda session, c=cart: outbox.position(session, f"cart:{c}")) for cart in folded}  # type: ignore[misc]

    def shop(shopper: str) -> None:
        talker = Talker(open_shop(), phone(shopper))
        for n in range(12):
            talker.ok("cart.add", carts_of[shopper], line=f"l{n}-{shopper}", item=BREAD.id, quantity=1000)

    def reprice() -> None:
        own = open_shop()
        for n in range(12):
            own.write(lambda session, n=n: service.set_prices(session, {BREAD.id: 100 + n}, NOW))  # type: ignore[misc]

    with ThreadPoolExecutor(4) as pool:
        for work in [pool.submit(reprice), *(pool.submit(shop, shopper) for shopper in shoppers)]:
            work.result()
    for cart, state in folded.items():
        position = Position(s=f"cart:{cart}", e=seen[cart][0], v=seen[cart][1])
        fresh = view(db, cart)
        answer = db.read(lambda session, p=position, f=fresh: outbox.answer(session, p, lambda: f))  # type: ignore[misc]
        rows = db.read(lambda session, c=cart: carts.get(session, c))  # type: ignore[misc]
        assert len(rows.cart.lines) == 1
        if "state" not in answer:
            for event in answer["events"]:
                state = applied(state, event["changes"])
            assert state == fresh
        of = select(events).where(events.c.stream == f"cart:{cart}").order_by(events.c.version.desc())
        last = db.read(lambda session, of=of: session.execute(of).first())  # type: ignore[misc]
        if last is not None and last.changes:
            # Had a cart been priced by a book that was changed before its commit, its last event would tell another.
            assert last.changes["totals"]["total"] == fresh["totals"]["total"]
