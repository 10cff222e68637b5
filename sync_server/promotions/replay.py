"""Past sales with a draft among the promotions: who would have received what, and what it costs.

Each sale is priced twice by today's promotions, with the draft and without it, from the unit prices on its receipt, at
the moment and the store of the sale. The draft's own beginning and end are left out: most drafts begin tomorrow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from retail.cart import HUB, CartLine, Channel
from retail.catalogue import Product, TaxRate
from retail.loyalty.purchase import points_of
from retail.occasion import Occasion
from retail.price_lists import NO_LISTS
from retail.pricing import PriceBook, price
from retail.promotions.conditions import FirstPurchase, Tiers
from retail.promotions.kinds import as_dict, promotion_from
from retail.promotions.promotion import Promotion
from retail.wall_clock import reached
from sync_server.catalogue import queries as catalogue
from sync_server.customers import groups
from sync_server.db import Database
from sync_server.errors import NotFound
from sync_server.loyalty import queries as loyalty
from sync_server.orders.tables import sales
from sync_server.promotions import preview
from sync_server.promotions.tables import promotion_replay_sales, promotion_replays
from sync_server.terminals.tables import terminals

SALES_AT_ONCE = 50
"""Between two answers: other people's scans go first."""

NEEDED = [sales.c[name] for name in ("id", "store", "terminal", "shopper", "total", "body", "at")]
"""Of a sale. Its receipt is as large as all of these."""

DAYS_MAX = 366
KEPT_MS = 7 * 86_400_000
"""Afterwards a replay is forgotten; it can be made again at any time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Sales of these stores from `since` until before `until` (ms)."""

    draft: Promotion
    stores: tuple[str, ...]
    since: int
    until: int


def begin(session: Session, name: str, wanted: Wanted, by: str, now: int) -> dict[str, Any]:
    """Open a replay under a name of the caller's: its progress."""
    _forget(session, now)
    preview.switched_on(wanted.draft)
    mine = (sales.c.store.in_(wanted.stores), sales.c.at >= wanted.since, sales.c.at < wanted.until)
    count = session.scalar(select(func.count()).select_from(sales).where(*mine)) or 0
    row = {"since": wanted.since, "until": wanted.until, "sales": count, "done": 0, "takings": 0}
    place = [wanted.stores[0], wanted.since - 1, ""]
    body = as_dict(wanted.draft)
    session.execute(
        insert(promotion_replays).values(
            id=name, by=by, body=body, stores=list(wanted.stores), place=place, at=now, **row
        )
    )
    return progress(row_of(session, name))


def _forget(session: Session, now: int) -> None:
    old = select(promotion_replays.c.id).where(promotion_replays.c.at < now - KEPT_MS)
    session.execute(delete(promotion_replay_sales).where(promotion_replay_sales.c.replay.in_(old)))
    session.execute(delete(promotion_replays).where(promotion_replays.c.at < now - KEPT_MS))


def progress(row: Row[Any]) -> dict[str, Any]:
    """`{id, sales, done}`: it is complete when the two are the same."""
    return {"id": row.id, "sales": row.sales, "done": row.done}


def row_of(session: Session, name: str) -> Row[Any]:
    """One row of `promotion_replays`."""
    row = session.execute(select(promotion_replays).where(promotion_replays.c.id == name)).first()
    if row is None:
        raise NotFound()
    return row


@dataclass(slots=True)
class Part:
    """What a look at some more sales found."""

    seen: Row[Any]
    place: list[Any]
    done: int
    takings: int
    rows: list[dict[str, Any]] = field(default_factory=list)


def step(db: Database, name: str, limit: int = SALES_AT_ONCE) -> dict[str, Any]:
    """Look at the next sales of a replay: its progress. They are priced beside the writer, and then kept."""
    part = db.read_beside(lambda session: look(session, name, limit))
    return db.write(lambda session: _keep(session, part), patient=True)


def look(session: Session, name: str, limit: int) -> Part:
    """Price the next sales of a replay; nothing is kept."""
    row = row_of(session, name)
    part = Part(row, row.place, row.done, row.takings)
    found = _next_sales(session, row, limit)
    judge = Judge(session, promotion_from(row.body), row.at)
    for sale in found:
        part.takings += sale.total
        difference = judge.difference(sale)
        if difference:
            part.rows.append({"replay": name, "sale": sale.id, "shopper": sale.shopper, "at": sale.at, **difference})
        part.place = [sale.store, sale.at, sale.id]
    # A sale that came after the replay had begun may lie in its time: it is looked at and not counted.
    part.done = min(row.sales, row.done + len(found)) if found else row.sales
    return part


def _keep(session: Session, part: Part) -> dict[str, Any]:
    columns = promotion_replays.c
    name = part.seen.id
    kept = session.execute(
        update(promotion_replays)
        # Of two who look at the same sales at once the first one's are kept.
        .where(columns.id == name, columns.done == part.seen.done, columns.takings == part.seen.takings)
        .values(done=part.done, place=part.place, takings=part.takings)
    )
    if kept.rowcount == 1 and part.rows:  # type: ignore[attr-defined]
        session.execute(insert(promotion_replay_sales), part.rows)
    return progress(row_of(session, name))


def _next_sales(session: Session, row: Row[Any], limit: int) -> list[Row[Any]]:
    store, at, sale = row.place
    found: list[Row[Any]] = []
    for place in row.stores[row.stores.index(store) :]:
        after = or_(sales.c.at > at, and_(sales.c.at == at, sales.c.id > sale))
        query: Select[Any] = (
            select(*NEEDED, terminals.c.kind)
            .join(terminals, terminals.c.id == sales.c.terminal)
            .where(sales.c.store == place, sales.c.at < row.until, after)
            .order_by(sales.c.at, sales.c.id)
            .limit(limit - len(found))
        )
        found += session.execute(query).all()
        if len(found) >= limit:
            break
        at, sale = row.since - 1, ""
    return found


class Judge:
    """Prices sales with a draft and without it; what it asks about shoppers it asks once."""

    def __init__(self, session: Session, draft: Promotion, now: int) -> None:
        self._now = now
        self._session, self._draft = session, preview.switched_on(draft, ever=True)
        self._tiers: dict[str, str] = {}
        self._firsts: dict[str, str] = {}
        self._books: dict[str, tuple[PriceBook, PriceBook]] = {}

    def difference(self, sale: Any) -> dict[str, int] | None:
        """`{before, after, saved, points}`, in minor units and points more; None where the draft changes nothing."""
        rows = sale.body["lines"]
        before, after = self._of(sale.store)
        goods = {row["item"]: self._product(before, row) for row in rows}
        # Perks such as points have goods as well; what touches none of these goods changes no price.
        if not any(on.matches(product) for on in self._draft.touches for product in goods.values()):
            return None
        channel: Channel = sale.kind if sale.kind in ("till", "kiosk") else "online"
        owner = HUB if channel == "online" else sale.terminal
        lines = [
            CartLine(row["id"], row["item"], row["quantity"], owner, channel, n, weighed=row["weighed"])
            for n, row in enumerate(rows)
        ]
        occasion = self._occasion(sale, channel, before)
        priced = [price(lines, _as_sold(book, goods, rows), occasion) for book in (before, after)]
        saved = priced[1].given.saved.get(self._draft.id, 0)
        perk = any(one.id == self._draft.id for one in priced[1].given.perks)
        if not saved and not perk and priced[0].total == priced[1].total:
            return None
        programme = before.programme(self._now)
        points = [points_of(cart, programme) if sale.shopper else 0 for cart in priced]
        return {"before": priced[0].total, "after": priced[1].total, "saved": saved, "points": points[1] - points[0]}

    def _of(self, store: str) -> tuple[PriceBook, PriceBook]:
        if store not in self._books:
            book = catalogue.book(self._session, store)
            pair = preview.without(book, self._draft.id), preview.with_draft(book, self._draft)
            self._books[store] = pair
        return self._books[store]

    def _product(self, book: PriceBook, row: Mapping[str, Any]) -> Product:
        """As it was sold: at the price of that day, also where it is withdrawn or cost less by a list."""
        found = book.products.get(row["item"])
        if found is None:
            return Product(row["item"], "", dict(row["names"]), "", row["unit_price"], row["tax_code"])
        return replace(found, price=row["unit_price"])

    def _occasion(self, sale: Any, channel: Channel, book: PriceBook) -> Occasion:
        at = sale.body.get("priced_at") or sale.at
        asks = [held for one in (*book.rules.promotions, self._draft) for held in one.conditions]
        tier = self._tier(sale.shopper) if any(isinstance(one, Tiers) for one in asks) else ""
        first = any(isinstance(one, FirstPurchase) for one in asks) and self._first(sale)
        belongs = groups.of(self._session, sale.shopper) if sale.shopper else frozenset[str]()
        # Whoever had a coupon then has it now, and for a draft that asks for one everybody has it.
        had = frozenset(row["id"] for row in sale.body.get("promotions", ())) | {self._draft.id}
        local = reached(at, ZoneInfo(book.zone))
        return Occasion(local, sale.store, channel, sale.shopper, belongs, tier, first, had)

    def _tier(self, shopper: str) -> str:
        if shopper and shopper not in self._tiers:
            self._tiers[shopper] = loyalty.standing(self._session, shopper).tier
        return self._tiers.get(shopper, "")

    def _first(self, sale: Any) -> bool:
        if sale.shopper and sale.shopper not in self._firsts:
            oldest = select(sales.c.id).where(sales.c.shopper == sale.shopper).order_by(sales.c.at, sales.c.id).limit(1)
            self._firsts[sale.shopper] = self._session.scalar(oldest) or ""
        return bool(sale.shopper) and self._firsts[sale.shopper] == sale.id


def _as_sold(book: PriceBook, goods: Mapping[str, Product], rows: Iterable[Mapping[str, Any]]) -> PriceBook:
    taxes = dict(book.taxes)
    for row in rows:
        code = goods[row["item"]].tax
        taxes.setdefault(code, TaxRate(code, {}, 0))
    return replace(book, products=goods, taxes=taxes, lists=NO_LISTS)
