"""The HTTP twins of the socket's messages: the same parsing, the same rights, the same services, another door.

Who asks is known as at the socket: a terminal by its token (here in `Authorization`), a person by a cookie.
"""

from collections.abc import Callable
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import orjson
from flask import Blueprint, Response, request
from pydantic import Field
from sqlalchemy.orm import Session

from retail.errors import RetailError
from retail.messages import (
    PROTO,
    STREAMS_PER_SUB_MAX,
    Hail,
    HoldWanted,
    Key,
    Message,
    Position,
    PostedBatch,
    parse,
)
from retail.questions import AllowanceWanted, ApprovalGiven, BalanceWanted, CardWanted, SaleWanted
from sync_server.catalogue.api import bearer
from sync_server.db import Database
from sync_server.errors import ForeignPage, NotAllowed, as_error
from sync_server.holds import approving
from sync_server.holds import service as holds
from sync_server.inbox.service import Device
from sync_server.orders import queries as orders
from sync_server.realtime.connection import Connection, check_proto, identify
from sync_server.realtime.handlers import SHOPPER_COOKIE, STAFF_COOKIE, Handlers, not_streams
from sync_server.realtime.waiting import Doorbells
from sync_server.stored_value import at_the_till
from sync_server.vouchers.key import CodeKey

WAIT_MS_MAX = 25_000
"""Below the 30 s after which proxies give up on a silent answer."""

BROWSER = "browser"
"""The device of somebody who only looks and gives no name of his own."""

Asked = TypeVar("Asked", bound=Message)


class Caller(Message):
    """Who asks, as far as the token or the cookie does not say it. A terminal needs none of it."""

    app: Literal["till", "kiosk", "phone", "dashboard"] | None = None
    dev: Key | None = None
    inc: int = Field(default=1, ge=1, le=10**9)


class Look(Caller):
    """How long an answer without news may be held back."""

    wait: int = Field(default=0, ge=0, le=WAIT_MS_MAX)


class Greeting(Hail):
    """A `Hail` in a query. Its token travels in `Authorization`: addresses are written into logs."""

    proto: list[int] = Field(default=[PROTO, PROTO], min_length=2, max_length=2)
    app: Literal["till", "kiosk", "phone", "dashboard"] = "phone"
    dev: Key = BROWSER
    token: Literal[""] = ""


class Twins:
    """What each address does."""

    def __init__(
        self, db: Database, handlers: Handlers, bells: Doorbells, clock: Callable[[], int], key: CodeKey
    ) -> None:
        self._db, self._handlers, self._bells, self._clock, self._key = db, handlers, bells, clock, key

    def hello(self) -> dict[str, Any]:
        greeting = _asked(Greeting, _first_values(), self._terminal())
        check_proto(greeting)
        return self._handlers.hello(self._enter(greeting))

    def time(self) -> dict[str, int]:
        return {"now": self._clock()}

    def stream(self, name: str) -> dict[str, Any]:
        """The twin of `pull`, or of a `sub` to one stream."""
        values = _first_values()
        at = parse(Position, {"s": name} | {key: values.pop(key) for key in ("e", "v") if key in values})
        look = parse(Look, values)
        [answer] = self._held_back([at], look.wait, lambda: [self._handlers.look(self._caller(look), at)])
        return answer

    def streams(self) -> dict[str, Any]:
        """The twin of `sub`: any of the streams may be refused alone."""
        places = [[_number(text) for text in request.args.getlist(name)] for name in ("s", "e", "v")]
        if len({len(column) for column in places}) != 1 or not 0 < len(places[0]) <= STREAMS_PER_SUB_MAX:
            raise not_streams()
        positions = [parse(Position, {"s": s, "e": e, "v": v}) for s, e, v in zip(*places, strict=True)]
        look = parse(Look, {name: value for name, value in _first_values().items() if name not in ("s", "e", "v")})
        return {"streams": self._held_back(positions, look.wait, lambda: self._each(look, positions))}

    def _each(self, look: Look, positions: list[Position]) -> list[dict[str, Any]]:
        connection = self._caller(look)
        answers = []
        for at in positions:
            try:
                answers.append(self._handlers.look(connection, at))
            except RetailError as error:
                answers.append({"s": at.s, **as_error(error)})
        return answers

    def _held_back(
        self, positions: list[Position], wait_ms: int, ask: Callable[[], list[dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Ask at once; where there is nothing new, once more when a bell rings or the time is over.

        Both times from the sign-in on: it may end while one waits. Listening comes first, so nothing is missed.
        """
        with self._bells.listening(at.s for at in positions) as bell:
            answers = ask()
            if wait_ms and bell is not None and all(answer.get("events") == [] for answer in answers):
                bell.wait(wait_ms / 1000)
                answers = ask()
        return answers

    def ops(self) -> dict[str, Any]:
        terminal = self._terminal()
        batch = parse(PostedBatch, request.get_json(silent=True))
        caller = parse(Caller, _first_values() | {"dev": batch.dev, "inc": batch.inc})
        connection = self._enter(_asked(Greeting, _named(caller), terminal))
        self._handlers.not_too_fast(connection, {"ops": batch.ops})
        return self._handlers.accept(connection, batch)

    def status(self) -> dict[str, Any]:
        return self._handlers.status(self._caller(parse(Caller, _first_values())), request.get_json(silent=True))

    def shown(self) -> dict[str, Any]:
        return self._handlers.shown(self._caller(parse(Caller, _first_values())), request.get_json(silent=True))

    def presence(self) -> dict[str, Any]:
        return self._handlers.presence(self._caller(parse(Caller, _first_values())), request.get_json(silent=True))

    def hold(self) -> dict[str, Any]:
        wanted = parse(HoldWanted, request.get_json(silent=True))
        return self._asking(lambda session, device, now: holds.place(session, self._key, device, wanted, now))

    def approve(self) -> dict[str, Any]:
        given = parse(ApprovalGiven, request.get_json(silent=True))
        return self._asking(lambda session, device, now: approving.answer(session, device, given, now))

    def allowance(self) -> dict[str, Any]:
        wanted = parse(AllowanceWanted, request.get_json(silent=True))
        return self._asking(lambda session, device, now: holds.allow(session, device, wanted, now))

    def balance(self) -> dict[str, Any]:
        wanted = parse(BalanceWanted, request.get_json(silent=True))
        return self._asking(lambda session, device, now: holds.balance(session, self._key, device, wanted, now))

    def sold(self) -> dict[str, Any]:
        """Who bought stands in a sale, and what for: only a till of ours is told, where somebody brings its receipt."""
        wanted, connection = (
            parse(SaleWanted, request.get_json(silent=True)),
            self._caller(parse(Caller, _first_values())),
        )
        if connection.app != "till":
            raise NotAllowed()
        self._handlers.not_too_fast(connection)
        return self._db.read(lambda session: orders.found(session, wanted))

    def card(self) -> dict[str, Any]:
        wanted = parse(CardWanted, request.get_json(silent=True))
        return self._asking(lambda session, device, now: at_the_till.ask(session, self._key, device, wanted, now))

    def _asking(self, act: Callable[[Session, Device, int], dict[str, Any]]) -> dict[str, Any]:
        """A question that a till or a phone waits for, and that no dashboard may ask."""
        connection = self._caller(parse(Caller, _first_values()))
        if connection.app == "dashboard":
            raise NotAllowed()
        self._handlers.not_too_fast(connection)
        now = self._clock()
        return self._db.write(lambda session: act(session, connection.device, now))

    def _terminal(self) -> dict[str, Any]:
        """What the request's token says of its terminal; nothing where there is no token."""
        if "Authorization" not in request.headers:
            return {}
        row = self._db.read(bearer)
        return {
            "token": request.headers["Authorization"].removeprefix("Bearer ").strip(),
            "app": row.kind,
            "dev": row.id,
        }

    def _caller(self, caller: Caller) -> Connection:
        return self._enter(_asked(Greeting, _named(caller), self._terminal()))

    def _enter(self, hail: Hail) -> Connection:
        cookies = {
            "shopper": request.cookies.get(SHOPPER_COOKIE, ""),
            "staff": request.cookies.get(STAFF_COOKIE, ""),
        }

        def query(session: Session) -> Connection:
            device, token, staff = identify(session, hail, cookies, self._clock())
            return Connection("", device, hail.app, token, staff)

        return self._db.read(query)


def _asked(model: type[Hail], named: dict[str, Any], terminal: dict[str, Any]) -> Hail:
    """The caller's own words before what the token says of it. The token itself is none of the caller's words."""
    hail = parse(model, {name: value for name, value in terminal.items() if name != "token"} | named)
    return hail.model_copy(update={"token": terminal.get("token", "")})


def _named(caller: Caller) -> dict[str, Any]:
    return caller.model_dump(include={"app", "dev", "inc"}, exclude_none=True)


def _number(text: str) -> Any:
    """A text of a query as the number that it writes, or as it is: then its field says what is wrong."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else text


def _first_values() -> dict[str, Any]:
    values: dict[str, Any] = {name: _number(text) for name, text in request.args.items()}
    low, line, high = str(values.get("proto", "")).partition("-")
    if line:
        values["proto"] = [_number(low), _number(high)]
    return values


def twins_blueprint(
    db: Database, handlers: Handlers, bells: Doorbells, clock: Callable[[], int], key: CodeKey
) -> Blueprint:
    """`GET /v1/hello`, `/v1/time`, `/v1/streams`, `/v1/streams/NAME`; `POST /v1/ops`, `/v1/status`, `/v1/shown`,
    `/v1/presence`; and `POST /v1/hold`, `/v1/approve`, `/v1/allowance`, `/v1/balance`, `/v1/card`, `/v1/sold`, which
    have no twin at the socket: they are asked while somebody waits, and their codes are secrets that are asked about
    once and kept nowhere."""
    made, twins = Blueprint("twins", __name__), Twins(db, handlers, bells, clock, key)

    @made.before_request
    def refuse_foreign() -> None:
        # As at the socket's door. A form of another site cannot post JSON, and what is none is malformed.
        origin = request.headers.get("Origin")
        if origin and urlsplit(origin).netloc != request.host:
            raise ForeignPage()

    def door(address: str, answer: Callable[..., Any], method: str = "GET") -> None:
        def enter(**names: str) -> Response:
            return Response(
                orjson.dumps(answer(**names)), mimetype="application/json", headers={"Cache-Control": "no-store"}
            )

        made.add_url_rule(address, answer.__name__, enter, methods=[method])

    door("/v1/hello", twins.hello)
    door("/v1/time", twins.time)
    door("/v1/streams", twins.streams)
    door("/v1/streams/<name>", twins.stream)
    door("/v1/ops", twins.ops, "POST")
    door("/v1/status", twins.status, "POST")
    door("/v1/shown", twins.shown, "POST")
    door("/v1/presence", twins.presence, "POST")
    door("/v1/hold", twins.hold, "POST")
    door("/v1/approve", twins.approve, "POST")
    door("/v1/allowance", twins.allowance, "POST")
    door("/v1/balance", twins.balance, "POST")
    door("/v1/sold", twins.sold, "POST")
    door("/v1/card", twins.card, "POST")
    return made
