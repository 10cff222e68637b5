"""Gift cards sold and loaded at a till, on both databases: live once, when their sale is captured."""

import uuid
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from holds_bench import ITEM, card, code_of, differing, on_card, sale_of
from holds_bench import ask as hold
from talking_device import FIRST, NOW, Talker, operation, rows, terminal
from test_returns import back, say
from vouchers_bench import KEY

from receipt_checker.check import faults
from retail.card_loads import CardLoad
from retail.questions import CardWanted
from retail.sale import Sale
from retail.tender import Tender
from sync_server.db import Database
from sync_server.inbox import handlers
from sync_server.inbox.tables import exceptions
from sync_server.orders import queries as orders
from sync_server.orders.tables import sales
from sync_server.stored_value import at_the_till, batches, cards, queries

PLASTIC = batches.Wanted("rack", "Rack", cards.NewCard("EUR", "main-street"), 2)


@pytest.fixture
def till(db: Database, monkeypatch: pytest.MonkeyPatch) -> Talker:
    monkeypatch.setattr(handlers, "carry", partial(handlers.carry, key=KEY))
    return Talker(db, terminal("till-1"))


def ask(
    talker: Talker, code: str = "", amount: int = 2500, load: str = "", db: Database | None = None
) -> dict[str, Any]:
    wanted = CardWanted(load=load or uuid.uuid4().hex, code=code, amount=amount, currency="EUR")
    return talker.db.write(lambda session: at_the_till.ask(session, KEY, talker.device, wanted, talker.now))


def rack(db: Database) -> list[str]:
    db.write(lambda session: batches.begin(session, KEY, PLASTIC, "staff-05", NOW))
    batches.make(db, KEY, "rack")
    return [code for _, code, _ in batches.all_codes(db, KEY, "rack")]


def sold(till: Talker, load: CardLoad, *tenders: Tender) -> Sale:
    sale = replace(sale_of(till), loads=(load,))
    return replace(sale, tenders=tenders or (Tender("cash", sale.due),))


def send(till: Talker, sale: Sale, card: str = "", **named: Any) -> dict[str, Any]:
    sent = operation("sale.commit", till.visit, sale=sale.as_dict(), card=card, receipt={}, cards=named)
    [answer] = till.send(sent)
    assert answer["status"] == "ok", answer
    return {"sent": sent, **answer}


def test_a_card_is_live_once_its_sale_is_captured_and_the_sale_that_comes_twice_loads_once(till: Talker) -> None:
    db, [code, _] = till.db, rack(till.db)
    found = ask(till, code)
    assert (found["fresh"], found["code"], on_card(db, found["account"])) == (True, "", (0, 0))
    till.scan(ITEM.id)
    sale = sold(till, CardLoad(found["load"], 2500, found["hint"]))
    assert faults(sale.as_dict()) == []
    first = send(till, sale, **{found["load"]: {"account": found["account"]}})
    assert till.send(first["sent"], seq0=first["seq"])[0]["dup"]
    assert (on_card(db, found["account"]), differing(db)) == ((2500, 0), [])
    [entry] = db.read(lambda session: queries.history(session, found["account"]))
    assert (entry["kind"], entry["source"], entry["amount"]) == ("load", sale.id, 2500)
    assert rows(db, sales)[0].total == ITEM.price
    assert not ask(till, code)["fresh"]


def test_a_card_of_which_the_hub_was_not_asked_is_live_when_the_sale_arrives(till: Talker) -> None:
    [code, _] = rack(till.db)
    till.scan(ITEM.id)
    send(till, sold(till, CardLoad("load-1", 1000)), **{"load-1": {"code": code}})
    account = ask(till, code)["account"]
    assert (on_card(till.db, account), differing(till.db)) == ((1000, 0), [])


def test_a_sale_of_a_card_alone_is_a_sale(till: Talker) -> None:
    found = ask(till, amount=5000)
    till.scan(ITEM.id)
    sale = replace(sold(till, CardLoad(found["load"], 5000)), lines=(), taxes=(), total=0)
    till.ok("cart.attach", card=FIRST.card)
    whose = replace(sale, tenders=(Tender("cash", 5000),), shopper=FIRST.id)
    send(till, whose, card=FIRST.card, **{found["load"]: {"account": found["account"]}})
    assert (on_card(till.db, found["account"]), differing(till.db)) == ((5000, 0), [])
    [order] = till.db.read(lambda session: orders.of_shopper(session, FIRST.id))
    assert (order["lines"], order["loads"]) == ([], [{"amount": 5000, "hint": ""}])


def test_the_hub_makes_the_same_card_for_the_same_question_and_another_for_another_till(till: Talker) -> None:
    first, again = (ask(till, load="one") for _ in range(2))
    assert first == again
    other = ask(Talker(till.db, terminal("till-2")), load="one")
    assert first["code"] != other["code"] and first["account"] != other["account"]


def test_the_question_refuses_what_no_card_takes(till: Talker) -> None:
    blocked = card(till.db, 100)
    till.db.write(lambda session: cards.block(session, blocked["account"], "staff-05", NOW))
    refused = [
        code_of(lambda: ask(till, blocked["code"])),
        code_of(lambda: ask(Talker(till.db, terminal("kiosk-1")))),
    ]
    assert refused[:2] == ["stored_value.blocked", "not_allowed"]


def test_a_visit_of_a_card_alone_of_which_the_hub_never_heard_is_a_sale_and_the_shopper_sees_what_she_paid(
    till: Talker,
) -> None:
    found = ask(till, amount=5000)
    till.scan(ITEM.id)
    whole = sold(till, CardLoad(found["load"], 5000))
    till.visit = "visit-of-a-card"
    sale = replace(whole, cart=till.visit, lines=(), taxes=(), total=0, points=0, tenders=(Tender("cash", 5000),))
    named = {found["load"]: {"account": found["account"]}}
    till.ok("sale.commit", sale=sale.as_dict(), card=FIRST.card, receipt={}, cards=named)
    assert (on_card(till.db, found["account"]), differing(till.db)) == ((5000, 0), [])
    shopper = rows(till.db, sales)[0].shopper
    assert [one["total"] for one in till.db.read(lambda session: orders.of_shopper(session, shopper))] == [5000]
    assert [one["total"] for one in till.db.read(lambda session: orders.latest(session, sale.store)).values()] == [5000]


def test_goods_paid_with_the_very_card_that_was_loaded_beside_them_go_back_onto_it(till: Talker) -> None:
    old = card(till.db, 5000)
    till.scan(ITEM.id)
    held = hold(till, "gift_card", code=old["code"], amount=ITEM.price)
    found = ask(till, old["code"])
    tenders = Tender("gift_card", held["amount"], held["hold"]), Tender("cash", 2500)
    sale = sold(till, CardLoad(found["load"], 2500), *tenders)
    send(till, sale, **{found["load"]: {"account": found["account"]}})
    assert on_card(till.db, old["account"]) == (7500 - ITEM.price, 0)
    document = back(till, sale, 1)
    assert [(one.kind, one.amount) for one in document.refunds] == [("gift_card", ITEM.price)]
    assert say(till, document)["status"] == "ok"
    assert (on_card(till.db, old["account"]), rows(till.db, exceptions)) == ((7500, 0), [])


def test_the_code_of_a_card_is_not_told_again_once_there_is_money_on_it(till: Talker) -> None:
    found = ask(till, load="one")
    assert ask(till, load="one")["code"] == found["code"] != ""
    till.scan(ITEM.id)
    send(till, sold(till, CardLoad("one", 2500)), one={"account": found["account"]})
    assert code_of(lambda: ask(till, load="one", amount=1)) == "stored_value.unknown"


def test_the_code_of_a_card_lies_in_no_case(till: Talker) -> None:
    [code, _] = rack(till.db)
    till.scan(ITEM.id)
    sale = replace(sold(till, CardLoad("load-1", 1000)), store="elsewhere")
    body = {"sale": sale.as_dict(), "card": "", "receipt": {}, "cards": {"load-1": {"code": code}}}
    [answer] = till.send(operation("sale.commit", till.visit, **body))
    assert answer["error"]["code"] == "sale.not_yours"
    till.send(operation("sale.commit", till.visit, **body), seq0=answer["seq"])
    cases = rows(till.db, exceptions)
    assert [one.kind for one in cases] == ["rejected", "conflict"]
    assert not any(code in str(one.detail) for one in cases)
    assert cases[0].detail["sent"]["body"]["cards"] == {"load-1": {"code": ""}}
