"""The states of the streams, as models: what a cart, a shopper, a store and a dashboard look like."""

from typing import Annotated, Any, Literal

from pydantic import Field

from retail.cart import Channel, Fulfilment, Status
from retail.catalogue import Names, Unit
from retail.messages import Milliseconds
from retail.told import Amount, Count, Refusal, Shopper, TerminalKind, Thousandths, Told


class Place(Told):
    """Where an in-hand line is: the terminal, and the names of the terminal and of its store."""

    device: str
    kind: TerminalKind
    names: Names
    store: Names


class Line(Told):
    """A line of a cart as everybody sees it; `at` is when it last changed."""

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
    picture: str
    n: Count
    at: Milliseconds


class Totals(Told):
    total: Amount
    in_hand: Amount
    virtual: Amount
    tax: Amount
    currency: str
    count: Count
    points: Count


class CartState(Told):
    """`cart:<cart id>`. `moved_to` and `shopper` are empty where there is none."""

    id: str
    status: Status
    moved_to: str
    shopper: str
    lines: dict[str, Line]
    totals: Totals


class OrderLine(Told):
    names: Names
    quantity: Thousandths
    unit: Unit
    unit_price: Amount
    total: Amount


class Order(Told):
    """A sale as its shopper sees it; `receipt` is the paper document that the terminal sent, or `{}`. `zone` is the
    store's time zone (IANA), in which `at` is shown."""

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


class Points(Told):
    active: Count


class ShopperState(Told):
    """`shopper:<shopper id>`. `cart` is the id of the live cart."""

    shopper: Shopper
    cart: str
    points: Points
    orders: dict[str, Order]


class StoreState(Told):
    """`store:<store id>`. When `reference` grows there is newer reference data to fetch."""

    reference: Count


class StoreNamed(Told):
    id: str
    names: Names
    zone: str


class Terminal(Told):
    """`seen` is when it last said something, 0 for never; `last_sale` is the number of its last sale, or empty."""

    id: str
    names: Names
    kind: TerminalKind
    online: bool
    seen: Milliseconds
    last_seq: Count
    last_sale: str


class Today(Told):
    """`day` is a date as `2024-05-31` in the store's time zone; `hours` are the amounts sold in each of its hours."""

    day: str
    sales: Count
    total: Amount
    average: Amount
    currency: str
    points: Count
    hours: Annotated[list[Amount], Field(min_length=24, max_length=24)]


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


ExceptionKind = Literal["discrepancy", "conflict", "rejected", "fork", "restored", "paid_twice", "hole"]


class ExceptionShown(Told):
    """What waits for a person: `message` with its `params` says what happened; `error` is why something was refused."""

    id: Count
    kind: ExceptionKind
    at: Milliseconds
    message: str
    params: dict[str, Any]
    error: Refusal | None
    figures: list[FigureDiffering]


class DashboardState(Told):
    """`dashboard:<store id>`."""

    store: StoreNamed
    terminals: dict[str, Terminal]
    today: Today
    sales: dict[str, SaleSummary]
    exceptions: dict[str, ExceptionShown]


STATES: dict[str, type[Told]] = {
    "cart": CartState,
    "shopper": ShopperState,
    "store": StoreState,
    "dashboard": DashboardState,
}
"""The state of each kind of stream: of what stands before the colon of its name."""
