"""Signing in with a PIN: how often one may try, and how a manager opens the door again."""

from dataclasses import dataclass
from typing import Literal

from retail.errors import N_, StaffRefused

Role = Literal["cashier", "manager"]

PIN_TRIES_MAX = 5
PIN_DELAYS_MS = {3: 5_000, 4: 15_000}
"""After the third and the fourth wrong PIN one waits; after the fifth a manager is needed."""


@dataclass(frozen=True, slots=True)
class PinAttempts:
    """Wrong PINs in a row of one person, and the moment (ms) before which no try counts."""

    failures: int = 0
    not_before: int = 0

    @property
    def locked(self) -> bool:
        return self.failures >= PIN_TRIES_MAX


def check_may_try(attempts: PinAttempts, now: int) -> None:
    """Refuse a try that comes too soon, or after too many."""
    if attempts.locked:
        raise StaffRefused(
            "staff.locked",
            N_("Five wrong PINs: this name is locked. A manager can unlock it with their PIN."),
        )
    if now < attempts.not_before:
        raise StaffRefused(
            "staff.wait",
            N_("Wait {seconds} s before the next try."),
            seconds=-(-(attempts.not_before - now) // 1000),
        )


def after_wrong_pin(attempts: PinAttempts, now: int) -> PinAttempts:
    """One more wrong PIN in a row; a right PIN, or a manager who unlocks, starts again with `PinAttempts()`."""
    failures = attempts.failures + 1
    return PinAttempts(failures, now + PIN_DELAYS_MS.get(failures, 0))


def wrong_pin(attempts: PinAttempts) -> StaffRefused:
    """The refusal to show after a wrong PIN, with the tries that are left."""
    if attempts.locked:
        return StaffRefused(
            "staff.locked",
            N_("Five wrong PINs: this name is locked. A manager can unlock it with their PIN."),
        )
    return StaffRefused(
        "staff.wrong_pin",
        N_("That PIN is not right. Tries left: {left}."),
        left=PIN_TRIES_MAX - attempts.failures,
    )
