"""Paying, as a pure part of the till: tenders until the amount is covered, then one sale."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pos_terminal import allowed
from pos_terminal.card_sales import loaded, rows
from pos_terminal.errors import TillRefused
from pos_terminal.held import busy, used, void, wishes_for_nothing
from pos_terminal.till import Checkout, Step, Till, Wish, without_tenders
from retail.card_loads import card_for_card
from retail.errors import N_, SaleError, TenderRefused
from retail.lease import LEASE_CODES
from retail.loyalty.programme import DEFAULT, Programme
from retail.pricing import PriceBook, PricedCart
from retail.sale import Sale, SaleHead, close
from retail.tender import TENDER_MAX, TENDERS_MAX, Tender, rounding_of, suggested


def begin(till: Till, asking: Mapping[str, int] | None = None, at: int = 0) -> Step:
    """From selling to paying; there has to be something to pay.

    `asking` are the lines and quantities that the hub is asked a lease for; None where it cannot be asked, or where
    nobody else could know of the cart. Payment never depends on the answer having come.
    """
    if till.phase == "paying":
        return till, []
    if till.phase != "selling":
        raise TillRefused("till.not_selling", N_("The cart cannot be changed now."))
    if not till.cart.lines and not till.loads:
        raise SaleError("sale.empty", N_("There is nothing to pay yet. Scan something first."))
    if till.asking is not None:
        raise busy(till)
    till = replace(without_tenders(till), phase="paying", checkout=None, ask="", paying_since=at)
    if till.credit is not None:
        # What was given back pays first; it is cash that never left the drawer.
        till = replace(till, tenders=(Tender("cash", till.credit.amount, hint=till.credit.number),))
    return (till, []) if asking is None else _asked(till, Checkout(at), asking)


def renew(till: Till, asking: Mapping[str, int], at: int) -> Step:
    """The payment is still open: its lease goes on. The fence stays, so a sale made meanwhile still names it."""
    _paying(till)
    return _asked(till, replace(till.checkout, asked_at=at) if till.checkout else Checkout(at), asking)


def _asked(till: Till, checkout: Checkout, asking: Mapping[str, int]) -> Step:
    return replace(till, checkout=checkout), [Wish("checkout.begin", {"lines": dict(asking)})]


def answered(till: Till, asked_at: int, result: Mapping[str, Any]) -> Till:
    """The hub's word about the lease that was asked for at `asked_at`. Where another pays, or the cart is another than
    was shown, it is back to the cart; whatever else is wrong with the hub is no reason to refuse money."""
    if till.phase != "paying" or till.checkout is None or till.checkout.asked_at != asked_at:
        return till
    if result["status"] == "ok":
        given = result["result"]
        return replace(till, checkout=replace(till.checkout, fence=given["fence"], until=given["until"]))
    if (result.get("error") or {}).get("code") in LEASE_CODES:
        return replace(without_tenders(till), phase="selling", checkout=None)
    return replace(till, checkout=None)


def tender(till: Till, paid: Tender) -> Step:
    """One more amount handed over."""
    _paying(till)
    if till.asking is not None:
        raise busy(till)
    if not 0 < paid.amount <= TENDER_MAX:
        raise TenderRefused("tender.amount", N_("This amount cannot be right. Type it again."))
    if len(till.tenders) >= TENDERS_MAX:
        raise TenderRefused(
            "tender.too_many", N_("A sale takes {limit} payments at most. Take one back first."), limit=TENDERS_MAX
        )
    return replace(till, tenders=(*till.tenders, paid)), []


def take_back(till: Till, n: int) -> Step:
    """The tender in place `n` (from 1) is given back."""
    _paying(till)
    if not 1 <= n <= len(till.tenders):
        raise TenderRefused("tender.gone", N_("This payment is no longer there."))
    back = till.tenders[n - 1]
    wishes = [void(hold, kind) for hold, kind in till.at_hub if hold == back.hold]
    return replace(till, tenders=till.tenders[: n - 1] + till.tenders[n:]), wishes


def cancel(till: Till) -> Step:
    """Back to the cart; what was handed over is given back."""
    _paying(till)
    wishes = [Wish("checkout.cancel", {})] if till.checkout is not None else []
    wishes = wishes_for_nothing(till, payment_only=True) + wishes
    asking = till.asking if till.asking is not None and till.asking.kind == "coupon" else None
    return replace(till, phase="selling", tenders=(), asking=asking, checkout=None), wishes


def due_of(till: Till, priced: PricedCart) -> int:
    """The goods in hand and what is put on gift cards, in minor units."""
    return priced.total + loaded(till)


def covered(till: Till, priced: PricedCart, cash_step: int) -> bool:
    due = due_of(till, priced)
    rounding = rounding_of(due, till.tenders, cash_step)
    return till.phase == "paying" and sum(paid.amount for paid in till.tenders) >= due + rounding


def left_without_cash(till: Till, priced: PricedCart) -> int:
    """What cards, credit and points may pay still; refused where only gift cards are left to pay."""
    left = _without_cash(till, priced)
    if till.loads and left <= 0 < due_of(till, priced) - sum(row.amount for row in till.tenders):
        raise card_for_card()
    return left


def _without_cash(till: Till, priced: PricedCart) -> int:
    """What is left, and of the goods alone. Cash is rounded, and what is not cash is not."""
    left = due_of(till, priced) - sum(row.amount for row in till.tenders)
    held = sum(row.amount for row in till.tenders if row.kind != "cash")
    return min(left, priced.total - held) if till.loads else left


def sale_of(till: Till, head: SaleHead, priced: PricedCart, book: PriceBook) -> Sale:
    """The sale that the tenders pay; `TenderRefused` says what is missing."""
    _paying(till)
    return close(head, priced, till.tenders, book, till.paying_since, used(till), tuple(rows(till)))


def _paying(till: Till) -> None:
    if till.phase != "paying":
        raise TillRefused("till.not_paying", N_("No payment is under way."))


def shown(
    till: Till, priced: PricedCart, cash_step: int, programme: Programme = DEFAULT, at: int = 0
) -> dict[str, Any] | None:
    """The payment as the page shows it; None where nobody pays. What is left is paid in cash, and rounded so. `at` is
    now (ms): by then points are or are not allowed."""
    if till.phase != "paying":
        return None
    due, paid = due_of(till, priced), sum(row.amount for row in till.tenders)
    rounding = rounding_of(due, till.tenders, cash_step)
    left = max(0, due + rounding - paid)
    return {
        "due": due,
        "rounding": rounding,
        "tenders": [
            {"n": n, "kind": row.kind, "amount": row.amount, "points": row.points, "hint": row.hint}
            for n, row in enumerate(till.tenders, 1)
        ],
        "paid": paid,
        "left": left,
        "allowed": allowed.shown(till, programme, _without_cash(till, priced), at),
        "change": max(0, paid - due - rounding),
        "suggested": suggested(left, priced.currency) if left else [],
        "currency": priced.currency,
        "lease": "none" if till.checkout is None else "held" if till.checkout.fence else "asked",
    }
