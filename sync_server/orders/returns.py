"""Taking goods back: what came back of each line is counted by the hub alone (docs/returns.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from retail import returns
from retail.errors import N_, ReturnRefused, SaleError, StoredValueRefused
from retail.loyalty.purchase import paid_in_points
from retail.messages import ReturnBody
from retail.returns import Back, Return, ReturnHead
from retail.sale import Sale, sale_from
from retail.stock import moves_back
from retail.tender import cash_rounding
from sync_server.catalogue import queries as catalogue
from sync_server.customers import service as customers
from sync_server.db import insert_absent, insert_if_absent
from sync_server.inbox.service import Device, open_exception
from sync_server.loyalty import queries as loyalty_queries
from sync_server.loyalty import service as loyalty
from sync_server.loyalty import telling
from sync_server.orders import queries
from sync_server.orders.tables import returned_lines, sale_returns, sales
from sync_server.outbox import service as outbox
from sync_server.outbox.service import Cause
from sync_server.prepared import Savepoint
from sync_server.stock import service as stock
from sync_server.stored_value import queries as stored_values
from sync_server.stored_value import service as stored_value

_R = returned_lines.c


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale with what came back of it, by line in thousandths; nobody else takes goods of it back meanwhile."""

    sale: Sale
    shopper: str
    before: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Booked:
    """What a return did to points (`taken`, `given_back`, `withheld`), by how much less cash is paid out for it, and
    what could not be done."""

    points: dict[str, int]
    less: int
    rows: list[dict[str, Any]]


NOTHING_BOOKED = Booked({"taken": 0, "given_back": 0, "withheld": 0}, 0, [])


def commit(session: Session, device: Device, body: ReturnBody, cause: Cause, now: int) -> dict[str, Any]:
    """Everything that a return means, in one transaction: the document, its goods, its points, its money on cards.

    A terminal that asks is refused what is not left, and pays out when it has the answer. One that had to pay without
    asking (`given`) is never refused: what goes beyond the sale is booked nowhere, and a person decides.
    """
    told = returns.return_from(body.document)
    if told.terminal != device.dev or told.store != device.store:
        raise SaleError("return.not_yours", N_("This return was made at another terminal."))
    sold = _sold(session, told.sale)
    if sold is None:
        if not body.given:
            raise queries.unknown_sale()
        _keep(session, told, now)
        _case(session, told, [{"what": "sale", "line": "", "sold": told.sale, "derived": None}], now)
        return {"document": told.id, **NOTHING_BOOKED.points, "less": 0}
    step = catalogue.book(session, sold.sale.store).cash_step
    if body.given and _is_kept(session, told):
        # Granted before, and paid out by somebody who had not waited to hear how much.
        withheld = loyalty_queries.answered(session, loyalty.return_key(told.id)).get("withheld", 0)
        if less := _less(session, withheld, _in_cash(told), step, now):
            _case(session, told, [_not_kept(less)], now)
        return {"document": told.id, **NOTHING_BOOKED.points, "less": 0}
    wanted = [Back(row.line, row.quantity, row.restock) for row in told.lines]
    rows = list[dict[str, Any]]()
    if body.given:
        wanted, rows = _what_is_left(sold, wanted)
    derived = returns.make(_head(told), sold.sale, sold.before, wanted, step) if wanted else None
    differing = returns.differences(told, derived) if derived is not None and not rows else []
    if differing and not body.given:
        raise ReturnRefused("return.changed", N_("Some of this came back meanwhile. Look at the receipt again."))
    _keep(session, told, now)
    booked = NOTHING_BOOKED
    if derived is not None:
        booked = _booked(session, sold, derived, told if body.given else derived, cause, now, step)
    rows += differing + booked.rows
    if body.given and booked.less:
        rows.append(_not_kept(booked.less))
    if rows:
        _case(session, told, rows, now)
    return {"document": told.id, **booked.points, "less": booked.less}


def _head(told: Return) -> ReturnHead:
    return ReturnHead(told.id, told.number, told.store, told.terminal, told.cashier, told.reason, told.at)


def _sold(session: Session, sale_id: str) -> Sold | None:
    """The sale, locked: what its goods are worth depends on which of them came back before."""
    asked = select(sales.c.body, sales.c.shopper).where(sales.c.id == sale_id).with_for_update()
    row = session.execute(asked).first()
    if row is None:
        return None
    counted = session.execute(select(_R.line, _R.quantity).where(_R.sale == sale_id))
    return Sold(sale_from(row.body), row.shopper, {row.line: row.quantity for row in counted})


def _what_is_left(sold: Sold, wanted: list[Back]) -> tuple[list[Back], list[dict[str, Any]]]:
    """Of goods whose money was given already those that could come back, and a row for each that could not."""
    found, rows, lines = list[Back](), list[dict[str, Any]](), {line.id: line for line in sold.sale.lines}
    for back in wanted:
        try:
            if back.line not in lines:
                raise ReturnRefused("return.unknown_line")
            returns.check(lines[back.line], sold.before.get(back.line, 0), back.quantity)
            found.append(back)
        except ReturnRefused:
            line = lines.get(back.line)
            left = 0 if line is None else returns.left(line, sold.before.get(back.line, 0))
            rows.append({"what": "returned", "line": back.line, "sold": back.quantity, "derived": left})
    return found, rows


def _keep(session: Session, told: Return, now: int) -> None:
    kept = insert_if_absent(
        session,
        sale_returns,
        id=told.id,
        number=told.number,
        sale=told.sale,
        store=told.store,
        terminal=told.terminal,
        total=told.total,
        currency=told.currency,
        body=told.as_dict(),
        at=told.at,
        received=now,
    )
    if not kept:
        raise SaleError(
            "return.number_used",
            N_("Return {number} came before with other contents. Both are kept; a person decides."),
            number=told.number,
        )


def _is_kept(session: Session, told: Return) -> bool:
    body = session.scalar(select(sale_returns.c.body).where(sale_returns.c.id == told.id))
    return body is not None and returns.return_from(body) == told


def _in_cash(document: Return) -> int:
    return sum(refund.amount for refund in document.refunds if refund.kind == "cash")


def _less(session: Session, withheld: int, in_cash: int, step: int, now: int) -> int:
    """By how much less is paid out in cash for so many withheld points; what is left is paid in coins of the store."""
    less = min(loyalty_queries.programme(session, now).money(withheld), in_cash)
    return min(in_cash, less + cash_rounding(less, step))


def _not_kept(less: int) -> dict[str, Any]:
    """The cash was given whole."""
    return {"what": "less", "line": "", "sold": 0, "derived": less}


def _case(session: Session, told: Return, rows: list[dict[str, Any]], now: int) -> None:
    open_exception(session, told.store, "returned", told.id, {"number": told.number, "rows": rows}, now)


def _booked(session: Session, sold: Sold, derived: Return, paid: Return, cause: Cause, now: int, step: int) -> Booked:
    """Count the goods, put them back on the shelf, take back what they earned and give back what paid for them.

    `paid` says what the terminal gives back itself, or has given.
    """
    _count(session, sold, derived)
    stock.move(session, moves_back(derived, {line.id: line.parts for line in sold.sale.lines}), derived.at)
    by_id = {line.id: line for line in sold.sale.lines}
    lines = [
        loyalty.LineBack(
            row.line, by_id[row.line].points, sold.before.get(row.line, 0), row.quantity, by_id[row.line].quantity
        )
        for row in derived.lines
    ]
    burned = sum(refund.points for refund in derived.refunds)
    # As the sale counted for tiers: without what points paid, and without what cash was rounded by.
    money = max(0, derived.total - paid_in_points(derived.refunds))
    points = loyalty.take_back(session, derived.id, sold.sale.id, lines, burned, money, now)
    less, in_cash = loyalty_queries.programme(session, now).money(points["withheld"]), _in_cash(derived)
    rows = _to_cards(session, sold.sale, derived, paid, max(0, less - in_cash), now)
    if sold.shopper:
        # One that is none of the newest is not in the stream, and does not come into it by this.
        orders = queries.if_shown(session, sold.sale.id, sold.shopper)
        if orders:
            outbox.record(session, customers.stream(sold.shopper), {"orders": orders}, cause, now)
        telling.tell(session, sold.shopper, now, cause)
    return Booked(points, _less(session, points["withheld"], in_cash, step, now), rows)


def _to_cards(session: Session, sale: Sale, derived: Return, paid: Return, less: int, now: int) -> list[dict[str, Any]]:
    """Give back to gift cards and credit what the sale took from them, and `less` minor units less, the last first;
    what cannot be given back there is a row for a person.

    A tender may name a hold that was gone when the sale came, or that was never its own: then it took nothing.
    """
    rows = []
    told = {refund.hold: refund.amount for refund in paid.refunds if refund.hold}
    returned = session.scalars(select(sale_returns.c.id).where(sale_returns.c.sale == sale.id))
    sources = [sale.id, *returned]
    for n, refund in reversed(list(enumerate(derived.refunds))):
        if refund.kind not in ("gift_card", "store_credit"):
            continue
        wanted = min(refund.amount, told.get(refund.hold, 0))
        held_back = min(less, wanted)
        wanted, less = wanted - held_back, less - held_back
        held = stored_values.hold_row(session, refund.hold)
        given = 0
        if held is not None:
            there = min(wanted, stored_values.taken_by(session, held.account, sources))
            given = _give_back(session, held.account, f"{derived.id}:{n}", there, derived, now) if there > 0 else 0
        if given < wanted:
            rows.append({"what": refund.kind, "line": "", "sold": wanted, "derived": given})
    return rows


def _give_back(session: Session, account: str, key: str, amount: int, derived: Return, now: int) -> int:
    """The minor units that went onto an account; none where it can hold no more."""
    try:
        with Savepoint(session, "card"):
            stored_value.give_back(session, account, key, amount, stored_value.About(derived.id, derived.terminal, now))
    except StoredValueRefused:
        return 0
    return amount


def _count(session: Session, sold: Sold, derived: Return) -> None:
    """The row itself refuses more than was sold, whatever we thought was left."""
    of = {line.id: line.quantity for line in sold.sale.lines}
    rows = [{"sale": derived.sale, "line": row.line, "sold": of[row.line], "quantity": 0} for row in derived.lines]
    insert_absent(session, returned_lines, rows)
    for row in derived.lines:
        session.execute(
            update(returned_lines)
            .where(_R.sale == derived.sale, _R.line == row.line)
            .values(quantity=_R.quantity + row.quantity)
        )
