"""The protocol as JSON Schema 2020-12 and as an AsyncAPI 3.0 document, made from the models that read and write it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter, create_model

from retail import states, told
from retail.approval_shown import Answered
from retail.card_loads import LOADS_MAX, CardLoad
from retail.cart import CART_LINES_MAX
from retail.coupons import COUPONS_MAX
from retail.credit_shown import CreditAccounts
from retail.messages import (
    BODIES,
    PROTO,
    STREAMS_PER_SUB_MAX,
    Batch,
    Enrol,
    Hail,
    HoldWanted,
    Milliseconds,
    Operation,
    Position,
    PostedBatch,
    Presence,
    ReturnBody,
    SaleBody,
    Shown,
    Status,
)
from retail.outcomes import RESULTS
from retail.points_shown import PointsAccount
from retail.questions import AllowanceWanted, ApprovalGiven, BalanceWanted, CardWanted, SaleWanted
from retail.replica import KEYED
from retail.returns import NUMBER_LENGTH_MAX as RETURN_NUMBER_MAX
from retail.returns import REASON_LENGTH_MAX, Return, ReturnLine
from retail.sale import (
    AMOUNT_MAX,
    CURRENCY_LENGTH,
    ID_PATTERN,
    Sale,
    SaleCoupon,
    SaleLine,
    SaleMark,
    SalePromotion,
    SaleShare,
)
from retail.sale import NUMBER_LENGTH_MAX as SALE_NUMBER_MAX
from retail.tax import TaxSum
from retail.tender import TENDERS_MAX, Tender
from retail.upcasting import Steps, present, served

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = "/v1/schemas"
"""Where a hub serves the schemas."""

Shape = Any
"""A model, or any other annotation that pydantic reads, such as `list[Position]`."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the socket: who says it, what it carries, and its acknowledgement (None where there is none)."""

    said_by: Literal["client", "hub"]
    carries: Shape
    answer: Shape = None


def _operation(kind: str, version: int, body: Any) -> type[BaseModel]:
    """The operation of one kind and version with its own body, as a client has to send it."""
    if body is SaleBody:
        body = create_model("SaleCommitBody", __base__=SaleBody, sale=(Sale, ...))
    if body is ReturnBody:
        body = create_model("SaleReturnBody", __base__=ReturnBody, document=(Return, ...))
    name = "".join(word.capitalize() for word in kind.replace(".", "_").split("_"))
    name += "" if version == present(kind) else str(version)
    # A body without fields that have to be there may itself be left out.
    needed = any(field.is_required() for field in body.model_fields.values())
    fields: dict[str, Any] = {
        "kind": (Literal[kind], ...),
        "ver": (Literal[version], version) if version == 1 else (Literal[version], ...),
        "body": (body, ... if needed else body()),
    }
    made: type[BaseModel] = create_model(name, __base__=Operation, __doc__=f"The operation `{kind}`.", **fields)
    return made


def changes_of(state: type[told.Told]) -> type[BaseModel]:
    """What `ev.changes` can hold for a stream of this state: any of its keys, and in a keyed collection null for a
    row that is gone."""
    fields: dict[str, Any] = {}
    for name, field in state.model_fields.items():
        shape: Any = field.annotation
        if name in KEYED:
            row: Any = shape.__args__[1]
            shape = dict[str, row | None]
        fields[name] = (shape, None)
    title = state.__name__.replace("State", "Changes")
    return create_model(title, __base__=told.Told, __doc__=f"Changes of a `{state.__name__}`.", **fields)


OPERATIONS: dict[str, type[BaseModel]] = {kind: _operation(kind, present(kind), body) for kind, body in BODIES.items()}
CHANGES: dict[str, type[BaseModel]] = {kind: changes_of(state) for kind, state in states.STATES.items()}
_ANY_OPERATION: Any = Annotated[reduce(or_, OPERATIONS.values()), Field(discriminator="kind")]
_BATCH = create_model("Batch", __base__=Batch, __doc__=Batch.__doc__, ops=(list[_ANY_OPERATION], ...))
_POSTED_BATCH = create_model(
    "PostedBatch", __base__=PostedBatch, __doc__=PostedBatch.__doc__, ops=(list[_ANY_OPERATION], ...)
)

EVENTS: dict[str, Event] = {
    "connect": Event("client", Hail),
    "hello": Event("hub", told.Hello),
    "sub": Event("client", Annotated[list[Position], Field(max_length=STREAMS_PER_SUB_MAX)], told.SubAnswer),
    "unsub": Event("client", list[str], told.EmptyAnswer),
    "ops": Event("client", _BATCH, told.OpsAnswer),
    "ev": Event("hub", told.Event),
    "heads": Event("hub", told.Heads),
    "pull": Event("client", Position, told.PullAnswer),
    "status": Event("client", Status, told.EmptyAnswer),
    "shown": Event("client", Shown, told.EmptyAnswer),
    "presence": Event("client", Presence, states.Onlookers),
    "onlookers": Event("hub", states.Onlookers),
    "tick": Event("client", Milliseconds, told.TickAnswer),
    "kick": Event("hub", told.Kick),
}
"""Every event of the socket. `connect` is the handshake: `hello` comes after it, or a refusal instead of it."""


def shapes() -> dict[str, Shape]:
    """Every schema by its name, which is also its file's name at the hub."""
    named: dict[str, Shape] = {"error": told.ErrorAnswer, "connect-refused": told.Refusal}
    for name, event in EVENTS.items():
        named[name] = event.carries
        if event.answer is not None:
            named[f"{name}-answer"] = told.ErrorAnswer | event.answer
    for kind, model in OPERATIONS.items():
        named |= {kind: model, f"{kind}-result": RESULTS[kind]}
    for stream, state in states.STATES.items():
        named |= {f"{stream}-state": state, f"{stream}-changes": CHANGES[stream]}
    return named | {
        "posted-batch": _POSTED_BATCH,
        "sale": Sale,
        "reference": told.Reference,
        "points": PointsAccount,
        "credit": CreditAccounts,
        "sign-in-answer": told.SignInAnswer,
        "enrol": Enrol,
        "enrol-answer": told.Enrolled,
        "hold": HoldWanted,
        "hold-answer": told.Held,
        "approve": ApprovalGiven,
        "approve-answer": Answered,
        "allowance": AllowanceWanted,
        "allowance-answer": told.Allowed,
        "balance": BalanceWanted,
        "balance-answer": told.Balance,
        "sold": SaleWanted,
        "sold-answer": told.SaleFound,
        "card": CardWanted,
        "card-answer": told.CardFound,
    }


def older_operations(steps: Steps) -> dict[str, type[BaseModel]]:
    """The operations of older versions that are still read: `cart.add.v1`."""
    return {f"{kind}.v{older}": _operation(kind, older, step.shape) for (kind, older), step in steps.items()}


@cache
def documents() -> dict[str, dict[str, Any]]:
    """Every schema as a document of its own, by name."""
    return {name: _document(name, shape) for name, shape in shapes().items()}


def _document(name: str, shape: Shape) -> dict[str, Any]:
    made = TypeAdapter(shape).json_schema()
    _bound(made.get("$defs", {}) | {made.get("title", ""): made})
    body: dict[str, Any] = _tidy(made)
    return {"$schema": DIALECT, "$id": f"{FOLDER}/{name}.json", **body}


HEAD_KEYS = ("id", "number", "store", "terminal", "cashier", "currency")
KEYS: Mapping[type, tuple[str, ...]] = {
    CardLoad: ("id",),
    Sale: (*HEAD_KEYS, "cart", "shopper"),
    SaleLine: ("id", "item", "price_list"),
    SaleCoupon: ("claim", "promotion"),
    SalePromotion: ("id",),
    Tender: ("hold",),
    Return: (*HEAD_KEYS, "sale"),
    ReturnLine: ("line", "item"),
}
"""The fields that databases keep as keys."""


def _bound(definitions: Mapping[str, Any]) -> None:
    """Say of the parts of a sale what `retail.sale.sale_from` demands beyond the kinds of their fields, and of a
    return what `retail.returns.return_from` does."""
    parts = (Sale, SaleLine, SaleShare, SaleCoupon, SaleMark, SalePromotion, TaxSum, Tender, CardLoad)
    for part in (*parts, Return, ReturnLine):
        found = definitions.get(part.__name__, {"properties": {}})
        found["additionalProperties"] = False
        for field in found["properties"].values():
            if field.get("type") == "integer":
                field.update(minimum=0, maximum=AMOUNT_MAX)
    sale = definitions.get("Sale", {}).get("properties")
    if sale:
        sale["lines"].update(maxItems=CART_LINES_MAX)
        sale["loads"].update(maxItems=LOADS_MAX)
        sale["tenders"].update(maxItems=TENDERS_MAX)
        sale["id"].update(minLength=1)
        sale["number"].update(minLength=1)
        sale["number"].update(maxLength=SALE_NUMBER_MAX)
        definitions["SaleLine"]["properties"]["quantity"].update(minimum=1)
        sale["promotions"].update(maxItems=CART_LINES_MAX)
        sale["coupons"].update(maxItems=COUPONS_MAX)
    returned = definitions.get("Return", {}).get("properties")
    if returned:
        returned["lines"].update(minItems=1, maxItems=CART_LINES_MAX)
        returned["refunds"].update(maxItems=TENDERS_MAX)
        returned["reason"].update(maxLength=REASON_LENGTH_MAX)
        returned["id"].update(minLength=1)
        returned["number"].update(minLength=1, maxLength=RETURN_NUMBER_MAX)
    for shape, keys in KEYS.items():
        for key in keys:
            if field := definitions.get(shape.__name__, {"properties": {}})["properties"].get(key):
                field.update(pattern=ID_PATTERN)
                if key == "currency":
                    field.update(minLength=CURRENCY_LENGTH, maxLength=CURRENCY_LENGTH)


def _tidy(schema: Any) -> Any:
    """Without the titles that repeat a field's name, and the nulls that stand for a field that may be absent."""
    if isinstance(schema, list):
        return [_tidy(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if (key == "title" and isinstance(value, str)) or (key == "default" and value is None):
            continue
        # Below these keys stand names that others chose; a field may well be called `title`.
        named = key in ("properties", "$defs") and isinstance(value, dict)
        kept[key] = {name: _tidy(one) for name, one in value.items()} if named else _tidy(value)
    return kept


def index() -> dict[str, Any]:
    """`GET /v1/schemas`: where each schema is, and where the AsyncAPI document."""
    return {
        "proto": PROTO,
        "asyncapi": "/v1/asyncapi.json",
        "operations": {kind: served(kind) for kind in sorted(BODIES)},
        "schemas": {name: f"{FOLDER}/{name}.json" for name in sorted(documents())},
    }


@cache
def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document: one channel, each event a message, and who sends it an operation."""
    adapters: list[Any] = [(name, "validation", TypeAdapter(shape)) for name, shape in shapes().items()]
    found, definitions = TypeAdapter.json_schemas(adapters, ref_template="#/components/schemas/{model}")
    _bound(definitions["$defs"])
    bodies = {name: _tidy(found[name, "validation"]) for name in shapes()}
    messages = {name: _message(name, body) for name, body in bodies.items() if name in set(_message_names())}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Omnitill",
            "version": f"{PROTO}.0.0",
            "description": "How tills, kiosks, phones and dashboards agree with the hub about one cart.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"hub": {"host": "127.0.0.1:8400", "protocol": "ws", "x-socketio": _SOCKETIO}},
        "channels": {
            "hub": {"address": "/socket.io/", "messages": {name: _ref("messages", name) for name in messages}}
        },
        "operations": {name: _said(name, event) for name, event in EVENTS.items()},
        "components": {"messages": messages, "schemas": _tidy(definitions)["$defs"]},
        # AsyncAPI has no word for what an open field such as `state` or `result` holds; these are its shapes by name.
        "x-shapes": {name: body for name, body in bodies.items() if name not in messages},
    }


_SOCKETIO = {
    "protocol": 5,
    "engineio": 4,
    "transports": ["websocket"],
    "namespace": "/",
    "auth": "the payload of `connect` is the `auth` object of the handshake; its refusal is the data of CONNECT_ERROR",
    "acknowledgement": "an operation with a reply is emitted with an acknowledgement, whose one argument is the reply",
}


def _message_names() -> Iterator[str]:
    for name, event in EVENTS.items():
        yield name
        if event.answer is not None:
            yield f"{name}-answer"
    yield "connect-refused"


def _message(name: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "payload": dict(payload), "x-schema": f"{FOLDER}/{name}.json"}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _said(name: str, event: Event) -> dict[str, Any]:
    """An operation as AsyncAPI means it: the hub is the application, so what a client says the hub receives."""
    channel = {"$ref": "#/channels/hub"}
    said: dict[str, Any] = {
        "action": "receive" if event.said_by == "client" else "send",
        "channel": channel,
        "messages": [{"$ref": f"#/channels/hub/messages/{name}"}],
    }
    replies = ["hello", "connect-refused"] if name == "connect" else [f"{name}-answer"] if event.answer else []
    if replies:
        said["reply"] = {
            "channel": channel,
            "messages": [{"$ref": f"#/channels/hub/messages/{reply}"} for reply in replies],
        }
    return said
