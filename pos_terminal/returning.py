"""Taking goods back, as a pure part of the till: a sale, what comes back of it, one return (docs/returns.md).

The hub is asked by the return itself, an operation like any other, and the money is given when its answer has come.
Where it cannot be asked, or does not answer, a cashier may give the cash without: the hub is told so afterwards.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from pos_terminal.brought_back import Credit, Returning
from pos_terminal.errors import TillRefused
from pos_terminal.till import Till
from retail import returns
from retail.errors import N_, ReturnRefused
from retail.returns import REASONS, Back, Return, ReturnHead
from retail.sale import Sale, SaleLine, sale_from

NOBODY = ReturnHead("", "", "", "", "", "", 0)


def open_sale(till: Till, sale: Sale, before: Mapping[str, int], known: bool, cash_step: int, currency: str) -> Till:
    """Goods of this sale are brought back; what is in hand stays where it is."""
    may_begin(till)
    if sale.currency != currency:
        raise ReturnRefused("return.other_currency", N_("Receipt {number} is in another currency."), number=sale.number)
    now = Returning(sale.as_dict(), dict(before), known, cash_step)
    was = till.returning
    if was is not None and was.sale["id"] == sale.id:
        # Looked up again: what was chosen stays so, as far as it is still there.
        left = {line.id: returns.left(line, before.get(line.id, 0)) for line in sale.lines}
        chosen = {line: quantity for line, quantity in was.chosen.items() if quantity <= left[line]}
        now = replace(now, chosen=chosen, spoiled=was.spoiled, reason=was.reason)
    return replace(till, phase="returning", returning=now)


def may_begin(till: Till) -> None:
    """Refuse while nobody is signed in, or somebody pays, or the hub is being asked about other goods."""
    may_look(till)
    if till.phase == "paying":
        raise TillRefused("till.paying", N_("Nothing was added. Finish the payment or cancel it, then scan again."))
    if till.returning is not None and till.returning.asked:
        raise _asked()
    if till.credit is not None:
        raise TillRefused(
            "return.credit_open",
            N_("What was given back for {number} has not been used yet. Sell the new goods or pay it out first."),
            number=till.credit.number,
        )


def may_look(till: Till) -> None:
    """Receipts are for who is signed in at a till."""
    if till.kind != "till":
        raise TillRefused("command.not_here", N_("That is not done at this terminal."))
    if till.phase in ("signed_out", "locked"):
        raise TillRefused("till.signed_out", N_("Nobody is signed in. Sign in and scan again."))


def _asked() -> TillRefused:
    return TillRefused("return.asked", N_("The hub is being asked about this return. Wait for its answer."))


def choosing(till: Till) -> Returning:
    """The return that is being put together."""
    if till.phase != "returning" or till.returning is None:
        raise TillRefused("till.not_returning", N_("No return is under way."))
    if till.returning.asked:
        raise _asked()
    return till.returning


def cancel(till: Till) -> Till:
    choosing(till)
    return replace(till, phase="selling", returning=None)


def choose(till: Till, line: str, quantity: int) -> Till:
    """So much of a line comes back; 0 is none of it."""
    now = choosing(till)
    sold = _line(now, line)
    if quantity:
        returns.check(sold, now.before.get(line, 0), quantity)
    chosen = {**now.chosen, line: quantity}
    return replace(till, returning=replace(now, chosen={key: one for key, one in chosen.items() if one}))


def choose_all(till: Till) -> Till:
    """All that is left of everything."""
    now = choosing(till)
    left = {line.id: returns.left(line, now.before.get(line.id, 0)) for line in sale_from(now.sale).lines}
    return replace(till, returning=replace(now, chosen={key: one for key, one in left.items() if one}))


def spoil(till: Till, line: str, spoiled: bool) -> Till:
    """Whether a line can be sold again."""
    now = choosing(till)
    _line(now, line)
    others = tuple(one for one in now.spoiled if one != line)
    return replace(till, returning=replace(now, spoiled=(*others, line) if spoiled else others))


def give_reason(till: Till, reason: str) -> Till:
    """Why it comes back. What is damaged is not sold again, unless somebody says so of a line afterwards."""
    now = choosing(till)
    spoiled = now.spoiled
    if reason == "damaged":
        spoiled = tuple(line.id for line in sale_from(now.sale).lines)
    elif now.reason == "damaged":
        spoiled = ()
    return replace(till, returning=replace(now, reason=reason, spoiled=spoiled))


def _line(now: Returning, line: str) -> SaleLine:
    for sold in sale_from(now.sale).lines:
        if sold.id == line:
            return sold
    raise ReturnRefused("return.unknown_line", N_("This is not on receipt {number}."), number=now.sale["number"])


def document_of(now: Returning, head: ReturnHead) -> Return:
    """The return of what is chosen, under this head."""
    back = [Back(line, quantity, line not in now.spoiled) for line, quantity in now.chosen.items()]
    return returns.make(head, sale_from(now.sale), now.before, back, now.cash_step)


def cash_of(document: Return, less: int = 0) -> int:
    """What is paid out by hand, in minor units."""
    return max(0, sum(one.amount for one in document.refunds if one.kind == "cash") - less)


def ask(till: Till, document: Return, exchange: bool, at: int) -> Till:
    now = choosing(till)
    return replace(till, returning=replace(now, asked=document.id, asked_at=at, exchange=exchange))


def heard(till: Till, document: str, result: Mapping[str, Any]) -> Till:
    """The hub's answer to a return that waits for it: it may be paid out, or is looked at again."""
    now = till.returning
    if now is None or now.asked != document:
        return till
    if result["status"] == "ok":
        return replace(till, returning=replace(now, granted=True, less=int(result["result"].get("less", 0))))
    # What came back meanwhile nobody knows here yet: the cashier looks the receipt up again.
    return replace(till, returning=replace(now, asked="", known=False))


def paid_out(till: Till, document: Return, cash: int, summary: Mapping[str, Any]) -> Till:
    """The return is done; in an exchange its cash waits for the new goods."""
    now = till.returning
    kept = Credit(document.number, cash) if now is not None and now.exchange and cash else till.credit
    return replace(till, phase="returned", returning=None, last_return=summary, credit=kept)


def shown(till: Till, online: bool) -> dict[str, Any] | None:
    """The return as the page shows it; None where none is under way."""
    now = till.returning
    if now is None:
        return None
    sale = sale_from(now.sale)
    document = document_of(now, NOBODY) if now.chosen else None
    worth = {row.line: row.total for row in document.lines} if document else {}
    return {
        "sale": {"id": sale.id, "number": sale.number, "at": sale.at, "total": sale.total, "currency": sale.currency},
        "lines": [_shown_line(line, now, worth.get(line.id, 0)) for line in sale.lines],
        "reason": now.reason,
        "reasons": list(REASONS),
        "total": document.total if document else 0,
        "refunds": [asdict(one) | {"hold": ""} for one in document.refunds] if document else [],
        "cash": cash_of(document) if document else 0,
        "known": now.known,
        "asks": online,
        "asked_at": now.asked_at if now.asked else None,
    }


def _shown_line(line: SaleLine, now: Returning, worth: int) -> dict[str, Any]:
    return {
        "id": line.id,
        "names": line.names,
        "unit": line.unit,
        "quantity": line.quantity,
        "total": line.total,
        "left": returns.left(line, now.before.get(line.id, 0)),
        "whole": returns.one_unit(line),
        "chosen": now.chosen.get(line.id, 0),
        "worth": worth,
        "restock": line.id not in now.spoiled,
    }
