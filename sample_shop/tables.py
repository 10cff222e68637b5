"""Reads the hand-written lists. One row is one kind of goods:

    picture | English with {} for the sort | Russian with {} for the sort | sorts | sizes with prices

A sort is `english@tone=russian`; the tone is a hue of the picture and may be left out. Before the picture `!` says that
the goods have no brand and `#` that the shop makes them itself, so they carry an in-store number. The size `kg` means
sold by weight. Clothes and shoes have bare sizes and one price; the letter before the Russian name is its gender (m, f,
n, p), for the colours to agree with. A line that begins with a space goes on with the row above it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from retail.catalogue import Names
from sample_shop.data.words import COLOURS, UNITS

GENDERS = "mfnp"


@dataclass(frozen=True, slots=True)
class Sort:
    names: Names
    tone: str
    """Hue of the picture in degrees, or empty for the department's own."""


@dataclass(frozen=True, slots=True)
class Size:
    names: Names
    price: int
    """Minor units before the brand's share."""


@dataclass(frozen=True, slots=True)
class Colour:
    id: str
    forms: tuple[str, ...]
    """Russian: masculine, feminine, neuter, plural."""
    paint: str


@dataclass(frozen=True, slots=True)
class Goods:
    """One row. `gender` is empty for goods without colours; `weighed` ones have a single size."""

    picture: str
    names: Names
    sorts: tuple[Sort, ...]
    sizes: tuple[Size, ...]
    branded: bool
    made_here: bool
    weighed: bool
    gender: str = ""


def rows(table: str) -> Iterator[list[str]]:
    """The cells of each row, continuation lines joined."""
    joined: list[str] = []
    for line in table.strip().splitlines():
        if line.startswith(" "):
            joined[-1] += " " + line.strip()
        else:
            joined.append(line)
    for line in joined:
        yield [cell.strip() for cell in line.split("|")]


def pairs(text: str) -> list[Names]:
    """`Lark=Ларк Wren=Рен` as names in both languages."""
    words = (word.split("=") for word in text.split() if "=" in word)
    return [{"en": english, "ru": russian} for english, russian in words]


def read_goods(table: str) -> list[Goods]:
    """Every row of one department's list."""
    return [_goods(*cells) for cells in rows(table)]


def _goods(picture: str, english: str, russian: str, sorts: str, sizes: str) -> Goods:
    gender, bare = "", russian
    if russian[:1] in GENDERS and russian[1:2] == " ":
        gender, bare = russian[0], russian[2:]
    return Goods(
        picture=picture.lstrip("!#"),
        names={"en": english, "ru": bare},
        sorts=tuple(_sort(text) for text in sorts.split(";")),
        sizes=_bare_sizes(sizes) if gender else tuple(_size(text) for text in sizes.split(",")),
        branded=picture[0] not in "!#",
        made_here=picture[0] == "#",
        weighed=sizes.startswith("kg "),
        gender=gender,
    )


def _sort(text: str) -> Sort:
    english, russian = text.strip().split("=")
    english, _, tone = english.partition("@")
    return Sort({"en": english, "ru": russian}, tone)


def _size(text: str) -> Size:
    *measure, price = text.split()
    unit = measure[-1]
    if measure[0] in ("kg", "1") and unit in ("kg", "pcs") and measure != ["1", "kg"]:
        return Size({"en": "", "ru": ""}, _cents(price))
    amount = measure[0] if len(measure) > 1 else ""
    english = f"{amount} {unit}".strip()
    russian = f"{amount.replace('.', ',')} {UNITS[unit]}".strip()
    return Size({"en": english, "ru": russian}, _cents(price))


def _bare_sizes(text: str) -> tuple[Size, ...]:
    *sizes, price = text.split()
    return tuple(Size({"en": size, "ru": size}, _cents(price)) for size in sizes)


def _cents(price: str) -> int:
    euros, cents = price.split(".")
    return int(euros) * 100 + int(cents)


def colours() -> list[Colour]:
    """The colours of clothes and shoes."""
    return [Colour(name, tuple(forms.split()), paint) for name, forms, paint in rows(COLOURS)]
