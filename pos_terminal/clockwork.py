"""What happens because time passes: a finished sale makes room, a kiosk that is left alone is wiped, an offer ends."""

import logging
import threading

from pos_terminal import giving_back, ids, till
from pos_terminal.counter import Counter
from pos_terminal.view import IDLE_COUNTDOWN_S
from retail.lease import LEASE_MS

log = logging.getLogger("omnitill.till")

DONE_MS = 10_000
IDLE_MS = 60_000
"""Of which the last IDLE_COUNTDOWN_S show a countdown."""

TICK_S = 0.25
RENEW_AGAIN_MS = 10_000
MINUTE_MS = 60_000


class Clockwork:
    """Looks at the clock four times a second; everything it does is a command like any other."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._stopping = threading.Event()
        self._minute = 0
        self._thread = threading.Thread(target=self._run, name="clockwork", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(TICK_S):
            try:
                self.tick(ids.now_ms())
            except Exception:
                # The next tick is due in a moment; a kiosk whose clock stopped would never be wiped.
                log.exception("the clockwork failed")

    def tick(self, now: int) -> None:
        """What is due at `now` (ms). A clock that was set back only makes somebody wait a little longer."""
        counter = self._counter
        quiet_ms = max(0, now - counter.touched_at)
        state = counter.till
        self._renew(state)
        self._price_anew()
        if giving_back.due(state):
            # As a rule whoever heard the answer did so; not so after a restart, or where the till was locked.
            counter.by_itself(giving_back.catch_up)
        if state.phase in ("done", "thanks"):
            if quiet_ms >= DONE_MS:
                counter.run(ids.uuid7(), "next", {})
        elif state.kind == "kiosk" and state.phase == "scanning":
            self._idle(state, quiet_ms)

    def _price_anew(self) -> None:
        """Promotions begin and end on the minute, also while a cart is open; what stays the same is not shown again."""
        minute = self._counter.now() // MINUTE_MS
        if minute != self._minute:
            self._minute = minute
            self._counter.publish()

    def _renew(self, state: till.Till) -> None:
        """An open payment keeps its lease, as long as the hub is there to give it."""
        checkout = state.checkout
        held = state.phase == "paying" and checkout is not None and checkout.fence
        if checkout is None or not held or not self._counter.desk.link.online:
            return
        if self._counter.now() >= max(checkout.until - LEASE_MS // 2, checkout.asked_at + RENEW_AGAIN_MS):
            self._counter.run(ids.uuid7(), "pay_renew", {})

    def _idle(self, state: till.Till, quiet_ms: int) -> None:
        counter = self._counter
        if quiet_ms >= IDLE_MS:
            # Goods of somebody we know wait for them in their cart; nobody's goods go back to the shelf.
            kept = state.shopper is not None and state.cart.lines
            counter.run(ids.uuid7(), "pay_at_till" if kept else "start_over", {})
        elif quiet_ms >= IDLE_MS - IDLE_COUNTDOWN_S * 1000 and counter.desk.idle_ends_at is None:
            ends_at = counter.touched_at + IDLE_MS
            counter.change(lambda desk: setattr(desk, "idle_ends_at", ends_at))
