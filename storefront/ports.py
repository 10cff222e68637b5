"""What the shop's pages ask for. The hub fulfils `Shop`; the storefront knows nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from retail.catalogue import Department, Names, Product, Store


@dataclass(frozen=True, slots=True)
class Aisle:
    """A department on the front page: `picture` is a product's id, whose picture stands for it; `count` its goods."""

    department: Department
    picture: str
    count: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of goods, counted from 1. Variants of one family appear once, by their first; `total` counts so too."""

    products: Sequence[Product]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A product with its whole family (itself included, alone where it has none) and its stock.

    `stock` is thousandths of the unit by store id; a store that does not have it is left out. `parts` are what a bundle
    consists of, with thousandths.
    """

    product: Product
    variants: Sequence[Product]
    stock: Mapping[str, int]
    parts: Sequence[tuple[Product, int]] = ()


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who is signed in; `card` is the thirteen digits of the loyalty card, empty where there is none."""

    id: str
    names: Names
    language: str
    card: str


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in: an unguessable token for the cookie and its life in seconds."""

    token: str
    life_s: int
    shopper: Shopper


class Shop(Protocol):
    """Every method may be called from any thread. Unknown ids give None; only `sign_in` refuses."""

    def stores(self) -> Sequence[Store]:
        """All stores, the one whose prices and currency the online shop uses first."""

    def departments(self) -> Sequence[Aisle]:
        """The departments in their order."""

    def products(self, department: str, search: str, page: int, language: str) -> Listing:
        """Goods of a department (empty: all) that match a search (empty: everything); a page past the end is empty."""

    def goods(self, limit: int) -> Sequence[str]:
        """The ids of the first goods in the shop's order, variants once by the first of them: addresses for robots."""

    def product(self, id: str) -> Offer | None:
        """A product with its variants and its stock."""

    def picture(self, product: str) -> str | None:
        """SVG text of a product's picture, by the product's id."""

    def sign_in(self, login: str, password: str) -> Session:
        """The session of who has this e-mail address or phone number and this password.

        Raises `retail.errors.RetailError` with a sentence for the shopper; a code that ends in `wait` or `locked`
        means too many tries.
        """

    def sign_out(self, token: str) -> None:
        """End a session and disconnect what it opened; an unknown token is none of our business."""

    def shopper(self, token: str) -> Shopper | None:
        """Who is signed in with this token, or None where it is unknown or has expired."""

    def order(self, token: str, id: str) -> Mapping[str, Any] | None:
        """An order of the signed-in shopper as docs/protocol.md has it (`Order`), or None."""

    def receipt(self, id: str) -> Mapping[str, Any] | None:
        """A sale for whoever has its receipt: `{sale, store, zone, lines, faults}`, with nobody's name. `sale` is the
        `Sale` of docs/protocol.md, `lines` say for each of its lines why it cost what it cost (`retail.why`), `faults`
        is empty where every amount is right."""
