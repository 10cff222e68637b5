"""The receiving half of a phone, as docs/protocol.md says it under "Receiving". Pure: values in, values out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from retail.replica import applied

KEPT_MAX = 64


@dataclass(frozen=True, slots=True)
class Pending:
    """An operation of ours that no event has named yet."""

    id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Replica:
    """One stream as far as it is known, and what we did that it does not contain yet."""

    s: str
    e: int = 0
    v: int = 0
    state: Mapping[str, Any] | None = None
    kept: tuple[Mapping[str, Any], ...] = ()
    pending: tuple[Pending, ...] = ()

    @property
    def position(self) -> dict[str, Any]:
        return {"s": self.s, "e": self.e, "v": self.v}


def _apply(replica: Replica, event: Mapping[str, Any], dev: str) -> Replica:
    named = {row["seq"] for row in event["by"] if row["dev"] == dev}
    pending = tuple(op for op in replica.pending if op.seq not in named)
    state = applied(replica.state or {}, event["changes"])
    return replace(replica, v=event["v"], state=state, pending=pending)


def _catch_up(replica: Replica, dev: str) -> Replica:
    """Events that came too early are applied as soon as what they waited for is there."""
    for event in sorted(replica.kept, key=lambda event: event["v"]):
        if event["e"] == replica.e and event["p"] == replica.v:
            replica = _apply(replica, event, dev)
    kept = tuple(event for event in replica.kept if event["e"] != replica.e or event["v"] > replica.v)
    return replace(replica, kept=kept)


def receive(replica: Replica, event: Mapping[str, Any], dev: str) -> tuple[Replica, bool]:
    """Take one event; True where something before it is missing, so that a pull is needed."""
    if event["e"] == replica.e and event["v"] <= replica.v:
        return replica, False
    if event["e"] == replica.e and event["p"] == replica.v and replica.state is not None:
        after = _catch_up(_apply(replica, event, dev), dev)
        return after, any(kept["e"] == after.e for kept in after.kept)
    doubled = any((kept["e"], kept["v"]) == (event["e"], event["v"]) for kept in replica.kept)
    kept = replica.kept if doubled else (*replica.kept, event)[-KEPT_MAX:]
    return replace(replica, kept=kept), True


def adopt(replica: Replica, answer: Mapping[str, Any], dev: str) -> Replica:
    """Take a snapshot. One older than what is known changes nothing."""
    if answer["e"] == replica.e and answer["v"] < replica.v:
        return replica
    return _catch_up(replace(replica, e=answer["e"], v=answer["v"], state=answer["state"]), dev)


def contains(replica: Replica, through: int) -> Replica:
    """The state is known to contain all of ours up to `through`."""
    return replace(replica, pending=tuple(op for op in replica.pending if op.seq > through))


def propose(replica: Replica, op: Pending) -> Replica:
    """Put an own operation over the state; twice is once."""
    known = any(one.id == op.id for one in replica.pending)
    return replica if known else replace(replica, pending=(*replica.pending, op))


def settled(replica: Replica, op_id: str) -> Replica:
    """Take an operation back that was refused."""
    return replace(replica, pending=tuple(op for op in replica.pending if op.id != op_id))
