"""Money on gift cards and store credit: each change is an entry under a key of whoever wants it done.

All of it inside the caller's transaction. The same key twice is one entry and the same answer, also after everything
about it has changed since. The balance is changed by one statement that finds nothing where it would go below zero.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from retail.codec import digest
from retail.stored_value import (
    BALANCE_MAX,
    HOLD_MS,
    Entry,
    check_amount,
    check_usable,
    full,
    hold_gone,
    key_used,
    moves,
    short,
    too_much,
)
from sync_server.db import Database, insert_if_absent
from sync_server.stored_value import queries
from sync_server.stored_value.tables import stored_value_entries, stored_value_holds, stored_values

LAPSES_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class About:
    """Who wants an entry and why: `source` is a cart, a sale or a reason, `by` a device or a member of staff."""

    source: str
    by: str
    at: int


def load(session: Session, account: str, key: str, amount: int, currency: str, about: About) -> dict[str, Any]:
    """Money was paid for it, at the till that sells the card: `{account, key, available, held, currency}`."""
    return _put(session, account, Entry(key, "load", amount), currency, about)


def refund(session: Session, account: str, key: str, amount: int, currency: str, about: About) -> dict[str, Any]:
    """A purchase came back and its money goes onto the card or the credit."""
    return _put(session, account, Entry(key, "refund", amount), currency, about)


def give_back(session: Session, account: str, key: str, amount: int, about: About) -> dict[str, Any]:
    """The return `about.source` gives back what a sale took from it. Also where the card is blocked or over meanwhile:
    the money is the shopper's."""
    entry = Entry(key, "refund", amount)
    check_amount(entry)
    return _post(session, account, entry, 0, about)


def adjust(session: Session, account: str, key: str, amount: int, about: About) -> dict[str, Any]:
    """A member of staff corrects the balance, up or down; also of a card that is blocked or over."""
    entry = Entry(key, "adjust", amount)
    check_amount(entry)
    return _post(session, account, entry, 0, about)


def _put(session: Session, account: str, entry: Entry, currency: str, about: About) -> dict[str, Any]:
    check_amount(entry)
    return _post(session, account, entry, 0, about, currency)


def hold(session: Session, account: str, key: str, amount: int, currency: str, about: About) -> dict[str, Any]:
    """Set money aside for the payment of the cart `about.source`: the answer of an entry, with `hold` and `until`."""
    entry = Entry(key, "hold", amount)
    check_amount(entry)
    until = about.at + HOLD_MS
    answer = _post(session, account, entry, 0, about, currency, {"hold": key, "until": until})
    row = {"account": account, "amount": amount, "state": "pending", "until": until, "cart": about.source}
    # A repeat finds its hold there, in whatever state it is by now.
    insert_if_absent(session, stored_value_holds, id=key, **row)
    return answer


def renew(session: Session, cart: str, now: int) -> None:
    """Something happened in the cart: its holds last HOLD_MS from now. Written once in half of that time."""
    columns = stored_value_holds.c
    soon = (columns.cart == cart) & (columns.state == "pending") & (columns.until < now + HOLD_MS // 2)
    session.execute(update(stored_value_holds).where(soon, columns.until > now).values(until=now + HOLD_MS))


def capture(session: Session, hold_id: str, key: str, amount: int, about: About) -> dict[str, Any]:
    """The sale `about.source` is paid with the hold, or with a part of it; the rest is free again.

    `StoredValueRefused` (`stored_value.hold_gone`) where it lapsed or was ended before.
    """
    found = queries.hold_row(session, hold_id)
    if found is None:
        raise hold_gone()
    entry = Entry(key, "capture", amount, hold_id)
    check_amount(entry)
    if amount > found.amount:
        raise too_much(found.amount)
    return _end_hold(session, found, entry, "posted", about, lapsed=False)


def capture_late(session: Session, hold_id: str, key: str, amount: int, about: About) -> dict[str, Any]:
    """As `capture`, for a sale that was made while its hold was good and is heard of only now.

    Where the hold lapsed since, the money is taken from what is there. Where that is not enough it is refused, and the
    caller opens a case: a sale that was made stays made.
    """
    lapse(session, hold_id, about.at)
    # Read after it: whoever ended the hold at this moment has been waited for.
    found = queries.hold_row(session, hold_id)
    if found is None or found.state != "expired":
        return capture(session, hold_id, key, amount, about)
    entry = Entry(key, "capture", amount)
    check_amount(entry)
    if amount > found.amount:
        raise too_much(found.amount)
    return _post(session, found.account, entry, 0, about)


def void(session: Session, hold_id: str, key: str, about: About) -> dict[str, Any]:
    """The payment is not made this way: all of the hold is free again."""
    found = queries.hold_row(session, hold_id)
    if found is None:
        raise hold_gone()
    return _end_hold(session, found, Entry(key, "void", found.amount, hold_id), "voided", about, lapsed=None)


def lapse(session: Session, hold_id: str, now: int) -> bool:
    """Free a hold whose time is over; whether it was still there to free."""
    found = queries.hold_row(session, hold_id)
    if found is None or found.state != "pending" or found.until > now:
        return False
    entry = Entry(f"{hold_id}:lapsed", "void", found.amount, hold_id)
    about = About(found.cart, "hub", now)
    if not _close(session, hold_id, "expired", now, lapsed=True):
        return False
    _post(session, found.account, entry, found.amount, about)
    return True


def _end_hold(
    session: Session, found: Any, entry: Entry, state: str, about: About, lapsed: bool | None
) -> dict[str, Any]:
    before = _answered(session, found.account, entry, "")
    if before is not None:
        return before
    if not _close(session, found.id, state, about.at, lapsed):
        # The same key may have come twice at the same moment: the other one's answer is there by now.
        before = _answered(session, found.account, entry, "")
        if before is None:
            raise hold_gone()
        return before
    return _post(session, found.account, entry, found.amount, about)


def _close(session: Session, hold_id: str, state: str, now: int, lapsed: bool | None) -> bool:
    """End a pending hold, one time: one that has (or has not, or whether or not it has) `lapsed` by now."""
    columns = stored_value_holds.c
    here = (columns.id == hold_id) & (columns.state == "pending")
    if lapsed is not None:
        here = here & ((columns.until <= now) if lapsed else (columns.until > now))
    done = update(stored_value_holds).where(here).values(state=state).returning(columns.id)
    return session.execute(done).first() is not None


def expire(session: Session, account: str, now: int) -> bool:
    """What is on an account whose time is over lapses; whether there was something. What is held for a payment stays,
    and lapses the next time if it comes back."""
    row = queries.account_row(session, account)
    if not row.expires_at or row.expires_at > now or not row.available:
        return False
    entry = Entry(f"{account}:expired:{now}", "expire", row.available)
    _post(session, account, entry, 0, About("expiry", "hub", now))
    return True


def sweep(db: Database, now: int) -> int:
    """End holds and accounts whose time is over, each in a transaction of its own; how many. Looks first: most times
    there is nothing, and nobody is kept waiting."""
    holds, accounts = db.read(
        lambda session: (
            queries.holds_over(session, now, LAPSES_AT_ONCE),
            queries.accounts_over(session, now, LAPSES_AT_ONCE),
        )
    )
    ended = [db.write(lambda session, one=one: lapse(session, one, now), patient=True) for one in holds]  # type: ignore[misc]
    ended += [db.write(lambda session, one=one: expire(session, one, now), patient=True) for one in accounts]  # type: ignore[misc]
    return sum(ended)


def _answered(session: Session, account: str, entry: Entry, currency: str) -> dict[str, Any] | None:
    """What was answered to this key before; `StoredValueRefused` where something else was asked under it."""
    columns = stored_value_entries.c
    row = session.execute(select(columns.hash, columns.answer).where(columns.key == entry.key)).first()
    if row is None:
        return None
    if row.hash != _hash(account, entry, currency):
        raise key_used()
    answer: dict[str, Any] = row.answer
    return answer


def _hash(account: str, entry: Entry, currency: str) -> str:
    return digest([account, entry.kind, entry.amount, entry.hold, currency])


def _post(
    session: Session,
    account: str,
    entry: Entry,
    of_hold: int,
    about: About,
    currency: str | None = None,
    more: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Add the entry, change the balance, keep the answer; or give the answer that this key had before.

    With a `currency` the account has to be usable in it at this moment; without, only its balance decides.
    """
    available, held = moves(entry, of_hold)
    row = {"account": account, "kind": entry.kind, "amount": entry.amount, "hold": entry.hold}
    row |= {"available": available, "held": held, "source": about.source, "by": about.by, "at": about.at}
    asked = _hash(account, entry, currency or "")
    if not insert_if_absent(session, stored_value_entries, key=entry.key, **row, hash=asked):
        before = _answered(session, account, entry, currency or "")
        assert before is not None, "an entry is never taken away"
        return before
    columns = stored_values.c
    here = (columns.id == account) & (columns.available + available >= 0) & (columns.held + held >= 0)
    here = here & (columns.available + columns.held + available + held <= BALANCE_MAX)
    if currency is not None:
        in_time = (columns.expires_at == 0) | (columns.expires_at > about.at)
        here = here & (columns.currency == currency) & ~columns.blocked & in_time
    changed = {"available": columns.available + available, "held": columns.held + held, "entries": columns.entries + 1}
    seen = (columns.available, columns.held, columns.currency, columns.entries)
    after = session.execute(update(stored_values).where(here).values(**changed).returning(*seen)).first()
    if after is None:
        raise _why(session, account, available, currency, about.at)
    answer = {"account": account, "key": entry.key, "currency": after.currency}
    answer |= {"available": after.available, "held": after.held, **(more or {})}
    mine = stored_value_entries.c.key == entry.key
    session.execute(update(stored_value_entries).where(mine).values(answer=answer, number=after.entries))
    return answer


def _why(session: Session, account: str, available: int, currency: str | None, now: int) -> Exception:
    """Why the statement found nothing to change."""
    row = queries.account_row(session, account)
    if currency is not None:
        check_usable(queries.terms(row), currency, now)
    return short(row.available) if available < 0 else full()
