"""The socket's events: parse, one service call, answer (docs/protocol.md)."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import structlog
from flask_socketio import ConnectionRefusedError, SocketIO
from sqlalchemy.orm import Session
from werkzeug.http import parse_cookie

from retail import cart
from retail.errors import N_, MessageError, RetailError
from retail.messages import (
    BATCH_BYTES_MAX,
    MESSAGE_BYTES_MAX,
    OPS_BATCH_MAX,
    PROTO,
    STREAMS_PER_SUB_MAX,
    Batch,
    Hail,
    Position,
    Presence,
    Shown,
    Status,
    parse,
)
from sync_server.db import Database
from sync_server.errors import NotAllowed, as_error, refusal
from sync_server.inbox import copies
from sync_server.inbox import handlers as operations
from sync_server.inbox import service as inbox
from sync_server.inbox.parts import in_parts
from sync_server.outbox import life
from sync_server.outbox import service as outbox
from sync_server.realtime.bucket import Buckets
from sync_server.realtime.connection import (
    Connection,
    Connections,
    check_may_hear,
    check_proto,
    identify,
    state_of,
    uninvited,
)
from sync_server.realtime.fanout import Fanout
from sync_server.realtime.looking import Looking
from sync_server.terminals.presence import Presence as Terminals

HEADS_MS = 10_000
HASTY_OPS_MAX = 4
"""A batch of more lets others go first (`Database.write`)."""

STREAMS_HEARD_MAX = 64
"""One socket hears no more at once; a till hears one cart, a phone two streams."""

CONNECTIONS_AT_ONCE = 50
PAUSE_S = 0.005
"""What is done for everybody is done for so many at once, with a pause in between in which a scan may pass."""

SHOPPER_COOKIE, STAFF_COOKIE = "omnitill_session", "omnitill_staff"

REVOKED = MessageError("revoked", N_("The hub does not know this sign-in any more. Sign in or enrol again."))

log = structlog.get_logger()
Clock = Callable[[], int]


def not_streams() -> MessageError:
    return MessageError(
        "message.malformed", N_("The message is not of the protocol: {faults}."), faults="a list of streams"
    )


class Handlers:
    """What the hub does with each event of a socket."""

    def __init__(
        self,
        socketio: SocketIO,
        db: Database,
        connections: Connections,
        fanout: Fanout,
        presence: Terminals,
        clock: Clock,
    ) -> None:
        self._socketio, self._db, self._connections, self._fanout = socketio, db, connections, fanout
        self._presence, self._clock = presence, clock
        self._buckets = Buckets()
        self.carry: inbox.Carry = operations.carry
        self.looking = Looking(db, fanout, clock)
        self.sweep: Callable[[], None] = lambda: None
        # Straight at Socket.IO: Flask would make a request with a session for every message.
        for name in ("connect", "disconnect"):
            socketio.server.on(name, getattr(self, name))
        for name in ("sub", "unsub", "ops", "pull", "status", "shown", "presence", "tick"):
            socketio.server.on(name, self._guarded(getattr(self, name)))
        socketio.server.on("*", self.unknown)

    def _guarded(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """Answer refusals as the protocol has them; one who is not connected any more is not heard."""

        def answer(sid: str, *payload: Any) -> Any:
            try:
                connection = self._connections.get(sid)
                if connection is None:
                    raise NotAllowed()
                self.not_too_fast(connection, *payload[:1])
                return handler(connection, *payload[:1])
            except Exception as error:
                return as_error(error)

        return answer

    def not_too_fast(self, connection: Connection, payload: Any = None) -> None:
        """Let one who speaks too fast wait: meanwhile nothing more is read from its socket."""
        ops = payload.get("ops") if isinstance(payload, dict) else None
        cost = max(1, len(ops)) if isinstance(ops, list) else 1
        # A phone chooses its own name, so its shopper is who counts.
        who = connection.device.shopper or connection.device.dev
        wait_s = self._buckets.take(who, cost, time.monotonic())
        if wait_s:
            self._socketio.sleep(wait_s)

    def connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Let a device in, or refuse it with a code."""
        try:
            hail = parse(Hail, auth)
            check_proto(hail)
            sent = parse_cookie(environ.get("HTTP_COOKIE", ""))
            cookies = {"shopper": sent.get(SHOPPER_COOKIE, ""), "staff": sent.get(STAFF_COOKIE, "")}
            now = self._clock()
            device, token, staff = self._db.read(lambda session: identify(session, hail, cookies, now))
            copies.check(self._db, device, hail, now)
        except Exception as error:
            refused = refusal(error)
            # Of a single argument Socket.IO sends only its text; the second one travels as data.
            raise ConnectionRefusedError(refused.message, refused.as_dict()) from None
        connection = Connection(sid, device, hail.app, token, staff)
        self._connections.add(connection)
        if hail.app in ("till", "kiosk"):
            self._presence.arrived(device)
        # In a task of its own, which runs once Socket.IO has let the client in: no event comes before its packet `40`.
        self._socketio.start_background_task(self._greet, connection)

    def _greet(self, connection: Connection) -> None:
        try:
            hello = self.hello(connection)
        except Exception as error:
            # Without a greeting the client would wait for ever; hung up on, it comes again.
            refusal(error)
            self._socketio.server.disconnect(connection.sid, namespace="/")
            return
        self._socketio.emit("hello", hello, to=connection.sid)

    def hello(self, connection: Connection) -> dict[str, Any]:
        """Who one is for the hub, and what the hub has of one."""
        device = connection.device
        last_seq, in_life = self._db.read(
            lambda session: (inbox.last_seq(session, device.dev, device.inc), life.current(session))
        )
        return {
            "proto": PROTO,
            "now": self._clock(),
            "last_seq": last_seq,
            "heads_ms": HEADS_MS,
            "life": in_life,
            "limits": {
                "ops_batch": OPS_BATCH_MAX,
                "batch_bytes": BATCH_BYTES_MAX,
                "message_bytes": MESSAGE_BYTES_MAX,
                "cart_lines": cart.CART_LINES_MAX,
            },
            "you": {"dev": device.dev, "store": device.store, "shopper": device.shopper, "staff": connection.staff},
        }

    def disconnect(self, sid: str, _reason: Any = None) -> None:
        connection = self._connections.remove(sid)
        if connection is None:
            return
        self._fanout.gone(connection)
        if connection.app not in ("till", "kiosk"):
            return
        # A terminal that came back before its old socket was missed is still there.
        if not self._connections.of_device(connection.device.dev):
            self._presence.left(connection.device)

    def sub(self, connection: Connection, payload: Any = None) -> dict[str, Any]:
        """Join first, then read: what happens in between is heard twice rather than not at all."""
        if not isinstance(payload, list) or len(payload) > STREAMS_PER_SUB_MAX:
            raise not_streams()
        return {"streams": [self._join(connection, parse(Position, position)) for position in payload]}

    def _join(self, connection: Connection, seen: Position) -> dict[str, Any]:
        try:
            # The right to hear comes first, then the room, then the state that the answer carries.
            self._db.read(lambda session: check_may_hear(session, connection, seen.s))
            if len(connection.streams | {seen.s}) > STREAMS_HEARD_MAX:
                raise MessageError(
                    "message.streams", N_("That is more than {limit} streams at once."), limit=STREAMS_HEARD_MAX
                )
            self._socketio.server.enter_room(connection.sid, seen.s)
            self._fanout.join(connection, seen.s)
            return self._answer(connection, seen)
        except RetailError as error:
            return {"s": seen.s, **as_error(error)}

    def look(self, connection: Connection, seen: Position) -> dict[str, Any]:
        """What somebody who stands at no socket has missed of a stream that he may hear."""

        def query(session: Session) -> dict[str, Any]:
            check_may_hear(session, connection, seen.s)
            return outbox.answer(session, seen, lambda: state_of(session, connection, seen.s, self._clock()))

        return self._db.read(query)

    def _answer(self, connection: Connection, seen: Position) -> dict[str, Any]:
        return self._db.read(
            lambda session: outbox.answer(session, seen, lambda: state_of(session, connection, seen.s, self._clock()))
        )

    def unsub(self, connection: Connection, payload: Any = None) -> dict[str, Any]:
        if not isinstance(payload, list) or not all(isinstance(stream, str) for stream in payload):
            raise not_streams()
        for stream in payload:
            self._fanout.part(connection, stream)
            self._socketio.server.leave_room(connection.sid, stream)
        return {}

    def pull(self, connection: Connection, payload: Any = None) -> dict[str, Any]:
        seen = parse(Position, payload)
        if seen.s not in connection.streams:
            raise NotAllowed()
        return self._answer(connection, seen)

    def ops(self, connection: Connection, payload: Any = None) -> dict[str, Any]:
        """Carry out a batch; the answer means committed."""
        return self.accept(connection, parse(Batch, payload))

    def accept(self, connection: Connection, batch: Batch) -> dict[str, Any]:
        """The operations of whoever stands at the door, be it the socket's or the one over HTTP."""
        if connection.app == "dashboard":
            raise NotAllowed()
        inbox.check_size(batch)
        # Somebody looks at a screen for a few operations; many are a queue that empties.
        patient = len(batch.ops) > HASTY_OPS_MAX
        pause = self._db.others_wait if patient else inbox.never

        def accepted(part: Batch) -> dict[str, Any]:
            # Of each part anew: the last of them may be carried out long after the first.
            now = self._clock()
            return self._db.write(
                lambda session: inbox.accept(session, connection.device, part, self.carry, now, pause), patient
            )

        answer = in_parts(batch, accepted)
        if connection.app in ("till", "kiosk"):
            self._presence.worked(connection.device)
        if "error" in answer:
            # Refused as a whole, after the commit that tells a manager of it.
            error = answer["error"]
            raise RetailError(error["code"], error["message"], **error["params"])
        return answer

    def status(self, connection: Connection, payload: Any = None) -> dict[str, Any]:
        """A terminal says how it stands, for the managers' page."""
        if connection.app not in ("till", "kiosk"):
            raise NotAllowed()
        self._presence.said(connection.device, parse(Status, payload))
        return {}

    def shown(self, connection: Connection, payload: Any = None) -> dict[str, Any]:
        """A phone says how old scans were when it showed them."""
        if connection.app != "phone":
            raise NotAllowed()
        self._presence.shown(connection.device, parse(Shown, payload))
        return {}

    def presence(self, connection: Connection, payload: Any = None) -> dict[str, Any]:
        """A device says that it has a cart before it; the answer is who else has."""
        return self.looking.said(connection, parse(Presence, payload))

    def tick(self, _connection: Connection, _t0: Any = None) -> dict[str, int]:
        return {"now": self._clock()}

    def unknown(self, event: str, _sid: str, *_payload: Any) -> dict[str, Any]:
        return as_error(
            MessageError("message.unknown_event", N_("There is no message {event} here."), event=str(event)[:40])
        )

    def caught_up(self, sid: str) -> None:
        """A slow client has taken all that waited; of what it was not told meanwhile it hears the versions."""
        connection = self._connections.get(sid)
        if connection is not None:
            self._tell_heads([connection])

    def send_heads(self) -> None:
        """Tell each client the versions of its streams, so that a lost last event is noticed."""
        for some in self._in_turns():
            self._tell_heads(some)

    def _in_turns(self) -> Iterator[list[Connection]]:
        everybody = self._connections.all()
        for start in range(0, len(everybody), CONNECTIONS_AT_ONCE):
            yield everybody[start : start + CONNECTIONS_AT_ONCE]
            self._socketio.sleep(PAUSE_S)

    def _tell_heads(self, some: list[Connection]) -> None:
        names = sorted({stream for one in some for stream in one.streams})
        if not names:
            return
        versions = self._db.read(lambda session: outbox.heads(session, names))
        for one in some:
            known = {stream: versions[stream] for stream in one.streams if stream in versions}
            if known:
                self._fanout.here("heads", known, one.sid)

    def show_out(self) -> None:
        """Close the sockets whose token was withdrawn or whose sign-in has ended meanwhile."""
        now = self._clock()
        for some in self._in_turns():
            for one in self._db.read(lambda session, some=some: uninvited(session, some, now)):  # type: ignore[misc]
                self._fanout.close(one, REVOKED.as_dict())

    def kick(self, token: str, code: str, message: str) -> None:
        """Close every socket of a sign-in that has ended, at whichever worker."""
        self._fanout.kick(code, message, token=token)
