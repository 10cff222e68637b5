"""Points that a till may let be spent while the hub is away: granted and signed beforehand, used once.

An allowance is a hold of its own kind, under its nonce. Who brings it with a sale is believed only as far as our own
signature and our own row go; the sale itself is kept in any case.
"""

import secrets
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from retail.errors import N_, LoyaltyRefused
from retail.loyalty.allowance import Allowance, check, public_of, sign
from retail.loyalty.approval import left_alone
from retail.loyalty.programme import MINUTE_MS
from retail.messages import SignedAllowance
from retail.sale import Sale
from sync_server.db import insert_if_absent
from sync_server.loyalty import approvals, books, holds, queries
from sync_server.loyalty.holds import Wanted
from sync_server.loyalty.tables import loyalty_keys, points_holds

SEED_BYTES = 32
HOUR_MS = 60 * MINUTE_MS

_H = points_holds.c


def grant(session: Session, wanted: Wanted, now: int) -> dict[str, Any]:
    """`retail.told.Allowed`: at most `wanted.points` for a terminal, out of the balance from now on, so nobody else can
    spend them.

    All that is open of an account together is at most `allowance_points_max`, and no point is set aside that pays
    nothing. `LoyaltyRefused` where nothing is left to be granted. The same nonce again is the same allowance.
    """
    programme = queries.programme(session, now)
    account, _ = books.locked(session, wanted.customer)
    before = queries.hold(session, wanted.id)
    if before is not None:
        return _granted_before(session, before, wanted)
    room = programme.allowance_points_max - _open(session, account)
    if programme.limits.burned_a_day:
        # As much as may be spent today still: beyond it nothing at all would be set aside.
        room = min(room, programme.limits.burned_a_day - holds.burned(session, account, now).points_in_day)
    points = max(0, min(wanted.points, room, queries.balance(session, account)))
    # Without us there is nobody whom a till could ask.
    points = left_alone(programme, approvals.spent_alone(session, account, now), points)
    points = programme.points_for(programme.money(points))
    if not wanted.terminal or not points:
        raise LoyaltyRefused("loyalty.none", N_("There are no points that could pay anything here."))
    not_after = now + programme.allowance_hours * HOUR_MS
    holds.set_aside(session, Wanted(**{**asdict(wanted), "points": points}), "allowance", programme, not_after, now)
    return _signed(session, Allowance(wanted.id, wanted.customer, wanted.terminal, points, not_after))


def _open(session: Session, account: str) -> int:
    """Points of the account that are at tills already."""
    of = (_H.account == account, _H.kind == "allowance", _H.status == "open")
    return int(session.scalar(select(func.coalesce(func.sum(_H.points), 0)).where(*of)) or 0)


def _granted_before(session: Session, before: Any, wanted: Wanted) -> dict[str, Any]:
    if before.kind != "allowance" or before.terminal != wanted.terminal or before.customer != wanted.customer:
        raise LoyaltyRefused(
            "loyalty.key_used", N_("{key} was asked before with other contents. Nothing was done now."), key=wanted.id
        )
    if before.status != "open":
        raise _used()
    return _signed(session, Allowance(before.id, before.customer, before.terminal, before.points, before.until))


def _signed(session: Session, allowance: Allowance) -> dict[str, Any]:
    seed = signing_seed(session)
    return allowance.as_dict() | {"signature": sign(seed, allowance), "public": public_of(seed)}


def signing_seed(session: Session) -> bytes:
    """The seed of the hub's own key, drawn when it is first wanted."""
    seed = session.scalar(select(loyalty_keys.c.seed).where(loyalty_keys.c.id == 1))
    if seed is None:
        insert_if_absent(session, loyalty_keys, id=1, seed=secrets.token_bytes(SEED_BYTES).hex())
        seed = session.scalar(select(loyalty_keys.c.seed).where(loyalty_keys.c.id == 1))
    return bytes.fromhex(str(seed))


def redeem(
    session: Session,
    shown: SignedAllowance | None,
    nonce: str,
    sale: Sale,
    points: int,
    carts: Collection[str],
    now: int,
) -> int:
    """A sale took `points` of an allowance, and the rest goes back: how many of them are owed, because the sale came
    after the allowance had ended and somebody has spent them meanwhile.

    `LoyaltyRefused`, and nothing is taken, where we have not signed what is `shown`, or for another terminal or visit,
    where the sale was made when it was over, or with more points, or another sale has used it.
    """
    if shown is None or shown.nonce != nonce:
        raise LoyaltyRefused(
            "loyalty.allowance_missing", N_("The points were used without what the hub had signed for them.")
        )
    told = shown.model_dump()
    signature = told.pop("signature")
    allowance = Allowance(**told)
    check(public_of(signing_seed(session)), allowance, signature, sale.terminal, 0, points, sale.at)

    def act() -> dict[str, Any]:
        account, _ = books.locked(session, allowance.account)
        row = queries.hold(session, nonce)
        if row is None and queries.resolved(session, sale.shopper) == account:
            # We were restored from before the grant; our signature says that there was one.
            return holds.take_late(session, account, points, sale.id, now)
        # Of whose points a sale speaks that names a shopper, where another card was shown in the same visit before.
        foreign = bool(sale.shopper) and queries.resolved(session, sale.shopper) != account
        if row is None or row.cart not in carts or foreign:
            raise LoyaltyRefused("loyalty.allowance_visit", N_("These points were set aside for another visit."))
        if row.status == "voided":
            raise _used()
        return holds.capture(session, nonce, sale.id, points, now)

    try:
        used = books.once(session, f"allowance:{nonce}", {"sale": sale.id, "points": points}, now, act)
    except LoyaltyRefused as refused:
        raise _used() if refused.code == "loyalty.key_used" else refused from None
    return int(used["owed"])


def _used() -> LoyaltyRefused:
    return LoyaltyRefused("loyalty.allowance_used", N_("These points were used before, or given back."))
