"""What a shop sells: stores, departments, tax rates and products, as values without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from stdnum import ean

from retail.errors import N_, CatalogueError
from retail.money import QUANTITY_ONE

Unit = Literal["piece", "kg", "m", "l"]
"""What a price is for: one piece, or one kilogram, metre or litre, of which thousandths are sold."""

GTIN_DIGITS = 14
PARTS_MAX = 50
"""Products that one bundle consists of."""

PART_MAX = 999_000
"""Thousandths of one of them."""

PACK_PIECES_MAX = 9_999
"""So many pieces are in one pack at most: as many as one line of a cart holds."""

TaxRounding = Literal["document", "line"]
Names = dict[str, str]
"""A name in each language of the shop: {"en": ..., "ru": ...}."""


@dataclass(frozen=True, slots=True)
class Store:
    """A shop with an address; `zone` is its IANA time zone."""

    id: str
    code: str
    """Two digits, the first part of every sale number."""
    names: Names
    address: Names
    currency: str
    zone: str
    language: str
    tax_added: bool = False
    """Its prices are without tax, which comes on top at the end, as in the United States."""
    tax_rounding: TaxRounding = "document"
    cash_step: int = 0
    """What cash is rounded to, in minor units: 5 where one and two cents are not used; 0 where all coins are."""


@dataclass(frozen=True, slots=True)
class Department:
    id: str
    names: Names
    ordinal: int
    hue: int
    """Degrees on the colour wheel, so that a department looks the same on every screen."""


@dataclass(frozen=True, slots=True)
class TaxPart:
    """One of several taxes on the same goods; `ppm` in parts of a million: 88750 is 8.875 %.

    A `compound` one is taken from the price and the taxes before it: tax on tax.
    """

    names: Names
    ppm: int
    compound: bool = False


@dataclass(frozen=True, slots=True)
class TaxRate:
    """`rate` in hundredths of a percent: 2000 is 20 %. With `parts` the tax is theirs, and `rate` only says about how
    much that is in all."""

    code: str
    """One letter, as it stands behind each line of the receipt."""
    names: Names
    rate: int
    parts: tuple[TaxPart, ...] = ()


def tax_rate_from(body: Mapping[str, Any]) -> TaxRate:
    """The rate that `dataclasses.asdict` wrote; what a newer version adds to it is left out."""
    parts = tuple(
        TaxPart(dict(row["names"]), row["ppm"], row.get("compound", False)) for row in body.get("parts") or ()
    )
    return TaxRate(body["code"], body["names"], body["rate"], parts)


@dataclass(frozen=True, slots=True)
class Product:
    """One thing that can be sold: of a product in sizes and colours, each size and colour is one.

    `id` is the stable key in every channel; `gtin` has 14 digits (GS1 General Specifications 2.1), empty where
    goods carry only an in-store code. A weighed product is sold by the kilogram, found by its `plu`: the five
    digits inside a variable measure barcode. A measured one is sold by the kilogram, the metre or the litre.
    """

    id: str
    gtin: str
    names: Names
    department: str
    price: int
    """Minor units for one whole unit, tax included."""
    tax: str
    unit: Unit = "piece"
    plu: str = ""
    family: str = ""
    """Shared by the variants of one product; empty where there are none."""
    family_names: Names = field(default_factory=dict)
    attributes: dict[str, Names] = field(default_factory=dict)
    """What sets a variant apart: {"size": {"en": "42", "ru": "42"}, "colour": {...}}."""
    picture: str = ""
    """Name of its picture, without an ending."""
    packs: dict[str, int] = field(default_factory=dict)
    """The packs that it comes in: the GTIN of each, in 14 digits, and how many pieces are in it."""
    parts: dict[str, int] = field(default_factory=dict)
    """Of a bundle, what one of it consists of: thousandths of each product by its id. Empty for anything else."""

    @property
    def weighed(self) -> bool:
        return self.unit == "kg"

    @property
    def measured(self) -> bool:
        """Whether parts of a whole are sold: then each weight, length or volume is a line of its own."""
        return self.unit != "piece"

    def as_dict(self) -> dict[str, Any]:
        # Written out: `asdict` looks into every value, which was half of what a search at the till computed.
        return {name: getattr(self, name) for name in self.__slots__} | {
            "names": {**self.names},
            "family_names": {**self.family_names},
            "attributes": {kind: {**names} for kind, names in self.attributes.items()},
            "packs": {**self.packs},
            "parts": {**self.parts},
        }


def check_packs(product: Product) -> None:
    """Refuse a pack whose code cannot be scanned, or that is no pack of pieces."""
    for gtin, pieces in product.packs.items():
        right = len(gtin) == GTIN_DIGITS and gtin.isascii() and gtin.isdecimal() and ean.is_valid(gtin)
        if not right or gtin == product.gtin:
            raise CatalogueError("catalogue.pack_code", N_("{code} is no code of a pack of its own."), code=gtin)
        if product.measured or not 2 <= pieces <= PACK_PIECES_MAX:
            raise CatalogueError(
                "catalogue.pack",
                N_("A pack holds 2 to {limit} pieces of something that is sold by the piece."),
                limit=PACK_PIECES_MAX,
            )


def check_parts(product: Product, known: Mapping[str, Product]) -> None:
    """Refuse a bundle that cannot be sold whole: `known` are the products that it consists of, by id."""
    if not product.parts:
        return
    if product.measured or len(product.parts) > PARTS_MAX:
        raise CatalogueError(
            "catalogue.bundle",
            N_("A bundle is sold by the piece and consists of {limit} products at most."),
            limit=PARTS_MAX,
        )
    for item, quantity in product.parts.items():
        part = known.get(item)
        if part is None:
            raise CatalogueError("catalogue.unknown_item", N_("There is no product {item}."), item=item)
        if part.parts or item == product.id:
            raise bundle_part(item)
        if not 0 < quantity <= PART_MAX or (not part.measured and quantity % QUANTITY_ONE):
            raise CatalogueError("catalogue.part_quantity", N_("So much of {item} cannot be in a bundle."), item=item)
        if part.tax != product.tax:
            raise CatalogueError(
                "catalogue.bundle_tax",
                N_("A bundle has one tax rate. {item} is taxed by {code}; sell it beside the bundle."),
                item=item,
                code=part.tax,
            )


def bundle_part(item: str) -> CatalogueError:
    return CatalogueError("catalogue.bundle_part", N_("{item} is a bundle, and no part of another."), item=item)


def product_from(body: dict[str, Any]) -> Product:
    """The product that `Product.as_dict` wrote."""
    return Product(**body)
