"""Who works in the invented shop and who buys there. All names, addresses and numbers are invented."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from retail.catalogue import Names
from sample_shop.codes import card_number
from sample_shop.data.words import FIRST_NAMES, LAST_NAMES, PASSWORD_WORDS, STAFF
from sample_shop.tables import pairs, rows

Role = Literal["cashier", "manager"]
SHOPPERS = 50
# Ofcom keeps these thousand numbers for drama: nobody can be called on them.
PHONE_BASE = 447_700_900_000
SILENT_SHOPPERS = range(40, SHOPPERS)
"""These have just signed up and have no points yet."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """`pin` is plain: the hub hashes it when it takes the sample in."""

    id: str
    number: str
    name: str
    role: Role
    pin: str
    store: str
    language: str


@dataclass(frozen=True, slots=True)
class Shopper:
    """`phone` is E.164, `card` thirteen digits with prefix 29, `password` plain until the hub hashes it."""

    id: str
    name: Names
    email: str
    phone: str
    password: str
    card: str
    language: str
    points: int


def staff() -> list[StaffMember]:
    found = []
    for key, number, name, role, pin, store, language in rows(STAFF):
        rank: Role = "manager" if role == "manager" else "cashier"
        found.append(StaffMember(f"staff-{key}", number, name, rank, pin, store, language))
    return found


def shoppers(random: Random) -> list[Shopper]:
    """Fifty different people; the first is the one of the demonstration."""
    first, last = pairs(FIRST_NAMES), pairs(LAST_NAMES)
    found = []
    for number in range(SHOPPERS):
        # Every second round meets another surname, so no two people share both names.
        given = first[number % len(first)]
        surname = last[(number + 3 * (number // len(first))) % len(last)]
        name = {tongue: f"{given[tongue]} {surname[tongue]}" for tongue in given}
        word, other = random.sample(PASSWORD_WORDS, 2)
        found.append(
            Shopper(
                id=f"shopper-{number + 1:02d}",
                name=name,
                email=f"{name['en'].lower().replace(' ', '.')}@lindhaven.example",
                phone=f"+{PHONE_BASE + 17 * number + 101}",
                password=f"{word}-{other}-{random.randint(10, 99)}",
                card=card_number(number + 1),
                language="ru" if number % 3 == 2 else "en",
                points=0 if number in SILENT_SHOPPERS else random.randint(2, 180) * 5,
            )
        )
    return found
