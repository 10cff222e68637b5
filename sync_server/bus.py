"""The bus: how a worker rings the others. A doorbell only: what is true is in the database, and a ring that is lost
costs the time until the next `heads`.

    publish -> [this worker's door] ~ ~ ~ [the others' doors] -> the listeners of that kind

A word has a topic (`ALL`, or the name of a stream), a kind and a body. It reaches those other workers that follow the
topic, and never comes back to the one that said it: that one has told its own sockets already.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import orjson
import structlog

ALL = "all"
"""The topic that every worker follows."""

BACK = "back"
"""What the bus itself says, to this worker alone, when it works again after it was away: words may have been lost."""

BODY_BYTES_MAX = 64 * 1024
"""What does not fit is not rung: the others learn of it by the stream's version."""

log = structlog.get_logger()

Hear = Callable[[Any], None]


class Bus(Protocol):
    """No call waits for another worker, and none raises: the bus may be away at any moment."""

    name: str
    """What this worker is called among the others; new with each process."""

    @property
    def state(self) -> str:
        """`alone` (there are no others), `up` or `away`."""

    def on(self, kind: str, hear: Hear) -> None:
        """Call `hear(body)` for each word of this kind from another worker."""

    def publish(self, topic: str, kind: str, body: Mapping[str, Any]) -> bool:
        """Ring the others; False where the word is too large or the bus cannot take it now."""

    def follow(self, topic: str) -> None:
        """What is published from now on under this topic is heard."""

    def unfollow(self, topic: str) -> None: ...

    def close(self) -> None: ...


class Listeners:
    """Who is called for which kind of word."""

    def __init__(self) -> None:
        self._by_kind: dict[str, list[Hear]] = {}

    def on(self, kind: str, hear: Hear) -> None:
        self._by_kind.setdefault(kind, []).append(hear)

    def call(self, kind: str, body: Any) -> None:
        for hear in self._by_kind.get(kind, ()):
            try:
                hear(body)
            except Exception as error:
                # One word that nobody could act on must not silence those that follow it.
                log.exception("a word on the bus was not understood", kind=kind, exc_info=error)


def packed(sender: str, kind: str, body: Mapping[str, Any]) -> bytes | None:
    """A word as it travels: `[sender, kind, body]`; None where it is too large or is no JSON."""
    try:
        word = orjson.dumps([sender, kind, body], option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return None
    return word if len(word) <= BODY_BYTES_MAX else None


def new_name() -> str:
    return uuid.uuid4().hex[:12]


class LocalBus:
    """The bus of a hub that is one process; in the tests several of them on one `exchange` ring one another."""

    def __init__(self, exchange: "list[LocalBus] | None" = None) -> None:
        self.name = new_name()
        self._exchange = exchange if exchange is not None else []
        self._exchange.append(self)
        self._listeners = Listeners()
        self._followed = {ALL}

    @property
    def state(self) -> str:
        return "up" if len(self._exchange) > 1 else "alone"

    def on(self, kind: str, hear: Hear) -> None:
        self._listeners.on(kind, hear)

    def publish(self, topic: str, kind: str, body: Mapping[str, Any]) -> bool:
        if self.state == "alone":
            return True
        word = packed(self.name, kind, body)
        if word is None:
            return False
        for other in list(self._exchange):
            if other is not self and topic in other._followed:
                # As over a wire: nobody shares a dict with another worker.
                other._listeners.call(kind, orjson.loads(word)[2])
        return True

    def follow(self, topic: str) -> None:
        self._followed.add(topic)

    def unfollow(self, topic: str) -> None:
        self._followed.discard(topic)

    def close(self) -> None:
        self._exchange.remove(self)
