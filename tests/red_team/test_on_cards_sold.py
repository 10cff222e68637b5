"""Attacks on gift cards that tills sell: money that nobody paid, somebody else's card, codes that are guessed."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from holds_bench import ITEM, card, code_of, differing, on_card
from holds_bench import ask as hold
from hub_fixtures import Open
from talking_device import Talker, terminal
from test_cards_sold import ask, rack, send, sold
from test_cards_sold import till as till
from test_races import at_once
from vouchers_bench import KEY

from retail.card_loads import CardLoad
from retail.sale import Sale
from retail.tender import Tender
from retail.voucher_codes import made
from sync_server.inbox import handlers


def test_a_card_that_nobody_paid_gets_nothing_and_a_person_is_told(till: Talker) -> None:
    found = ask(till)
    till.scan(ITEM.id)
    load = CardLoad(found["load"], 2500)
    whole = sold(till, load)
    for n, changed in enumerate(({"tenders": (Tender("cash", ITEM.price),)}, {"change": 2500}, {"tenders": ()})):
        sale = replace(whole, id=f"sale-{n}", number=f"01-01-00009{n}", **changed)
        send(till, sale, **{load.id: {"account": found["account"]}})
    assert on_card(till.db, found["account"]) == (0, 0)
    assert [why for what, why in differing(till.db) if what == "card_load"] == ["card_load.not_paid"] * 3


def test_a_card_is_not_bought_with_a_card(till: Talker) -> None:
    old, found = card(till.db, 5000), ask(till)
    till.scan(ITEM.id)
    held = hold(till, "gift_card", code=old["code"], amount=ITEM.price + 2500)
    sale = sold(till, CardLoad(found["load"], 2500), Tender("gift_card", ITEM.price + 2500, held["hold"]))
    send(till, sale, **{found["load"]: {"account": found["account"]}})
    assert on_card(till.db, found["account"]) == (0, 0)
    assert ("card_load", "tender.card_for_card") in differing(till.db)


def test_guessed_numbers_are_counted_and_the_right_one_tells_nothing_of_its_money(till: Talker) -> None:
    theirs = card(till.db, 5000, pin=True)
    codes = [code_of(lambda n=n: ask(till, made(n, 16))) for n in range(1, 5)]  # type: ignore[misc]
    assert codes[:3] == ["stored_value.unknown"] * 3 and codes[3] == "voucher.wait"
    other = Talker(till.db, terminal("till-2"))
    found = ask(other, theirs["code"])
    assert set(found) == {"load", "account", "hint", "fresh", "code"} and found["code"] == ""


def test_a_number_that_nobody_has_loads_nothing_and_the_sale_stays(till: Talker) -> None:
    till.scan(ITEM.id)
    whole, load = sold(till, CardLoad("load", 2500)), "load"
    for n, named in enumerate(({"code": made(7, 16)}, {"account": "card-nobody"}, {}, {"account": "credit-EUR-x"})):
        send(till, replace(whole, id=f"sale-{n}", number=f"01-01-00009{n}"), **{load: named})
    assert [why for what, why in differing(till.db) if what == "card_load"] == ["stored_value.unknown"] * 4


def test_somebody_elses_card_number_gives_that_card_money_and_takes_none(till: Talker) -> None:
    theirs = card(till.db, 5000)
    till.scan(ITEM.id)
    load = CardLoad("load-theirs", 2500)
    send(till, sold(till, load), **{load.id: {"account": theirs["account"]}})
    assert on_card(till.db, theirs["account"]) == (7500, 0)


def test_a_kiosk_at_which_nobody_takes_cash_puts_money_on_no_card(till: Talker) -> None:
    found, kiosk = ask(till), Talker(till.db, terminal("kiosk-1"))
    kiosk.scan(ITEM.id)
    load = CardLoad(found["load"], 2500)
    send(kiosk, sold(kiosk, load), **{load.id: {"account": found["account"]}})
    assert on_card(till.db, found["account"]) == (0, 0)
    assert differing(till.db) == [("card_load", "not_allowed")]


def _sent(till: Talker, sale: Sale, named: dict[str, Any]) -> None:
    send(till, sale, **named)


def test_one_card_sold_at_two_tills_at_once_has_what_both_were_paid(
    open_shop: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "carry", partial(handlers.carry, key=KEY))
    db = open_shop()
    [code, _] = rack(db)
    tills = [Talker(open_shop(), terminal(name)) for name in ("till-1", "till-2")]
    found = [ask(one, code) for one in tills]
    ready = []
    for one, it in zip(tills, found, strict=True):
        one.scan(ITEM.id)
        ready.append((one, sold(one, CardLoad(it["load"], 1000)), {it["load"]: {"account": it["account"]}}))
    at_once(*(partial(_sent, *one) for one in ready))
    assert on_card(db, found[0]["account"]) == (2000, 0)
