"""How fast one device may speak: a bucket of tokens that fills up again with time."""

from collections import OrderedDict

RATE_PER_S = 1_000.0
BURST = 4_000.0
"""An operation or any other message is a token. A till with 10,000 sales to tell is slower than this; a loop is not."""

WAIT_MAX_S = 5.0
"""Longer waits nobody at once, or an answer to a ping would be read too late."""

DEVICES_KEPT_MAX = 20_000


class Buckets:
    """The buckets of the devices that spoke last."""

    def __init__(self, rate_per_s: float = RATE_PER_S, burst: float = BURST) -> None:
        self._rate, self._burst = rate_per_s, burst
        self._found: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, device: str, cost: int, now: float) -> float:
        """Take tokens at the moment `now` (s); how many seconds the device has to wait for them, mostly 0.0."""
        left, at = self._found.pop(device, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate) - cost
        # A debt beyond the longest wait is let go, or a device that was once in a loop would wait for ever.
        left = max(left, -WAIT_MAX_S * self._rate)
        self._found[device] = (left, now)
        if len(self._found) > DEVICES_KEPT_MAX:
            self._found.popitem(last=False)
        return max(0.0, -left / self._rate)
