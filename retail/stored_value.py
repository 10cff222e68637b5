"""Gift cards and store credit: money kept as entries that are only ever added (docs/coupons.md, "Stored value").

One currency each. The balance is what all entries add up to; `available` can be spent, `held` belongs to payments that
are under way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from retail import coupons, voucher_codes
from retail.errors import N_, StoredValueRefused

Kind = Literal["gift_card", "store_credit"]
EntryKind = Literal["load", "hold", "capture", "void", "expire", "refund", "adjust"]

CODE_LENGTH = coupons.GIFT_CARD_LENGTH
PIN_DIGITS = 6
PIN_TRIES_MAX = 5
HOLD_MS = 15 * 60_000
AMOUNT_MAX = 100_000_00
"""Minor units in one entry: more is a slip of the finger or a scanned barcode."""

BALANCE_MAX = 10 * AMOUNT_MAX


@dataclass(frozen=True, slots=True)
class Entry:
    """`amount` in minor units, above zero; only an adjustment may be below. `hold` is the key of the hold that a
    capture or a void ends: a capture takes `amount` of it and frees the rest, a void frees all of it. A capture without
    a hold takes what is available."""

    key: str
    kind: EntryKind
    amount: int
    hold: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """What entries add up to; `holds` are the open ones with their amounts, `entries` all of them by key."""

    available: int = 0
    held: int = 0
    holds: Mapping[str, int] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a card or a credit allows; `expires_at` in ms, 0 for never."""

    currency: str
    expires_at: int = 0
    blocked: bool = False


def read_code(typed: str) -> str:
    """A gift card's code in its plain form. `VoucherError` for a mistyped one, `StoredValueRefused` for a coupon's."""
    code = voucher_codes.plain(typed)
    shape_of_coupon = len(code) == coupons.CODE_LENGTH and not set(code) - set(voucher_codes.ALPHABET)
    if shape_of_coupon and voucher_codes.adds_up(code):
        raise StoredValueRefused(
            "stored_value.coupon", N_("This is the code of a coupon. Enter it as a coupon; nothing was paid with it.")
        )
    return voucher_codes.read(typed, CODE_LENGTH)


def moves(entry: Entry, of_hold: int = 0) -> tuple[int, int]:
    """By how much an entry changes what is available and what is held; `of_hold` is the amount of the hold it ends."""
    match entry.kind:
        case "load" | "refund" | "adjust":
            return entry.amount, 0
        case "hold":
            return -entry.amount, entry.amount
        case "capture":
            return of_hold - entry.amount, -of_hold
        case "void":
            return of_hold, -of_hold
        case "expire":
            return -entry.amount, 0


def added(balance: Balance, entry: Entry) -> Balance:
    """The balance after one more entry. The same entry again changes nothing; `StoredValueRefused` for what the money
    does not allow."""
    before = balance.entries.get(entry.key)
    if before is not None:
        if before != entry:
            raise key_used()
        return balance
    check_amount(entry)
    of_hold = balance.holds.get(entry.hold, 0)
    if not of_hold and (entry.hold or entry.kind == "void"):
        raise hold_gone()
    if entry.hold and entry.amount > of_hold:
        raise too_much(of_hold)
    available, held = moves(entry, of_hold)
    if balance.available + available < 0:
        raise short(balance.available)
    if balance.available + balance.held + available + held > BALANCE_MAX:
        raise full()
    holds = {key: amount for key, amount in balance.holds.items() if key != entry.hold}
    if entry.kind == "hold":
        holds[entry.key] = entry.amount
    return replace(
        balance,
        available=balance.available + available,
        held=balance.held + held,
        holds=holds,
        entries={**balance.entries, entry.key: entry},
    )


def replayed(entries: Iterable[Entry]) -> Balance:
    """All entries from zero, in their order."""
    balance = Balance()
    for entry in entries:
        balance = added(balance, entry)
    return balance


def check_amount(entry: Entry) -> None:
    """`StoredValueRefused` for an amount that no entry of its kind can have."""
    amount = abs(entry.amount) if entry.kind == "adjust" else entry.amount
    if not 0 < amount <= AMOUNT_MAX:
        raise StoredValueRefused("stored_value.amount", N_("This amount cannot be right. Type it again."))


def check_usable(terms: Terms, currency: str, now: int) -> None:
    """`StoredValueRefused` where nothing can be paid with it, or put on it, at this moment."""
    if terms.blocked:
        raise StoredValueRefused(
            "stored_value.blocked", N_("This card is blocked. Its money is kept; a manager can look at it.")
        )
    if is_over(terms, now):
        raise StoredValueRefused(
            "stored_value.over",
            N_("This card is no longer valid. Use another one or another way to pay; nothing was changed."),
        )
    if currency != terms.currency:
        raise other_currency(terms.currency, currency)


def other_currency(ours: str, other: str) -> StoredValueRefused:
    return StoredValueRefused(
        "stored_value.currency",
        N_("This card is in {ours}, and the amount is in {other}. Use another way to pay; nothing was changed."),
        ours=ours,
        other=other,
    )


def is_over(terms: Terms, now: int) -> bool:
    """Whether its time is over: what is on it then lapses, but for payments that are under way."""
    return 0 < terms.expires_at <= now


def short(available: int) -> StoredValueRefused:
    """`available` in minor units, for the screen."""
    return StoredValueRefused(
        "stored_value.short",
        N_("There is less on it than that. Use what is there and pay the rest another way; nothing was taken."),
        available=available,
    )


def full() -> StoredValueRefused:
    return StoredValueRefused(
        "stored_value.full", N_("So much does not fit on it. Use a second one; nothing was added.")
    )


def too_much(held: int) -> StoredValueRefused:
    """`held` in minor units, for the screen."""
    return StoredValueRefused(
        "stored_value.more_than_held", N_("More was taken than was set aside for it. Nothing was taken."), held=held
    )


def hold_gone() -> StoredValueRefused:
    return StoredValueRefused(
        "stored_value.hold_gone",
        N_("What was set aside for this payment is free again or was taken already. Nothing was taken now; pay again."),
    )


def key_used() -> StoredValueRefused:
    return StoredValueRefused(
        "stored_value.key_used", N_("This was asked for with another amount before. Nothing was changed; begin anew.")
    )
