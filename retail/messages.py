"""The words of the protocol as schemas (docs/protocol.md). Everything that comes over a wire is parsed here."""

from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    ValidationError,
    field_validator,
)

from retail import cart
from retail.card_loads import LOADS_MAX
from retail.catalogue import PACK_PIECES_MAX
from retail.errors import N_, MessageError
from retail.tender import TENDER_MAX, TENDERS_MAX
from retail.upcasting import STEPS, Steps, upcast

PROTO = 1
"""The version of the protocol that we speak, and the lowest that we serve."""

OPS_BATCH_MAX = 200
BATCH_BYTES_MAX = 64 * 1024
MESSAGE_BYTES_MAX = 1024 * 1024
"""A single sale of 500 lines with its receipt fits; a batch of small operations stays below BATCH_BYTES_MAX."""

STREAMS_PER_SUB_MAX = 20
STATUS_DEVICES_MAX = 20
PRESENCE_LIVES_MS = 30_000
"""So long does a word of who looks at a cart count; it is said again before that."""

SKEW_MAX_MS = 10**14
SHOWN_VALUES_MAX = 100
SHOWN_MAX_MS = 3_600_000
"""A screen that shows a scan an hour late was asleep: it says nothing of how quick we are."""

FAULTS_SHOWN_MAX = 8
FAULT_LENGTH_MAX = 120
NUMBER_MAX = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""


Key = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
MaybeKey = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9._:-]*$")]
Milliseconds = Annotated[int, Field(ge=0, le=10**14)]


Hash = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]
"""A hash of `retail.chain`, or empty where there is none."""

Signature = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{128})?$")]


class Message(BaseModel):
    """Strict, because 2.0, "2" and true are not whole numbers, and a quantity that was guessed is a wrong sale."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Hail(Message):
    """What a client says of itself when it connects. `inc` is new after reinstall or restore.

    `proto` is the lowest and the highest version of the protocol that it speaks; a single number stands for both.
    `last_seq` is the last number that it has given in this incarnation, `chain` the hash at it (terminals), and
    `through` the last number that it knows to be answered: by these a copy of a device shows itself at once. `life` is
    that of the hub which answered it, so that a hub that knows itself to be restored is not told so by every terminal.
    """

    proto: Annotated[list[int], Field(min_length=2, max_length=2)]
    app: Literal["till", "kiosk", "phone", "dashboard"]
    version: str = Field(default="", max_length=32)
    dev: Key
    inc: int = Field(default=1, ge=1, le=10**9)
    token: str = Field(default="", max_length=512)
    t0: Milliseconds = 0
    last_seq: int = Field(default=0, ge=0, le=NUMBER_MAX)
    chain: Hash = ""
    through: int = Field(default=0, ge=0, le=NUMBER_MAX)
    life: str = Field(default="", max_length=36)

    @field_validator("proto", mode="before")
    @classmethod
    def _range(cls, value: Any) -> Any:
        return [value, value] if isinstance(value, int) else value


class Position(Message):
    """A stream and how far one has seen it: epoch `e` and version `v`; 0 and 0 for nothing yet."""

    s: Annotated[str, StringConstraints(pattern=r"^[a-z]+:[A-Za-z0-9._-]{1,64}$")]
    e: int = Field(default=0, ge=0, le=NUMBER_MAX)
    v: int = Field(default=0, ge=0, le=NUMBER_MAX)


class DeviceStatus(Message):
    """A device at a terminal. `open`, `shut` and `unknown` are a drawer's states; `reason` is a short stable word."""

    kind: Literal["scanner", "printer", "drawer", "display", "scale", "payment"]
    name: str = Field(max_length=64)
    state: Literal["disconnected", "connecting", "online", "degraded", "fault", "closed", "open", "shut", "unknown"]
    reason: str = Field(default="", max_length=40)


class Status(Message):
    """How a terminal stands, in its own words; nothing is decided by it.

    `last_seq` is the last number that it has given, `through` the last one that it knows answered; `oldest_unsent` is
    0 where nothing waits; `skew_ms` is what its clock is ahead of the hub's, negative where it is behind.
    """

    unsent: int = Field(ge=0, le=NUMBER_MAX)
    oldest_unsent: Milliseconds = 0
    last_seq: int = Field(ge=0, le=NUMBER_MAX)
    through: int = Field(ge=0, le=NUMBER_MAX)
    skew_ms: int = Field(default=0, ge=-SKEW_MAX_MS, le=SKEW_MAX_MS)
    devices: list[DeviceStatus] = Field(default_factory=list, max_length=STATUS_DEVICES_MAX)
    version: str = Field(default="", max_length=32)
    free_mb: int = Field(default=0, ge=0, le=NUMBER_MAX)


ShownMs = Annotated[int, Field(ge=0, le=SHOWN_MAX_MS)]


class Shown(RootModel[Annotated[list[ShownMs], Field(max_length=SHOWN_VALUES_MAX)]]):
    """How old scans were when a phone painted them, each in ms."""

    model_config = ConfigDict(frozen=True, strict=True)


class Presence(Message):
    """What a device does with a cart that is before it; nothing is decided by it."""

    s: Annotated[str, StringConstraints(pattern=r"^cart:[A-Za-z0-9._-]{1,64}$")]
    doing: Literal["look", "pay", "gone"]


class Operation(Message):
    """One thing a device wants done. `id` is made and stored by the device before it is sent."""

    id: Annotated[UUID, Field(strict=False)]
    kind: Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z]+\.[a-z_]+$")]
    ver: int = Field(default=1, ge=1)
    at: Milliseconds
    cart: Key | None = None
    body: dict[str, Any] = Field(default_factory=dict)


class Batch(Message):
    """Operations with consecutive numbers, the first of which is `seq0`.

    Each is parsed by itself (`Operation`), so that one bad operation is rejected alone and never blocks the others.
    A terminal adds `prev`, the hash before the first of them, and its `signature` at the last (`retail.chain`).
    """

    seq0: int = Field(ge=1, le=NUMBER_MAX)
    ops: list[Any] = Field(max_length=OPS_BATCH_MAX)
    prev: Hash = ""
    signature: Signature = ""


class Enrol(Message):
    """`POST /v1/enrol`: a one-time code that a manager made, the public key that the terminal made, and the highest
    incarnation that its data folder ever had (0 for a new one).

    The others say what the terminal is already, as far as it is anything: a code that does not fit is refused before
    anything is changed. `hub` is said where only that hub may have what the terminal still holds.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
    public_key: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    inc: int = Field(default=0, ge=0, le=10**9)
    kind: Literal["", "till", "kiosk"] = ""
    terminal: MaybeKey = ""
    store: MaybeKey = ""
    hub: MaybeKey = ""


class PostedBatch(Batch):
    """A batch over HTTP says whose it is; a terminal's `dev` has to be the one of its token."""

    dev: Key
    inc: int = Field(default=1, ge=1, le=10**9)


class AddBody(Message):
    line: Key
    item: Key
    quantity: int = Field(ge=-cart.LINE_QUANTITY_MAX, le=cart.LINE_QUANTITY_MAX)
    fulfilment: cart.Fulfilment = "carry_out"
    weighed: bool = False
    pack: int = Field(default=0, ge=0, le=PACK_PIECES_MAX)


class SetBody(Message):
    line: Key
    to: int = Field(ge=0, le=cart.LINE_QUANTITY_MAX)
    seen: int = Field(ge=0, le=cart.LINE_QUANTITY_MAX)


class RemoveBody(Message):
    line: Key
    seen: int = Field(ge=0, le=cart.LINE_QUANTITY_MAX)


class TakeBody(Message):
    line: Key


class EmptyBody(Message):
    pass


class AttachBody(Message):
    """A card's number as scanned; the hub finds the shopper."""

    card: Annotated[str, StringConstraints(pattern=r"^[0-9]{6,20}$")]
    replace: bool = False


class SignedAllowance(Message):
    """What the hub has signed (`retail.loyalty.allowance.Allowance`): `amount` points of an account, for one terminal,
    to be used before `not_after`."""

    nonce: Key
    account: Key
    terminal: Key
    amount: int = Field(ge=1, le=NUMBER_MAX)
    not_after: int = Field(ge=0, le=NUMBER_MAX)
    signature: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]


class CardNamed(Message):
    """A gift card that a sale puts money on: the `account` that the hub named for it, or the `code` that was typed
    where the hub could not be asked."""

    account: Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]*$")] = ""
    code: Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00]*$")] = ""


class SaleBody(Message):
    """A sale as `retail.sale.Sale.as_dict` writes it, the card that was shown, and the receipt as a paper document;
    `fence` is the number of the lease that it was paid under, 0 for none. `allowances` are those that tenders name;
    `cards` are those of `Sale.loads`, by id."""

    sale: dict[str, Any]
    card: str = Field(default="", max_length=20)
    receipt: dict[str, Any] = Field(default_factory=dict)
    fence: int = Field(default=0, ge=0, le=NUMBER_MAX)
    allowances: list[SignedAllowance] = Field(default_factory=list, max_length=TENDERS_MAX)
    cards: dict[Key, CardNamed] = Field(
        default_factory=dict, max_length=LOADS_MAX, json_schema_extra={"additionalProperties": False}
    )


class ReturnBody(Message):
    """A return as `retail.returns.Return.as_dict` writes it. `given` says that the money was given back already by a
    terminal that could not ask; one that asks gives it when it has the answer."""

    document: dict[str, Any]
    given: bool = False


class BeginBody(Message):
    """The lines that are about to be paid, each with the quantity that the payer sees."""

    # What the schema says of keys that fit the pattern leaves all others free, unless it is said that there are none.
    lines: dict[Key, Annotated[int, Field(ge=1, le=cart.LINE_QUANTITY_MAX)]] = Field(
        max_length=cart.CART_LINES_MAX, json_schema_extra={"additionalProperties": False}
    )


STORABLE = r"^[^\x00]*$"
"""A text of PostgreSQL holds no NUL: it is refused here, and not by the store as a fault of ours."""


HoldKind = Literal["coupon", "gift_card", "store_credit", "points"]
"""What the hub sets aside for a cart: a use of a coupon, money, or points."""

CODE_TYPED_MAX = 64


class HoldWanted(Message):
    """`POST /v1/hold`: set something aside for the cart. The id `hold` is made and stored by whoever asks, before it is
    sent; the same again, also without `code`, is the same hold and renews it.

    `code` is a coupon's or a gift card's as it was typed. `card` says whose cart it is where the hub may not know yet.
    `amount` is what is left to pay, in minor units of `currency`: as much of it is held as there is. Of points
    `approval` says that this terminal can wait until somebody allows them, and `approved_by` names the manager whose
    PIN it has checked.
    """

    hold: Key
    kind: HoldKind
    cart: Key
    code: Annotated[str, StringConstraints(max_length=CODE_TYPED_MAX, pattern=STORABLE)] = ""
    pin: Annotated[str, StringConstraints(max_length=20, pattern=STORABLE)] = ""
    card: Annotated[str, StringConstraints(pattern=r"^([0-9]{6,20})?$")] = ""
    amount: int = Field(default=0, ge=0, le=TENDER_MAX)
    currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] = ""
    approval: bool = False
    approved_by: Annotated[str, StringConstraints(max_length=64, pattern=STORABLE)] = ""


class VoidBody(Message):
    """What was set aside under this id is free again, as far as it still is set aside."""

    hold: Key
    kind: HoldKind


class NoteBody(Message):
    """Something privileged that happened at a terminal, for the audit ledger."""

    action: Annotated[str, StringConstraints(max_length=60, pattern=STORABLE)]
    staff: Annotated[str, StringConstraints(max_length=64, pattern=STORABLE)] = ""
    detail: dict[str, Any] = Field(default_factory=dict)


BODIES: dict[str, type[Message]] = {
    "cart.add": AddBody,
    "cart.set": SetBody,
    "cart.remove": RemoveBody,
    "cart.take": TakeBody,
    "cart.release": EmptyBody,
    "cart.abandon": EmptyBody,
    "cart.attach": AttachBody,
    "checkout.begin": BeginBody,
    "checkout.cancel": EmptyBody,
    "sale.commit": SaleBody,
    "hold.void": VoidBody,
    "sale.return": ReturnBody,
    "audit.note": NoteBody,
}
"""The body of each kind of operation, in its present version; `retail.upcasting` knows the older ones."""


Parsed = TypeVar("Parsed", bound=BaseModel)


def parse(model: type[Parsed], value: Any) -> Parsed:
    """The message in `value`, or a `MessageError` that lists every field that is wrong, all at once."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise MessageError(
            "message.malformed", N_("The message is not of the protocol: {faults}."), faults=faults_of(error)
        ) from None


def faults_of(error: ValidationError) -> str:
    """Every field that is wrong with its reason, in one line; beyond FAULTS_SHOWN_MAX only how many more there are."""
    rows = error.errors(include_url=False, include_context=False, include_input=False)
    faults = [f"{'.'.join(map(str, row['loc'])) or 'message'}: {row['msg']}"[:FAULT_LENGTH_MAX] for row in rows]
    more = len(faults) - FAULTS_SHOWN_MAX
    line = "; ".join(faults[:FAULTS_SHOWN_MAX] + ([f"and {more} more"] if more > 0 else []))
    # A field's name comes from outside and may hold half a surrogate pair, which no answer can carry.
    return line.encode("utf-8", "replace").decode()


def body_of(operation: Operation, steps: Steps = STEPS) -> Message:
    """The body of an operation, checked and of the present version; an unknown kind or version is refused by name."""
    model = BODIES.get(operation.kind)
    if model is None:
        raise MessageError("message.unknown_kind", N_("There is no operation {kind} here."), kind=operation.kind)
    return parse(model, upcast(operation.kind, operation.ver, operation.body, parse, steps))


EMPTY: dict[str, cart.Operation] = {
    "cart.release": cart.Release(),
    "cart.abandon": cart.Abandon(),
    "checkout.cancel": cart.Cancel(),
}
"""What is asked for by the kind alone."""


def cart_operation(kind: str, body: Message, now: int) -> cart.Operation | None:
    """The change of a cart that an operation asks for, at `now` by the hub's clock; None where it is about more."""
    match body:
        case AddBody():
            return cart.Add(body.line, body.item, body.quantity, body.fulfilment, body.weighed, pack=body.pack)
        case SetBody():
            return cart.SetQuantity(body.line, body.to, body.seen)
        case RemoveBody():
            return cart.Remove(body.line, body.seen)
        case TakeBody():
            return cart.Take(body.line)
        case BeginBody():
            return cart.Begin(body.lines, now)
        case _:
            return EMPTY.get(kind)
