"""The right to have lines of a cart paid, for a limited time: one holder at a time, each with a higher fence.

The time is the hub's. A lease that is over is no lease, whether or not somebody has noted that yet.
"""

from dataclasses import dataclass, replace
from typing import Any

from retail.errors import N_, CartRefused

LEASE_MS = 120_000
LEASE_CODES = frozenset({"cart.being_paid", "cart.stale"})
"""Refusals that belong to any busy day: they are shown where somebody waits, and need nobody else."""


@dataclass(frozen=True, slots=True)
class Lease:
    """`device` may have its lines paid from `since` until `until`, in ms of the hub's clock."""

    device: str
    fence: int
    since: int
    until: int


def held(lease: Lease | None, now: int) -> Lease | None:
    """The lease, as long as its time is not over."""
    return lease if lease is not None and now < lease.until else None


def granted(lease: Lease | None, device: str, fence: int, now: int) -> Lease:
    """The lease of `device` from now on: its own is renewed and keeps its number, a new one gets the next after
    `fence`, the highest that was ever given. `CartRefused` while it is another's."""
    current = held(lease, now)
    if current is None:
        return Lease(device, fence + 1, now, now + LEASE_MS)
    if current.device != device:
        raise being_paid(current)
    return replace(current, until=now + LEASE_MS)


def ended(lease: Lease | None, device: str, fence: int = 0) -> Lease | None:
    """What is left when `device` is done: another's lease stays, and so does one of another number than `fence`."""
    if lease is None or lease.device != device or fence not in (0, lease.fence):
        return lease
    return None


def being_paid(lease: Lease, place: Any = None) -> CartRefused:
    """The refusal that says where; `place` is the names of the terminal, by language, where they are known."""
    return CartRefused(
        "cart.being_paid",
        N_("This cart is being paid at {place} now. Wait until that is done; nothing was changed here."),
        place=place or lease.device,
        device=lease.device,
    )
