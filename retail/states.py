"""The states of the streams, as models: what a cart, a shopper, a store and a dashboard look like."""

from typing import Annotated, Any, Literal

from pydantic import Field

from retail.approval_shown import ApprovalShown
from retail.cart import Channel, Fulfilment, Status
from retail.catalogue import Names, Unit
from retail.messages import DeviceStatus, Milliseconds
from retail.points_shown import Points
from retail.told import Amount, Count, Refusal, Shopper, TerminalKind, Thousandths, Told


class Place(Told):
    """Where an in-hand line is: the terminal, and the names of the terminal and of its store."""

    device: str
    kind: TerminalKind
    names: Names
    store: Names


class GivenShown(Told):
    """What a promotion took off, in minor units."""

    promotion: str
    names: Names
    off: Amount


class HintShown(Told):
    """So much more, in minor units or units by `measure`, and a promotion gives something."""

    promotion: str
    names: Names
    measure: Literal["money", "units"]
    missing: Count


class Line(Told):
    """A line of a cart as everybody sees it; `at` is when it last changed. `list_total` becomes `total`
    by what was `given`. It counts packs of `pack` pieces each, or single ones where that is 0; `quantity` counts the
    pieces."""

    id: str
    item: str
    names: Names
    quantity: Thousandths
    unit: Unit
    weighed: bool
    owner: str
    origin: Channel
    place: Place | None
    fulfilment: Fulfilment
    unit_price: Amount
    total: Amount
    list_total: Amount = 0
    given: list[GivenShown] = []
    picture: str
    n: Count
    at: Milliseconds
    pack: Count = 0


class CouponShown(Told):
    """A coupon that the cart has set a use of aside: the claim, and the promotion that it switches on, with its name
    where that is known. `off` is what it takes off now; where its `state` is `not_met`, `fails` names the condition
    that does not hold, and `missing` how much more would do, in minor units or units by `measure`."""

    claim: str
    promotion: str
    names: Names
    off: Amount = 0
    state: Literal["given", "beaten", "not_met", "untouched"] = "untouched"
    fails: str = ""
    measure: Literal["money", "units", "word"] = "word"
    missing: Count = 0


class Totals(Told):
    total: Amount
    in_hand: Amount
    virtual: Amount
    off: Amount = 0
    tax: Amount
    currency: str
    count: Count
    points: Count


class Paying(Told):
    """Who has lines of the cart paid now, and where; over at `until`, by the hub's clock, at the latest."""

    device: str
    place: Place | None
    fence: Count
    since: Milliseconds
    until: Milliseconds


class Onlooker(Told):
    """A device that has the cart before it. `place` is null for a phone; a phone is named to its own shopper and to the
    terminals in the cart only, because nobody else hears the cart."""

    dev: str
    app: Literal["till", "kiosk", "phone"]
    place: Place | None
    doing: Literal["look", "pay"]


class Onlookers(Told):
    """Who is in front of the cart `s` now: whoever pays comes first."""

    s: str
    who: list[Onlooker]


class CartState(Told):
    """`cart:<cart id>`. `moved_to` and `shopper` are empty where there is none."""

    id: str
    status: Status
    moved_to: str
    shopper: str
    lines: dict[str, Line]
    totals: Totals
    hints: list[HintShown] = []
    coupons: list[CouponShown] = []
    approvals: list[ApprovalShown] = []
    paying: Paying | None


class OrderLine(Told):
    names: Names
    quantity: Thousandths
    unit: Unit
    unit_price: Amount
    total: Amount


class OrderLoad(Told):
    """A gift card that was sold or loaded with an order; `hint` is how its code ends."""

    amount: Amount
    hint: str


class OrderLineBack(Told):
    names: Names
    quantity: Thousandths
    total: Amount


class OrderReturn(Told):
    """What came back of an order, and what was given back for it."""

    id: str
    number: str
    at: Milliseconds
    total: Amount
    lines: list[OrderLineBack]


class Order(Told):
    """A sale as its shopper sees it, with what came back of it, worth `returned` in all; `receipt` is the paper
    document that the terminal sent, or `{}`. `zone` is the store's time zone (IANA), in which `at` is shown."""

    id: str
    number: str
    at: Milliseconds
    store: Names
    zone: str
    channel: Channel
    total: Amount
    currency: str
    points: Count
    lines: list[OrderLine]
    receipt: dict[str, Any]
    returned: Amount = 0
    returns: list[OrderReturn] = []
    loads: list[OrderLoad] = []


class ShopperState(Told):
    """`shopper:<shopper id>`. `cart` is the id of the live cart."""

    shopper: Shopper
    cart: str
    points: Points
    orders: dict[str, Order]


class StoreState(Told):
    """`store:<store id>`. When `reference` grows there is newer reference data to fetch; `heads` says of which kind:
    the version in which each kind changed last."""

    reference: Count
    heads: dict[str, Count]


class StoreNamed(Told):
    id: str
    names: Names
    zone: str


Condition = Literal["good", "attention", "trouble", "idle"]
"""How something stands at a glance; `idle` is what has never been seen."""

Worry = Literal["never", "away", "unsent", "hole", "skew", "device", "disk", "forked"]


class Report(Told):
    """What a terminal last said of itself at `at`, as in `Status`; `given` is the last number that it had given."""

    at: Milliseconds
    unsent: Count
    oldest_unsent: Milliseconds
    given: Count
    through: Count
    skew_ms: int
    devices: list[DeviceStatus]
    version: str
    free_mb: Count


class LinkPeriod(Told):
    """A time for which a terminal was connected; `until` is 0 while it lasts."""

    since: Milliseconds
    until: Milliseconds


class Terminal(Told):
    """`seen` is when it last said something, 0 for never; `last_sale` is the number of its last sale, or empty.

    `last_seq` is the last number that the hub has acknowledged, `lag` how many numbers it gave beyond that; `worries`
    say why its `state` is not good; `links` are the newest times of connection, oldest first.
    """

    id: str
    names: Names
    kind: TerminalKind
    online: bool
    seen: Milliseconds
    first_seen: Milliseconds
    last_seq: Count
    lag: Count
    last_sale: str
    state: Condition
    worries: list[Worry]
    report: Report | None
    links: list[LinkPeriod]


class Today(Told):
    """`day` is a date as `2024-05-31` in the store's time zone; `hours` are the amounts sold in each of its hours.
    `returns` goods came back worth `returned`, whenever they were sold; `net` is what was sold less that."""

    day: str
    sales: Count
    total: Amount
    average: Amount
    currency: str
    points: Count
    hours: Annotated[list[Amount], Field(min_length=24, max_length=24)]
    returns: Count = 0
    returned: Amount = 0
    net: Amount = 0


class SaleSummary(Told):
    id: str
    number: str
    terminal: str
    total: Amount
    currency: str
    at: Milliseconds
    known_shopper: bool


class FigureDiffering(Told):
    """One figure of a sale as it was sold and as the hub derives it; `line` is empty for the whole sale."""

    what: str
    line: str
    sold: Any
    derived: Any


ExceptionKind = Literal[
    "discrepancy",
    "conflict",
    "rejected",
    "fork",
    "bad_signature",
    "restored",
    "paid_twice",
    "returned",
    "hole",
    "code_guessing",
    "points_pace",
    "points_owed",
]


class Tried(Told):
    """A refused operation was carried out once more and refused again."""

    at: Milliseconds
    by: Names
    error: Refusal


class ExceptionShown(Told):
    """What waits for a person: `message` with its `params` says what happened; `error` is why something was refused.

    `replayable` says that the operation is kept as it was sent and can be carried out again; `tried` is the last such
    try.
    """

    id: Count
    kind: ExceptionKind
    at: Milliseconds
    message: str
    params: dict[str, Any]
    error: Refusal | None
    figures: list[FigureDiffering]
    replayable: bool
    tried: Tried | None


class SettledShown(Told):
    """A case that a member of staff has settled: how, who, when, and the reason in their words."""

    id: Count
    kind: ExceptionKind
    at: Milliseconds
    message: str
    params: dict[str, Any]
    how: Literal["closed", "replayed"]
    by: Names
    closed_at: Milliseconds
    reason: str


class LatencyMinute(Told):
    """How old `count` scans were when phones showed them, in the minute that begins at `at`; p50 and p99 in ms."""

    at: Milliseconds
    count: Count
    p50: Count
    p99: Count


class DashboardState(Told):
    """`dashboard:<store id>`. `waiting` counts the open cases, of which `exceptions` holds the oldest; `settled` and
    `sales` hold the newest, `latency` the last hours by minute."""

    store: StoreNamed
    terminals: dict[str, Terminal]
    today: Today
    sales: dict[str, SaleSummary]
    exceptions: dict[str, ExceptionShown]
    waiting: Count
    settled: dict[str, SettledShown]
    latency: dict[str, LatencyMinute]


class StoreHealth(Told):
    """A store at a glance: its worst `state`, what its terminals have not sent, its open cases, who is there."""

    id: str
    names: Names
    address: Names
    state: Condition
    unsent: Count
    oldest_unsent: Milliseconds
    waiting: Count
    online: Count
    terminals: Count


class CompanyState(Told):
    """`company:all`: the health of every store, and nothing else of it."""

    stores: dict[str, StoreHealth]


STATES: dict[str, type[Told]] = {
    "cart": CartState,
    "shopper": ShopperState,
    "store": StoreState,
    "dashboard": DashboardState,
    "company": CompanyState,
}
"""The state of each kind of stream: of what stands before the colon of its name."""
