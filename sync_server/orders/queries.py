"""Reading sales: the shopper's orders, the manager's day."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Row, func, literal_column, select
from sqlalchemy.orm import Session

from retail.catalogue import Store
from retail.errors import N_, ReturnRefused
from retail.money import round_half_up
from retail.questions import SaleWanted
from retail.sale import Sale, sale_from
from sync_server.catalogue import queries as catalogue
from sync_server.catalogue.tables import stores
from sync_server.orders.tables import paid_lines, returned_lines, sale_returns, sales
from sync_server.terminals.tables import terminals

SALES_SHOWN_MAX = 20
ORDERS_SHOWN_MAX = 50
"""Of a shopper: the newest ones."""

LINE_KEYS = ("names", "quantity", "unit", "unit_price", "total")


def _due(total: int, loads: Sequence[Mapping[str, Any]] | None) -> int:
    """What a receipt has as its total: the goods and what was put on gift cards, in minor units."""
    return total + sum(int(load["amount"]) for load in loads or ())


def _order(row: Row[Any], returned: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "at": row.at,
        "store": row.store_body["names"],
        "zone": row.store_body["zone"],
        "channel": row.kind,
        "total": _due(row.total, row.body.get("loads")),
        "currency": row.currency,
        "points": row.points,
        "lines": [{key: line[key] for key in LINE_KEYS} for line in row.body["lines"]],
        "receipt": row.receipt,
        "returned": sum(one["total"] for one in returned),
        "returns": list(returned),
        "loads": [{"amount": load["amount"], "hint": load.get("hint", "")} for load in row.body.get("loads") or ()],
    }


def _returns_of(session: Session, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """What came back of these sales, by sale, oldest first, as a shopper is shown it."""
    of = {sale: list[dict[str, Any]]() for sale in ids}
    asked = select(sale_returns.c.sale, sale_returns.c.body).where(sale_returns.c.sale.in_(ids))
    for row in session.execute(asked.order_by(sale_returns.c.at, sale_returns.c.id)):
        body = row.body
        lines = [
            {"names": line["names"], "quantity": line["quantity"], "total": line["total"]} for line in body["lines"]
        ]
        of[row.sale].append({**{key: body[key] for key in ("id", "number", "at", "total")}, "lines": lines})
    return of


def _orders() -> Any:
    return (
        select(sales, stores.c.body.label("store_body"), terminals.c.kind)
        .join(stores, stores.c.id == sales.c.store)
        .join(terminals, terminals.c.id == sales.c.terminal)
    )


NEWEST = (sales.c.at.desc(), sales.c.id.desc())
"""Terminals make sales in the same millisecond, and still the same ones have to be shown each time."""


def of_shopper(session: Session, shopper: str) -> list[dict[str, Any]]:
    """A shopper's orders, newest first, as docs/protocol.md has them."""
    shown = _orders().where(sales.c.shopper == shopper).order_by(*NEWEST).limit(ORDERS_SHOWN_MAX)
    rows = session.execute(shown).all()
    returned = _returns_of(session, [row.id for row in rows])
    return [_order(row, returned[row.id]) for row in rows]


def shown_by(session: Session, sale: str, shopper: str) -> dict[str, dict[str, Any] | None]:
    """What a sale that has just been kept changes in the orders that its shopper is shown: itself where it is one of
    the newest, and then the one that is not any more."""
    newest = select(sales.c.id).where(sales.c.shopper == shopper).order_by(*NEWEST).limit(ORDERS_SHOWN_MAX + 1)
    ids = list(session.scalars(newest))
    if sale not in ids[:ORDERS_SHOWN_MAX]:
        return {}
    return {sale: order_of(session, sale, shopper), **dict.fromkeys(ids[ORDERS_SHOWN_MAX:])}


def if_shown(session: Session, sale: str, shopper: str) -> dict[str, dict[str, Any] | None]:
    """A sale as its shopper is shown it, where it is one of the newest; else nothing."""
    newest = select(sales.c.id).where(sales.c.shopper == shopper).order_by(*NEWEST).limit(ORDERS_SHOWN_MAX)
    return {sale: order_of(session, sale, shopper)} if sale in set(session.scalars(newest)) else {}


def order_of(session: Session, sale: str, shopper: str) -> dict[str, Any] | None:
    """One order, if it is this shopper's."""
    row = session.execute(_orders().where(sales.c.id == sale, sales.c.shopper == shopper)).first()
    return _order(row, _returns_of(session, [sale])[sale]) if row is not None else None


def paid_before(session: Session, cart: str, lines: list[str]) -> dict[str, str]:
    """Those of a cart's lines that were paid, each with its sale."""
    paid = select(paid_lines.c.line, paid_lines.c.sale).where(paid_lines.c.cart == cart, paid_lines.c.line.in_(lines))
    return {row.line: row.sale for row in session.execute(paid)}


def made(session: Session, ids: Sequence[str]) -> list[Sale]:
    """These sales as their terminals made them; of ids that are no sales nothing."""
    if not ids:
        return []
    rows = session.scalars(select(sales.c.body).where(sales.c.id.in_(ids)).order_by(sales.c.at, sales.c.id)).all()
    return [sale_from(body) for body in rows]


def number_of(session: Session, sale: str) -> str:
    """The number on the receipt of a sale."""
    return str(session.scalar(select(sales.c.number).where(sales.c.id == sale)))


def last_counter(session: Session, terminal: str) -> int:
    """The highest counter in the sale numbers that the hub has of a terminal; 0 before its first sale."""
    newest = (func.length(sales.c.number).desc(), sales.c.number.desc())
    number = session.scalar(select(sales.c.number).where(sales.c.terminal == terminal).order_by(*newest).limit(1))
    return int(number.rpartition("-")[2]) if number else 0


def last_return(session: Session, terminal: str) -> int:
    """The same in the numbers of its returns."""
    newest = (func.length(sale_returns.c.number).desc(), sale_returns.c.number.desc())
    asked = select(sale_returns.c.number).where(sale_returns.c.terminal == terminal).order_by(*newest).limit(1)
    number = str(session.scalar(asked) or "")
    counter = number.rpartition("-R")[2]
    return int(counter) if counter.isdecimal() else 0


def found(session: Session, wanted: SaleWanted) -> dict[str, Any]:
    """The sale of which something is to come back, with what came back of it: `retail.told.SaleFound`."""
    named = sales.c.id == wanted.sale if wanted.sale else sales.c.number == wanted.number
    row = session.execute(select(sales.c.id, sales.c.store, sales.c.body).where(named)).first()
    if row is None:
        raise unknown_sale()
    counted = session.execute(
        select(returned_lines.c.line, returned_lines.c.quantity).where(returned_lines.c.sale == row.id)
    )
    return {
        "sale": row.body,
        "returned": {one.line: one.quantity for one in counted if one.quantity},
        "cash_step": catalogue.book(session, row.store).cash_step,
    }


def unknown_sale() -> ReturnRefused:
    return ReturnRefused("return.unknown_sale", N_("The hub does not know this receipt (yet). Ask again later."))


def latest(session: Session, store: str) -> dict[str, dict[str, Any]]:
    """The newest sales of a store, as the dashboard lists them."""
    rows = session.execute(
        select(
            sales.c.id,
            sales.c.number,
            sales.c.terminal,
            sales.c.total,
            sales.c.body["loads"].label("loads"),
            sales.c.currency,
            sales.c.at,
            sales.c.shopper,
        )
        .where(sales.c.store == store)
        .order_by(sales.c.at.desc())
        .limit(SALES_SHOWN_MAX)
    )
    return {
        row.id: {
            "id": row.id,
            "number": row.number,
            "terminal": row.terminal,
            "total": _due(row.total, row.loads),
            "currency": row.currency,
            "at": row.at,
            "known_shopper": bool(row.shopper),
        }
        for row in rows
    }


QUARTER_MS = 15 * 60_000
"""Every zone's clock differs from UTC by whole quarters of an hour, and is put forward and back at one."""

_QUARTER = (sales.c.at // literal_column(str(QUARTER_MS), BigInteger)).label("quarter")


def today(session: Session, store: Store, now: int) -> dict[str, Any]:
    """The store's day so far, in its own time zone: `{day, sales, total, average, currency, points, hours, returns,
    returned, net}`."""
    zone = ZoneInfo(store.zone)
    start = datetime.fromtimestamp(now // 1000, zone).replace(hour=0, minute=0, second=0)
    begins, ends = (int(one.timestamp()) * 1000 for one in (start, start + timedelta(days=1)))
    # Added up by the database: a busy day has more sales than this process should look at once a second.
    rows = session.execute(
        select(_QUARTER, func.count(), func.sum(sales.c.total), func.sum(sales.c.points))
        .where(sales.c.store == store.id, sales.c.at >= begins, sales.c.at < ends)
        .group_by(_QUARTER)
    ).all()
    back = session.execute(
        select(func.count(), func.sum(sale_returns.c.total)).where(
            sale_returns.c.store == store.id, sale_returns.c.at >= begins, sale_returns.c.at < ends
        )
    ).one()
    returned = int(back[1] or 0)
    hours = [0] * 24
    count = total = points = 0
    for quarter, sold, taken, given in rows:
        hours[datetime.fromtimestamp(quarter * QUARTER_MS // 1000, zone).hour] += int(taken)
        count, total, points = count + sold, total + int(taken), points + int(given)
    return {
        "day": start.date().isoformat(),
        "sales": count,
        "total": total,
        "currency": store.currency,
        "points": points,
        "average": round_half_up(Fraction(total, count)) if count else 0,
        "hours": hours,
        "returns": back[0],
        "returned": returned,
        "net": total - returned,
    }
