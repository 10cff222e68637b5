"""What the hub has set aside for the open visit, or is being asked to: parts of the till's state."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from retail.messages import HoldKind


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon of the cart, by its claim at the hub, and the promotion that it switches on. `ours` was asked for here;
    `seen` says that the shopper's cart has shown it."""

    claim: str
    promotion: str
    names: Mapping[str, str] = field(default_factory=dict)
    ours: bool = True
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """Points that are set aside and may be used once their owner allows it: `number` stands on this screen and on the
    phone, `until` when the question is over (ms of the hub's clock). `said` is the cart's last word about it: `open`,
    `allowed`, `refused`, `over`, or "" before the first."""

    number: int
    until: int
    points: int
    amount: int
    said: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """What the hub is being asked to set aside under the id `hold` for the visit `cart`, since `at` (ms). With an
    `approval` it has been, and somebody has still to allow it; `approved_by` is the manager who has, by PIN, here."""

    hold: str
    kind: HoldKind
    cart: str
    at: int
    code: str = ""
    pin: str = ""
    amount: int = 0
    approval: Approval | None = None
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Points that the hub lets the visit's shopper use should it go away, as `retail.told.Allowed`. `amount` is 0 while
    it is `asked`, and where it has said no."""

    nonce: str
    asked: bool = True
    account: str = ""
    terminal: str = ""
    amount: int = 0
    not_after: int = 0
    signature: str = ""
    public: str = ""
