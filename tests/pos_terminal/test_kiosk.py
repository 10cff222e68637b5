"""A shopper alone at the kiosk."""

import pytest
from till_bench import PIECES, SHOP, SHOPPER, Bench, reference

from pos_terminal.clockwork import DONE_MS, IDLE_MS


@pytest.fixture
def kiosk(make_bench) -> Bench:
    bench: Bench = make_bench(kind="kiosk", printer=False)
    bench.load_replica(reference(terminal="kiosk-1"))
    return bench.start()


def tick(kiosk: Bench, later_ms: int) -> None:
    kiosk.terminal.clockwork.tick(kiosk.counter.touched_at + later_ms)


def kinds(kiosk: Bench) -> list[str]:
    return [row[0] for row in kiosk.rows("SELECT kind FROM outbox WHERE seq > 0 ORDER BY seq")]


def test_a_scan_wakes_the_kiosk(kiosk: Bench) -> None:
    assert kiosk.view["phase"] == "attract"
    kiosk.scan(PIECES[0])
    assert kiosk.view["phase"] == "scanning" and len(kiosk.view["lines"]) == 1


def test_a_card_makes_the_kiosk_speak_the_shoppers_language(kiosk: Bench) -> None:
    russian = next(shopper for shopper in SHOP.shoppers if shopper.language == "ru")
    kiosk.ok("attach", card=russian.card)
    assert kiosk.view["language"] == "ru"
    kiosk.ok("start_over")
    assert (kiosk.view["phase"], kiosk.view["language"], kiosk.view["shopper"]) == ("attract", "en", None)


def test_paying_at_the_till_lets_go_of_the_goods_of_a_shopper_who_is_known(kiosk: Bench) -> None:
    kiosk.scan(PIECES[0])
    assert kiosk.refused("pay_at_till") == "till.no_shopper"
    kiosk.ok("attach", card=SHOPPER.card)
    kiosk.ok("pay_at_till")
    assert kiosk.view["phase"] == "thanks" and kiosk.view["lines"] == {} and kiosk.view["shopper"] is None
    assert kinds(kiosk) == ["cart.add", "cart.attach", "cart.release"]
    tick(kiosk, DONE_MS)
    assert kiosk.view["phase"] == "attract"


def test_a_kiosk_that_is_left_counts_down_and_is_wiped(kiosk: Bench) -> None:
    kiosk.scan(PIECES[0])
    tick(kiosk, IDLE_MS - 10_001)
    assert kiosk.view["idle"] is None
    tick(kiosk, IDLE_MS - 9_000)
    assert kiosk.view["idle"]["seconds"] == 10
    kiosk.ok("touch")
    assert kiosk.view["idle"] is None
    tick(kiosk, IDLE_MS)
    assert kiosk.view["phase"] == "attract" and kiosk.view["lines"] == {}
    assert kinds(kiosk) == ["cart.add", "cart.abandon"]


def test_the_goods_of_a_known_shopper_who_walks_away_wait_in_their_cart(kiosk: Bench) -> None:
    kiosk.scan(PIECES[0])
    kiosk.ok("attach", card=SHOPPER.card)
    tick(kiosk, IDLE_MS)
    assert kiosk.view["shopper"] is None
    assert kinds(kiosk) == ["cart.add", "cart.attach", "cart.release"]


def test_goods_that_a_till_took_are_gone_from_the_kiosk(kiosk: Bench) -> None:
    kiosk.hub.start()
    kiosk.scan(PIECES[0])
    (line,) = kiosk.view["lines"]
    kiosk.ok("attach", card=SHOPPER.card)
    live = f"live-{SHOPPER.id}"
    kiosk.wait(lambda view: kiosk.counter.desk.hub_cart.get("id") == live)
    row = {**kiosk.view["lines"][line], "owner": "till-1", "origin": "till"}
    kiosk.hub.put(
        live, **{key: row[key] for key in row if key not in ("mine", "pending", "taking", "takeable", "seen")}
    )
    view = kiosk.wait(lambda view: not view["lines"].get(line, {}).get("mine", True))
    assert view["totals"]["in_hand"] == 0


@pytest.mark.parametrize("command", ["pay_begin", "void_cart"])
def test_a_till_s_work_is_not_done_at_a_kiosk(kiosk: Bench, command: str) -> None:
    assert kiosk.refused(command) == "command.not_here"
    assert kiosk.refused("sign_in", number="1001", pin="2468") == "command.not_here"
