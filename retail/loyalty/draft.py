"""Entries that one command is about to add, tried on the account as they are written."""

from dataclasses import dataclass, field

from retail.loyalty.ledger import Account, Entry, Kind, Lot, Place, applied


@dataclass(frozen=True, slots=True)
class Cause:
    """What a command's entries are called after, what they come from (a sale, a return, a hold), and when, in ms."""

    key: str
    source: str
    at: int


@dataclass(slots=True)
class Draft:
    """An account as it will be, and the entries that make it so."""

    account: Account
    cause: Cause
    entries: list[Entry] = field(default_factory=list)

    def move(self, lot: Lot, kind: Kind, src: Place, dst: Place, points: int, **more: object) -> None:
        """Add an entry; nothing is moved where there are no points to move."""
        if points <= 0:
            return
        said: dict[str, object] = {"key": f"{self.cause.key}#{len(self.entries):04d}", **more}
        entry = Entry(
            account=self.account.id,
            customer=lot.customer,
            lot=lot.id,
            kind=kind,
            src=src,
            dst=dst,
            points=points,
            source=self.cause.source,
            at=self.cause.at,
            **said,  # type: ignore[arg-type]
        )
        self.account = applied(self.account, entry)
        self.entries.append(entry)

    def lot(self, name: str, customer: str = "") -> Lot:
        """The lot as it is now; an empty one where nothing of it is left."""
        return self.account.lots.get(name) or Lot(name, customer or self.account.id)

    def ripen(self) -> None:
        """What begins to count by now begins, what ends by now ends; nothing of a lot ends while some of it is held."""
        for lot in self.account.in_order():
            if lot.pending and lot.active_from <= self.cause.at:
                self.move(lot, "activate", "pending", "active", lot.pending)
        for lot in self.account.in_order():
            if lot.expires_at <= self.cause.at and not lot.held:
                self.move(lot, "expire", "active", "expired", lot.active)
                self.move(lot, "expire", "pending", "expired", lot.pending)

    def pay_debts(self) -> None:
        """Active points pay what is owed, nearest expiry first."""
        owing = [lot for lot in self.account.in_order() if lot.debt]
        for owed in owing:
            missing = -owed.debt
            for lot in self.account.in_order():
                part = min(missing, lot.active)
                self.move(lot, "settle", "active", "", part)
                self.move(self.lot(owed.id), "settle", "", "debt", part)
                missing -= part
