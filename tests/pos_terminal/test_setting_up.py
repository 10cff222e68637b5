"""The set-up page's deeds: a terminal that belongs to nobody takes a code and sells, without a restart; one that is in
quarantine is set up anew while it sells."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hub_double import HubDouble
from till_bench import PIECES, Bench, reference

from pos_terminal import app, hub_door
from pos_terminal.app import Terminal
from pos_terminal.config import Config
from pos_terminal.enrolment import identity
from pos_terminal.errors import EnrolRefused
from pos_terminal.hub_door import SKEW_MAX_MS, address_of, code_of, read

CODE = "12345678"


class FreshBench(Bench):
    """A terminal out of its box: nobody has set it up."""

    def start(self) -> "FreshBench":
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        (self.folder / "data" / "key").touch()  # Else the bench sets it up by itself.
        super().start()
        return self

    def error(self, hub: str = "", code: str = CODE) -> str:
        """The code of what the set-up page says after a try."""
        self.ok("set_up", hub=hub or self.hub.url, code=code)
        # From the answer on it is busy, so what is shown after that is what came of it.
        self.wait(lambda view: not view["set_up"]["busy"] and view["set_up"]["error"])
        return str(self.view["set_up"]["error"]["code"])


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[FreshBench]:
    bench = FreshBench(tmp_path, printer=False, scanner=True)
    bench.start()
    yield bench
    bench.close()


def test_out_of_the_box_it_asks_for_a_code_and_with_it_sells_without_a_restart(fresh: FreshBench) -> None:
    assert fresh.view["phase"] == "set_up"
    state = {"again": False, "hub": fresh.hub.url, "busy": False, "error": None, "scanned": None}
    assert fresh.view["set_up"] == state
    fresh.ok("language", language="ru")
    fresh.hub.start()
    fresh.ok("set_up", hub=f" {fresh.hub.url}/manage#sync", code="1234 5678")
    fresh.wait(lambda view: view["phase"] == "signed_out" and view["link"]["online"])
    assert fresh.view["set_up"] is None and fresh.view["language"] == "ru"
    assert [row["code"] for row in fresh.hub.enrolled] == [CODE]
    fresh.sign_in()
    fresh.sell(PIECES[0])
    fresh.wait(lambda view: not view["link"]["unsent"])
    assert "sale.commit" in fresh.hub.kinds
    assert fresh.hub.hailed[0]["dev"] == "till-1" and fresh.rows("SELECT max(inc) FROM outbox") == [(1,)]


def test_what_was_set_up_on_the_page_is_still_so_after_a_restart_also_at_an_address_that_was_typed(
    fresh: FreshBench, tmp_path: Path
) -> None:
    elsewhere = HubDouble(reference())
    elsewhere.start()
    fresh.ok("set_up", hub=elsewhere.url, code=CODE)
    fresh.wait(lambda view: view["phase"] == "signed_out")
    fresh.stop()
    # The command line still names the address that was overruled on the page.
    fresh.start()
    fresh.wait(lambda view: view["link"]["online"])
    assert len(elsewhere.hailed) == 2 and not fresh.hub.hailed
    fresh.stop()
    elsewhere.stop()


def test_a_scanner_reads_the_code_and_nothing_else_passes_for_one(fresh: FreshBench) -> None:
    assert fresh.scanner is not None
    fresh.wait(lambda view: [row["state"] for row in view["devices"]["scanners"]] == ["online"])
    fresh.scanner.scan(f"https://shop.example {CODE}")
    fresh.wait(lambda view: view["set_up"]["scanned"])
    assert fresh.view["set_up"]["scanned"] == {"n": 1, "hub": "https://shop.example", "code": CODE}
    fresh.scanner.scan("4600000000017")
    fresh.wait(lambda view: (view["set_up"]["error"] or {}).get("code") == "set_up.no_code")
    assert fresh.view["notice"] is None


def test_what_the_hub_says_no_to_is_shown_and_tried_again_with_another_code(fresh: FreshBench) -> None:
    fresh.hub.start()
    for code in ("enrol.code_unknown", "enrol.code_used", "enrol.code_expired", "enrol.wait", "hub.store"):
        fresh.hub.refuse_code = {"code": code, "message": "No.", "params": {"seconds": 7}}
        assert fresh.error() == code
        assert fresh.view["set_up"]["error"]["message"] != "No."
    fresh.hub.refuse_code = None
    fresh.ok("set_up", hub=fresh.hub.url, code=CODE)
    fresh.wait(lambda view: view["phase"] == "signed_out")


def test_what_stands_in_the_way_is_told_apart_before_the_code_leaves_this_machine(
    fresh: FreshBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fresh.error() == "enrol.no_hub"
    assert fresh.error(hub="http://") == "enrol.no_address"
    assert fresh.error(code="1234") == "enrol.no_code"
    assert fresh.terminal is not None
    # This till's own page answers, and is no hub.
    assert fresh.error(hub=fresh.terminal.serving.url) == "enrol.not_a_hub"
    fresh.hub.start()
    fresh.hub.offset_ms = SKEW_MAX_MS + 60_000
    assert fresh.error() == "enrol.clock"
    assert fresh.view["set_up"]["error"]["params"] == {"minutes": 6}

    def untrusted(*_: Any, **__: Any) -> Any:
        raise httpx.ConnectError("no") from ssl.SSLCertVerificationError("not yet valid")

    monkeypatch.setattr(httpx.Client, "get", untrusted)
    assert fresh.error() == "enrol.not_trusted"
    assert fresh.hub.enrolled == []


def test_nothing_is_sold_or_written_by_a_terminal_that_belongs_to_nobody(fresh: FreshBench) -> None:
    assert fresh.refused("add", item=PIECES[0].id) == "till.not_set_up"
    fresh.ok("set_up_close")
    assert fresh.view["set_up"] and fresh.rows("SELECT count(*) FROM outbox") == [(0,)]


def test_a_terminal_of_a_script_that_has_no_code_ends_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EnrolRefused, match="not set up yet"):
        Terminal(Config(kind="till", data=tmp_path, port=0, set_up_page=False))


def test_in_quarantine_it_sells_on_and_is_set_up_anew_between_two_scans_of_one_cart(alone: Bench) -> None:
    alone.sell(PIECES[0])
    alone.ok("next")
    alone.scan(PIECES[1])
    alone.hub.refuse = {"code": "device.forked", "message": "Another copy.", "params": {}}
    alone.hub.start()
    alone.wait(lambda view: view["link"]["set_up_anew"])
    unsent = alone.view["link"]["unsent"]
    alone.ok("set_up_open")
    assert alone.view["set_up"]["again"] and alone.view["phase"] == "selling"
    alone.hub.refuse_code = {"code": "enrol.code_used", "message": "Used.", "params": {}}
    alone.ok("set_up", hub=alone.hub.url, code=CODE)
    alone.wait(lambda view: view["set_up"]["error"])
    # Refused, it is what it was, and its link says so again.
    alone.wait(lambda view: view["link"]["set_up_anew"] and view["link"]["unsent"] == unsent)
    alone.hub.refuse_code = None
    alone.hub.enrol_answer = {"inc": 2, "first_sale": 41, "known": {"inc": 1, "last_seq": 0}}
    alone.ok("set_up", hub=alone.hub.url, code=CODE)
    alone.wait(lambda view: view["set_up"] is None and view["link"]["online"] and not view["link"]["unsent"])
    assert alone.view["link"]["refused"] is None and len(alone.hub.taken) == unsent
    assert [row["item"] for row in alone.view["lines"].values()] == [PIECES[1].id]
    alone.sell(PIECES[2])
    assert alone.rows("SELECT max(counter) FROM sales") == [(41,)]
    alone.wait(lambda view: not view["link"]["unsent"])
    sales = [row["id"] for row in alone.hub.taken if row["kind"] == "sale.commit"]
    assert len(sales) == len(set(sales)) == 2


def test_a_code_that_fails_between_the_hubs_yes_and_our_disk_leaves_it_selling(
    alone: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise OSError("no space left on device")

    alone.hub.start()
    alone.wait(lambda view: view["link"]["online"])
    alone.ok("set_up_open")
    with monkeypatch.context() as patched:
        patched.setattr(app, "enrol", broken)
        alone.ok("set_up", hub=alone.hub.url, code=CODE)
        alone.wait(lambda view: (view["set_up"]["error"] or {}).get("code") == "set_up.failed")
    alone.ok("set_up_close")
    alone.sell(PIECES[0])
    alone.wait(lambda view: view["link"]["online"] and not view["link"]["unsent"])


def test_the_folder_keeps_the_name_that_it_was_given(fresh: FreshBench) -> None:
    fresh.hub.start()
    fresh.ok("set_up", hub=fresh.hub.url, code=CODE)
    fresh.wait(lambda view: view["phase"] == "signed_out")
    assert fresh.terminal is not None
    found = identity(fresh.terminal.store)
    assert found is not None and found.signer is not None and (found.terminal, found.hub) == ("till-1", fresh.hub.url)


@pytest.mark.parametrize("text", ["12345678", " 1234 5678 ", "1234-5678", "I234 S67B", "1 2 3 4 5 6 7 8"])
def test_a_code_is_read_however_it_is_typed(text: str) -> None:
    assert code_of(text) == CODE


def test_zero_is_read_from_both_alphabets() -> None:
    assert code_of("OО00 З333") == "00003333"


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "1234567X", "четыре"])
def test_what_is_no_code_is_not_sent(text: str) -> None:
    with pytest.raises(EnrolRefused) as refused:
        code_of(text)
    assert refused.value.code == "enrol.no_code"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("http://10.0.0.5:8400", "http://10.0.0.5:8400"),
        (" https://shop.example/manage#sync ", "https://shop.example"),
        ("10.0.0.5", "http://10.0.0.5:8400"),
        ("hub.local:9000/", "http://hub.local:9000"),
        ("http://hub", "http://hub"),
    ],
)
def test_an_address_is_read_as_a_browser_would_show_it(typed: str, address: str) -> None:
    assert address_of(typed) == address


@pytest.mark.parametrize("typed", ["", "http://", "ftp://hub", "http://me@hub", "http://hub:port", "a hub"])
def test_what_is_no_address_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(EnrolRefused) as refused:
        address_of(typed)
    assert refused.value.code == "enrol.no_address"


def test_the_picture_beside_a_code_is_read_with_and_without_an_address() -> None:
    assert read(f"]Q1http://10.0.0.5:8400 {CODE}") == hub_door.Read("http://10.0.0.5:8400", CODE)
    assert read(CODE) == hub_door.Read("", CODE)
    assert read("https://shop.example/p/oat-milk") is None and read("ftp 12345678 9") is None
