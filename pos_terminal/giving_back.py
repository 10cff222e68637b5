"""The moments of a return that touch the disk: asked of the hub, granted or paid without, each in one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from hardware.drawers import drawer_job
from hardware.printers.document import to_json
from hardware.printers.jobs import PrintJob
from pos_terminal import returning
from pos_terminal.closing import print_copy
from pos_terminal.errors import TillRefused
from pos_terminal.slips import return_slip
from pos_terminal.store import outbox, returned
from pos_terminal.till import Till, Wish
from pos_terminal.turn import Turn
from retail.codec import fields_of
from retail.errors import N_
from retail.returns import Return, ReturnHead, return_from, return_number
from retail.sale import sale_from

GIVE_ANYWAY_MS = 3_000
"""From asking: who has heard nothing for so long may give the cash without the hub's word."""


def confirm(turn: Turn, exchange: bool) -> dict[str, Any]:
    """Make the return. With the hub there it is asked first; without it the cash is given at once."""
    now = returning.choosing(turn.till)
    staff, heading = turn.staff_id(), turn.heading
    counter = returned.next_counter(turn.connection, heading.terminal.first_return)
    number = return_number(heading.store.code, heading.terminal.code, counter)
    head = ReturnHead(
        turn.moment.new_id(), number, heading.store.id, turn.till.device, staff, now.reason, turn.moment.at
    )
    document = returning.document_of(now, head)
    returned.keep(turn.connection, document, counter)
    turn.till = returning.ask(turn.till, document, exchange, turn.moment.at)
    unasked = not turn.desk.link.online
    turn.wishes.append(("", _told(document, unasked)))
    if unasked:
        _pay_out(turn, document, unasked=True)
    return {"number": number, "paid": unasked}


def _told(document: Return, given: bool) -> Wish:
    return Wish("sale.return", {"document": document.as_dict(), "given": given}, False)


def give_anyway(turn: Turn) -> None:
    """The hub was asked and does not answer: the cashier gives the cash without it. Should it say no afterwards, it is
    told that the money was given (`tell_unasked`)."""
    now = turn.till.returning
    turn.staff_id()
    if turn.till.phase != "returning" or now is None or not now.asked:
        raise TillRefused("till.not_returning", N_("No return is under way."))
    # Where the clock was set back meanwhile, nobody waits for it to catch up.
    if turn.desk.link.online and 0 <= turn.moment.at - now.asked_at < GIVE_ANYWAY_MS:
        raise TillRefused("return.asked", N_("The hub is being asked about this return. Wait for its answer."))
    _pay_out(turn, _asked(turn), unasked=not now.granted)


def finish(turn: Turn) -> None:
    """The hub has said yes: pay out. Nothing where that was done, or where nobody is at the till."""
    now = turn.till.returning
    if now is not None and now.granted and turn.till.phase == "returning" and turn.till.staff is not None:
        _pay_out(turn, _asked(turn))


def _asked(turn: Turn) -> Return:
    assert turn.till.returning is not None
    document = returned.find(turn.connection, turn.till.returning.asked)
    assert document is not None, "it was written with the state that names it"
    return document


def _pay_out(turn: Turn, document: Return, unasked: bool = False) -> None:
    now = turn.till.returning
    assert now is not None
    cash = returning.cash_of(document, now.less)
    till, staff = turn.till, turn.till.staff
    say = turn.say[till.language]
    paper = return_slip(
        document, str(now.sale["number"]), turn.heading, till.language, say, staff.name if staff else "", now.less
    )
    slip = to_json(paper)
    returned.given(turn.connection, document, sale_from(now.sale), cash, slip)
    if cash and not now.exchange:
        turn.print(drawer_job(f"{document.id}.drawer", turn.local_now))
    turn.print(PrintJob(f"{document.id}.receipt", "receipt", slip, turn.local_now))
    turn.till = returning.paid_out(till, document, cash, _summary(document, now.exchange, cash, now.less, unasked))


def _summary(document: Return, exchange: bool, cash: int, less: int, unasked: bool) -> dict[str, Any]:
    elsewhere = [one for one in document.refunds if one.kind != "cash"]
    return {
        "id": document.id,
        "number": document.number,
        "total": document.total,
        "cash": cash,
        "less": less,
        "elsewhere": [fields_of(one) | {"hold": ""} for one in elsewhere],
        "exchange": exchange,
        "unasked": unasked,
        "currency": document.currency,
        "at": document.at,
    }


def pay_credit(turn: Turn) -> None:
    """No new goods after all: what was given back is paid out."""
    staff, credit = turn.staff_id(), turn.till.credit
    if credit is None or turn.till.phase not in ("selling", "returned"):
        raise TillRefused("return.no_credit", N_("Nothing is left to pay out."))
    turn.print(drawer_job(f"{turn.moment.new_id()}.drawer", turn.local_now))
    turn.note("return.paid_out", staff, number=credit.number, amount=credit.amount)
    turn.till = replace(turn.till, credit=None)


def tell_unasked(turn: Turn) -> None:
    """The hub refused what was paid without waiting for it, or would have kept some of it: it hears that the money is
    gone, and a person decides."""
    for name in turn.till.paid_unasked:
        document = returned.find(turn.connection, name)
        if document is not None:
            turn.wishes.append(("", _told(document, True)))
    turn.till = replace(turn.till, paid_unasked=())


def heard(connection: Connection, till: Till, seq: int, body: Mapping[str, Any], result: Mapping[str, Any]) -> Till:
    """The hub's answer to a return, in the transaction that keeps it."""
    document = str(body["document"]["id"])
    till = returning.heard(till, document, result)
    if body.get("given"):
        return till
    if result["status"] == "ok":
        # The hub wants some of the cash kept, and it was given before the hub had said so.
        less = int(result["result"].get("less", 0))
        gone = less and returned.cash_of(connection, document) > returning.cash_of(return_from(body["document"]), less)
        return replace(till, paid_unasked=(*till.paid_unasked, document)) if gone else till
    if returned.refused(connection, document):
        # Whoever asked has been told, and no money has gone anywhere: there is nothing left to look at.
        outbox.mark_seen(connection, seq)
        return till
    return replace(till, paid_unasked=(*till.paid_unasked, document))


def catch_up(turn: Turn) -> None:
    """What the hub's answers have left to be done, whatever came between."""
    finish(turn)
    tell_unasked(turn)


def due(till: Till) -> bool:
    """Whether there is something to catch up with."""
    now = till.returning
    return bool(till.paid_unasked or (now is not None and now.granted and till.phase == "returning"))


def copy(turn: Turn, document: str) -> None:
    """The slip of a return once more, which says COPY; noted in the audit."""
    staff = turn.staff_id()
    print_copy(turn, document, returned.slip_of(turn.connection, document))
    turn.note("receipt.reprinted", staff, document=document)
