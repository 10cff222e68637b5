"""What the link follows, and what the hub's copy of the cart changes in the till's own hand."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from pos_terminal import approving, held
from pos_terminal.counter import Counter
from pos_terminal.hands import adopted
from pos_terminal.store import outbox
from pos_terminal.sync.pull import StreamCopy
from pos_terminal.till import Moment, Till


def stream_of(till: Till) -> str:
    """The stream of the cart that is open, "" where the hub has none of it."""
    return f"cart:{till.live}" if till.live else ""


def adopting(
    till: Till, lines: Mapping[str, Mapping[str, Any]], moment: Moment, settled: Collection[str]
) -> Till | None:
    """The till after what the hub's lines say about hands, None where that changes nothing."""
    after = adopted(till, lines, moment, settled)
    return None if after is till else after


def hear_cart(counter: Counter, state: Mapping[str, Any]) -> None:
    """Coupons that a phone has put into the cart count here as well, and its word about points is heard."""
    coupons, approvals = state.get("coupons") or [], state.get("approvals") or []

    def hear(till: Till) -> Till:
        return approving.heard(held.heard(till, coupons), approvals)

    # Together, so that who begins to wait for such a word in this moment does not miss it.
    with counter.alone():
        counter.desk.approvals = approvals
        if hear(counter.till) is not counter.till:
            counter.inside(lambda _, till: hear(till))


def settled(connection: Connection, till: Till, through: int) -> set[str]:
    """The lines in hand about which the hub's copy, with ours up to `through` in it, is the last word."""
    return till.cart.lines.keys() - outbox.disputed(connection, till.cart.id, list(till.cart.lines), through)


def in_doubt(till: Till, copy: StreamCopy, answered: int) -> bool:
    """Whether the terminal holds a line that the hub's copy has in another's hand, or not at all, and nobody can say
    that all of ours up to `answered` is in the copy: it came as a whole while they were on their way. Asked once more,
    the hub says so."""
    lines = copy.state.get("lines", {})
    if copy.s != stream_of(till) or copy.through >= answered:
        return False
    return any(lines.get(line, {}).get("owner") != till.device for line in till.cart.lines)
