"""Who may work at the till."""

import pytest
from till_bench import CASHIER, MANAGER, PIECES, SHOP, Bench, reference

from pos_terminal import ids


@pytest.fixture
def till(make_bench) -> Bench:
    bench: Bench = make_bench()
    bench.load_replica(reference())
    return bench.start()


def wrong(till: Bench) -> str:
    return till.refused("sign_in", number=CASHIER.number, pin="0000")


def test_five_wrong_pins_lock_the_name_until_a_manager_opens_it(till: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [ids.now_ms()]
    monkeypatch.setattr(ids, "now_ms", lambda: clock[0])
    codes = []
    for _ in range(5):
        codes.append(wrong(till))
        clock[0] += 20_000
    assert codes == ["staff.wrong_pin"] * 4 + ["staff.locked"]
    assert till.refused("sign_in", number=CASHIER.number, pin=CASHIER.pin) == "staff.locked"
    assert [row["number"] for row in till.view["people"] if row["locked"]] == [CASHIER.number]
    colleague = SHOP.staff[1]
    refusal = till.refused("unlock", manager_number=colleague.number, pin=colleague.pin, number=CASHIER.number)
    assert refusal == "staff.not_manager"
    till.ok("unlock", manager_number=MANAGER.number, pin=MANAGER.pin, number=CASHIER.number)
    till.sign_in()
    assert till.view["phase"] == "selling" and till.view["staff"]["name"] == CASHIER.name


def test_wrong_pins_are_counted_across_a_restart(till: Bench) -> None:
    assert [wrong(till), wrong(till), wrong(till)] == ["staff.wrong_pin"] * 3
    till.stop()
    till.start()
    assert till.refused("sign_in", number=CASHIER.number, pin=CASHIER.pin) == "staff.wait"


def test_a_clock_that_was_set_back_does_not_make_the_wait_longer_than_a_wait_can_be(
    till: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        wrong(till)
    monkeypatch.setattr(ids, "now_ms", lambda: 1_000_000_000_000)
    answer = till.do("sign_in", number=CASHIER.number, pin=CASHIER.pin)
    assert answer["error"]["params"]["seconds"] <= 15


def test_a_till_with_goods_opens_only_for_its_cashier_or_a_manager(till: Bench) -> None:
    till.sign_in()
    till.scan(PIECES[0])
    till.ok("lock")
    colleague = SHOP.staff[1]
    assert till.refused("sign_in", number=colleague.number, pin=colleague.pin) == "staff.other_cart"
    till.ok("sign_in", number=MANAGER.number, pin=MANAGER.pin)
    assert len(till.view["lines"]) == 1 and till.view["staff"]["name"] == MANAGER.name


def test_somebody_who_does_not_work_here_is_told_so(till: Bench) -> None:
    assert till.refused("sign_in", number="9999", pin="1") == "staff.unknown"


def test_a_till_left_alone_for_long_asks_for_the_pin_after_a_restart(
    till: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.sign_in()
    till.scan(PIECES[0])
    till.stop()
    till.start()
    assert till.view["phase"] == "selling"
    till.stop()
    later = ids.now_ms() + 6 * 60 * 1000
    monkeypatch.setattr(ids, "now_ms", lambda: later)
    till.start()
    assert till.view["phase"] == "locked" and len(till.view["lines"]) == 1
