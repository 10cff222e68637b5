"""The one live cart: lines with owners, and the operations that change them.

A line that a till or kiosk scanned is *in hand*: it belongs to that device and nobody else changes it. A line chosen
online is *virtual*: it belongs to the hub, and its changes are deltas in the hub's order. So two devices never fight
over a line, whatever order the network gives their words (docs/protocol.md, "Operations").
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from retail import lease as leases
from retail.codec import fields_of
from retail.errors import N_, CartRefused
from retail.lease import Lease
from retail.money import QUANTITY_ONE

HUB = "hub"
"""The owner of virtual lines."""

CART_LINES_MAX = 500
LINE_QUANTITY_MAX = 9_999_000
"""Thousandths: 9,999 pieces or kilograms in one line."""

Channel = Literal["till", "kiosk", "online"]
Fulfilment = Literal["carry_out", "collect", "deliver"]
Status = Literal["open", "moved", "closed"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who speaks: a device and the channel it stands in."""

    device: str
    channel: Channel

    @property
    def owner(self) -> str:
        """The owner of the lines that this device makes."""
        return HUB if self.channel == "online" else self.device


@dataclass(frozen=True, slots=True)
class CartLine:
    """So many thousandths of an item, in somebody's hand or chosen online; `at` is when it last changed, in ms.

    `origin` is the channel whose hand held it last: a released line keeps it, a taken line gets the taker's.
    """

    id: str
    item: str
    quantity: int
    owner: str
    origin: Channel
    n: int
    """Its place in the cart: lines never change places."""
    fulfilment: Fulfilment = "carry_out"
    weighed: bool = False
    """Weighed or measured: the line is one such weight, length or volume."""
    at: int = 0
    pack: int = 0
    """How many pieces are in each of the packs that it counts; 0 where it counts single pieces."""

    @property
    def in_hand(self) -> bool:
        return self.owner != HUB


@dataclass(frozen=True, slots=True)
class Cart:
    id: str
    lines: Mapping[str, CartLine] = field(default_factory=dict)
    shopper: str = ""
    status: Status = "open"
    moved_to: str = ""
    next_n: int = 1
    lease: Lease | None = None
    """Who has its lines paid now; `fence` is the highest number that a lease of this cart ever had."""
    fence: int = 0

    def of(self, owner: str) -> list[CartLine]:
        """The lines of one owner, in their order."""
        return sorted((line for line in self.lines.values() if line.owner == owner), key=lambda line: line.n)


@dataclass(frozen=True, slots=True)
class Add:
    """So many more of an item; negative takes away, and nothing goes below zero: from a line that is already gone
    there is nothing left to take. Of packs with `pack` pieces each, `quantity` counts the pieces.

    `line` is the id if it is a new line. With `named` it is the line that is meant, and no other of the same item: so
    a terminal, which has joined its lines already, and the hub agree on them whatever was on its way meanwhile.
    """

    line: str
    item: str
    quantity: int
    fulfilment: Fulfilment = "carry_out"
    weighed: bool = False
    named: bool = False
    pack: int = 0


@dataclass(frozen=True, slots=True)
class SetQuantity:
    """Make it `to`, having seen `seen`: applied as the difference, so an addition nobody saw is not undone."""

    line: str
    to: int
    seen: int


@dataclass(frozen=True, slots=True)
class Remove:
    """Take away what was seen; what somebody added since stays."""

    line: str
    seen: int


@dataclass(frozen=True, slots=True)
class Take:
    """A terminal takes a virtual line, or a kiosk's, into its own hand."""

    line: str


@dataclass(frozen=True, slots=True)
class Release:
    """A terminal lets go of its lines: they stay in the cart as virtual lines and can be taken at any till."""


@dataclass(frozen=True, slots=True)
class Attach:
    """The cart is this shopper's. The first wins, the same again is well, another is refused unless `replace`."""

    shopper: str
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Abandon:
    """A terminal gives up its lines: the goods went back to the shelf."""


@dataclass(frozen=True, slots=True)
class Settle:
    """These lines were paid: they leave the cart, the rest stays for next time. `fence` is that of the payer's lease,
    0 where it paid without one."""

    lines: tuple[str, ...]
    fence: int = 0


@dataclass(frozen=True, slots=True)
class Begin:
    """A terminal begins to have its lines paid, or goes on: `lines` are the quantities that its payer was shown, and
    `hub_at` is the hub's clock."""

    lines: Mapping[str, int]
    hub_at: int = 0


@dataclass(frozen=True, slots=True)
class Cancel:
    """The terminal does not have its lines paid now after all."""


Operation = Add | SetQuantity | Remove | Take | Release | Attach | Abandon | Settle | Begin | Cancel


def apply(cart: Cart, actor: Actor, operation: Operation, at: int) -> Cart:
    """The cart after the operation; `CartRefused` says why not, and then nothing has changed."""
    if cart.status != "open":
        raise closed()
    return _RULES[type(operation)](cart, actor, operation, at)


def _add(cart: Cart, actor: Actor, add: Add, at: int) -> Cart:
    if add.quantity == 0 or (add.weighed and add.quantity < 0):
        raise CartRefused("cart.quantity", N_("The quantity has to be more than zero."))
    line = _same_line(cart, actor, add)
    if line is not None:
        return _with_quantity(cart, line, line.quantity + add.quantity, at)
    if add.quantity < 0:
        # Two phones tapped minus on the last piece: both meant "none of it", and none of it there is.
        return cart
    if len(cart.lines) >= CART_LINES_MAX:
        raise _too_many_lines()
    if add.line in cart.lines:
        raise CartRefused("cart.line_exists", N_("This line is already in the cart."))
    mark = (actor.owner, actor.channel, cart.next_n)
    new = CartLine(add.line, add.item, 0, *mark, add.fulfilment, add.weighed, at, add.pack)
    return _with_quantity(replace(cart, next_n=cart.next_n + 1), new, add.quantity, at)


def _same_line(cart: Cart, actor: Actor, add: Add) -> CartLine | None:
    """The owner's first line of the same item, fulfilment and pack. Each weighing is a line of its own."""
    if add.weighed:
        return None
    wanted = (add.item, add.fulfilment, False, add.pack)
    same = [line for line in cart.of(actor.owner) if (line.item, line.fulfilment, line.weighed, line.pack) == wanted]
    if add.named:
        return next((line for line in same if line.id == add.line), None)
    return next(iter(same), None)


def _set_quantity(cart: Cart, actor: Actor, change: SetQuantity, at: int) -> Cart:
    line = _own_line(cart, actor, change.line)
    if change.to < 0 or change.seen < 0:
        raise CartRefused("cart.quantity", N_("The quantity has to be more than zero."))
    return _with_quantity(cart, line, line.quantity + change.to - change.seen, at)


def _remove(cart: Cart, actor: Actor, remove: Remove, at: int) -> Cart:
    line = _own_line(cart, actor, remove.line)
    if remove.seen < 0:
        raise CartRefused("cart.quantity", N_("The quantity has to be more than zero."))
    return _with_quantity(cart, line, line.quantity - remove.seen, at)


def _take(cart: Cart, actor: Actor, take: Take, at: int) -> Cart:
    line = _line(cart, take.line)
    if actor.channel == "online":
        raise CartRefused("cart.not_a_terminal", N_("Only a till or a kiosk can take goods in hand."))
    if line.owner == actor.owner:
        return cart
    if cart.lease is not None and line.owner == cart.lease.device:
        raise leases.being_paid(cart.lease)
    if line.in_hand and not (actor.channel == "till" and line.origin == "kiosk"):
        raise CartRefused("cart.in_hand", N_("This line is in hand at another till and is paid there."))
    # With the owner goes the origin, or a second till could take a kiosk's line out of the first till's hand.
    return _with_line(cart, replace(line, owner=actor.owner, origin=actor.channel, at=at))


def _release(cart: Cart, actor: Actor, _: Release, at: int) -> Cart:
    lines = {
        line.id: replace(line, owner=HUB, at=at) if line.owner == actor.owner else line for line in cart.lines.values()
    }
    return _done(replace(cart, lines=lines), actor)


def _attach(cart: Cart, actor: Actor, attach: Attach, at: int) -> Cart:
    if not attach.shopper:
        raise CartRefused("cart.no_shopper", N_("This card belongs to no shopper that is known here."))
    if cart.shopper in ("", attach.shopper) or (attach.replace and actor.channel == "till"):
        return replace(cart, shopper=attach.shopper)
    raise CartRefused(
        "cart.other_shopper",
        N_("This cart already belongs to another shopper. A cashier can change that."),
    )


def _abandon(cart: Cart, actor: Actor, _: Abandon, at: int) -> Cart:
    rest = {k: line for k, line in cart.lines.items() if line.owner != actor.owner}
    return _done(replace(cart, lines=rest), actor)


def _settle(cart: Cart, actor: Actor, settle: Settle, at: int) -> Cart:
    paid = {line for line in settle.lines if line in cart.lines and cart.lines[line].owner == actor.owner}
    rest = {k: line for k, line in cart.lines.items() if k not in paid}
    return _done(replace(cart, lines=rest), actor, settle.fence)


def _begin(cart: Cart, actor: Actor, begin: Begin, _: int) -> Cart:
    if actor.channel == "online":
        raise CartRefused("cart.not_a_terminal", N_("Only a till or a kiosk can take goods in hand."))
    lease = leases.granted(cart.lease, actor.device, cart.fence, begin.hub_at)
    for line_id, seen in begin.lines.items():
        line = cart.lines.get(line_id)
        if line is None or (line.owner, line.quantity) != (actor.owner, seen):
            raise CartRefused(
                "cart.stale", N_("The cart has changed meanwhile. Look at the lines and the total, then pay again.")
            )
    return replace(cart, lease=lease, fence=max(cart.fence, lease.fence))


def _cancel(cart: Cart, actor: Actor, _: Cancel, at: int) -> Cart:
    return _done(cart, actor)


def _done(cart: Cart, actor: Actor, fence: int = 0) -> Cart:
    lease = leases.ended(cart.lease, actor.device, fence)
    return cart if lease is cart.lease else replace(cart, lease=lease)


def lapsed(cart: Cart, now: int) -> Cart:
    """The cart without a lease whose time is over at `now`, by the hub's clock in ms."""
    lease = leases.held(cart.lease, now)
    return cart if lease is cart.lease else replace(cart, lease=lease)


def closed() -> CartRefused:
    return CartRefused("cart.closed", N_("This cart is closed. Scan again to start a new one."))


def move(source: Cart, target: Cart, owner: str) -> tuple[Cart, Cart]:
    """All lines of `owner` go from `source` to the end of `target`, in their order; a cart moved to itself stays.

    `CartRefused` where `target` is closed, would hold too many lines or has a line of the same id; then nothing
    has changed and the goods can be paid from `source`.
    """
    if source.id == target.id:
        return source, target
    going = source.of(owner)
    if target.status != "open":
        raise closed()
    if len(target.lines) + len(going) > CART_LINES_MAX:
        raise _too_many_lines()
    lines, n = dict(target.lines), target.next_n
    for line in going:
        if line.id in lines:
            raise CartRefused("cart.line_exists", N_("This line is already in the cart."))
        lines[line.id] = replace(line, n=n)
        n += 1
    rest = {k: line for k, line in source.lines.items() if line.owner != owner}
    lease = leases.ended(source.lease, owner)
    return replace(source, lines=rest, lease=lease), replace(target, lines=lines, next_n=n)


def _line(cart: Cart, line_id: str) -> CartLine:
    if line_id not in cart.lines:
        raise CartRefused("cart.line_gone", N_("This line is no longer in the cart."))
    return cart.lines[line_id]


def _own_line(cart: Cart, actor: Actor, line_id: str) -> CartLine:
    line = _line(cart, line_id)
    if line.owner != actor.owner:
        if line.in_hand:
            raise CartRefused("cart.in_hand", N_("This line is in hand at a till and is changed there."))
        raise CartRefused("cart.virtual", N_("This line was chosen online. Take it in hand to change it here."))
    return line


def _too_many_lines() -> CartRefused:
    return CartRefused(
        "cart.too_many_lines",
        N_("A cart holds {limit} lines at most. Pay this one and go on in a new one."),
        limit=CART_LINES_MAX,
    )


def _with_quantity(cart: Cart, line: CartLine, quantity: int, at: int) -> Cart:
    if quantity > LINE_QUANTITY_MAX:
        raise CartRefused("cart.too_much", N_("One line holds {limit} at most."), limit=LINE_QUANTITY_MAX // 1000)
    if quantity <= 0:
        return replace(cart, lines={k: other for k, other in cart.lines.items() if k != line.id})
    if line.pack and quantity % (line.pack * QUANTITY_ONE):
        raise CartRefused("cart.whole_packs", N_("This line counts whole packs of {count}."), count=line.pack)
    return _with_line(cart, replace(line, quantity=quantity, at=at))


def _with_line(cart: Cart, line: CartLine) -> Cart:
    return replace(cart, lines={**cart.lines, line.id: line})


_RULES: dict[type, Callable[[Cart, Actor, Any, int], Cart]] = {
    Add: _add,
    SetQuantity: _set_quantity,
    Remove: _remove,
    Take: _take,
    Release: _release,
    Attach: _attach,
    Abandon: _abandon,
    Settle: _settle,
    Begin: _begin,
    Cancel: _cancel,
}


def line_as_dict(line: CartLine) -> dict[str, Any]:
    """The line as it goes over a wire."""
    return fields_of(line)


def line_from(body: Mapping[str, Any]) -> CartLine:
    return CartLine(**body)
