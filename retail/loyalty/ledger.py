"""The ledger of points: entries are only ever added, and an account is what they add up to.

Points lie in lots, because those of one purchase begin and end to count together. Each lot has six buckets; an entry
moves points of one lot from one bucket to another, or in from outside and out again (`""`). No bucket goes below zero,
but `debt`, which never goes above.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from retail.errors import N_, LoyaltyRefused
from retail.loyalty.programme import NEVER

Bucket = Literal["pending", "active", "held", "spent", "expired", "debt"]
Place = Literal["", "pending", "active", "held", "spent", "expired", "debt"]
Kind = Literal["earn", "activate", "burn", "expire", "clawback", "restore", "adjust", "transfer", "settle"]

BUCKETS: tuple[Bucket, ...] = ("pending", "active", "held", "spent", "expired", "debt")


@dataclass(frozen=True, slots=True)
class Entry:
    """`points`, never below zero, of one lot go from `src` to `dst`. The key makes it one, however often it comes.

    `customer` is whose card earned the lot, for ever; `account` is where it counted then. An entry with an `expires_at`
    says when its lot begins and ends; `reverses` is the key of the entry that it undoes.
    """

    key: str
    account: str
    customer: str
    lot: str
    kind: Kind
    src: Place
    dst: Place
    points: int
    source: str
    at: int
    line: str = ""
    rule: str = ""
    reverses: str = ""
    active_from: int = 0
    expires_at: int = 0


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that were given together; `customer` is whose card earned them."""

    id: str
    customer: str
    active_from: int = 0
    expires_at: int = NEVER
    pending: int = 0
    active: int = 0
    held: int = 0
    spent: int = 0
    expired: int = 0
    debt: int = 0

    @property
    def empty(self) -> bool:
        return not any(getattr(self, bucket) for bucket in BUCKETS)

    @property
    def open(self) -> bool:
        """Whether somebody may still get or owes some of it."""
        return bool(self.pending or self.active or self.held or self.debt)

    @property
    def due(self) -> int:
        """The ms at which something happens with it by itself; NEVER where nothing does. While some of it is held it
        does not expire."""
        begins = self.active_from if self.pending else NEVER
        ends = self.expires_at if (self.pending or self.active) and not self.held else NEVER
        return min(begins, ends)

    @property
    def order(self) -> tuple[int, int, str]:
        """In which it is spent: nearest expiry first."""
        return (self.expires_at, self.active_from, self.id)


@dataclass(frozen=True, slots=True)
class Account:
    """Lots that still have points anywhere, by id. A value: what changes it makes another."""

    id: str
    lots: Mapping[str, Lot] = field(default_factory=dict)

    def total(self, bucket: Bucket) -> int:
        return sum(getattr(lot, bucket) for lot in self.lots.values())

    @property
    def totals(self) -> dict[Bucket, int]:
        return {bucket: self.total(bucket) for bucket in BUCKETS}

    @property
    def free(self) -> int:
        """What can be spent: active points less what is owed."""
        return max(0, self.total("active") + self.total("debt"))

    def in_order(self) -> list[Lot]:
        return sorted(self.lots.values(), key=lambda lot: lot.order)


def applied(account: Account, entry: Entry) -> Account:
    """The account after one more entry; refused where a bucket would go below zero, because then the ledger is not
    whole."""
    lot = account.lots.get(entry.lot, Lot(entry.lot, entry.customer))
    amounts = {bucket: getattr(lot, bucket) for bucket in BUCKETS}
    if entry.src:
        amounts[entry.src] -= entry.points
    if entry.dst:
        amounts[entry.dst] += entry.points
    if entry.points < 0 or amounts["debt"] > 0 or any(amounts[name] < 0 for name in BUCKETS if name != "debt"):
        raise LoyaltyRefused(
            "loyalty.ledger",
            N_("Entry {key} does not fit the entries before it. Nothing was booked; a person has to look."),
            key=entry.key,
        )
    if entry.expires_at:
        lot = replace(lot, active_from=entry.active_from, expires_at=entry.expires_at)
    lots = dict(account.lots)
    lots[entry.lot] = replace(lot, **amounts)
    if lots[entry.lot].empty:
        del lots[entry.lot]
    return Account(account.id, lots)


def fold(account: str, entries: Iterable[Entry]) -> Account:
    """The account from zero, from all its entries in their order; those of other accounts are passed over, and a key
    that was seen before is the same entry."""
    found, seen = Account(account), set[str]()
    for entry in entries:
        if entry.account == account and entry.key not in seen:
            seen.add(entry.key)
            found = applied(found, entry)
    return found
