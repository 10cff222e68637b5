"""What happens to an account by itself, at a sale and at a hold. Each function gives the entries, and adds none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retail.errors import N_, LoyaltyRefused
from retail.loyalty.draft import Cause, Draft
from retail.loyalty.earning import LineEarning
from retail.loyalty.ledger import Account, Entry, Lot
from retail.loyalty.programme import Terms

Parts = Mapping[str, int]
"""Points by lot."""


@dataclass(frozen=True, slots=True)
class Held:
    """Points taken out of their lots, and the entries that do it."""

    parts: dict[str, int]
    entries: list[Entry]


def give(account: Account, customer: str, lines: Sequence[LineEarning], terms: Terms, cause: Cause) -> list[Entry]:
    """A sale gives its points, an entry for each line and rule, in one lot under the sale's name. They pay debts first.

    The key of each is sale, line and rule, so the same sale twice is the same entries.
    """
    draft = Draft(account, cause)
    begun = terms.active_from <= cause.at
    for row in lines:
        draft.move(
            Lot(cause.source, customer),
            "earn",
            "",
            "active" if begun else "pending",
            row.points,
            key=earn_key(cause.source, row.line, row.rule),
            line=row.line,
            rule=row.rule,
            active_from=terms.active_from,
            expires_at=terms.expires_at,
        )
    if begun:
        draft.pay_debts()
    return draft.entries


def earn_key(sale: str, line: str, rule: str) -> str:
    """The idempotency key of what a line earns by a rule."""
    return f"{sale}:{line}:{rule}"


def ripen(account: Account, cause: Cause) -> list[Entry]:
    """What has to happen by `cause.at`: points become active, pay debts, expire. A second time: nothing."""
    draft = Draft(account, cause)
    draft.ripen()
    draft.pay_debts()
    return draft.entries


def adjust(account: Account, points: int, terms: Terms, cause: Cause) -> list[Entry]:
    """A person gives points, in a lot under the cause's source, or takes them, nearest expiry first; not more than are
    free."""
    draft = Draft(account, cause)
    if points > 0:
        lot = Lot(cause.source, account.id)
        more = {"active_from": terms.active_from, "expires_at": terms.expires_at}
        draft.move(lot, "adjust", "", "active", points, **more)
        draft.pay_debts()
    else:
        for lot, part in _nearest(account, -points):
            draft.move(lot, "adjust", "active", "", part)
    return draft.entries


def hold(account: Account, points: int, cause: Cause) -> Held:
    """Set points aside, nearest expiry first; refused where so many are not free."""
    draft, parts = Draft(account, cause), {}
    for lot, part in _nearest(account, points):
        draft.move(lot, "burn", "active", "held", part)
        parts[lot.id] = part
    return Held(parts, draft.entries)


def _nearest(account: Account, points: int) -> list[tuple[Lot, int]]:
    if points <= 0:
        raise LoyaltyRefused("loyalty.amount", N_("This number of points cannot be right. Type it again."))
    if account.free < points:
        raise short(points, account.free)
    found, missing = [], points
    for lot in account.in_order():
        part = min(missing, lot.active)
        if part:
            found.append((lot, part))
            missing -= part
    return found


def short(wanted: int, free: int) -> LoyaltyRefused:
    """There are not so many points to spend."""
    return LoyaltyRefused(
        "loyalty.short",
        N_("There are {free} points to spend, not {wanted}. Nothing was taken; choose fewer or pay another way."),
        wanted=wanted,
        free=free,
    )


def take(account: Account, parts: Parts, points: int, cause: Cause) -> Held:
    """A sale takes `points` of what is held, nearest expiry first: what each lot paid. The rest stays held."""
    draft = Draft(account, cause)
    return Held(_take(draft, parts, points), draft.entries)


def _take(draft: Draft, parts: Parts, points: int) -> dict[str, int]:
    paid, missing = {}, points
    for lot in sorted((draft.lot(name) for name in parts), key=lambda lot: lot.order):
        part = min(missing, parts[lot.id])
        draft.move(lot, "settle", "held", "spent", part)
        if part > 0:
            paid[lot.id] = part
        missing -= part
    return paid


def left(parts: Parts, paid: Parts) -> dict[str, int]:
    """What of a hold is not paid."""
    rest = {name: held - paid.get(name, 0) for name, held in parts.items()}
    return {name: held for name, held in rest.items() if held}


def post(account: Account, parts: Parts, points: int, cause: Cause) -> Held:
    """The sale takes `points` of what was held, and the rest goes back: what each lot paid, and the entries."""
    draft = Draft(account, cause)
    paid = _take(draft, parts, points)
    _release(draft, left(parts, paid))
    return Held(paid, draft.entries)


def release(account: Account, parts: Parts, cause: Cause) -> list[Entry]:
    """What was held can be spent again. Where its end has passed meanwhile it expires now."""
    draft = Draft(account, cause)
    _release(draft, parts)
    return draft.entries


def _release(draft: Draft, parts: Parts) -> None:
    for name, part in parts.items():
        draft.move(draft.lot(name), "restore", "held", "active", part)
    draft.ripen()
    draft.pay_debts()


def post_late(account: Account, points: int, cause: Cause) -> tuple[dict[str, int], int, list[Entry]]:
    """A sale took points whose hold had ended before it arrived: what each lot paid, what is owed, and the entries.

    The goods are gone, so what is not there any more is owed, in a lot named after the sale: the points that the same
    sale earns are in another.
    """
    draft, paid, missing = Draft(account, cause), {}, points
    for lot in account.in_order():
        part = min(missing, lot.active)
        draft.move(lot, "burn", "active", "spent", part)
        if part:
            paid[lot.id] = part
        missing -= part
    owed = Lot(f"{cause.source}:owed", account.id)
    draft.move(owed, "burn", "debt", "spent", missing)
    if missing:
        paid[owed.id] = missing
    return paid, missing, draft.entries
