"""Combines sorts, sizes, colours and brands into products whose names a person would write."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from random import Random

from retail.catalogue import Department, Names
from sample_shop.data.words import BRAND_HEADS, BRAND_TAILS, BRANDS, DEPARTMENTS
from sample_shop.tables import GENDERS, Colour, Goods, Size, Sort, colours, pairs, read_goods, rows

HUE_STEPS = (-16, -8, 0, 8, 16)
UNBRANDED_EVERY = 3
"""Of the goods that may have a brand, every third of a small shop has none, as shops do with what they sell most."""
COLOURS_OF_A_FAMILY = 2
SIZES_OF_A_FAMILY = 3


@dataclass(frozen=True, slots=True)
class Shelf:
    """A department with what stands in it."""

    department: Department
    tax: str
    share: int
    goods: list[Goods]


@dataclass(frozen=True, slots=True)
class Draft:
    """A product before it has numbers."""

    names: Names
    price: int
    picture: str
    weighed: bool = False
    made_here: bool = False
    family: str = ""
    family_names: Names = field(default_factory=dict)
    attributes: dict[str, Names] = field(default_factory=dict)


def shelves() -> list[Shelf]:
    """The twelve departments with their rows, in the order in which a shopper walks past them."""
    found = []
    for ordinal, (key, english, russian, hue, tax, share, table) in enumerate(rows(DEPARTMENTS)):
        module, _, name = table.partition(".")
        department = Department(key, {"en": english, "ru": russian}, ordinal, int(hue))
        text = getattr(import_module(f"sample_shop.data.{module}"), name)
        found.append(Shelf(department, tax, int(share), read_goods(text)))
    return found


def brands() -> list[Names]:
    """Written ones first, then pairs of syllables; all invented."""
    composed = [
        {"en": head["en"] + tail["en"], "ru": head["ru"] + tail["ru"]}
        for tail in pairs(BRAND_TAILS)
        for head in pairs(BRAND_HEADS)
    ]
    return pairs(BRANDS) + composed


def drafts(shelf: Shelf, random: Random) -> Iterator[Draft]:
    """Everything the shelf can hold, the most varied first; the same for the same random numbers."""
    makers = brands()
    first, rest = makers[: len(pairs(BRANDS))], makers[len(pairs(BRANDS)) :]
    random.shuffle(first)
    makers = first + rest
    colourful = bool(shelf.goods[0].gender)
    for lap in range(len(makers)):
        lots = [
            (_families(goods, random) if colourful else _sorts_and_sizes(goods, random))
            if goods.branded or lap == 0
            else []
            for goods in shelf.goods
        ]
        yield from _interleave(shelf, lots, makers, lap, random)


Lot = list[tuple[Goods, Sort, list[tuple[Size, Colour | None]]]]


def _sorts_and_sizes(goods: Goods, random: Random) -> Lot:
    lot: Lot = [(goods, sort, [(size, None)]) for sort in goods.sorts for size in goods.sizes]
    if not goods.weighed:
        random.shuffle(lot)
    return lot


def _families(goods: Goods, random: Random) -> Lot:
    """One family for each sort: some colours, each in a run of sizes."""
    lot: Lot = []
    for sort in goods.sorts:
        chosen = random.sample(colours(), COLOURS_OF_A_FAMILY)
        start = random.randint(0, max(0, len(goods.sizes) - SIZES_OF_A_FAMILY))
        sizes = goods.sizes[start : start + SIZES_OF_A_FAMILY]
        lot.append((goods, sort, [(size, colour) for colour in chosen for size in sizes]))
    random.shuffle(lot)
    return lot


def _interleave(shelf: Shelf, lots: list[Lot], makers: list[Names], lap: int, random: Random) -> Iterator[Draft]:
    """One of each row in turn. In lap n every combination has another brand than in the laps before."""
    hand_written = len(pairs(BRANDS))
    for level in range(max((len(lot) for lot in lots), default=0)):
        for row, lot in enumerate(lots):
            if level >= len(lot):
                continue
            goods, sort, variants = lot[level]
            # The sort's own place decides the brand, not the shuffled one: so no lap repeats a name.
            place = row * 5 + goods.sorts.index(sort) * 3
            unbranded = not goods.branded or (lap == 0 and place % UNBRANDED_EVERY == 0)
            brand = None if unbranded else makers[(place % hand_written + lap) % len(makers)]
            yield from _variants(shelf, goods, sort, variants, brand, random)


def _variants(
    shelf: Shelf,
    goods: Goods,
    sort: Sort,
    variants: list[tuple[Size, Colour | None]],
    brand: Names | None,
    random: Random,
) -> Iterator[Draft]:
    names = _names(goods, sort, brand)
    share = random.randint(88, 128) if brand else random.randint(90, 104)
    hue = sort.tone or str((shelf.department.hue + random.choice(HUE_STEPS)) % 360)
    for size, colour in variants:
        price = shop_price(size.price * share // 100)
        if colour is None:
            full = {tongue: f"{name} {size.names[tongue]}".strip() for tongue, name in names.items()}
            yield Draft(full, price, f"{goods.picture}-{hue}", goods.weighed, goods.made_here)
            continue
        form = colour.forms[GENDERS.index(goods.gender)]
        yield Draft(
            names={
                "en": f"{names['en']}, {colour.id}, {size.names['en']}",
                "ru": f"{names['ru']}, {form}, {size.names['ru']}",
            },
            price=price,
            picture=f"{goods.picture}-{colour.id}",
            family="-".join(re.findall(r"[a-z]+", names["en"].lower())),
            family_names=names,
            attributes={"colour": {"en": colour.id, "ru": colour.forms[0]}, "size": size.names},
        )


def _names(goods: Goods, sort: Sort, brand: Names | None) -> Names:
    english = goods.names["en"].format(sort.names["en"])
    russian = goods.names["ru"].format(sort.names["ru"])
    if brand:
        return {"en": f"{brand['en']} {english}", "ru": f"{russian} «{brand['ru']}»"}
    return {"en": english[:1].upper() + english[1:], "ru": russian}


def shop_price(cents: int) -> int:
    """The nearest price as shops write it: 1.29 below ten euros, 12.95 below forty, whole and 90 cents above."""
    if cents < 1000:
        return max(19, (cents + 5) // 10 * 10 - 1)
    if cents < 4000:
        return (cents + 50) // 100 * 100 - 5
    return (cents + 250) // 500 * 500 - 10


def shared_out(total: int, random: Random, found: list[Shelf]) -> list[list[Draft]]:
    """`total` drafts by the departments' shares; what a full shelf cannot hold goes to the others."""
    streams = [drafts(shelf, random) for shelf in found]
    whole = sum(shelf.share for shelf in found)
    taken = [list(islice(stream, total * shelf.share // whole)) for stream, shelf in zip(streams, found, strict=True)]
    missing = total - sum(map(len, taken))
    open_shelves = list(range(len(found)))
    while missing and open_shelves:
        for place in list(open_shelves):
            more = list(islice(streams[place], max(1, missing // len(open_shelves))))[:missing]
            taken[place] += more
            missing -= len(more)
            if not more:
                open_shelves.remove(place)
    return taken
