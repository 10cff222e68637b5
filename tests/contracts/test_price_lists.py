"""Price lists and a store's rules at the hub: they reach the terminals as changes, and every open cart at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from talking_device import FIRST, NOW, PIECES, SHOP, Talker, live_cart, make_sale, phone, rows, terminal, view
from told_check import check

from retail.errors import RetailError
from retail.messages import Position
from retail.price_lists import LISTS_MAX, Break, PriceList
from retail.replica import applied
from retail.wall_clock import first_moment
from sync_server.catalogue import lists, pages, queries
from sync_server.catalogue.tables import price_lists
from sync_server.customers import service as customers
from sync_server.db import Database
from sync_server.inbox.tables import exceptions
from sync_server.outbox import service as outbox
from sync_server.promotions import service as promotions
from sync_server.terminals.tables import terminals

HERE, THERE = SHOP.stores[0], SHOP.stores[1]
BREAD, MILK = (replace(product) for product in PIECES[:2])
ZONE = ZoneInfo(HERE.zone)


@pytest.fixture(autouse=True)
def nothing_of_the_sample_shop(db: Database) -> None:
    for one in SHOP.promotions:
        db.write(lambda session, name=one.id: promotions.withdraw(session, name, "", NOW))  # type: ignore[misc]
    for found in SHOP.price_lists:
        db.write(lambda session, name=found.id: lists.drop_list(session, name, NOW))  # type: ignore[misc]


def put(db: Database, name: str, *prices: tuple[str, int, int], **conditions: Any) -> None:
    """A list with `(item, from, amount)`."""
    breaks: dict[str, tuple[Break, ...]] = {}
    for item, quantity, amount in prices:
        breaks[item] = (*breaks.get(item, ()), Break(quantity, amount))
    found = PriceList(name, 0, {"en": name, "ru": name}, **conditions)
    db.write(lambda session: lists.put_list(session, found, NOW))
    db.write(lambda session: lists.set_list_prices(session, name, breaks, NOW))


def told(db: Database, token: str = "", since: tuple[int, int] = (0, 0)) -> dict[str, Any]:
    """A page of reference data, from the beginning or from a version."""

    def query(session: Session) -> bytes:
        row = session.execute(select(terminals).where(terminals.c.id == "till-1")).one()
        place = pages.place_from(token) if token else None
        if since[1]:
            place = pages.Place(pages.CHANGES, *since, pages.END)
        return pages.page(session, row, pages.standing(session, row), place)[0]

    found: dict[str, Any] = orjson.loads(db.read(query))
    check("reference", found)
    return found


def whole(db: Database) -> tuple[dict[str, Any], tuple[int, int]]:
    """What the lists ask for each product as a new till hears it, and the epoch and version that it then has."""
    page, offers = told(db), {}
    while True:
        offers |= {row["item"]: row["lists"] for row in page["offers"]}
        if not page["next"]:
            return offers, (page["e"], page["version"])
        page = told(db, page["next"])


def step(db: Database, cart: str, act: Callable[[], Any]) -> dict[str, Any]:
    """What an operation tells of a cart, after it was seen that it is the very difference."""
    before = view(db, cart)
    e, v = db.read(lambda session: outbox.position(session, f"cart:{cart}"))
    act()
    after = view(db, cart)
    answer = db.read(lambda session: outbox.answer(session, Position(s=f"cart:{cart}", e=e, v=v), lambda: after))
    for event in answer["events"]:
        before = applied(before, event["changes"])
    assert before == after
    return after


def test_a_list_reaches_the_tills_as_a_whole_and_as_changes_and_goes_again(db: Database) -> None:
    put(db, "six", (BREAD.id, 0, 90), (BREAD.id, 6000, 80), (MILK.id, 0, 70))
    offers, at = whole(db)
    assert offers == {BREAD.id: {"six": [[0, 90], [6000, 80]]}, MILK.id: {"six": [[0, 70]]}}
    assert told(db)["lists"][0]["id"] == "six"
    db.write(lambda session: lists.set_list_prices(session, "six", {MILK.id: (), BREAD.id: (Break(0, 85),)}, NOW))
    page = told(db, since=at)
    assert page["offers"] == [{"item": BREAD.id, "lists": {"six": [[0, 85]]}}]
    assert (page["gone"]["offers"], page["whole"], page["products"]) == ([MILK.id], False, [])
    assert (page["lists"][0]["version"], page["version"]) == (3, at[1] + 1)
    db.write(lambda session: lists.drop_list(session, "six", NOW))
    page = told(db, since=(page["e"], page["version"]))
    assert (page["gone"]["offers"], page["lists"], page["offers"]) == ([BREAD.id], [], [])


def test_a_whole_load_in_small_pages_has_every_offer_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS_MAX", 7)
    put(db, "all", *[(product.id, 0, 100) for product in PIECES])
    put(db, "some", *[(product.id, 0, 90) for product in PIECES[:9]])
    offers, _ = whole(db)
    assert set(offers) == {product.id for product in PIECES}
    assert offers[BREAD.id] == {"all": [[0, 100]], "some": [[0, 90]]}


def test_the_sixth_piece_changes_what_the_five_before_it_cost(db: Database) -> None:
    put(db, "six", (BREAD.id, 6000, 80))
    till, shopper = Talker(db, terminal("till-1")), Talker(db, phone(FIRST.id))
    cart = live_cart(db, FIRST.id)
    shopper.ok("cart.add", cart, line="v", item=BREAD.id, quantity=5000)
    till.ok("cart.attach", card=FIRST.card)
    step(db, cart, lambda: till.scan(BREAD.id, 4))
    found = view(db, cart)
    # Five online and four in the hand are not nine: each is paid of its own.
    assert {row["unit_price"] for row in found["lines"].values()} == {BREAD.price}
    assert step(db, cart, lambda: till.scan(BREAD.id, 2))["lines"]["v"]["unit_price"] == BREAD.price
    found = step(
        db,
        cart,
        lambda: shopper.ok("cart.add", cart, line="w", item=BREAD.id, quantity=1000, fulfilment="deliver"),
    )
    assert [found["lines"][line]["unit_price"] for line in "vw"] == [80, 80]
    found = step(db, cart, lambda: shopper.ok("cart.remove", cart, line="w", seen=1000))
    assert found["lines"]["v"]["unit_price"] == BREAD.price


def test_goods_cost_what_the_list_of_their_store_and_channel_says(db: Database) -> None:
    put(db, "there", (BREAD.id, 0, 95), stores=(THERE.id,))
    put(db, "online", (BREAD.id, 0, 85), channels=("online",))
    here, there = Talker(db, terminal("till-1")), Talker(db, terminal("till-3"))
    here.scan(BREAD.id)
    there.scan(BREAD.id)
    assert view(db, here.visit)["totals"]["total"] == BREAD.price
    assert view(db, there.visit)["totals"]["total"] == 95
    # The live cart is of the first store; what is in a hand at the second is paid there.
    cart = live_cart(db, FIRST.id)
    Talker(db, phone(FIRST.id)).ok("cart.add", cart, line="v", item=BREAD.id, quantity=1000)
    step(db, cart, lambda: there.ok("cart.attach", card=FIRST.card))
    assert sorted(row["total"] for row in view(db, cart)["lines"].values()) == [85, 95]
    totals = view(db, cart)["totals"]
    assert (totals["total"], totals["in_hand"], totals["virtual"]) == (180, 95, 85)


def test_a_group_has_its_price_from_the_moment_it_is_known_who_buys(db: Database) -> None:
    put(db, "staff", (BREAD.id, 0, 50), groups=("staff",))
    till = Talker(db, terminal("till-1"))
    till.scan(BREAD.id)
    before = view(db, till.visit)["totals"]["total"]
    db.write(lambda session: customers.set_groups(session, FIRST.id, ["staff"], NOW))
    card = next(row for row in told(db)["cards"] if row["number"] == FIRST.card)
    assert card["groups"] == ["staff"]
    cart = live_cart(db, FIRST.id)
    step(db, cart, lambda: till.ok("cart.attach", card=FIRST.card))
    assert (before, view(db, cart)["totals"]["total"]) == (BREAD.price, 50)
    e, v = db.read(lambda session: outbox.position(session, f"cart:{cart}"))
    db.write(lambda session: customers.set_groups(session, FIRST.id, [], NOW))
    assert view(db, cart)["totals"]["total"] == BREAD.price
    assert db.read(lambda session: outbox.position(session, f"cart:{cart}")) == (e, v + 1)


def test_a_list_that_begins_while_a_cart_is_open_is_told(db: Database) -> None:
    begins = first_moment("2026-10-25T03:30", ZONE)
    put(db, "night", (BREAD.id, 0, 60), starts="2026-10-25T03:30", ends="2026-10-25T03:45")
    till = Talker(db, terminal("till-1"))
    till.scan(BREAD.id)

    def at(now: int) -> tuple[int, int]:
        """The version of the cart's stream and the total, once the hub has looked at its clock; a second look, by
        another worker, changes nothing."""
        versions = []
        for _ in range(2):
            promotions.begin_and_end(db, now)
            versions.append(db.read(lambda session: outbox.position(session, f"cart:{till.visit}"))[1])
        assert versions[0] == versions[1]
        return versions[0], view(db, till.visit)["totals"]["total"]

    first, before = at(begins - 1)
    assert before == BREAD.price
    begun, during = at(begins)
    ended, after = at(begins + 15 * 60_000)
    assert (during, after) == (60, BREAD.price) and first < begun < ended
    # The clock is put back and shows 3:30 a second time: what has ended does not begin again.
    assert at(begins + 60 * 60_000) == (ended, BREAD.price)


def test_the_hub_derives_a_sale_by_the_list_of_its_own_moment(db: Database) -> None:
    ends = first_moment("2026-11-27T18:00", ZONE)
    put(db, "until", (BREAD.id, 0, 60), ends="2026-11-27T18:00")
    till = Talker(db, terminal("till-1"))
    cart = till.scan(BREAD.id)
    promotions.begin_and_end(db, ends + 1)
    sale = make_sale(db, till, cart, 1)
    assert (sale.total, sale.lines[0].price_list, sale.lines[0].list_version) == (60, "until", 2)
    till.ok("sale.commit", sale=sale.as_dict())
    assert rows(db, exceptions) == []
    late = replace(sale, id="late", number="01-01-000002", at=ends, lines=(replace(sale.lines[0], id="other"),))
    till.visit = "another"
    till.scan(BREAD.id)
    till.ok("sale.commit", "another", sale=late.as_dict())
    found = {row["what"] for one in rows(db, exceptions) for row in one.detail["rows"]}
    assert found >= {"unit_price", "total", "price_list"}


def test_the_rules_of_a_store_are_its_own_and_price_its_open_carts_anew(db: Database) -> None:
    here, there = Talker(db, terminal("till-1")), Talker(db, terminal("till-3"))
    for talker in (here, there):
        talker.scan(BREAD.id)
        talker.scan(MILK.id)
    before = view(db, here.visit)["totals"]["total"]
    _, at = whole(db)
    db.write(lambda session: lists.put_rules(session, HERE.id, NOW, tax_added=True, tax_rounding="line", cash_step=5))
    after = view(db, here.visit)["totals"]
    assert after["total"] == before + after["tax"] and after["tax"] > 0
    assert view(db, there.visit)["totals"]["total"] == before
    page = told(db, since=at)
    assert (page["store"]["tax_added"], page["store"]["tax_rounding"], page["store"]["cash_step"]) == (True, "line", 5)
    step(db, here.visit, lambda: here.scan(BREAD.id))
    sale = make_sale(db, here, here.visit, 1)
    assert (sale.total + sale.rounding) % 5 == 0
    here.ok("sale.commit", sale=sale.as_dict())
    assert rows(db, exceptions) == []


def test_what_cannot_be_is_refused_and_changes_nothing(db: Database) -> None:
    _, before = whole(db)
    bad: list[tuple[str, Callable[[Session], Any]]] = [
        ("catalogue.store_unknown", lambda s: lists.put_list(s, PriceList("x", 0, {}, stores=("nowhere",)), NOW)),
        ("catalogue.local_time", lambda s: lists.put_list(s, PriceList("x", 0, {}, starts="soon"), NOW)),
        ("catalogue.rules", lambda s: lists.put_rules(s, HERE.id, NOW, cash_step=-5)),
        ("catalogue.rules", lambda s: lists.put_rules(s, HERE.id, NOW, tax_rounding="never")),
        ("not_found", lambda s: lists.put_rules(s, "nowhere", NOW)),
        ("not_found", lambda s: lists.set_list_prices(s, "nobody", {}, NOW)),
        ("not_found", lambda s: lists.drop_list(s, "nobody", NOW)),
        ("not_found", lambda s: customers.set_groups(s, "nobody", [], NOW)),
        ("customer.groups", lambda s: customers.set_groups(s, FIRST.id, [str(n) for n in range(21)], NOW)),
    ]
    for code, act in bad:
        with pytest.raises(RetailError) as refused:
            db.write(act)
        assert refused.value.code.endswith(code), code
    assert whole(db)[1] == before
    put(db, "six")
    for breaks, code in (({"nothing": (Break(0, 1),)}, "unknown_item"), ({BREAD.id: (Break(0, -1),)}, "price")):
        with pytest.raises(RetailError) as refused:
            db.write(lambda session, b=breaks: lists.set_list_prices(session, "six", b, NOW))  # type: ignore[misc]
        assert refused.value.code == f"catalogue.{code}"


def test_there_are_only_so_many_lists(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LISTS_MAX", 2)
    for name in ("a", "b", "a"):
        put(db, name)
    with pytest.raises(RetailError) as refused:
        put(db, "c")
    assert refused.value.code == "catalogue.too_many_lists" and LISTS_MAX > 2
    assert sorted(row.id for row in rows(db, price_lists)) == ["a", "b"]


def test_the_price_book_keeps_what_it_read_until_a_list_changes(db: Database) -> None:
    put(db, "six", (BREAD.id, 0, 90))

    def asked(session: Session) -> dict[str, Any]:
        return dict(queries.book(session, HERE.id).lists.offers[BREAD.id])

    assert db.read(asked) == db.write(asked) == {"six": (Break(0, 90),)}
    db.write(lambda session: lists.set_list_prices(session, "six", {BREAD.id: (Break(0, 91),)}, NOW))
    assert db.read(asked) == db.write(asked) == {"six": (Break(0, 91),)}
