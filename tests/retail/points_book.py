"""Points as a shop keeps them, in memory: the pure functions with entries, holds and sales beside them."""

from dataclasses import dataclass, field, replace
from datetime import UTC

from retail.loyalty import merging, moves, returns
from retail.loyalty.draft import Cause
from retail.loyalty.earning import LineEarning
from retail.loyalty.ledger import Account, Entry, applied
from retail.loyalty.programme import DAY_MS, DEFAULT, NEVER, Programme, Terms


@dataclass
class Hold:
    account: str
    parts: dict[str, int]


@dataclass
class Book:
    """Whose `now` stands still until somebody turns it; every change goes through `entries`."""

    programme: Programme = DEFAULT
    now: int = 0
    entries: list[Entry] = field(default_factory=list)
    holds: dict[str, Hold] = field(default_factory=dict)
    earned: dict[str, list[returns.Reversal]] = field(default_factory=dict)
    """By sale: what of its earning can still be taken back."""
    burned: dict[str, list[returns.Reversal]] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    withheld: int = 0
    commands: int = 0
    known: dict[str, Account] = field(default_factory=dict)

    def account(self, customer: str = "anna") -> Account:
        return self.of(self.resolved(customer))

    def of(self, account: str) -> Account:
        """As it was brought along, entry by entry."""
        return self.known.get(account, Account(account))

    def resolved(self, customer: str) -> str:
        while customer in self.merged:
            customer = self.merged[customer]
        return customer

    def cause(self, source: str) -> Cause:
        self.commands += 1
        return Cause(f"command-{self.commands}", source, self.now)

    def add(self, entries: list[Entry]) -> list[Entry]:
        """Those whose keys are new; the ledger refuses what does not fit."""
        known = {entry.key for entry in self.entries}
        fresh = [entry for entry in entries if entry.key not in known]
        self.entries += fresh
        for entry in fresh:
            self.known[entry.account] = applied(self.of(entry.account), entry)
        return fresh

    def earn(
        self, sale: str, lines: dict[str, int], customer: str = "anna", begins: int = 0, ends: int = NEVER
    ) -> None:
        if any(entry.source == sale and entry.kind == "earn" for entry in self.entries):
            # The hub asks the keys; here one look does.
            return
        rows = [LineEarning(line, "base", points) for line, points in lines.items()]
        given = moves.give(self.account(customer), customer, rows, Terms(begins, ends), self.cause(sale))
        self.add(given)
        self.earned[sale] = [
            returns.Reversal(entry.key, entry.lot, entry.line, entry.points) for entry in given if entry.kind == "earn"
        ]

    def hold(self, name: str, points: int, customer: str = "anna") -> None:
        account = self.account(customer)
        held = moves.hold(account, points, self.cause(name))
        self.add(held.entries)
        self.holds[name] = Hold(account.id, held.parts)

    def post(self, name: str, sale: str, points: int | None = None) -> None:
        hold = self.holds.pop(name)
        taken = sum(hold.parts.values()) if points is None else points
        posted = moves.post(self.of(hold.account), hold.parts, taken, self.cause(sale))
        assert sum(posted.parts.values()) == taken
        self._burned(sale, self.add(posted.entries))

    def take(self, name: str, sale: str, points: int) -> None:
        """As from an allowance: the rest stays held."""
        hold = self.holds[name]
        taken = moves.take(self.of(hold.account), hold.parts, points, self.cause(sale))
        hold.parts = moves.left(hold.parts, taken.parts)
        self._burned(sale, self.add(taken.entries))

    def late(self, sale: str, points: int, customer: str = "anna") -> None:
        _, _, entries = moves.post_late(self.account(customer), points, self.cause(sale))
        self._burned(sale, self.add(entries))

    def _burned(self, sale: str, entries: list[Entry]) -> None:
        self.burned.setdefault(sale, []).extend(
            returns.Reversal(entry.key, entry.lot, "", entry.points) for entry in entries if entry.dst == "spent"
        )

    def void(self, name: str) -> None:
        hold = self.holds.pop(name)
        self.add(moves.release(self.of(hold.account), hold.parts, self.cause(name)))

    def bring_back(self, sale: str, points: int) -> None:
        """Goods come back that earned so many points of the sale."""
        wanted = returns.parts_given_back(list(reversed(self.earned[sale])), points)
        self.earned[sale] = _less(self.earned[sale], wanted)
        for row in wanted:
            taken = returns.claw_back(self._holder(row.lot), [row], self.programme, self.cause("return"))
            self.add(taken.entries)
            self.withheld += taken.withheld

    def unspend(self, sale: str, points: int) -> None:
        wanted = returns.parts_given_back(self.burned[sale], points)
        self.burned[sale] = _less(self.burned[sale], wanted)
        for row in wanted:
            self.add(returns.give_back(self._holder(row.lot), [row], self.programme, UTC, self.cause("return")))

    def _holder(self, lot: str) -> Account:
        """Whose account the lot is in; the last entry of it says so."""
        return self.of(next(entry.account for entry in reversed(self.entries) if entry.lot == lot))

    def adjust(self, points: int, customer: str = "anna") -> None:
        cause = self.cause(f"adjustment-{self.commands}")
        self.add(moves.adjust(self.account(customer), points, Terms(self.now, NEVER), cause))

    def turn(self, day: int) -> None:
        self.now = day * DAY_MS
        for name in sorted({entry.account for entry in self.entries}):
            self.add(moves.ripen(self.of(name), self.cause("clock")))

    def merge(self, source: str, target: str) -> None:
        self.add(merging.merge(self.account(source), self.account(target), self.cause("merge")))
        for hold in self.holds.values():
            hold.account = target if hold.account == source else hold.account
        self.merged[source] = target

    def part(self, source: str) -> None:
        held = self.account(source)
        mine = {source, *(name for name in self.merged if self._passes(name, source))}
        del self.merged[source]
        self.add(merging.part(held, self.account(source), mine, self.cause("part")))

    def _passes(self, name: str, through: str) -> bool:
        while name in self.merged and name != through:
            name = self.merged[name]
        return name == through


def _less(rows: list[returns.Reversal], taken: list[returns.Reversal]) -> list[returns.Reversal]:
    gone = {row.key: row.points for row in taken}
    return [replace(row, points=row.points - gone.get(row.key, 0)) for row in rows]
