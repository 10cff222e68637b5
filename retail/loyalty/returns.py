"""What a return takes back, and what it gives back: exactly the entries of what is returned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from retail.loyalty.draft import Cause, Draft
from retail.loyalty.ledger import Account, Entry
from retail.loyalty.programme import Programme, local_day, midnight


@dataclass(frozen=True, slots=True)
class Reversal:
    """So many points of the entry with this key are undone; of a lot that the entry named."""

    key: str
    lot: str
    line: str
    points: int


@dataclass(frozen=True, slots=True)
class Clawback:
    """The entries, and the points that neither are there nor are owed: their worth is taken off the refund."""

    entries: list[Entry]
    withheld: int


def claw_back(account: Account, wanted: Sequence[Reversal], programme: Programme, cause: Cause) -> Clawback:
    """Take back what returned lines earned: from their own lot first what is pending, then what is active, then what
    has expired. What is spent is owed, or withheld from the refund, as the programme says; active points of other lots
    pay the debt at once."""
    draft, withheld = Draft(account, cause), 0
    for row in wanted:
        left = row.points
        for bucket in ("pending", "active", "expired"):
            lot = draft.lot(row.lot)
            part = min(left, getattr(lot, bucket))
            draft.move(lot, "clawback", bucket, "", part, line=row.line, reverses=row.key)
            left -= part
        if programme.missing == "debt":
            draft.move(draft.lot(row.lot), "clawback", "debt", "", left, line=row.line, reverses=row.key)
        else:
            withheld += left
    draft.pay_debts()
    return Clawback(draft.entries, withheld)


def give_back(
    account: Account, wanted: Sequence[Reversal], programme: Programme, zone: tzinfo, cause: Cause
) -> list[Entry]:
    """Burned points go back to their own lots. Those whose end has passed count for `restored_days` more days."""
    draft = Draft(account, cause)
    draft.ripen()
    until = midnight(local_day(cause.at, zone) + timedelta(days=programme.restored_days + 1), zone)
    for row in wanted:
        lot = draft.lot(row.lot)
        late = {"active_from": lot.active_from, "expires_at": until} if lot.expires_at <= cause.at else {}
        draft.move(lot, "restore", "spent", "active", row.points, reverses=row.key, **late)
    draft.pay_debts()
    return draft.entries


def parts_given_back(spent: Sequence[Reversal], points: int) -> list[Reversal]:
    """Which of the points that a sale burned come back first when only `points` of them do: those spent last, which
    are good for longest."""
    found, left = [], points
    for row in reversed(spent):
        part = min(left, row.points)
        if part > 0:
            found.append(Reversal(row.key, row.lot, row.line, part))
        left -= part
    return found
