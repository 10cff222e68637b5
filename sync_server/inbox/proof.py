"""Whether a batch is what its terminal has signed, and whether it goes on where the hub's chain ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from retail import chain
from retail.errors import RetailError
from retail.messages import Batch, Hail
from sync_server.errors import BadSignature, DeviceForked, NotEnrolled
from sync_server.inbox.tables import operations

WITHDRAWN = "withdrawn"
"""Stands for the public key of a terminal that may speak no more; nobody can sign for it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One operation of a batch as it came: `hash` is its own digest, `chain` the hash of the terminal's chain at it."""

    seq: int
    raw: Any
    hash: str
    chain: str


def fault(session: Session, row: Any, batch: Batch, sent: Sequence[Sent]) -> RetailError | None:
    """Why the whole batch is refused, or None. `row` is the terminal's row of `devices`, locked; `sent` is not empty.

    Only what the terminal's own key has signed can be a fork, so nobody else can put a terminal in quarantine.
    """
    if row.public_key == WITHDRAWN:
        return NotEnrolled()
    last = sent[-1]
    if not chain.verify(row.public_key, batch.signature, row.dev, row.inc, last.seq, last.chain):
        return BadSignature()
    if batch.seq0 > row.last_seq + 1:
        return None
    before = row.chain if batch.seq0 == row.last_seq + 1 else _chain_at(session, row, batch.seq0 - 1)
    again = [one for one in sent if one.seq <= row.last_seq]
    # The hashes of a chain contain one another: where the last one that both know is the same, all of them are.
    same = before == batch.prev and (not again or _chain_at(session, row, again[-1].seq) == again[-1].chain)
    return None if same else DeviceForked()


def copy_fault(session: Session, row: Any, hail: Hail) -> RetailError | None:
    """The same question when a terminal connects: what it says of its own journal must fit what the hub has of it."""
    if row.public_key in ("", WITHDRAWN) or not hail.chain or hail.inc != row.inc:
        return None
    if hail.last_seq > row.last_seq:
        return None
    same = hail.last_seq == row.last_seq and hail.chain == row.chain
    return None if same else DeviceForked()


def _chain_at(session: Session, row: Any, seq: int) -> str:
    """The hash of the terminal's chain at a number that the hub has."""
    if seq == row.last_seq:
        return str(row.chain)
    if seq == 0:
        return chain.origin(row.dev, row.inc)
    at = select(operations.c.chain).where(
        operations.c.dev == row.dev, operations.c.inc == row.inc, operations.c.seq == seq
    )
    return session.scalar(at) or ""
