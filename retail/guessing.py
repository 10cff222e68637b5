"""How often somebody may name a code that does not exist: the waits grow, and a person is told.

Only codes that add up and are nobody's count: a slip of the finger is found by the check character before.
"""

from dataclasses import dataclass

from retail.errors import N_, VoucherError

FREE_TRIES = 2
FIRST_WAIT_MS = 30_000
WAIT_MAX_MS = 15 * 60_000
"""So a day has fewer than a hundred tries, of codes of which there are 29 to the eleventh."""

REPORTED_FROM = 5
"""The wrong code with which a person is told that somebody guesses."""

FORGOTTEN_AFTER_MS = 24 * 3_600_000
"""After so long without a wrong code the count begins anew. A right code does not do that: whoever has one could guess
on beside it."""


@dataclass(frozen=True, slots=True)
class Guesses:
    """Wrong codes of one device or one shopper; `last` and `not_before` in ms."""

    wrong: int = 0
    last: int = 0
    not_before: int = 0

    @property
    def reported(self) -> bool:
        return self.wrong >= REPORTED_FROM


def check_may_try(guesses: Guesses, now: int) -> None:
    """Refuse a try that comes too soon, and say when the next one counts."""
    if now < guesses.not_before:
        raise VoucherError(
            "voucher.wait",
            N_("Too many codes were wrong. Wait {seconds} s before the next one."),
            seconds=-(-(guesses.not_before - now) // 1000),
        )


def after_wrong_code(guesses: Guesses, now: int) -> Guesses:
    """One more; from the third on one waits, each time twice as long."""
    fresh = now - guesses.last >= FORGOTTEN_AFTER_MS
    wrong = 1 if fresh else guesses.wrong + 1
    return Guesses(wrong, now, now + wait_after(wrong))


def wait_after(wrong: int) -> int:
    """Ms of waiting after so many wrong codes."""
    beyond = wrong - FREE_TRIES - 1
    if beyond < 0:
        return 0
    # A count that has grown for months would make a number of months' length.
    return min(WAIT_MAX_MS, FIRST_WAIT_MS << min(beyond, WAIT_MAX_MS.bit_length()))
