"""The reference data of a store in pages of bounded size: the whole, or what changed (docs/protocol.md).

A page is read in one snapshot; two pages are not. What changes between them gets a higher version and so stands behind
everything that was told: whoever follows `next` to its end has all of it. A whole load ends with the changes since its
first page, for the same reason.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from sync_server.catalogue import queries
from sync_server.catalogue.tables import reference_changes, stores
from sync_server.customers import queries as customers
from sync_server.loyalty import queries as loyalty
from sync_server.orders import queries as orders
from sync_server.outbox import service as outbox
from sync_server.promotions import queries as promotions
from sync_server.staff import queries as staff
from sync_server.stock import queries as stock

PAGE_BYTES_MAX = 512 * 1024
"""Of JSON before compression; the page may be longer by one row."""

PAGE_ROWS_MAX = 1_000
WHOLE, CATCHING_UP, CHANGES = "w", "c", "d"
END = "~"
"""Stands behind every kind: the whole of a version was told."""

WHOLE_KINDS = ("cards", "offers", "products", "promotions", "staff")
TOKEN_LENGTH_MAX = 160


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody is: after this row of this version; `mode` is what is being told."""

    mode: str
    epoch: int
    version: int
    kind: str = ""
    key: str = ""

    @property
    def token(self) -> str:
        return f"{self.mode}.{self.epoch}.{self.version}.{self.kind}.{self.key}"


def place_from(token: str) -> Place | None:
    """The place that a token names; None for one that is not ours."""
    parts = token[:TOKEN_LENGTH_MAX].split(".", 4)
    if len(parts) != 5 or parts[0] not in (WHOLE, CATCHING_UP, CHANGES):
        return None
    if not all(part.isascii() and part.isdecimal() for part in parts[1:3]):
        return None
    return Place(parts[0], int(parts[1]), int(parts[2]), parts[3], parts[4])


@dataclass(slots=True)
class Rows:
    """What a page tells: JSON texts by kind, and keys of what is gone."""

    told: dict[str, list[bytes]] = field(
        default_factory=lambda: {kind: [] for kind in ("products", "prices", "offers", "promotions", "staff", "cards")}
    )
    gone: dict[str, list[str]] = field(
        default_factory=lambda: {kind: [] for kind in ("products", "offers", "promotions", "staff", "cards")}
    )
    stock: dict[str, int] = field(default_factory=dict)
    size: int = 0

    def add(self, kind: str, key: str, row: bytes | None) -> None:
        if row is not None:
            self.told[kind].append(row)
        elif kind in self.gone:
            self.gone[kind].append(key)
        self.size += len(row or key) + 1


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks and when (ms), at which version and epoch the store stands, and from when on its changes are listed."""

    store: str
    kiosk: bool
    version: int
    epoch: int
    changes_from: int
    now: int = 0


def standing(session: Session, terminal: Row[Any], now: int = 0) -> Asked:
    row = session.execute(select(stores.c.reference, stores.c.changes_from).where(stores.c.id == terminal.store)).one()
    epoch, _ = outbox.position(session, f"store:{terminal.store}")
    return Asked(terminal.store, terminal.kind == "kiosk", row.reference, epoch, row.changes_from, now)


def page(session: Session, terminal: Row[Any], asked: Asked, since: Place | None) -> tuple[bytes, bool]:
    """The page that follows `since` as JSON, and whether it is the last one."""
    start = since if since is not None and _leads_on(since, asked) else Place(WHOLE, asked.epoch, asked.version)
    rows = Rows()
    after = _whole(session, asked, start, rows) if start.mode == WHOLE else _changes(session, asked, start, rows)
    last = after.mode != WHOLE and (after.version, after.kind) >= (asked.version, END)
    head = {
        "e": asked.epoch,
        "version": after.version,
        "whole": start.mode != CHANGES,
        "first": start is not since and start.mode == WHOLE,
        "next": "" if last else after.token,
        "total": _total(session, asked, start) if not start.key else 0,
        **_small(session, terminal),
        "stock": rows.stock,
        "gone": rows.gone,
    }
    parts = [orjson.dumps(head)[:-1]]
    for kind, told in rows.told.items():
        parts += [b',"', kind.encode(), b'":[', b",".join(told), b"]"]
    return b"".join([*parts, b"}"]), last


def _leads_on(since: Place, asked: Asked) -> bool:
    """Whether one can go on from there: the same epoch, and neither from the future nor from before the list."""
    return since.epoch in (0, asked.epoch) and max(asked.changes_from, 1) <= since.version <= asked.version


def _small(session: Session, terminal: Row[Any]) -> dict[str, Any]:
    """What is so little that every page has it whole."""
    return {
        "store": asdict(queries.store(session, terminal.store)),
        "terminal": {
            "id": terminal.id,
            "code": terminal.code,
            "kind": terminal.kind,
            "names": terminal.names,
            # A terminal that was set up anew goes on in its own series instead of using numbers twice.
            "first_sale": orders.last_counter(session, terminal.id) + 1,
            "first_return": orders.last_return(session, terminal.id) + 1,
        },
        "departments": [asdict(row) for row in queries.all_departments(session)],
        "taxes": [asdict(row) for row in queries.all_taxes(session)],
        "lists": [asdict(row) for row in queries.all_lists(session)],
        "programmes": [asdict(row) for row in loyalty.dated(session)],
    }


def _total(session: Session, asked: Asked, start: Place) -> int:
    """How many rows follow from here, for whoever waits for them."""
    if start.mode != WHOLE:
        return session.scalar(select(func.count()).select_from(reference_changes).where(_after(asked, start))) or 0
    people = 0 if asked.kiosk else staff.count(session, asked.store)
    goods = queries.count(session) + queries.count_offers(session) + promotions.count(session)
    return goods + customers.count_cards(session) + people


def _whole(session: Session, asked: Asked, start: Place, rows: Rows) -> Place:
    place = start
    for kind in WHOLE_KINDS:
        if kind < start.kind or (kind == "staff" and asked.kiosk):
            continue
        room = PAGE_ROWS_MAX - sum(map(len, rows.told.values()))
        if not room or rows.size > PAGE_BYTES_MAX:
            return place
        last, found = start.key if kind == start.kind else "", 0
        for key, row in _rows_after(session, asked, kind, last, room):
            rows.add(kind, key, row)
            last, found = key, found + 1
            if rows.size > PAGE_BYTES_MAX:
                break
        place = Place(WHOLE, asked.epoch, start.version, kind, last)
        if kind == "products":
            rows.stock.update(_stock_of(session, asked, rows))
        if found == room or rows.size > PAGE_BYTES_MAX:
            return place
    return Place(CATCHING_UP, asked.epoch, start.version, END)


def _rows_after(session: Session, asked: Asked, kind: str, key: str, limit: int) -> Iterator[tuple[str, bytes]]:
    match kind:
        case "products":
            return queries.bodies_after(session, key, limit)
        case "promotions":
            return promotions.bodies_after(session, key, limit)
        case "offers":
            return ((item, orjson.dumps(row)) for item, row in queries.offers_after(session, key, limit))
        case "staff":
            found = staff.rows_after(session, asked.store, key, limit)
        case _:
            found = customers.cards_after(session, key, limit, asked.now)
    return ((row["number"], orjson.dumps(row)) for row in found)


def _stock_of(session: Session, asked: Asked, rows: Rows) -> dict[str, int]:
    items = [orjson.loads(body)["id"] for body in rows.told["products"]]
    return stock.of_items(session, asked.store, items)


def _after(asked: Asked, place: Place) -> Any:
    columns = reference_changes.c
    if place.kind == END:
        return and_(columns.store == asked.store, columns.version > place.version)
    same = columns.version == place.version
    return and_(
        columns.store == asked.store,
        columns.version >= place.version,
        or_(
            columns.version > place.version,
            and_(same, columns.kind > place.kind),
            and_(same, columns.kind == place.kind, columns.key > place.key),
        ),
    )


def _changes(session: Session, asked: Asked, start: Place, rows: Rows) -> Place:
    columns = reference_changes.c
    query = select(columns.version, columns.kind, columns.key).where(_after(asked, start))
    found = session.execute(query.order_by(columns.version, columns.kind, columns.key).limit(PAGE_ROWS_MAX)).all()
    now = {kind: _now(session, asked, kind, [row.key for row in found if row.kind == kind]) for kind in _NOW}
    place = start
    for row in found:
        if row.kind == "stock":
            rows.stock[row.key] = now["stock"].get(row.key, 0)
        elif row.kind in rows.told and not (row.kind == "staff" and asked.kiosk):
            rows.add(row.kind, row.key, now[row.kind].get(row.key))
        place = Place(start.mode, asked.epoch, row.version, row.kind, row.key)
        if rows.size > PAGE_BYTES_MAX:
            break
    else:
        if len(found) < PAGE_ROWS_MAX:
            place = Place(start.mode, asked.epoch, asked.version, END)
    rows.stock.update(_stock_of(session, asked, rows))
    return place


def _now(session: Session, asked: Asked, kind: str, keys: list[str]) -> dict[str, Any]:
    return _NOW[kind](session, asked, keys) if keys else {}


def _products(session: Session, _: Asked, keys: list[str]) -> dict[str, Any]:
    return queries.bodies_of(session, keys)


def _prices(session: Session, _: Asked, keys: list[str]) -> dict[str, Any]:
    bodies = queries.bodies_of(session, keys)
    return {item: orjson.dumps({"item": item, "price": orjson.loads(body)["price"]}) for item, body in bodies.items()}


def _promotions(session: Session, _: Asked, keys: list[str]) -> dict[str, Any]:
    return promotions.bodies_of(session, keys)


def _offers(session: Session, _: Asked, keys: list[str]) -> dict[str, Any]:
    return {item: orjson.dumps(row) for item, row in queries.offers_of(session, keys).items()}


def _staff(session: Session, asked: Asked, keys: list[str]) -> dict[str, Any]:
    return {row["number"]: orjson.dumps(row) for row in staff.rows_of(session, asked.store, keys)}


def _cards(session: Session, asked: Asked, keys: list[str]) -> dict[str, Any]:
    return {row["number"]: orjson.dumps(row) for row in customers.cards_of(session, keys, asked.now)}


def _levels(session: Session, asked: Asked, keys: list[str]) -> dict[str, Any]:
    return stock.of_items(session, asked.store, keys)


_NOW: dict[str, Callable[[Session, Asked, list[str]], dict[str, Any]]] = {
    "products": _products,
    "prices": _prices,
    "promotions": _promotions,
    "offers": _offers,
    "staff": _staff,
    "cards": _cards,
    "stock": _levels,
}
