"""Right messages of every kind, and what they become when something about them is wrong."""

import copy
import random
from collections.abc import Iterator
from typing import Any

from talking_device import FIRST, NOW, PIECES, SHOP

ODD: list[Any] = [
    None, True, False, 0, -1, 1.0, 0.5, 1e300, 2**53, -(2**63), 2**64 - 1, "", "x", "x" * 300, "1", " ", "\x00", "ÿ",
    "\u202e", "../..", "cart:", "cart:x", [], {}, [[]], [None], {"": 0}, {"s": {}}, [1, "2"], {"a": {"b": {"c": []}}},
]  # fmt: skip
ITEM = PIECES[0].id
BODIES: dict[str, dict[str, Any]] = {
    "cart.add": {"line": "l", "item": ITEM, "quantity": 1000, "fulfilment": "carry_out", "weighed": False},
    "cart.set": {"line": "l", "to": 2000, "seen": 1000},
    "cart.remove": {"line": "l", "seen": 1000},
    "cart.take": {"line": "l"},
    "cart.release": {},
    "cart.abandon": {},
    "cart.attach": {"card": FIRST.card, "replace": False},
    "checkout.begin": {"lines": {"l": 1000}},
    "checkout.cancel": {},
    "sale.commit": {
        "sale": {
            "id": "s",
            "number": "01-01-000001",
            "store": "main-street",
            "terminal": "till-9",
            "cashier": "",
            "cart": "c",
            "shopper": "",
            "lines": [
                {
                    "id": "l",
                    "item": ITEM,
                    "names": {"en": "Loaf", "ru": "Хлеб"},
                    "quantity": 1000,
                    "unit": "piece",
                    "weighed": False,
                    "unit_price": 100,
                    "total": 100,
                    "tax_code": "A",
                    "tax": 17,
                    "points": 0,
                    "fulfilment": "carry_out",
                }
            ],
            "taxes": [{"code": "A", "rate": 2000, "net": 0, "tax": 0, "gross": 0}],
            "total": 0,
            "tenders": [{"kind": "cash", "amount": 0}],
            "change": 0,
            "points": 0,
            "currency": "EUR",
            "book_version": 1,
            "at": NOW,
        },
        "card": "",
        "receipt": {},
    },
    "hold.void": {"hold": "hold-1", "kind": "gift_card"},
    "sale.return": {
        "document": {
            "id": "return-1",
            "number": "01-02-R000001",
            "sale": "sale-1",
            "store": SHOP.stores[0].id,
            "terminal": "till-1",
            "cashier": "staff-01",
            "reason": "",
            "lines": [
                {
                    "line": "line",
                    "item": PIECES[0].id,
                    "names": {},
                    "quantity": 1000,
                    "total": 1,
                    "tax_code": "A",
                    "tax": 0,
                    "points": 0,
                    "restock": True,
                }
            ],
            "total": 1,
            "tax": 0,
            "refunds": [{"kind": "cash", "amount": 1}],
            "currency": "EUR",
            "at": NOW,
        },
        "given": False,
    },
    "audit.note": {"action": "note", "staff": "", "detail": {}},
}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to every value inside a message."""
    yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from places(one, (*at, key))


def bent(message: Any, chance: random.Random) -> Any:
    """The message with one to three things wrong: a value of another kind, a field gone, a field too many."""
    made = [copy.deepcopy(message)]
    for _ in range(chance.randint(1, 3)):
        *way, last = (0, *chance.choice(list(places(made[0]))))
        held: Any = made
        for step in way:
            held = held[step]
        match chance.randrange(4):
            case 0 if isinstance(held, dict):
                del held[last]
            case 1 if isinstance(held[last], dict):
                held[last][chance.choice(["", "more", "__class__", "s", "line", "x" * 99])] = _odd(chance)
            case 2 if isinstance(held[last], list) and held[last]:
                held[last] = held[last] * chance.choice([0, 2, 30])
            case _:
                held[last] = _odd(chance)
    return made[0]


def _odd(chance: random.Random) -> Any:
    """A copy, because what is bent next may lie inside of it."""
    return copy.deepcopy(chance.choice(ODD))
