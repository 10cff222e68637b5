"""What comes of an operation that the hub has carried out, by its kind; the other answers are in `retail.told`."""

from retail.messages import Milliseconds
from retail.told import Count, EmptyAnswer, ShopperAtTill, Told


class CartResult(Told):
    """The cart that the operation changed: the one it named, or the live cart that it moved into."""

    cart: str


class AttachResult(Told):
    cart: str
    shopper: ShopperAtTill


class CheckoutResult(Told):
    """The lease: its number, and when it ends unless it is renewed, by the hub's clock."""

    cart: str
    fence: Count
    until: Milliseconds


class SaleResult(Told):
    """The sale's id, and the points that its shopper was given."""

    sale: str
    points: Count


class VoidResult(Told):
    """Whether something was still set aside."""

    freed: bool


class ReturnResult(Told):
    """The return's id; the points that were taken back and given back, and those `withheld`, for whose worth `less`
    minor units are taken off what is paid out in cash, and the rest off what goes back to cards."""

    document: str
    taken: Count
    given_back: Count
    withheld: Count
    less: Count = 0


RESULTS: dict[str, type[Told]] = {
    "cart.add": CartResult,
    "cart.set": CartResult,
    "cart.remove": CartResult,
    "cart.take": CartResult,
    "cart.release": CartResult,
    "cart.abandon": CartResult,
    "cart.attach": AttachResult,
    "checkout.begin": CheckoutResult,
    "checkout.cancel": CartResult,
    "sale.commit": SaleResult,
    "hold.void": VoidResult,
    "sale.return": ReturnResult,
    "audit.note": EmptyAnswer,
}
"""The `result` of each kind of operation that was carried out."""
