"""A sale takes what was set aside for it, in its own transaction and once.

The goods are sold: whatever cannot be taken any more is a row for a person, and never a reason to refuse the sale.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from retail.errors import RetailError
from retail.messages import SignedAllowance
from retail.sale import Sale, SaleCoupon
from retail.stored_value import hold_gone, other_currency
from retail.tender import Tender
from sync_server.coupons import queries as coupon_queries
from sync_server.coupons import service as coupons
from sync_server.loyalty import allowances
from sync_server.loyalty import holds as points
from sync_server.loyalty import queries as loyalty
from sync_server.prepared import Savepoint
from sync_server.stored_value import queries as values
from sync_server.stored_value import service as stored_value
from sync_server.stored_value.service import About


@dataclass(frozen=True, slots=True)
class Taken:
    """The promotions whose coupons the sale has used, and what could not be taken, as rows of a discrepancy."""

    promotions: frozenset[str]
    rows: list[dict[str, Any]]


def take(
    session: Session, sale: Sale, carts: Collection[str], now: int, signed: Sequence[SignedAllowance] = ()
) -> Taken:
    """Confirm the coupons of a sale and capture what paid it; `carts` are the ids under which it may have asked: none
    where the visit is somebody else's. `signed` are the allowances that it brings along."""
    promotions, rows, named = set(), list[dict[str, Any]](), set[str]()
    for coupon in sale.coupons:
        try:
            with Savepoint(session, "hold"):
                promotions.add(_confirm(session, sale, coupon, carts, now))
        except RetailError as error:
            rows.append(_row("coupon", coupon.promotion, error.code))
    for tender in sale.tenders:
        if tender.kind == "cash":
            continue
        try:
            if tender.hold in named:
                raise hold_gone()
            with Savepoint(session, "hold"):
                owed = _capture(session, sale, tender, carts, now, signed)
            named.add(tender.hold)
            if tender.kind == "points" and _unapproved(session, tender, now):
                rows.append(_row("points_unapproved", tender.points, 0))
            if owed:
                rows.append(_row(tender.kind, tender.points, tender.points - owed))
        except RetailError as error:
            rows.append(_row(tender.kind, tender.amount, error.code))
    return Taken(frozenset(promotions), rows)


def _unapproved(session: Session, tender: Tender, now: int) -> bool:
    """Whether a terminal took points that their owner has not allowed, or more of them than it had asked for."""
    row = loyalty.hold(session, tender.hold)
    if row is None:
        return False
    limited = loyalty.programme(session, now).approve_above > 0
    return (row.number > 0 and row.answer != "allowed") or (limited and tender.points > row.points)


def _row(what: str, sold: Any, derived: Any) -> dict[str, Any]:
    return {"what": what, "line": "", "sold": sold, "derived": derived}


def _confirm(session: Session, sale: Sale, coupon: SaleCoupon, carts: Collection[str], now: int) -> str:
    held = coupon_queries.claim_row(session, coupon.claim)
    if not carts or (held is not None and held.cart not in carts):
        raise coupons.gone()
    batch = coupons.confirm(session, coupon.claim, sale.id, now)["batch"]
    promotion: str = coupon_queries.batch_row(session, batch).promotion
    return promotion


def _capture(
    session: Session, sale: Sale, tender: Tender, carts: Collection[str], now: int, signed: Sequence[SignedAllowance]
) -> int:
    """Take what a tender was held for; the points that are owed because they were not there any more."""
    if tender.kind == "points":
        row = loyalty.hold(session, tender.hold)
        shown = next((one for one in signed if one.nonce == tender.hold), None)
        if shown is not None or (row is not None and row.kind == "allowance"):
            return allowances.redeem(session, shown, tender.hold, sale, tender.points, carts, now)
        if row is None or row.cart not in carts:
            raise hold_gone()
        owed: int = points.capture(session, tender.hold, sale.id, tender.points, now)["owed"]
        return owed
    held = values.hold_row(session, tender.hold)
    if held is None or held.cart not in carts:
        raise hold_gone()
    currency = values.account_row(session, held.account).currency
    if currency != sale.currency:
        raise other_currency(currency, sale.currency)
    about = About(sale.id, sale.terminal, now)
    stored_value.capture_late(session, tender.hold, f"{tender.hold}:{sale.id}", tender.amount, about)
    return 0
