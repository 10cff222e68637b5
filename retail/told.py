"""What the hub says, as models: every event and answer of docs/protocol.md that goes from the hub to a client.

What the streams show is in `retail.states`, what comes of an operation in `retail.outcomes`; `retail.messages` is the
other half: what clients say. A client ignores a field that it does not know, because a newer hub of the same protocol
may add one; so these models ignore it too. The tests hold the hub to them to the letter.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from retail.catalogue import Department, Names, Product, Store, TaxRate
from retail.loyalty.approval import NUMBER_FIRST, NUMBER_LAST
from retail.loyalty.programme import DatedProgramme
from retail.messages import NUMBER_MAX, HoldKind, Milliseconds
from retail.price_lists import PriceList
from retail.promotions.promotion import Promotion

Count = Annotated[int, Field(ge=0, le=NUMBER_MAX)]
Amount = Annotated[int, Field(ge=-NUMBER_MAX, le=NUMBER_MAX, description="minor units of the currency beside it")]
Thousandths = Annotated[int, Field(ge=-NUMBER_MAX, le=NUMBER_MAX, description="1000 is one piece or one kilogram")]
Role = Literal["cashier", "manager"]
TerminalKind = Literal["till", "kiosk"]


class Told(BaseModel):
    """Strict in what a field is, open to fields that come later."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Refusal(Told):
    """Why something was refused. `code` never changes; `message` is an English sentence with `{places}` that `params`
    fill, and the key of the translation catalogues."""

    code: str
    message: str
    params: dict[str, Any]


class ErrorAnswer(Told):
    """What every acknowledgement and every HTTP answer can be instead of its own shape."""

    error: Refusal


class Kick(Refusal):
    """Said right before the hub closes the connection."""


class Limits(Told):
    """`batch_bytes` and `message_bytes` are bytes of JSON in UTF-8."""

    ops_batch: Count
    batch_bytes: Count
    message_bytes: Count
    cart_lines: Count


class You(Told):
    """Who one is for the hub. `dev` is the name that `by` will show; `shopper` and `staff` are empty for a terminal."""

    dev: str
    store: str
    shopper: str
    staff: str


class Hello(Told):
    """The first event on every connection. `last_seq` is the number of the last operation that the hub has of one.
    `life` is another one after the hub was set back to an old copy of its data."""

    proto: int
    now: Milliseconds
    last_seq: Count
    heads_ms: Count
    life: str
    limits: Limits
    you: You


class Author(Told):
    """The operation that caused an event."""

    dev: str
    seq: Count


class Event(Told):
    """The step of a stream from version `p` to version `v`. `scan` is 0 where no operation caused it."""

    s: str
    e: Count
    p: Count
    v: Count
    by: list[Author]
    changes: dict[str, Any]
    at: Milliseconds
    scan: Milliseconds


class Snapshot(Told):
    """The whole state of a stream; it replaces whatever the receiver had."""

    s: str
    e: Count
    v: Count
    state: dict[str, Any]


class Missed(Told):
    """The events after the position that the receiver named, in order."""

    s: str
    e: Count
    v: Count
    events: list[Event]


class StreamRefused(Told):
    """A stream that one may not hear, among others in the answer of `sub`."""

    s: str
    error: Refusal


class PullAnswer(RootModel[Snapshot | Missed]):
    pass


class SubAnswer(Told):
    """One answer for each stream, in the order in which they were named."""

    streams: list[Snapshot | Missed | StreamRefused]


class EmptyAnswer(Told):
    pass


class TickAnswer(Told):
    now: Milliseconds


class Heads(RootModel[dict[str, Count]]):
    """The present version of each stream that the client hears."""


class Done(Told):
    """Carried out and committed; `dup` where that was at an earlier sending. `result` is by kind of operation."""

    seq: Count
    status: Literal["ok"]
    dup: bool = False
    result: dict[str, Any]


class Rejected(Told):
    """Refused for good: the number is consumed, the refusal is stored."""

    seq: Count
    status: Literal["rejected"]
    dup: bool = False
    error: Refusal


class NotTaken(Told):
    """Nothing was done: another operation came under this number, or numbers before it are missing."""

    seq: Count
    status: Literal["conflict", "gap"]


class OpsAnswer(Told):
    """One result for each operation, in order. `last_seq` is the last number that the hub has now."""

    last_seq: Count
    results: list[Done | Rejected | NotTaken]


class Shopper(Told):
    """`card` is empty for a shopper without an active card."""

    id: str
    names: Names
    name: str
    language: str
    card: str


class ShopperAtTill(Shopper):
    """`tier` is the id of the loyalty tier; `first` that the shopper never bought before; `counted` what counts for
    tiers now, in what the programme measures."""

    points: Count
    tier: str = ""
    first: bool = False
    counted: Count = 0


Answer = Literal["", "allowed", "refused"]


class Approval(Told):
    """Whether points that a card alone may not spend may be used: "" while somebody is asked, until `until`. `number`
    stands on the till and on the phone."""

    number: Annotated[int, Field(ge=NUMBER_FIRST, le=NUMBER_LAST)]
    until: Milliseconds
    answer: Answer = ""


class Held(Told):
    """What was set aside under the id `hold`, until when it is kept where nothing happens (0: until its cart ends), and
    what it is: `promotion` that a coupon switches on, or `amount` in minor units; of `points` so many. `left` is what
    is there besides, in minor units or points; `hint` the end of a card's code. Where there is an `approval`, it pays
    nothing before that is allowed."""

    hold: str
    kind: HoldKind
    until: Milliseconds
    promotion: str = ""
    names: Names = {}
    amount: Amount = 0
    points: Count = 0
    left: Count = 0
    hint: str = ""
    approval: Approval | None = None


class Allowed(Told):
    """An allowance as the hub has signed it, and the key that belongs to its signature; both in hexadecimal."""

    nonce: str
    account: str
    terminal: str
    amount: Count
    not_after: Milliseconds
    signature: str
    public: str


class SaleFound(Told):
    """A sale as it was made, what came back of each of its lines (in thousandths, none where nothing did), and what its
    store rounds cash to."""

    sale: dict[str, Any]
    returned: dict[str, Count]
    cash_step: Count


class Balance(Told):
    """A gift card: what can be spent of it, and until when (ms; 0 for always)."""

    amount: Amount
    currency: str
    expires_at: Milliseconds
    hint: str


class CardFound(Told):
    """A gift card that a sale may put money on. `code` only where the hub has made it for this; `fresh` where nothing
    was ever on it."""

    load: str
    account: str
    hint: str
    fresh: bool
    code: str = ""


class TerminalNamed(Told):
    """`first_sale` and `first_return` are the counters of the next numbers for a terminal that was set up anew."""

    id: str
    code: str
    kind: TerminalKind
    names: Names
    first_sale: Count
    first_return: Count = 1


class StaffMember(Told):
    """`pin_hash` is an Argon2id hash in PHC form."""

    id: str
    number: str
    names: Names
    name: str
    role: Role
    language: str
    pin_hash: str


class Card(Told):
    number: str
    shopper: str
    name: str
    names: Names
    language: str
    points: Count
    groups: list[str] = []
    tier: str = ""
    first: bool = False
    counted: Count = 0


class Price(Told):
    """A new price of a product that is there: minor units for one whole unit."""

    item: str
    price: Count


class Offer(Told):
    """What the price lists ask for a product: by the id of the list `[from thousandths, minor units for one unit]`,
    smallest quantity first."""

    item: str
    lists: dict[str, list[Annotated[list[int], Field(min_length=2, max_length=2)]]]


class Gone(Told):
    """What is no longer there: ids of products and promotions, numbers of staff and cards, items that are in no price
    list."""

    products: list[str]
    promotions: list[str] = []
    staff: list[str]
    cards: list[str]
    offers: list[str] = []


class Reference(Told):
    """`GET /v1/reference`: one page of what a terminal needs to sell while the hub is away.

    `version` counts once `next` is empty. `whole` belongs to a load of everything, of which `first` is the first page;
    `total` is how many rows follow, said once at the beginning. `stock` is thousandths by item.
    """

    e: Count
    version: Count
    whole: bool
    first: bool
    next: str
    total: Count
    store: Store
    terminal: TerminalNamed
    departments: list[Department]
    taxes: list[TaxRate]
    products: list[Product]
    prices: list[Price]
    promotions: list[Promotion] = []
    lists: list[PriceList] = []
    programmes: list[DatedProgramme] = []
    offers: list[Offer] = []
    stock: dict[str, Thousandths]
    staff: list[StaffMember]
    cards: list[Card]
    gone: Gone


class Known(Told):
    """How far the hub knows a terminal: its last incarnation before this one, and the last number in it."""

    inc: Count
    last_seq: Count


class Enrolled(Told):
    """The answer of `POST /v1/enrol`: who the terminal is from now on. `token` opens its connections, `inc` is its new
    incarnation, `first_sale` and `first_return` the counters that its numbers go on with at the least. `hub` is who
    this hub is, whatever its address, and also after it was restored."""

    terminal: str
    store: str
    kind: TerminalKind
    names: Names
    token: str
    inc: Count
    first_sale: Count
    first_return: Count = 1
    known: Known
    hub: str = ""


class SignedIn(Told):
    id: str
    names: Names
    language: str


class SignInAnswer(Told):
    """`POST /sign-in`. The cookie that comes with it opens the socket."""

    shopper: SignedIn
