"""What goes up: the outbox in order, one batch in flight, and what the hub answered."""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy import Connection, Row

from pos_terminal import giving_back, payment
from pos_terminal.counter import Counter
from pos_terminal.errors import StoreRefused
from pos_terminal.store import outbox
from pos_terminal.store.backlog import Unsent, backlog, oldest_at
from pos_terminal.store.outbox import Due
from pos_terminal.sync.line import LinkBroken
from pos_terminal.till import Shopper, Till
from pos_terminal.view import Desk
from retail.chain import Signer
from retail.errors import N_, RetailError
from retail.messages import BATCH_BYTES_MAX, OPS_BATCH_MAX

log = logging.getLogger("omnitill.link")

ACK_TIMEOUT_S = 10
OPS_AT_ONCE = 16
"""Far fewer than the hub would take: of many tills that come back each hears an answer soon, whoever goes first."""

Understood = Callable[[str, Any], Any]
"""Gets the name of a message and its answer; raises `LinkBroken` for one that says no to all of it."""


class Answer(Protocol):
    """What a question to the hub will bring."""

    def answer(self, limit_s: float) -> Any: ...


class Hub(Protocol):
    """The line to the hub, as far as pushing needs it."""

    def ask(self, name: str, body: Any) -> Answer: ...

    def offer(self, name: str, body: Any) -> Answer | None: ...


@dataclass(frozen=True, slots=True)
class Flight:
    """The one batch that is on its way."""

    due: Due
    answer: Answer


class HubAhead(Exception):
    """The hub knows operations of ours that we do not: this data folder is an old copy of itself."""


class Pusher:
    """Sends what waits, one batch at a time. Nothing travels that is not committed: it is read from the file, or handed
    over by the thread that has just committed it."""

    def __init__(self, counter: Counter, signer: Signer | None) -> None:
        self._counter, self.signer = counter, signer
        self.ops_max, self.bytes_max = OPS_AT_ONCE, BATCH_BYTES_MAX
        self._ops_now = self.ops_max
        """Half as many after a batch that was not answered in time: on a line that takes a byte at a time a full one
        would never arrive, however often it is sent. Twice as many after one that was."""
        self.through = 0
        """The last of our operations that the hub said it has."""
        self._line: Hub | None = None
        self._flight: Flight | None = None
        self._lock = threading.Lock()
        """Held by whoever looks at what is on its way, and sends."""

    def is_sound(self) -> bool:
        """Whether what has still to be sent is as it was written. Looked at once, before the first connection and
        beside the counter, so that nobody waits for it."""
        try:
            with self._counter.store.read() as connection:
                found = outbox.changed(connection)
        except StoreRefused as error:
            # Then it cannot be read to be sent either; the link says so when it tries.
            log.error("the journal cannot be read: %s", error)
            return True
        if found is not None:
            log.error("operation %d of incarnation %d is not as it was written; nothing is sent", found[1], found[0])
        return found is None

    def welcomed(self, last_seq: int, limits: Mapping[str, Any]) -> None:
        """Agree with the hub on what it has: send again what it lost, stop where it knows more than we do."""
        self.ops_max = min(OPS_AT_ONCE, int(limits.get("ops_batch", OPS_BATCH_MAX)))
        self._ops_now = min(self._ops_now, self.ops_max)
        self.bytes_max = min(BATCH_BYTES_MAX, int(limits.get("batch_bytes", BATCH_BYTES_MAX)))
        with self._counter.store.read() as connection:
            ours = outbox.head(connection).seq
        if last_seq > ours:
            raise HubAhead(f"the hub has {last_seq} operations of this terminal, the journal {ours}")
        self.through = last_seq
        self._send_again_after(last_seq)

    def _send_again_after(self, seq: int) -> None:
        again, counter = 0, self._counter
        unsent = counter.desk.unsent

        def reopen(connection: Connection, till: Till) -> None:
            nonlocal again, unsent
            again = outbox.send_again_after(connection, seq)
            unsent = backlog(connection, till.cart.id)

        def show(desk: Desk) -> None:
            # Counted in the transaction, shown once it is committed, and no command comes between the two.
            counter.inside(reopen)
            desk.unsent = unsent

        counter.change(show)
        if again:
            log.warning("the hub knows nothing after %d: %d operations travel again", seq, again)

    def opened(self, line: Hub) -> None:
        """From now on everything goes over this line. What was on its way over another may travel once more."""
        with self._lock:
            self._line, self._flight = line, None

    def closed(self) -> None:
        """From now on nothing is sent."""
        with self._lock:
            self._line, self._flight = None, None

    def at_once(self, due: Due) -> None:
        """Send what was committed this moment from the thread that has committed it, so that a scan need not wait for
        another one to wake up: where nothing else waits, and only if that costs no waiting. Else `push` sends it."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            line, first = self._line, due.seq0 == self.through + 1
            if line is None or self._flight is not None or not first or len(due.ops) > self.ops_max:
                return
            answer = line.offer("ops", self._signed(due))
            if answer is not None:
                self._flight = Flight(due, answer)
        finally:
            self._lock.release()

    def push(self, line: Hub, understood: Understood) -> int:
        """Send batches until nothing waits; how many operations were settled."""
        settled = 0
        while (flight := self._in_flight(line)) is not None:
            due, answer = flight.due, understood("ops", self._heard_of(flight))
            if not isinstance(answer, dict) or "results" not in answer:
                raise LinkBroken(f"batch from {due.seq0} not taken: {answer!r:.500}")
            self.through = max(self.through, int(answer["last_seq"]))
            done = self._settle(due.inc, answer["results"])
            if not done:
                if any(row.get("status") == "gap" for row in answer["results"]):
                    self._send_again_after(int(answer["last_seq"]))
                raise LinkBroken(f"batch from {due.seq0} was answered, but nothing settled")
            settled += done
            with self._lock:
                self._ops_now = min(self.ops_max, 2 * self._ops_now)
                if self._flight is flight:
                    self._flight = None
        return settled

    def _heard_of(self, flight: Flight) -> Any:
        try:
            return flight.answer.answer(ACK_TIMEOUT_S)
        except LinkBroken:
            self._ops_now = max(1, len(flight.due.ops) // 2)
            raise

    def _in_flight(self, line: Hub) -> Flight | None:
        """What is on its way, or else the next batch, sent; None where nothing waits, or where another line is open
        meanwhile and it is another's turn."""
        with self._lock:
            if self._line is not line:
                return None
            if self._flight is None:
                with self._counter.store.read() as connection:
                    due = outbox.batch(connection, self._ops_now, self.bytes_max)
                if due is None:
                    return None
                self._flight = Flight(due, line.ask("ops", self._signed(due)))
            return self._flight

    def _signed(self, due: Due) -> dict[str, Any]:
        """The batch as it travels, with our signature under everything up to its last operation."""
        assert self.signer is not None, "without a key the link is not even made"
        signature = self.signer.sign(self._counter.setting.device, due.inc, due.seq, due.chain)
        return {"seq0": due.seq0, "ops": due.ops, "prev": due.prev, "signature": signature}

    def _settle(self, inc: int, results: list[Mapping[str, Any]]) -> int:
        counter = self._counter
        settled: list[Unsent] = []
        oldest: int | None = None

        def keep(connection: Connection, state: Till) -> Till | None:
            nonlocal settled, oldest
            rows = outbox.settle(connection, inc, results)
            settled, oldest = [outbox.unsent_of(row) for row, _ in rows], oldest_at(connection)
            after = state
            for row, result in rows:
                if result["status"] != "ok":
                    log.error("the hub refused %s %d: %s", row.kind, row.seq, result.get("error"))
                body = json.loads(row.body)
                if row.kind == "sale.return":
                    after = giving_back.heard(connection, after, row.seq, body, result)
                after = _heard(after, row, body, result, counter.now())
            return None if after is state else after

        counter.inside(keep)
        _tell(counter, results)
        counter.change(lambda desk: desk.unsent.settle(settled, oldest))
        if giving_back.due(counter.till):
            _catch_up(counter)
        return len(settled)


def _catch_up(counter: Counter) -> None:
    try:
        counter.by_itself(giving_back.catch_up)
    except RetailError as refused:
        # A full disk, say: the clockwork tries again, and the money stays where it is until then.
        log.warning("a return waits: %s", refused.code)


def _heard(till: Till, row: Row[Any], body: Mapping[str, Any], result: Mapping[str, Any], now: int) -> Till:
    """What the answer to one of our operations changes here, where it is about the visit that is open."""
    if row.cart != till.cart.id or not row.cart:
        return till
    kind, ok, found = row.kind, result["status"] == "ok", result.get("result") or {}
    if kind == "checkout.begin":
        return payment.answered(till, row.at, result)
    if kind == "cart.attach" and till.shopper is not None and body.get("card") == till.shopper.card:
        if not ok:
            return replace(till, shopper=None, live="")
        shopper = _confirmed(till, till.shopper, found.get("shopper") or {}, now)
        return replace(till, live=str(found.get("cart", "")), shopper=shopper)
    if kind == "cart.take" and not ok:
        return replace(till, taking=tuple(line for line in till.taking if line != body.get("line")))
    return till


def _confirmed(till: Till, shopper: Shopper, row: Mapping[str, Any], now: int) -> Shopper:
    """The shopper as the hub knows her at `now` (ms). What prices ask for stays what it was under the hands of somebody
    who pays."""
    asked_for = ("counted",) if till.phase == "paying" else ("tier", "first", "counted")
    return replace(
        shopper,
        id=row.get("id", shopper.id),
        name=row.get("names") or row.get("name", shopper.name),
        points=row.get("points", shopper.points),
        confirmed=True,
        as_of=now,
        **{name: row[name] for name in asked_for if name in row},
    )


def _tell(counter: Counter, results: list[Mapping[str, Any]]) -> None:
    refused = [row for row in results if row.get("status") in ("rejected", "conflict")]
    if refused:
        error = refused[-1].get("error") or {}
        message = str(error.get("message") or N_("The hub did not accept something from this till. It is kept."))
        counter.notice(str(error.get("code", "link.refused")), message, error.get("params") or {}, "needs_you")
