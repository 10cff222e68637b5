"""Two customers are one person, and may part again: the lots of the one count in the other's account, and go back."""

from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from retail.errors import N_, LoyaltyRefused
from retail.loyalty import merging
from retail.loyalty.ledger import BUCKETS, Account, Entry, Lot
from sync_server.loyalty import books, queries, service
from sync_server.loyalty.tables import MERGED, points_balances, points_holds, points_lots, points_merges

_B, _L, _H = points_balances.c, points_lots.c, points_holds.c
_NOT_EMPTY = (_L.pending + _L.active + _L.held + _L.spent + _L.expired - _L.debt) > 0


def merge(session: Session, key: str, source: str, target: str, by: str, now: int) -> dict[str, Any]:
    """The points of `source` count in the account of `target` from now on: `{"account", "free"}`; once for a key."""

    def act() -> dict[str, Any]:
        if books.resolved(session, source) == books.resolved(session, target) or _merged(session, source):
            raise LoyaltyRefused(
                "loyalty.merged", N_("These customers share one account already. Nothing was changed.")
            )
        into = books.resolved(session, target)
        version = _lock_both(session, source, into)
        giver, taker = _whole(session, source), Account(into)
        entries = merging.merge(giver, taker, books.cause(source, version, key, now))
        session.execute(update(points_lots).where(_L.account == source).values(account=into))
        session.execute(update(points_holds).where(_H.account == source).values(account=into))
        _book(session, source, into, entries)
        session.execute(update(points_balances).where(_B.customer == source).values(merged_into=into))
        session.execute(update(points_balances).where(_B.customer == into).values(shared=1))
        session.execute(insert(points_merges).values(source=source, target=into, by=by, at=now))
        service.cost_anew(session, into, now)
        return {"account": into, "free": queries.balance(session, into)}

    return books.once(session, f"merge:{key}", {"source": source, "target": target}, now, act)  # type: ignore[no-any-return]


def part(session: Session, key: str, source: str, by: str, now: int) -> dict[str, Any]:
    """Undo the merging of `source`: every lot goes back to whose card earned it, with what is left of it: `{"account",
    "free"}`. Refused while points of the common account are held."""

    def act() -> dict[str, Any]:
        target = _merged(session, source)
        if not target:
            raise LoyaltyRefused("loyalty.not_merged", N_("This customer shares no account. Nothing was changed."))
        whole = books.resolved(session, target)
        version = _lock_both(session, whole, whole)
        open_holds = select(_H.id).where(_H.account == whole, _H.status == "open").limit(1)
        if session.scalar(open_holds) is not None:
            raise LoyaltyRefused(
                "loyalty.held", N_("Points of this account are set aside. Finish or cancel that payment first.")
            )
        mine = _behind(session, source)
        session.execute(update(points_balances).where(_B.customer == source).values(merged_into=""))
        books.locked(session, source)
        for name in (whole, source):
            shared = len(queries.sharing(session, name)) > 1
            session.execute(update(points_balances).where(_B.customer == name).values(shared=int(shared)))
        entries = merging.part(_whole(session, whole), Account(source), mine, books.cause(whole, version, key, now))
        session.execute(update(points_lots).where(_L.account == whole, _L.customer.in_(mine)).values(account=source))
        _book(session, whole, source, entries)
        open_merge = (points_merges.c.source == source) & points_merges.c.parted_at.is_(None)
        session.execute(update(points_merges).where(open_merge).values(parted_by=by, parted_at=now))
        for name in (whole, source):
            service.cost_anew(session, name, now)
        return {"account": source, "free": queries.balance(session, source)}

    return books.once(session, f"part:{key}", {"source": source}, now, act)  # type: ignore[no-any-return]


def _lock_both(session: Session, one: str, other: str) -> int:
    """Hold both, always in the same order; the version of `one`."""
    versions = {name: books.locked(session, name) for name in sorted({one, other})}
    for name, (account, _) in versions.items():
        if account != name:
            raise LoyaltyRefused(
                "loyalty.merged", N_("These customers share one account already. Nothing was changed.")
            )
    return versions[one][1]


def _merged(session: Session, source: str) -> str:
    return session.scalar(select(_B.merged_into).where(_B.customer == source)) or ""


def _behind(session: Session, source: str) -> list[str]:
    """The customer and all who were merged into it, also by way of others."""
    found = [source]
    for name in found:
        found += session.scalars(select(_B.customer).where(_B.merged_into == name, MERGED)).all()
    return found


def _whole(session: Session, account: str) -> Account:
    """The account with all its lots, those too of which everything is spent."""
    columns = (_L.id, _L.customer, _L.active_from, _L.expires_at, *(_L[bucket] for bucket in BUCKETS))
    rows = session.execute(select(*columns).where(_L.account == account, _NOT_EMPTY)).all()
    return Account(account, {row.id: Lot(*row) for row in rows})


def _book(session: Session, giver: str, taker: str, entries: list[Entry]) -> None:
    """The entries of a transfer with the sums of both. The lots themselves stay as they are, but for their account."""
    for account in (giver, taker):
        by = dict.fromkeys(BUCKETS, 0)
        own = [entry for entry in entries if entry.account == account]
        for entry in own:
            if entry.src:
                by[entry.src] -= entry.points
            if entry.dst:
                by[entry.dst] += entry.points
        version = books.change(session, account, **by)
        if version is None:
            raise LookupError(f"account {account} was not held")
        for entry in own:
            books.add_entry(session, entry, version)
