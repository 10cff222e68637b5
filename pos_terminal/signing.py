"""Who works at the till: PINs checked against the hub's hashes, wrong ones counted, a manager's way out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pos_terminal import approving, payment
from pos_terminal.errors import TillRefused
from pos_terminal.giving_up import give_up
from pos_terminal.store import journal
from pos_terminal.till import Person, fresh
from pos_terminal.turn import Turn
from retail.errors import N_, StaffRefused
from retail.staff import PIN_DELAYS_MS, PIN_TRIES_MAX, PinAttempts, after_wrong_pin, check_may_try, wrong_pin

_HASHER = PasswordHasher()


def sign_in(turn: Turn, number: str, pin: str) -> None:
    """Open the till, or open it again after a lock: then only for who locked it, or a manager."""
    turn.only("till")
    row = _member(turn, number)
    if not _pin_is_right(turn, row, pin):
        return
    person = Person(row["id"], row["number"], row["name"], row["role"])
    owner = turn.till.staff
    if turn.till.phase == "locked" and turn.till.in_visit and owner and owner.id != person.id:
        if person.role != "manager":
            raise StaffRefused(
                "staff.other_cart",
                N_("{name} has goods in this till. They or a manager can open it."),
                name=owner.name,
            )
        turn.note("till.taken_over", person.id, owner=owner.id)
    rest = "selling" if turn.till.returning is None else "returning"
    phase = rest if turn.till.phase in ("signed_out", "locked") else turn.till.phase
    turn.till = replace(turn.till, phase=phase, staff=person)


def unlock(turn: Turn, manager_number: str, pin: str, number: str) -> None:
    """A manager opens a name that too many wrong PINs locked."""
    manager, locked = _member(turn, manager_number), _member(turn, number)
    if manager["role"] != "manager":
        raise StaffRefused("staff.not_manager", N_("Only a manager can unlock a name."))
    if not _pin_is_right(turn, manager, pin):
        return
    _keep(turn, locked["id"], PinAttempts())
    turn.note("staff.unlocked", manager["id"], unlocked=locked["id"])


def approve_points(turn: Turn, number: str, pin: str) -> None:
    """A manager vouches for who wants to spend more points than a card alone may; the hub keeps who it was."""
    turn.only("till")
    turn.staff_id()
    approving.waiting(turn.till)
    manager = _member(turn, number)
    if manager["role"] != "manager":
        raise StaffRefused("staff.needs_manager", N_("Only a manager can allow this."))
    if _pin_is_right(turn, manager, pin):
        turn.till = approving.approved(turn.till, manager["id"])


def lock(turn: Turn) -> None:
    """The cart stays; the PIN is asked. A payment under way goes back to the cart."""
    turn.staff_id()
    if turn.till.phase == "paying":
        turn.step(payment.cancel(turn.till))
    till = turn.till if turn.till.phase != "done" else fresh(turn.till)
    turn.till = replace(till, phase="locked")


def sign_out(turn: Turn) -> None:
    if turn.till.staff is None:
        return
    if turn.till.cart.lines:
        raise TillRefused("till.cart_open", N_("Goods are still in the till. Have them paid or put them back first."))
    if turn.till.loads:
        raise TillRefused(
            "till.cart_open", N_("Gift cards are still in this sale. Have them paid or take them out first.")
        )
    if turn.till.returning is not None or turn.till.credit is not None:
        raise TillRefused("till.return_open", N_("A return is still open. Finish it, or pay out what is left of it."))
    give_up(turn)
    turn.till = replace(turn.till, phase="signed_out", staff=None)


def _member(turn: Turn, number: str) -> Mapping[str, Any]:
    for row in turn.heading.people:
        if row["number"] == number:
            return row
    raise StaffRefused("staff.unknown", N_("Nobody with the number {number} works here."), number=number)


def _pin_is_right(turn: Turn, row: Mapping[str, Any], pin: str) -> bool:
    """Check and count. A wrong PIN becomes the turn's refusal, so that the count is kept with it."""
    now = turn.local_now
    attempts = journal.attempts(turn.connection, row["id"])
    # Where the clock was set back, the wait must not become longer than any wait can be.
    latest = now + max(PIN_DELAYS_MS.values())
    attempts = replace(attempts, not_before=min(attempts.not_before, latest))
    check_may_try(attempts, now)
    try:
        _HASHER.verify(row["pin_hash"], pin)
    except (VerificationError, InvalidHashError):
        attempts = after_wrong_pin(attempts, now)
        _keep(turn, row["id"], attempts)
        turn.refusal = wrong_pin(attempts)
        return False
    if attempts.failures:
        _keep(turn, row["id"], PinAttempts())
    return True


def _keep(turn: Turn, staff: str, attempts: PinAttempts) -> None:
    journal.keep_attempts(turn.connection, staff, attempts)
    turn.tried = True


def locked(turn: Turn) -> frozenset[str]:
    return journal.locked_staff(turn.connection, PIN_TRIES_MAX)
