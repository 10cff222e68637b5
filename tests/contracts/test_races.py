"""Two processes at one database: nothing is lost, no version is given twice. PostgreSQL's row locks keep the order."""

import threading
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from holds_bench import coupon, offer
from hub_fixtures import Open
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from talking_device import FIRST, PIECES, SHOP, Talker, live_cart, make_sale, operation, phone, rows, terminal, view

from sync_server.inbox.tables import operations
from sync_server.loyalty import queries as loyalty
from sync_server.orders.tables import sales
from sync_server.outbox.tables import events

ITEM = PIECES[0]
ROUNDS = 12
JOIN_S = 60


def at_once(*works: Callable[[], None]) -> None:
    """Run all of them in threads that start together; a failure of one is raised here."""
    gate, failed = threading.Barrier(len(works)), []

    def run(work: Callable[[], None]) -> None:
        try:
            gate.wait(JOIN_S)
            work()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(JOIN_S)
    assert not failed, failed


def until_answered(talker: Talker, sent: dict[str, Any]) -> dict[str, Any]:
    """A device sends the same again when the hub could not: a deadlock or a busy file is no answer."""
    for _ in range(20):
        try:
            return talker.send(sent)[0]
        except OperationalError:
            continue
    raise AssertionError("no answer after 20 tries")


def test_two_phones_and_two_tills_adding_at_once_lose_nothing(open_shop: Open) -> None:
    live = live_cart(open_shop(), FIRST.id)
    phones = [Talker(open_shop(), phone(FIRST.id, name)) for name in ("left", "right")]
    tills = [Talker(open_shop(), terminal(dev)) for dev in ("till-1", "till-2")]
    for talker in phones:
        talker.visit = live
    for talker in tills:
        talker.ok("cart.attach", card=FIRST.card)

    def work(talker: Talker) -> Callable[[], None]:
        def add() -> None:
            for _ in range(ROUNDS):
                # A till names the line that it adds to; a phone makes a new id, and the hub joins.
                line = f"held-{talker.device.dev}" if talker in tills else uuid.uuid4().hex
                body = {"line": line, "item": ITEM.id, "quantity": 1000}
                assert until_answered(talker, operation("cart.add", talker.visit, **body))["status"] == "ok"

        return add

    at_once(*(work(talker) for talker in (*phones, *tills)))
    db = open_shop()
    seen = view(db, live)
    assert sorted(line["quantity"] for line in seen["lines"].values()) == [ROUNDS * 1000] * 2 + [2 * ROUNDS * 1000]
    found = db.read(
        lambda session: session.scalars(
            select(events.c.version).where(events.c.stream == f"cart:{live}").order_by(events.c.version)
        ).all()
    )
    assert found == list(range(1, len(found) + 1))
    assert len(found) >= 4 * ROUNDS


def test_one_operation_sent_over_two_connections_at_once_is_carried_out_once(open_shop: Open) -> None:
    both = [Talker(open_shop(), terminal("till-1")) for _ in range(2)]
    both[1].visit = both[0].visit
    for seq in range(1, ROUNDS + 1):
        sent = operation("cart.add", both[0].visit, line="held", item=ITEM.id, quantity=1000)
        answers: list[dict[str, Any]] = []

        def send(
            talker: Talker, sent: dict[str, Any] = sent, seq: int = seq, answers: list[dict[str, Any]] = answers
        ) -> None:
            answers.append(talker.send(sent, seq0=seq)[0])

        at_once(*(partial(send, talker) for talker in both))
        assert sorted(answer.get("dup", False) for answer in answers) == [False, True]
        assert {answer["status"] for answer in answers} == {"ok"}
    db = open_shop()
    assert [line["quantity"] for line in view(db, both[0].visit)["lines"].values()] == [ROUNDS * 1000]
    assert len(rows(db, operations)) == ROUNDS


def test_an_operation_and_a_question_that_open_one_visit_at_once_are_both_answered(open_shop: Open) -> None:
    code = offer(open_shop(), uses=ROUNDS)
    adding, asking = (Talker(open_shop(), terminal("till-1")) for _ in range(2))
    for _ in range(ROUNDS):
        adding.visit = asking.visit = f"visit-{uuid.uuid4().hex}"
        sent = operation("cart.add", adding.visit, line=uuid.uuid4().hex, item=ITEM.id, quantity=1000)

        def add(sent: dict[str, Any] = sent) -> None:
            assert until_answered(adding, sent)["status"] == "ok"

        at_once(add, partial(coupon, asking, code))
        seen = view(asking.db, asking.visit)
        assert (len(seen["lines"]), len(seen["coupons"])) == (1, 1)


def test_two_first_sales_of_one_shopper_at_two_tills_are_both_kept(open_shop: Open) -> None:
    db = open_shop()
    newcomer = next(shopper for shopper in SHOP.shoppers if shopper.points == 0)
    live = live_cart(db, newcomer.id)
    works, total = [], 0
    for number, dev in enumerate(("till-1", "till-2"), start=1):
        till = Talker(open_shop(), terminal(dev))
        till.ok("cart.attach", card=newcomer.card)
        # In opposite order, so that each would hold what the other waits for.
        for product in PIECES[:3] if number == 1 else reversed(PIECES[:3]):
            till.scan(product.id)
        sale = make_sale(db, till, live, number, newcomer.id)
        total += sale.points
        sent = operation("sale.commit", till.visit, sale=sale.as_dict(), card=newcomer.card, receipt={})

        def pay(till: Talker = till, sent: dict[str, Any] = sent) -> None:
            assert until_answered(till, sent)["status"] == "ok"

        works.append(pay)
    at_once(*works)
    assert len(rows(db, sales)) == 2
    assert db.read(lambda session: loyalty.balance(session, newcomer.id)) == total
    assert view(db, live)["lines"] == {}
