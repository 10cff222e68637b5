"""Taking goods back: what came back of each line is counted by the hub alone (docs/returns.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from retail import returns
from retail.errors import N_, ReturnRefused, SaleError
from retail.messages import ReturnBody
from retail.returns import Back, Return, ReturnHead
from retail.sale import Sale, sale_from
from retail.stock import moves_back
from sync_server.catalogue import queries as catalogue
from sync_server.db import insert_absent, insert_if_absent
from sync_server.inbox.service import Device, open_exception
from sync_server.loyalty import service as loyalty
from sync_server.loyalty import telling
from sync_server.orders.tables import returned_lines, sale_returns, sales
from sync_server.outbox.service import Cause
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
            raise ReturnRefused("return.unknown_sale", N_("The hub does not know this receipt (yet). Ask again later."))
        _keep(session, told, now)
        _case(session, told, [{"what": "sale", "line": "", "sold": told.sale, "derived": None}], now)
        return {"document": told.id, "taken": 0, "given_back": 0, "withheld": 0}
    wanted = [Back(row.line, row.quantity, row.restock) for row in told.lines]
    rows = list[dict[str, Any]]()
    if body.given:
        wanted, rows = _what_is_left(sold, wanted)
    step = catalogue.book(session, sold.sale.store).cash_step
    derived = returns.make(_head(told), sold.sale, sold.before, wanted, step) if wanted else None
    differing = returns.differences(told, derived) if derived is not None and not rows else []
    if differing and not body.given:
        raise ReturnRefused("return.changed", N_("Some of this came back meanwhile. Look at the receipt again."))
    _keep(session, told, now)
    if rows or differing:
        _case(session, told, rows + differing, now)
    return {"document": told.id, **_booked(session, sold, derived, cause, now)}


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


def _case(session: Session, told: Return, rows: list[dict[str, Any]], now: int) -> None:
    open_exception(session, told.store, "returned", told.id, {"number": told.number, "rows": rows}, now)


def _booked(session: Session, sold: Sold, derived: Return | None, cause: Cause, now: int) -> dict[str, int]:
    """Count the goods, put them back on the shelf, take back what they earned and give back what paid for them."""
    if derived is None:
        return {"taken": 0, "given_back": 0, "withheld": 0}
    _count(session, sold, derived)
    stock.move(session, moves_back(derived), derived.at)
    for n, refund in enumerate(derived.refunds):
        held = stored_values.hold_row(session, refund.hold) if refund.hold else None
        if held is not None:
            about = stored_value.About(derived.id, derived.terminal, now)
            stored_value.refund(session, held.account, f"{derived.id}:{n}", refund.amount, derived.currency, about)
    lines = [
        loyalty.LineBack(row.line, sale_line.points, sold.before.get(row.line, 0), row.quantity, sale_line.quantity)
        for row in derived.lines
        for sale_line in sold.sale.lines
        if sale_line.id == row.line
    ]
    burned = sum(refund.points for refund in derived.refunds)
    money = sum(refund.amount for refund in derived.refunds if not refund.points)
    undone = loyalty.take_back(session, derived.id, sold.sale.id, lines, burned, money, now)
    if sold.shopper:
        telling.tell(session, sold.shopper, now, cause)
    return undone


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
