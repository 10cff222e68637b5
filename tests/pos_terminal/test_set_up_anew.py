"""Set up a second time: at the same hub, at another one, with codes that stayed on a command line, by two at once."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hub_double import HubDouble
from till_bench import CASHIER, PIECES, SHOP, Bench, reference, set_up

from pos_terminal import cli, enrolment
from pos_terminal.config import Config
from pos_terminal.enrolment import NEW_KEY_NAME, enrol, identity
from pos_terminal.errors import EnrolRefused
from pos_terminal.ids import now_ms
from pos_terminal.store.engine import Store
from pos_terminal.store.replica import Replica

FIRST, SECOND, THIRD = "11112222", "33334444", "55556666"
USED = {"code": "enrol.code_used", "message": "Used.", "params": {}}
UNKNOWN = {"code": "enrol.code_unknown", "message": "Unknown.", "params": {}}
OUT = {"code": "unauthorised", "message": "Who is that?", "params": {}}
DEARER = 123_456


@pytest.fixture
def other() -> Iterator[HubDouble]:
    """Another shop's hub: its goods have other prices in the same epoch and version, and one person works there."""
    goods = [row.as_dict() | {"price": DEARER} for row in SHOP.products]
    double = HubDouble(reference() | {"products": goods, "staff": reference()["staff"][:1]})
    double.start()
    yield double
    double.stop()


def answers(hub: HubDouble, inc: int, **known: int) -> None:
    hub.enrol_answer = {"inc": inc, "first_sale": 1, "known": {"inc": inc - 1, "last_seq": 0, **known}}


def at_home(bench: Bench, code: str = FIRST) -> None:
    """The bench is set up at its hub with a code, as a hub that says who it is."""
    bench.hub.start()
    bench.wait(lambda view: view["link"]["online"] and not view["link"]["unsent"])
    again(bench, code, 2, last_seq=10**6)


def again(bench: Bench, code: str, inc: int, **known: int) -> None:
    answers(bench.hub, inc, **known)
    bench.ok("set_up_open")
    bench.ok("set_up", hub=bench.hub.url, code=code)
    linked_as(bench, inc)


def linked_as(bench: Bench, inc: int) -> None:
    """Until it speaks in this incarnation and has nothing to say any more."""
    bench.wait(
        lambda view: view["link"]["online"] and not view["link"]["unsent"] and bench.hub.hailed[-1]["inc"] == inc
    )
    assert bench.view["set_up"] is None


def said(bench: Bench, code: str) -> str:
    """What the page says to a code at the hub that the terminal has."""
    bench.ok("set_up_open")
    bench.ok("set_up", hub=bench.view["set_up"]["hub"], code=code)
    bench.wait(lambda view: not view["set_up"]["busy"] and view["set_up"]["error"])
    return str(bench.view["set_up"]["error"]["code"])


def by_command_line(bench: Bench, code: str, hub: str = "") -> None:
    cli._enrol(Config(kind="till", data=bench.folder / "data", port=0, hub=hub), code)


def test_a_code_that_stayed_on_the_command_line_is_not_asked_about_after_another_was_typed(alone: Bench) -> None:
    at_home(alone, FIRST)
    again(alone, SECOND, 3)
    alone.stop()
    alone.hub.refuse_code = USED
    asked = len(alone.hub.enrolled)
    by_command_line(alone, FIRST, alone.hub.url)
    by_command_line(alone, SECOND, alone.hub.url)
    assert len(alone.hub.enrolled) == asked
    alone.hub.stop()
    by_command_line(alone, FIRST, alone.hub.url)


@pytest.mark.parametrize(("code", "hub"), [(THIRD, "http://127.0.0.1:1"), ("no code", "http://127.0.0.1:1")])
def test_a_till_that_can_sell_alone_starts_whatever_stands_in_the_way_of_its_code(
    alone: Bench, caplog: pytest.LogCaptureFixture, code: str, hub: str
) -> None:
    alone.stop()
    by_command_line(alone, code, hub)
    assert "till-1 goes on as it is" in caplog.text
    alone.start()
    alone.sell(PIECES[0])


def test_a_code_that_is_used_up_costs_one_try_and_not_one_at_each_start(alone: Bench) -> None:
    at_home(alone)
    alone.stop()
    asked = len(alone.hub.enrolled)
    for refusal, tries in ((UNKNOWN, 2), (USED, 1)):
        alone.hub.refuse_code = refusal
        for _ in range(2):
            by_command_line(alone, THIRD)
        asked += tries
        assert len(alone.hub.enrolled) == asked


def test_a_folder_that_belongs_to_nobody_does_not_start_without_a_good_code(alone: Bench) -> None:
    empty = Config(kind="till", data=alone.folder / "empty", port=0, hub="http://127.0.0.1:1")
    for _ in range(2):
        with pytest.raises(EnrolRefused):
            cli._enrol(empty, THIRD)


def test_nobody_who_stands_before_it_takes_it_to_another_hub(alone: Bench, other: HubDouble) -> None:
    at_home(alone)
    alone.ok("set_up_open")
    assert alone.refused("set_up", hub=other.url, code=SECOND) == "enrol.hub_stays"
    assert not alone.view["set_up"]["busy"] and other.enrolled == []
    alone.ok("set_up_close")
    alone.sell(PIECES[0])
    alone.wait(lambda view: not view["link"]["unsent"])
    assert "sale.commit" in alone.hub.kinds and other.hailed == []


def test_it_tells_the_hub_who_it_is_before_the_hub_changes_anything(alone: Bench) -> None:
    at_home(alone)
    again(alone, SECOND, 3)
    alone.stop()
    alone.start()
    alone.scan(PIECES[0])
    alone.wait(lambda view: not view["link"]["unsent"])
    again(alone, THIRD, 4)
    place = {"kind": "till", "terminal": "till-1", "store": SHOP.stores[0].id}
    told = [{key: row[key] for key in (*place, "hub")} for row in alone.hub.enrolled[1:]]
    # With a cart open only this hub may have what is here.
    assert told == [{**place, "hub": ""}, {**place, "hub": alone.hub.id}]


def test_a_terminal_of_the_same_name_in_another_store_is_another_one(alone: Bench) -> None:
    at_home(alone)
    answers(alone.hub, 3)
    alone.hub.enrol_answer["store"] = "elsewhere"
    assert said(alone, SECOND) == "enrol.other_terminal"


def moved(alone: Bench, other: HubDouble) -> HubDouble:
    """Set up at home, then started with another hub on its command line, which does not know it yet."""
    at_home(alone)
    home = alone.hub
    home.stop()
    alone.stop()
    other.refuse = OUT
    alone.hub = other
    alone.start()
    alone.wait(lambda view: view["link"]["set_up_anew"] and view["set_up"] is None)
    answers(other, 3)
    other.enrol_answer["known"] = {"inc": 0, "last_seq": 0}
    return home


def test_at_another_hub_nothing_of_the_one_before_is_sold_or_sent(alone: Bench, other: HubDouble) -> None:
    alone.sell(PIECES[0])
    alone.ok("next")
    home = moved(alone, other)
    assert "sale.commit" in home.kinds
    phases: list[str] = []
    show = alone.counter.on_view

    def seen(event: dict[str, Any]) -> None:
        phases.append(event["changes"].get("phase", ""))
        show(event)

    alone.counter.on_view = seen
    alone.ok("set_up_open")
    alone.ok("set_up", hub=other.url, code=SECOND)
    alone.wait(lambda view: view["phase"] == "signed_out")
    linked_as(alone, 3)
    assert "needs_hub" in phases, "from its new name on until the new goods are there it sells nothing"
    assert other.asked[-1] == {}, "a whole, and not what changed since a version of the hub before"
    assert [row["number"] for row in alone.view["people"]] == [CASHIER.number]
    alone.sign_in()
    alone.sell(PIECES[0])
    assert alone.view["last_sale"]["total"] == DEARER
    alone.wait(lambda view: not view["link"]["unsent"])
    assert other.kinds.count("sale.commit") == 1
    assert home.kinds.count("sale.commit") == 1


@pytest.mark.parametrize("what", ["unsent", "an open cart"])
def test_it_is_not_set_up_at_another_hub_while_only_the_one_before_may_have_what_is_here(
    alone: Bench, other: HubDouble, what: str
) -> None:
    home = moved(alone, other)
    alone.sell(PIECES[0]) if what == "unsent" else alone.scan(PIECES[0])
    assert said(alone, SECOND) == "enrol.other_hub"
    assert other.enrolled[-1]["hub"] == home.id
    alone.ok("set_up_close")
    alone.stop()
    home.start()
    alone.hub = home
    alone.start()
    if what == "an open cart":
        alone.ok("void_cart")
    alone.wait(lambda view: view["link"]["online"] and not view["link"]["unsent"])
    if what == "unsent":
        assert "sale.commit" in home.kinds and other.kinds == []


def test_pulled_between_its_new_name_and_the_goods_it_does_not_sell_those_of_the_hub_before(
    alone: Bench, other: HubDouble
) -> None:
    moved(alone, other)
    alone.stop()
    store = Store(alone.folder / "data")
    enrol(store, other.url, SECOND, "till")
    store.close()
    other.stop()
    alone.start()
    assert alone.view["phase"] == "needs_hub" and alone.view["people"] == []
    other.start()
    alone.wait(lambda view: view["phase"] == "signed_out")
    assert alone.terminal is not None
    found = alone.terminal.replica.product(PIECES[0].id)
    assert found is not None and found.price == DEARER


def test_a_page_of_the_hub_before_that_comes_late_is_not_taken(alone: Bench, other: HubDouble) -> None:
    at_home(alone)
    assert alone.terminal is not None
    pull, replica = alone.terminal.reference, alone.terminal.replica

    def turned(page: dict[str, Any]) -> Any:
        # While the answer is on its way the terminal is set up elsewhere.
        alone.hub.on_page = lambda page: None
        pull.turn_to(other.url, "token", other.id)
        return None

    alone.hub.on_page = turned
    alone.hub.reference["version"] += 1
    pull.fetch()
    found = replica.product(PIECES[0].id)
    assert found is not None and found.price == DEARER


def test_a_load_that_was_begun_at_the_hub_before_is_not_gone_on_with(tmp_path: Any) -> None:
    replica = Replica(tmp_path)
    replica.belong_to("home")
    replica.take(reference(), now_ms())
    replica.take(reference(version=2) | {"next": "behind"}, now_ms())
    replica.belong_to("home")
    assert replica.place() == {"next": "behind"} and replica.heading is not None
    replica.belong_to("elsewhere")
    assert (replica.place(), replica.begun(), replica.heading, replica.book) == ({}, None, None, None)
    replica.take(reference(), now_ms())
    replica.close()
    opened = Replica(tmp_path)
    opened.belong_to("elsewhere")
    opened.belong_to("")
    assert opened.heading is not None and opened.product(PIECES[0].id) is not None
    opened.close()


def test_a_disk_that_will_not_rename_the_key_undoes_nothing_and_no_key_is_shown_twice(
    alone: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise OSError("input/output error")

    folder = alone.folder / "data"
    with monkeypatch.context() as patched:
        patched.setattr(enrolment, "_adopt_key", broken)
        at_home(alone)
        alone.sell(PIECES[0])
        alone.wait(lambda view: not view["link"]["unsent"])
        assert (folder / NEW_KEY_NAME).exists()
        asked = len(alone.hub.enrolled)
        assert said(alone, SECOND) == "set_up.failed"
        assert len(alone.hub.enrolled) == asked
        alone.ok("set_up_close")
    again(alone, SECOND, 3)
    keys = [row["public_key"] for row in alone.hub.enrolled]
    assert len(keys) == len(set(keys)) == 2


def test_of_two_pages_that_press_at_once_one_sets_it_up(alone: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    at_home(alone)
    answers(alone.hub, 3)
    alone.ok("set_up_open")
    assert alone.terminal is not None
    setting_up, counter = alone.terminal.setting_up, alone.counter
    begun: list[str] = []
    work = setting_up._enrol
    monkeypatch.setattr(setting_up, "_enrol", lambda hub, code: (begun.append(code), work(hub, code)))
    pressed = threading.Barrier(3)

    def press(code: str) -> None:
        pressed.wait()
        alone.ok("set_up", hub=alone.hub.url, code=code)

    taps = [threading.Thread(target=press, args=(code,)) for code in (SECOND, THIRD)]
    with counter.alone():
        # Both come while a sale is written.
        for tap in taps:
            tap.start()
        pressed.wait()
    for tap in taps:
        tap.join()
    linked_as(alone, 3)
    assert len(begun) == 1
    assert [thread.name for thread in threading.enumerate()].count("link") == 1


def test_the_folder_keeps_who_its_hub_is(alone: Bench) -> None:
    at_home(alone)
    alone.stop()
    store = Store(alone.folder / "data")
    found = identity(store)
    store.close()
    assert found is not None and (found.hub_id, found.hub) == (alone.hub.id, alone.hub.url)
    set_up(alone.folder / "older", alone.hub.url)
    store = Store(alone.folder / "older")
    found = identity(store)
    store.close()
    assert found is not None and found.hub_id == "", "nobody said so when it was set up"
