"""Gift cards that a cashier sells or puts money on: rows of the visit that are no goods. Pure, as the till itself.

Online the hub is asked first, names the card and says whether it takes the money; its code is kept only where a slip
with it is still to be printed. Offline the code waits at the till with its sale, and the card is live when that
arrives.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from pos_terminal.errors import LinkRefused
from pos_terminal.till import Load, Moment, Till, changing, ready
from retail import stored_value, voucher_codes
from retail.card_loads import CardLoad, check_load
from retail.card_loads import loaded as sum_of
from retail.errors import N_, CartRefused

CARD = "card:"
"""What the till asks for, with the code that was scanned behind it."""


def scanned(till: Till, code: str, moment: Moment) -> Till:
    """A gift card was scanned at a till that sells: how much is to be put on it?"""
    return replace(ready(till, moment), ask=CARD + voucher_codes.shown(code))


def check(till: Till, amount: int, code: str, online: bool, has_printer: bool) -> None:
    """Refuse what need not be asked of the hub."""
    changing(till)
    check_load(amount, len(till.loads))
    if code:
        stored_value.read_code(code)
        return
    if not has_printer:
        raise CartRefused(
            "card_load.no_printer",
            N_("A new code has to be printed, and this till has no printer. Take a printed card."),
        )
    if not online:
        raise needs_hub()


def needs_hub() -> LinkRefused:
    return LinkRefused(
        "card_load.needs_hub",
        N_("A new code comes from the hub, which is not reached now. Take a printed card and scan it."),
    )


def put(till: Till, load: Load, moment: Moment) -> Till:
    """One more card in the visit. The same again is no second one."""
    till = replace(ready(till, moment), ask="")
    if any(one.id == load.id for one in till.loads):
        return till
    if any(_same(one, load) for one in till.loads):
        raise CartRefused("card_load.here", N_("This card is in this sale already. Take it out to change the amount."))
    check_load(load.amount, len(till.loads))
    return replace(till, loads=(*till.loads, load))


def _same(one: Load, other: Load) -> bool:
    return bool(one.account and one.account == other.account) or bool(one.code and one.code == other.code)


def unconfirmed(load: str, amount: int, code: str) -> Load:
    """A card of which the hub was not asked."""
    plain = stored_value.read_code(code)
    return Load(load, amount, voucher_codes.hinted(plain), code=plain)


def found(amount: int, answer: Mapping[str, Any]) -> Load:
    """A card as the hub named it."""
    return Load(answer["load"], amount, answer["hint"], answer["account"], "", answer["code"], answer["fresh"])


def take_out(till: Till, load: str) -> Till:
    return replace(changing(till), loads=tuple(one for one in till.loads if one.id != load))


def loaded(till: Till) -> int:
    """What is put on cards in this visit, in minor units."""
    return sum_of(rows(till))


def rows(till: Till) -> Iterator[CardLoad]:
    """As the sale has them."""
    return (CardLoad(one.id, one.amount, one.hint) for one in till.loads)


def named(till: Till) -> dict[str, dict[str, str]]:
    """Which cards they are: what the hub is told with the sale, and nobody else."""
    return {one.id: {"account": one.account, "code": one.code} for one in till.loads}


def shown(till: Till) -> list[dict[str, Any]]:
    """The cards as the page shows them: never a code. `live` is false for one that waits for its sale to arrive."""
    hidden = {"account", "code", "paper"}
    return [
        {name: value for name, value in asdict(one).items() if name not in hidden} | {"live": bool(one.account)}
        for one in till.loads
    ]
