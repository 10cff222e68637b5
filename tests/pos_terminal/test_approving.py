"""Points beyond what a card may spend alone: the till waits for the phone or a manager, and asks the hub once more."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from till_bench import CASHIER, MANAGER, PIECES, SHOPPER, Bench

from pos_terminal import approving, ids, payment, till
from pos_terminal.set_aside import Approval, Asking
from pos_terminal.sync.asking import post
from pos_terminal.sync.holds import GIVE_UP_MS, OVER_AFTER_MS
from pos_terminal.till import IDLE_LOCK_MS, Person, Till, till_from, woken
from retail.errors import RetailError

ONE = PIECES[0]
LIVE = f"live-{SHOPPER.id}"
A_WHILE_MS = 120_000


class Phone:
    """The hub's side of one question: what it answers, and what the cart tells of it."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.answer, self.until = bench, "", ids.now_ms() + A_WHILE_MS
        bench.hub.hold_answer = self

    def __call__(self, body: dict[str, Any]) -> Any:
        if not body:
            return {}
        answer = "allowed" if body["approved_by"] else self.answer
        if answer == "over":
            return {"error": {"code": "loyalty.hold_over", "message": "It is over.", "params": {}}}, 409
        approval = {"number": 42, "until": self.until, "answer": answer}
        held = {"hold": body["hold"], "kind": "points", "until": self.until, "amount": 100, "points": 100}
        return held | {"approval": approval}

    def tells(self, answer: str, gone: bool = False) -> None:
        """The stream of the cart says so; the hub answers so from now on."""
        self.answer = answer
        row = {"hold": self.bench.hub.asked_to_hold[0]["hold"], "answer": answer}
        self.bench.hub.tell_cart(LIVE, approvals=[] if gone else [row])


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    bench = make_bench()
    bench.hub.start()
    bench.start()
    bench.wait(lambda view: view["link"]["online"] and view["phase"] == "signed_out" and view["people"])
    bench.sign_in()
    return bench


def waiting(bench: Bench) -> Phone:
    """A payment whose points wait for the phone."""
    phone = Phone(bench)
    bench.scan(ONE)
    bench.ok("attach", card=SHOPPER.card)
    bench.wait(lambda view: view["shopper"] and not view["shopper"]["pending"])
    bench.ok("pay_begin")
    bench.ok("pay_from", kind="points")
    bench.wait(lambda view: view["approval"])
    return phone


def voided(bench: Bench) -> list[str]:
    return [op["body"]["hold"] for op in bench.hub.taken if op["kind"] == "hold.void"]


def asked(bench: Bench) -> int:
    return len([body for body in bench.hub.asked_to_hold if body])


def noticed(bench: Bench, code: str) -> None:
    bench.wait(lambda view: (view["notice"] or {}).get("code") == code and not view["asking"] and not view["approval"])
    assert (bench.view["phase"], bench.view["payment"]["tenders"]) == ("paying", [])


def test_the_phone_allows_and_the_points_pay_with_one_more_question(bench: Bench) -> None:
    phone = waiting(bench)
    shown = {"number": 42, "points": 100, "amount": 100, "until": phone.until, "by_manager": False}
    assert (bench.view["approval"], bench.view["payment"]["tenders"]) == (shown, [])
    assert bench.hub.asked_to_hold[0]["approval"] is True
    assert bench.refused("tender", kind="cash", amount=ONE.price) == "hold.waits"
    phone.tells("")
    # So long as the till would need to ask on and on: it does not.
    for _ in range(3):
        post(bench.hub.url, "token", "balance", {})
    phone.tells("allowed")
    bench.wait(lambda view: view["payment"]["tenders"])
    assert (bench.view["asking"], bench.view["approval"], asked(bench)) == (None, None, 2)
    bench.ok("tender", kind="cash", amount=bench.view["payment"]["left"])
    bench.hub.wait(lambda: "sale.commit" in bench.hub.kinds)
    [sale] = [op["body"]["sale"] for op in bench.hub.taken if op["kind"] == "sale.commit"]
    assert sale["tenders"][0]["hold"] == bench.hub.asked_to_hold[0]["hold"]
    assert voided(bench) == []


def test_what_the_shopper_refuses_is_a_notice_and_the_payment_goes_on(bench: Bench) -> None:
    waiting(bench).tells("refused")
    noticed(bench, "approval.refused")
    assert asked(bench) == 2
    bench.ok("tender", kind="cash", amount=ONE.price)


def test_a_question_that_the_cart_tells_no_more_is_asked_about_once(bench: Bench) -> None:
    phone = waiting(bench)
    phone.tells("")
    phone.tells("over", gone=True)
    noticed(bench, "loyalty.hold_over")
    assert asked(bench) == 2


def test_a_manager_vouches_by_pin_and_a_cashier_cannot(bench: Bench) -> None:
    waiting(bench)
    assert bench.refused("points_approve", number=CASHIER.number, pin=CASHIER.pin) == "staff.needs_manager"
    assert bench.refused("points_approve", number=MANAGER.number, pin="0000") == "staff.wrong_pin"
    assert (bench.view["notice"], asked(bench)) == (None, 1)
    bench.ok("points_approve", number=MANAGER.number, pin=MANAGER.pin)
    bench.wait(lambda view: view["payment"]["tenders"])
    assert [body["approved_by"] for body in bench.hub.asked_to_hold] == ["", MANAGER.id]


@pytest.mark.parametrize("command", ["points_without", "pay_cancel", "void_cart", "lock"])
def test_points_that_nobody_waits_for_any_more_are_free_again(bench: Bench, command: str) -> None:
    waiting(bench)
    if command == "void_cart":
        bench.ok("pay_cancel")
    bench.ok(command)
    bench.hub.wait(lambda: bool(voided(bench)))
    assert voided(bench) == [bench.hub.asked_to_hold[0]["hold"]]
    assert (bench.view["asking"], bench.view["approval"], asked(bench)) == (None, None, 1)


def test_a_till_that_was_started_again_waits_on_and_hears_what_came_of_it(bench: Bench) -> None:
    phone = waiting(bench)
    bench.stop()
    state = json.loads(bench.rows("SELECT state FROM counter")[0][0])
    assert state["asking"]["approval"]["number"] == 42
    bench.start()
    bench.hub.wait(lambda: asked(bench) == 2)
    assert (bench.view["phase"], bench.view["approval"]["number"]) == ("paying", 42)
    bench.wait(lambda view: view["link"]["online"])
    phone.tells("allowed")
    bench.wait(lambda view: view["payment"]["tenders"])
    assert ({body["hold"] for body in bench.hub.asked_to_hold}, voided(bench)) == (
        {bench.hub.asked_to_hold[0]["hold"]},
        [],
    )


def test_without_the_hub_the_till_goes_on_without_the_points(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(bench)
    bench.hub.stop()
    bench.wait(lambda view: not view["link"]["online"])
    later = ids.now_ms() + GIVE_UP_MS
    monkeypatch.setattr(ids, "now_ms", lambda: later)
    bench.terminal.holds.wake()  # type: ignore[union-attr]
    noticed(bench, "approval.needs_hub")
    bench.hub.start()
    bench.hub.wait(lambda: bool(voided(bench)))


def test_a_question_whose_time_is_over_is_asked_about_once_and_given_up(bench: Bench) -> None:
    phone = waiting(bench)
    phone.answer = "over"
    bench.counter.offset_ms += A_WHILE_MS + OVER_AFTER_MS
    bench.terminal.holds.wake()  # type: ignore[union-attr]
    noticed(bench, "loyalty.hold_over")
    assert asked(bench) == 2


def test_a_lost_answer_is_asked_for_again_under_the_same_id(bench: Bench) -> None:
    phone = waiting(bench)
    lost: list[Any] = [("", 503)]
    bench.hub.hold_answer = lambda body: lost.pop() if lost else phone(body)
    phone.tells("allowed")
    bench.wait(lambda view: view["payment"]["tenders"])
    assert (asked(bench), len({body["hold"] for body in bench.hub.asked_to_hold})) == (3, 1)


# The pure part.
ASKING = Asking("h-1", "points", "c-1", 1, amount=500)
HELD = {"hold": "h-1", "kind": "points", "amount": 500, "points": 500}
HELD |= {"approval": {"number": 42, "until": 9, "answer": ""}}
PAYING = replace(
    till.first("till", "till-1", "en"), phase="paying", staff=Person("s", "1", "A", "cashier"), asking=ASKING
)


def said(state: Till) -> str:
    approval = approving.waits(state)
    assert approval is not None
    return approval.said


def test_the_carts_word_may_come_before_the_answer_and_says_when_it_is_over() -> None:
    rows = [{"hold": "h-0", "answer": "refused"}, {"hold": "h-1", "answer": ""}]
    assert approving.heard(PAYING, rows) is PAYING
    began = approving.began(PAYING, ASKING, HELD, [])
    assert approving.waits(began) == Approval(42, 9, 500, 500)
    # Nothing heard yet is not the end of it.
    assert approving.heard(began, []) is began
    opened = approving.began(PAYING, ASKING, HELD, rows)
    assert (said(opened), approving.heard(opened, rows)) == ("open", opened)
    assert said(approving.heard(opened, [])) == "over"
    assert said(approving.heard(opened, [{"hold": "h-1", "answer": "allowed"}])) == "allowed"
    # Asked again it is the same question, and what was heard of it stays.
    assert said(approving.began(opened, ASKING, HELD, [])) == "over"
    assert approving.began(replace(PAYING, asking=None), ASKING, HELD, []).asking is None


def test_nothing_is_approved_or_given_up_where_nothing_waits() -> None:
    for act in (lambda: approving.without(PAYING), lambda: approving.approved(PAYING, "staff-05")):
        with pytest.raises(RetailError) as refused:
            act()
        assert refused.value.code == "approval.none"
    assert (approving.shown(PAYING), approving.told(HELD | {"approval": None})) == (None, "allowed")


def test_a_restart_keeps_the_question_and_a_till_left_alone_does_not() -> None:
    began = replace(approving.began(PAYING, ASKING, HELD, []), touched_at=1000)
    kept = till_from(json.loads(till.as_text(began)))
    assert (kept, woken(kept, 2000)) == (began, began)
    locked = woken(kept, 1000 + IDLE_LOCK_MS + 1)
    assert (locked.phase, locked.asking, locked.dropped) == ("locked", None, (("c-1", "h-1", "points"),))
    state, wishes = payment.cancel(began)
    assert (state.asking, [wish.body["hold"] for wish in wishes]) == (None, ["h-1"])
