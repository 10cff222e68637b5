"""Says that this terminal has the shopper's cart open, and hears whether a phone looks at it too. Volatile."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from pos_terminal.counter import Counter

LOOK_EVERY_S = 8.0
"""The link is awake every 10 s at the latest, when the hub tells its heads; a word counts for 30 s."""

Tell = Callable[[dict[str, Any], Callable[..., None]], None]
"""`(word, hear)`: say it, and call `hear(answer)` once there is one."""


class Looker:
    """The presence of one connection. `say` is called whenever the link is awake, and speaks when it is time to."""

    def __init__(self, counter: Counter, tell: Tell, hear: Callable[..., None]) -> None:
        self._counter, self._tell, self._hear = counter, tell, hear
        self._said: dict[str, Any] = {}
        self._said_at = 0.0

    def say(self, stream: str) -> None:
        """This terminal follows `stream`, or no cart where it is empty; leaving one is told by `unsub`."""
        word = {"s": stream, "doing": "pay" if self._counter.till.phase == "paying" else "look"} if stream else {}
        if word == self._said and time.monotonic() - self._said_at < LOOK_EVERY_S:
            return
        self._said, self._said_at = word, time.monotonic()
        if word:
            self._tell(word, self._hear)

    def heard(self, told: Any) -> None:
        """Who is in front of a cart, as answer or as event."""
        if not isinstance(told, Mapping) or "who" not in told:
            return
        cart = str(told["s"]).removeprefix("cart:")
        looked_at = cart if any(one["app"] == "phone" for one in told["who"]) else ""
        desk = self._counter.desk
        if cart == self._counter.till.live and desk.phone_at != looked_at:
            self._counter.change(lambda desk: setattr(desk, "phone_at", looked_at))
