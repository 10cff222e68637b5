"""The socket to the hub: made, kept, lost and made again, while the till goes on selling.

    connect -> hello -> (journal agrees?) -> tick -> sub -> pushing and following -> lost -> back-off -> connect

The line's own thread only hands over what came; the link's thread follows the streams, a third one pushes, so an
answer that takes long holds up nobody's picture of the cart.
"""

import logging
import queue
import threading
import time
from collections.abc import Mapping
from random import SystemRandom
from typing import Any

from pos_terminal import ids
from pos_terminal.counter import Counter
from pos_terminal.errors import StoreRefused
from pos_terminal.store import journal, outbox
from pos_terminal.store.outbox import Due
from pos_terminal.sync import refusals
from pos_terminal.sync.following import adopting, hear_cart, in_doubt, settled, stream_of
from pos_terminal.sync.line import STOP_LIMIT_S, Line, LinkBroken, NotLetIn
from pos_terminal.sync.presence import Looker
from pos_terminal.sync.pull import ReferencePull, StreamCopy
from pos_terminal.sync.push import HubAhead, Pusher
from pos_terminal.sync.status import Reporter
from pos_terminal.till import Moment
from pos_terminal.view import Desk
from retail.chain import Signer
from retail.errors import N_
from retail.messages import PROTO

log = logging.getLogger("omnitill.link")

VERSION = "0.1.0"
HELLO_TIMEOUT_S = 5
CALL_TIMEOUT_S = 10
BACKOFF_FIRST_S = 0.2
BACKOFF_LIMIT_S = 5.0
LASTING_S = 5.0
HUB_LIFE, LIFE_LENGTH_MAX = "hub_life", 36
SILENCE_LIMIT_S = 15.0
"""The hub tells its heads every 10 s: a link on which nothing came for longer is a cable that somebody cut."""

HEARD = frozenset({"hello", "ev", "heads", "kick", "onlookers"})
WITHIN_LIMIT_MS = 60_000
INBOX_LIMIT = 4096
Item = tuple[str, Any]


class Link:
    """Keeps one terminal linked. `start`, `stop`, `wake` (there is something to send) may be called from any thread."""

    def __init__(self, counter: Counter, hub: str, token: str, signer: Signer | None, reference: ReferencePull) -> None:
        self._counter, self._hub, self._reference = counter, hub, reference
        kind, device = counter.setting.kind, counter.setting.device
        self._auth = {"proto": PROTO, "app": kind, "version": VERSION, "dev": device, "token": token}
        self._pusher = Pusher(counter, signer)
        self._store_stream: StreamCopy | None = None
        self._cart_stream: StreamCopy | None = None
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._inbox: queue.Queue[Item] = queue.Queue(INBOX_LIMIT)
        self._line: Line | None = None
        self._was_online: bool | None = None
        self._within_ms = 0
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)

    def start(self) -> None:
        if self._pusher.signer is None:
            self._refused("enrol.key_missing")
        else:
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        # First, because whoever sends may wait for a network that takes nothing any more, until the link hangs up.
        self._put(("lost", "stopping"))
        self._pusher.closed()
        if self._thread.ident is not None:
            self._thread.join(STOP_LIMIT_S)

    def wake(self, written: Due | None = None) -> None:
        """Something was committed: send it, and follow another cart if the visit is another."""
        if written is not None:
            self._pusher.at_once(written)
        self._wake.set()
        till, copy = self._counter.till, self._cart_stream
        # Hardly a command changes what is followed; the thread that follows is woken only for those.
        if till.taking or (copy.s if copy else "") != stream_of(till):
            self._put(("follow", None))

    def _put(self, item: Item) -> None:
        self._offer(self._inbox, item)

    def _offer(self, inbox: queue.Queue[Item], item: Item) -> None:
        try:
            inbox.put_nowait(item)
        except queue.Full:
            # Whoever cannot follow starts over from what is stored; nothing is lost with the events.
            if self._line is not None:
                threading.Thread(target=self._line.hang_up, daemon=True).start()

    def _run(self, wait_s: float = BACKOFF_FIRST_S) -> None:
        if not (sound := self._pusher.is_sound()):
            self._refused("journal.changed")
        while sound and not self._stopping.is_set():
            try:
                if self._session():
                    wait_s = BACKOFF_FIRST_S
            except Exception:
                log.exception("the link failed")
            self._offline()
            # All who were sent away by one worker of the hub come back spread over the time that it named.
            pause_s = SystemRandom().random() * self._within_ms / 1000 or wait_s * (0.5 + SystemRandom().random() / 2)
            self._within_ms = 0
            if self._stopping.wait(pause_s):
                return
            wait_s = min(BACKOFF_LIMIT_S, wait_s * 2)

    def _session(self) -> bool:
        """One connection from its beginning to its end; True where it lasted, so that the next may come at once."""
        began = time.monotonic()
        # Of this connection only: what an old one still says must not end the new one.
        inbox = self._inbox = queue.Queue(INBOX_LIMIT)
        line = self._line = Line(
            lambda name, body: self._offer(inbox, (name, body)) if name in HEARD else None,
            lambda reason: self._offer(inbox, ("lost", reason)),
        )
        try:
            line.connect(self._hub, self.hail())
        except NotLetIn as refused:
            self._not_let_in(refused.told)
            return False
        except LinkBroken as error:
            log.debug("%s", error)
            return False
        closed = threading.Event()
        pusher = threading.Thread(target=self._push_loop, args=(line, closed), name="push", daemon=True)
        reporter = Reporter(
            self._counter, VERSION, lambda status: line.say("status", status), lambda: self._measure(line)
        )
        try:
            self._welcomed(line, self._expect("hello"))
            pusher.start()
            reporter.start()
            self._follow(line, self._looker(line, inbox))
            return time.monotonic() - began > LASTING_S
        except (LinkBroken, StoreRefused, queue.Empty, KeyError, TypeError) as error:
            log.warning("the link broke: %r", error)
            return time.monotonic() - began > LASTING_S
        except HubAhead as error:
            log.error("%s", error)
            self._refused("device.forked")
            self._stopping.wait(BACKOFF_LIMIT_S)
            return False
        finally:
            closed.set()
            reporter.stop()
            self._wake.set()
            line.hang_up()
            if pusher.ident is not None:
                pusher.join(STOP_LIMIT_S)

    def _looker(self, line: Line, inbox: queue.Queue[Item]) -> Looker:
        return Looker(
            self._counter,
            lambda word, hear: line.say("presence", word, hear),
            lambda answer=None: self._offer(inbox, ("onlookers", answer)),
        )

    def hail(self) -> dict[str, Any]:
        """What we say of ourselves when we connect; from our place in the chain the hub sees whether we are a copy."""
        with self._counter.store.read() as connection:
            head, through = outbox.head(connection), outbox.through(connection)
            life = journal.setting(connection, HUB_LIFE)
        place = {"inc": head.inc, "last_seq": head.seq, "chain": head.hash, "through": through}
        return {**self._auth, **place, "life": life}

    def _expect(self, name: str) -> Mapping[str, Any]:
        while True:
            kind, body = self._inbox.get(timeout=HELLO_TIMEOUT_S)
            if kind == name:
                found: Mapping[str, Any] = body
                return found
            if kind == "kick":
                self._kicked(body)
            if kind in ("lost", "kick"):
                raise LinkBroken(f"{kind} before {name}")

    def _welcomed(self, line: Line, hello: Mapping[str, Any]) -> None:
        self._measure(line)
        self._pusher.welcomed(int(hello["last_seq"]), hello.get("limits") or {})
        # After what was lost waits again: a crash in between would have the hub restored a second time.
        with self._counter.store.begin() as connection:
            journal.keep_setting(connection, HUB_LIFE, str(hello.get("life", ""))[:LIFE_LENGTH_MAX])
        store = (hello.get("you") or {}).get("store") or self._store_id()
        if store and (self._store_stream is None or self._store_stream.s != f"store:{store}"):
            self._store_stream = StreamCopy(f"store:{store}")
        wanted = [copy for copy in (self._store_stream, self._cart_stream) if copy is not None]
        for copy in wanted:
            # A hub that was restored may have less of ours than its old life had told.
            copy.through = 0
        self._subscribe(line, wanted)
        self._pusher.opened(line)
        self._online()
        self._reference.ask()
        self._put(("follow", None))

    def _measure(self, line: Line) -> None:
        t0 = ids.now_ms()
        t1 = self._call(line, "tick", t0)["now"]
        self._counter.offset_ms = t1 - (t0 + ids.now_ms()) // 2

    def _store_id(self) -> str:
        return heading.store.id if (heading := self._counter.replica.heading) else ""

    def _call(self, line: Line, name: str, body: Any) -> Any:
        return self._understood(name, line.call(name, body, CALL_TIMEOUT_S))

    def _understood(self, name: str, answer: Any) -> Any:
        """The answer, where it is none that says no to all of it."""
        if isinstance(answer, dict) and "error" in answer:
            error = answer["error"]
            if isinstance(error, dict) and error.get("code") in refusals.SET_UP_ANEW:
                self._refused(str(error["code"]), str(error.get("message", "")), error.get("params"))
            raise LinkBroken(f"{name}: {error}")
        return answer

    def _subscribe(self, line: Line, copies: list[StreamCopy]) -> None:
        if not copies:
            return
        through = self._pusher.through
        answer = self._call(line, "sub", [copy.position for copy in copies])
        for copy, row in zip(copies, answer["streams"], strict=True):
            if "error" in row:
                log.warning("%s is not open to us: %s", copy.s, row["error"])
                if copy is self._cart_stream:
                    self._cart_stream = None
            elif not copy.answered(row, through):
                self._pull(line, copy)
            else:
                self._changed(copy)

    def _pull(self, line: Line, copy: StreamCopy) -> None:
        through = self._pusher.through
        answer = self._call(line, "pull", copy.position)
        if "error" in answer:
            raise LinkBroken(f"pull {copy.s}: {answer['error']}")
        if not copy.answered(answer, through):
            # What was missed does not lead on from what we have: take the whole.
            copy.e = copy.v = 0
            copy.answered(self._call(line, "pull", copy.position), through)
        self._changed(copy)

    def _follow(self, line: Line, looker: Looker) -> None:
        while not self._stopping.is_set():
            looker.say(self._cart_stream.s if self._cart_stream else "")
            kind, body = self._inbox.get(timeout=SILENCE_LIMIT_S)
            if kind == "lost":
                return
            if kind == "kick":
                self._kicked(body)
            elif kind == "onlookers":
                looker.heard(body)
            elif kind == "follow":
                self._follow_cart(line)
            elif kind == "ev":
                copy = self._copy(body["s"])
                if copy is not None and not copy.take(body):
                    self._pull(line, copy)
                elif copy is not None:
                    self._changed(copy, body.get("scan"))
            elif kind == "heads":
                for name, v in body.items():
                    copy = self._copy(name)
                    if copy is not None and (v > copy.v or in_doubt(self._counter.till, copy, self._pusher.through)):
                        self._pull(line, copy)

    def _copy(self, name: str) -> StreamCopy | None:
        for copy in (self._store_stream, self._cart_stream):
            if copy is not None and copy.s == name:
                return copy
        return None

    def _follow_cart(self, line: Line) -> None:
        """Listen to the cart of the visit that is open, and to no other."""
        wanted = stream_of(self._counter.till)
        now = self._cart_stream.s if self._cart_stream else ""
        if wanted == now:
            # The answer that asked for this has shown itself already.
            if self._cart_stream is not None and self._adopt(self._cart_stream):
                self._counter.publish()
            return
        if now:
            self._cart_stream = None
            self._call(line, "unsub", [now])
            self._counter.change(lambda desk: setattr(desk, "hub_cart", {}))
        if wanted:
            self._cart_stream = StreamCopy(wanted, dev=self._counter.setting.device)
            self._subscribe(line, [self._cart_stream])
        if stream_of(self._counter.till) != wanted:
            # It became another meanwhile, when `wake` saw neither the old nor the new one here.
            self._put(("follow", None))

    def _changed(self, copy: StreamCopy, scan_at: int | None = None) -> None:
        if copy is self._store_stream:
            heading = self._counter.replica.heading
            known = None if heading is None else (heading.epoch, heading.version)
            if known != (copy.e, copy.state.get("reference")):
                self._reference.ask()
            return
        counter, state = self._counter, copy.state
        if stream_of(counter.till) != copy.s:
            return
        hear_cart(counter, state)
        self._adopt(copy)
        local = None if scan_at is None else scan_at - counter.offset_ms
        counter.change(lambda desk: setattr(desk, "hub_cart", state), local)

    def _adopt(self, copy: StreamCopy) -> bool:
        """Take in hand what came, let go of what a till took over: after news of the cart, and after each answer.
        Whether there was anything of it."""
        counter, lines = self._counter, copy.state.get("lines", {})
        moment, before = Moment(counter.now(), ids.uuid7), counter.till.cart.lines.keys()
        unsent = set(counter.desk.unsent.lines)
        # Looked at without a transaction first, because hardly any event moves goods from hand to hand.
        if adopting(counter.till, lines, moment, before - unsent) is None:
            return False
        counter.inside(lambda c, till: adopting(till, lines, moment, settled(c, till, copy.through)))
        if before - counter.till.cart.lines.keys():
            counter.notice(
                "cart.taken_over", N_("A till has taken over goods of this basket. They are paid there."), {}
            )
        return True

    def _push_loop(self, line: Line, closed: threading.Event) -> None:
        """Ends with its connection. While it waits for an answer that never comes, a new connection may be up
        already, so all it may still do is end."""
        self._wake.set()
        while not closed.is_set():
            self._wake.wait()
            self._wake.clear()
            if closed.is_set():
                return
            try:
                if self._pusher.push(line, self._understood):
                    self._put(("follow", None))
            except Exception as error:
                if not closed.is_set():
                    # Without somebody who pushes there must be no link, or it would look well and nothing would leave.
                    known = isinstance(error, LinkBroken | StoreRefused)
                    log.warning("pushing stopped: %r", error, exc_info=None if known else error)
                    self._put(("lost", "push"))
                return

    def _online(self) -> None:
        if self._was_online is not True:
            log.info("linked with the hub at %s", self._hub)
        self._was_online = True

        def show(desk: Desk) -> None:
            desk.link.online, desk.link.since, desk.link.refused = True, ids.now_ms(), None

        self._counter.change(show)

    def _offline(self) -> None:
        if self._was_online is not False and not self._stopping.is_set():
            log.warning("no link with the hub at %s; selling goes on", self._hub)

            def show(desk: Desk) -> None:
                desk.link.online, desk.link.since = False, ids.now_ms()

            self._counter.change(show)
        self._was_online = False

    def _not_let_in(self, told: Mapping[str, Any]) -> None:
        """The hub is there and said no; only what it gave a reason for is shown as a refusal."""
        if "code" in told:
            self._refused(str(told["code"]), str(told.get("message", "")), told.get("params"))
        else:
            log.debug("not let in: %s", told)

    def _kicked(self, body: Mapping[str, Any]) -> None:
        """The hub says why it is about to hang up; a worker that ends is nothing that a person has to see."""
        params = body.get("params") or {}
        if body.get("code") == "moved":
            self._within_ms = min(WITHIN_LIMIT_MS, int(params.get("within_ms", 0)))
        else:
            self._refused(body.get("code", "kick"), body.get("message", ""), params)

    def _refused(self, code: str, said: str = "", params: Any = None) -> None:
        message = refusals.sentence(code, said)
        log.error("the hub refuses this terminal: %s %s", code, message)
        row = {"code": code, "message": message, "params": params or {}}
        if not self._stopping.is_set():
            # Stopped, it is the link of who this terminal was before it was set up anew.
            self._counter.change(lambda desk: setattr(desk.link, "refused", row))
