"""Setting a terminal up: the key that it makes, the code that it shows, every step at which the plug may be pulled."""

import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from hub_double import HubDouble
from till_bench import PIECES, Bench, reference, set_up

from pos_terminal import enrolment
from pos_terminal.enrolment import KEY_NAME, NEW_KEY_NAME, enrol, identity
from pos_terminal.errors import EnrolRefused
from pos_terminal.store import outbox
from pos_terminal.store.engine import Store
from retail.chain import Signer

CODE = "12345678"


class PlugPulled(Exception):
    """The process ends here, between two steps."""


@pytest.fixture
def hub() -> Any:
    double = HubDouble(reference())
    double.start()
    yield double
    double.stop()


def test_the_key_is_made_here_is_readable_by_nobody_else_and_its_public_half_is_sent(
    hub: HubDouble, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    made = enrol(store, hub.url, CODE, "till")
    assert (made.terminal, made.inc, made.hub) == ("till-1", 1, hub.url)
    key = tmp_path / KEY_NAME
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    nobody = {"inc": 0, "kind": "till", "terminal": "", "store": "", "hub": ""}
    public = Signer(bytes.fromhex(key.read_text())).public
    assert hub.enrolled == [{"code": CODE, "public_key": public, **nobody}]
    assert enrolment.was_used(store, CODE) and not enrolment.was_used(store, "87654321")
    store.close()


@pytest.mark.parametrize("step", ["_asked", "_check", "_adopt_key"])
def test_pulled_between_any_two_steps_it_is_set_up_once_with_one_key(
    hub: HubDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def pulled(*_: Any) -> Any:
        raise PlugPulled

    store = Store(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(enrolment, step, pulled)
        with pytest.raises(PlugPulled):
            enrol(store, hub.url, CODE, "till")
    store.close()
    key = (tmp_path / NEW_KEY_NAME).read_text()
    store = Store(tmp_path)
    found = identity(store) if step == "_adopt_key" else enrol(store, hub.url, CODE, "till")
    assert found is not None and found.signer is not None
    assert (tmp_path / KEY_NAME).read_text() == key and not (tmp_path / NEW_KEY_NAME).exists()
    assert found.signer.public == Signer(bytes.fromhex(key)).public
    assert {one["public_key"] for one in hub.enrolled} == {found.signer.public}
    store.close()


def test_a_code_that_is_refused_leaves_the_terminal_as_it_was(hub: HubDouble, tmp_path: Path) -> None:
    hub.refuse_code = {"code": "enrol.code_used", "message": "This code was used already.", "params": {}}
    store = Store(tmp_path)
    with pytest.raises(EnrolRefused, match="used already"):
        enrol(store, hub.url, CODE, "till")
    assert identity(store) is None
    with pytest.raises(EnrolRefused, match="of another kind"):
        hub.refuse_code = None
        enrol(store, hub.url, CODE, "kiosk")
    assert identity(store) is None
    store.close()


def test_where_no_hub_answers_the_code_is_still_good(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for address in ("http://127.0.0.1:1", "http://", "not an address"):
        with pytest.raises(EnrolRefused) as refused:
            enrol(store, address, CODE, "till")
        assert refused.value.code == "enrol.no_hub"
    store.close()


def test_a_folder_with_the_sales_of_one_till_becomes_no_other(hub: HubDouble, tmp_path: Path) -> None:
    set_up(tmp_path, hub.url, "till-2")
    store = Store(tmp_path)
    with pytest.raises(EnrolRefused) as refused:
        enrol(store, hub.url, CODE, "till")
    assert refused.value.code == "enrol.other_terminal"
    found = identity(store)
    assert found is not None and found.terminal == "till-2"
    store.close()


def test_set_up_anew_everything_unsent_travels_once_more_and_numbers_go_on_above_the_hubs(alone: Bench) -> None:
    for _ in range(3):
        alone.sell(PIECES[0])
    alone.stop()
    before = alone.rows("SELECT seq, id, hash FROM outbox WHERE seq > 0 ORDER BY seq")
    alone.hub.enrol_answer = {"inc": 2, "first_sale": 41, "known": {"inc": 1, "last_seq": 0}}
    alone.hub.start()
    store = Store(alone.folder / "data")
    assert enrol(store, alone.hub.url, CODE, "till").inc == 2
    store.close()
    assert alone.rows("SELECT seq, id, hash FROM outbox WHERE inc = 1 AND seq > 0 ORDER BY seq") == before
    assert alone.rows("SELECT DISTINCT status FROM outbox WHERE inc = 1 AND seq > 0") == [("moved",)]
    alone.start()
    alone.wait(lambda view: view["link"]["online"] and not view["link"]["unsent"])
    assert [operation["id"] for operation in alone.hub.taken] == [row[1] for row in before]
    alone.ok("next")
    alone.sell(PIECES[0])
    counters = [row[0] for row in alone.rows("SELECT counter FROM sales ORDER BY counter")]
    assert counters == [1, 2, 3, 41]


def test_what_a_restored_hub_has_lost_of_an_older_life_travels_in_the_new_one(tmp_path: Path) -> None:
    set_up(tmp_path, "http://hub")
    store = Store(tmp_path)
    with store.begin() as connection:
        rows = [outbox.Written(f"id-{n}", "audit.note", n, None, {"n": n}) for n in range(1, 6)]
        outbox.append(connection, rows)
        outbox.settle(connection, 1, [{"seq": n, "status": "ok"} for n in range(1, 5)])
        assert outbox.begin(connection, "till-1", 2, known_inc=1, known_seq=2) == 3
        due = outbox.batch(connection)
    assert due is not None and (due.inc, due.seq0, due.seq) == (2, 1, 3)
    assert [operation["id"] for operation in due.ops] == ["id-3", "id-4", "id-5"]
    store.close()


def test_a_till_whose_key_is_gone_sells_on_and_says_what_it_needs(make_bench: Any) -> None:
    bench: Bench = make_bench()
    bench.load_replica(reference())
    set_up(bench.folder / "data", bench.hub.url)
    (bench.folder / "data" / KEY_NAME).write_text("00" * 32)
    bench.hub.start()
    bench.start()
    bench.sign_in()
    bench.sell(PIECES[0])
    assert bench.view["link"]["refused"]["code"] == "enrol.key_missing"
    assert bench.view["link"]["unsent_sales"] == 1 and bench.hub.hailed == []


def test_the_terminal_tells_the_hub_where_its_chain_ends(bench: Bench) -> None:
    bench.sell(PIECES[0])
    bench.hub.wait(lambda: "sale.commit" in bench.hub.kinds)
    bench.wait(lambda view: not view["link"]["unsent"])
    bench.hub.cut()
    bench.hub.wait(lambda: len(bench.hub.hailed) == 2)
    ((seq, chain),) = bench.rows("SELECT seq, hash FROM outbox ORDER BY seq DESC LIMIT 1")
    hailed = bench.hub.hailed[1]
    assert (hailed["last_seq"], hailed["chain"], hailed["through"], hailed["inc"]) == (seq, chain, seq, 1)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE outbox SET body = replace(body, '\"amount\":', '\"amount\":1') WHERE kind = 'sale.commit' AND seq < 6",
        "UPDATE outbox SET body = 'no json' WHERE seq = 1",
        "UPDATE outbox SET at = at + 1 WHERE seq = 3",
        "UPDATE outbox SET hash = prev WHERE seq = (SELECT max(seq) FROM outbox)",
        "UPDATE outbox SET seq = -seq WHERE seq = 2",
    ],
)
def test_a_journal_that_was_changed_by_hand_is_noticed_sends_nothing_and_sells_on(alone: Bench, change: str) -> None:
    for _ in range(3):
        alone.sell(PIECES[0])
    alone.ok("next")
    alone.stop()
    with sqlite3.connect(alone.folder / "data" / "till.sqlite") as connection:
        assert connection.execute(change).rowcount > 0
    connection.close()
    alone.hub.start()
    alone.start()
    alone.wait(lambda view: (view["link"]["refused"] or {}).get("code") == "journal.changed")
    assert "changed by hand" in alone.view["link"]["refused"]["message"]
    alone.sell(PIECES[1])
    assert alone.hub.hailed == [] and alone.hub.taken == []


def test_set_up_anew_what_was_changed_by_hand_stays_here_before_a_person_and_the_rest_travels(alone: Bench) -> None:
    for _ in range(2):
        alone.sell(PIECES[0])
    alone.stop()
    ids = [row[0] for row in alone.rows("SELECT id FROM outbox WHERE seq > 0 ORDER BY seq")]
    with sqlite3.connect(alone.folder / "data" / "till.sqlite") as connection:
        connection.execute("UPDATE outbox SET at = at + 1 WHERE seq = 3")
    connection.close()
    alone.hub.enrol_answer = {"inc": 2, "first_sale": 1, "known": {"inc": 1, "last_seq": 0}}
    alone.hub.start()
    store = Store(alone.folder / "data")
    enrol(store, alone.hub.url, CODE, "till")
    store.close()
    alone.start()
    alone.wait(lambda view: view["link"]["online"] and not view["link"]["unsent"])
    assert [operation["id"] for operation in alone.hub.taken] == ids[:2] + ids[3:]
    assert [row["code"] for row in alone.view["needs_you"]] == ["journal.changed"]


def test_started_again_it_says_how_many_sales_wait_and_not_only_that_some_do(alone: Bench) -> None:
    for _ in range(3):
        alone.sell(PIECES[0])
        alone.ok("next")
    alone.stop()
    alone.start()
    assert repr(alone.view["link"]["unsent_sales"]) == "3"
