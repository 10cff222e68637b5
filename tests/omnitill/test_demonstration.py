"""The demonstration as a newcomer meets it: opened, disturbed and closed, with real processes that play the rooms."""

import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from shop_process import ShopProcess, wait_gone

NAMES = ("hub", "till", "kiosk", "bench")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ShopProcess]:
    with ShopProcess(tmp_path / "shop") as shop:
        yield shop.opened()


def test_the_invitation_names_every_page_and_who_may_sign_in(shop: ShopProcess) -> None:
    said = "".join(shop.said)
    for port in range(shop.port, shop.port + 4):
        assert f"http://127.0.0.1:{port}/" in said
    assert f"http://127.0.0.1:{shop.port}/manage" in said
    assert "PIN" in said and "password" in said
    with urllib.request.urlopen(f"http://127.0.0.1:{shop.port + 1}/", timeout=5) as page:
        assert page.read() == b"a page"


def test_a_terminal_gets_its_code_and_the_addresses_of_its_devices(shop: ShopProcess) -> None:
    till = shop.facts("till")
    assert till["scanner"] == "scanner+serial:///dev/till-1"
    assert till["printer"].startswith("escpos+tcp://127.0.0.1:")
    assert till["hub"] == f"http://127.0.0.1:{shop.port}"
    assert till["enrol"].startswith("code ") and till["enrol"].endswith(" of till-1")


def test_a_process_that_dies_is_named_and_started_again(shop: ShopProcess) -> None:
    first = shop.facts("till")["pid"]
    os.kill(first, signal.SIGKILL)
    assert "SIGKILL" in shop.hears("till died")
    shop.hears("till is ready")
    second = shop.facts("till")["pid"]
    assert second != first
    assert shop.ask(do="status")["processes"]["till"]["restarts"] == 1


def test_a_process_that_dies_again_and_again_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    data = tmp_path / "shop"
    data.mkdir()
    (data / "demo.lock").touch()
    (data / "FAULTS").write_text("till die")
    with ShopProcess(data) as shop:
        shop.hears("died 5 times in a row (exit code 3)")
        shop.hears("the till drawer is on fire")
        shop.hears("The shop did not open")
        assert shop.ended() == 1
    assert (data / "logs" / "till.log").read_text().count("the till drawer is on fire") == 5


def test_a_process_that_refuses_its_folder_is_not_started_again(tmp_path: Path) -> None:
    data = tmp_path / "shop"
    data.mkdir()
    (data / "demo.lock").touch()
    (data / "FAULTS").write_text("till refuse")
    with ShopProcess(data) as shop:
        shop.hears("till refused to start (exit code 5)")
        shop.hears("this folder is of a newer program")
        assert shop.ended() == 1
    assert (data / "logs" / "till.log").read_text().count("newer program") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_closing_takes_less_than_three_seconds_and_leaves_nobody(shop: ShopProcess, number: signal.Signals) -> None:
    pids = [shop.facts(name)["pid"] for name in NAMES]
    began = time.monotonic()
    shop.process.send_signal(number)
    assert shop.ended() == 0
    assert time.monotonic() - began < 3
    for pid in pids:
        wait_gone(pid, 0)
    assert not (shop.data / "control.sock").exists()


def test_closing_takes_less_than_three_seconds_even_with_a_deaf_process(tmp_path: Path) -> None:
    data = tmp_path / "shop"
    data.mkdir()
    (data / "demo.lock").touch()
    (data / "FAULTS").write_text("kiosk deaf\nhub deaf")
    with ShopProcess(data) as shop:
        shop.opened()
        began = time.monotonic()
        shop.process.send_signal(signal.SIGINT)
        assert shop.ended() == 0
        assert time.monotonic() - began < 3
        wait_gone(shop.facts("kiosk")["pid"], 0)


def test_closing_while_the_shop_is_still_opening_leaves_nobody(tmp_path: Path) -> None:
    data = tmp_path / "shop"
    data.mkdir()
    (data / "demo.lock").touch()
    (data / "FAULTS").write_text("till mute")
    with ShopProcess(data) as shop:
        shop.hears("kiosk is ready")
        shop.process.send_signal(signal.SIGINT)
        assert shop.ended() == 0
        wait_gone(shop.facts("hub")["pid"], 0)
        wait_gone(shop.facts("kiosk")["pid"], 0)


def test_nobody_outlives_a_supervisor_that_was_killed(shop: ShopProcess) -> None:
    pids = [shop.facts(name)["pid"] for name in NAMES]
    shop.process.kill()
    for pid in pids:
        wait_gone(pid)


def test_a_busy_port_moves_to_the_next_and_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        with ShopProcess(tmp_path / "shop", port) as shop:
            shop.hears(f"port {port} is busy, so hub stands on")
            shop.opened()
            moved = shop.ask(do="status")["processes"]["hub"]["url"]
            assert moved != f"http://127.0.0.1:{port}/"
            assert shop.facts("till")["hub"] == moved.rstrip("/")


def test_a_process_stopped_on_purpose_stays_down_until_it_is_started(shop: ShopProcess) -> None:
    hub = shop.facts("hub")["pid"]
    answer = shop.ask(do="stop", process="hub")
    assert answer["ok"] and answer["processes"]["hub"]["state"] == "stopped"
    wait_gone(hub, 0)
    assert shop.ask(do="kill", process="hub") == {"ok": False, "error": "hub does not run."}
    answer = shop.ask(do="start", process="hub")
    assert answer["processes"]["hub"] | {"pid": 0} == {
        "state": "ready",
        "pid": 0,
        "restarts": 0,
        "url": f"http://127.0.0.1:{shop.port}/",
    }


def test_terminals_follow_the_bench_when_its_printers_have_moved(shop: ShopProcess) -> None:
    before = shop.facts("till")
    assert shop.ask(do="kill", process="bench")["ok"]
    shop.hears("till starts again, because bench has a new address")
    shop.hears("till is ready")
    after = shop.facts("till")
    assert after["pid"] != before["pid"]
    assert after["printer"] != before["printer"]
    assert after["port"] == before["port"]


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"do": "explode", "process": "hub"}, "Unknown wish 'explode'"),
        ({"do": "stop", "process": "safe"}, "Unknown process 'safe'"),
        ({"do": "stop", "process": ["hub"]}, "Unknown process ['hub']"),
        ({"do": "stop"}, "Unknown process None"),
    ],
)
def test_the_control_socket_refuses_what_it_does_not_know(
    shop: ShopProcess, wish: dict[str, object], error: str
) -> None:
    answer = shop.ask(**wish)
    assert not answer["ok"] and answer["error"].startswith(error)


def test_the_control_socket_answers_garbage_and_drops_endless_lines(shop: ShopProcess) -> None:
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(10)
        link.connect(str(shop.data / "control.sock"))
        link.sendall(b"[]\n")
        assert b'"ok":false' in link.recv(1000)
        link.sendall(b"x" * 10_000 + b"\n")
        assert link.recv(1000) == b""
    assert shop.ask(do="status")["ok"]


def test_a_second_demonstration_on_the_same_folder_is_refused(shop: ShopProcess) -> None:
    with ShopProcess(shop.data) as second:
        said = second.hears("already runs on")
        assert str(shop.process.pid) in said
        assert second.ended() == 2
    assert shop.ask(do="status")["ok"]


def test_a_terminal_is_enrolled_once_and_anew_only_at_a_new_hub(tmp_path: Path) -> None:
    data = tmp_path / "shop"
    codes = []
    for _ in range(2):
        with ShopProcess(data) as shop:
            shop.opened()
            codes.append(shop.facts("till")["enrol"])
    assert codes[0] and not codes[1]
    (data / "hub.sqlite").unlink()
    with ShopProcess(data) as shop:
        shop.opened()
        assert shop.facts("till")["enrol"] not in ("", None, codes[0])


def test_data_is_kept_between_runs_and_reset_asks_first(tmp_path: Path) -> None:
    data = tmp_path / "shop"
    with ShopProcess(data) as shop:
        shop.opened()
        (data / "kept").write_text("yesterday's sale")
    with ShopProcess(data, None, "--reset", answer=b"n\n") as shop:
        shop.hears("Nothing was deleted")
        assert shop.ended() == 0
    assert (data / "kept").exists()
    with ShopProcess(data, None, "--reset", answer=b"y\n") as shop:
        shop.opened()
        assert not (data / "kept").exists()


def test_a_folder_with_somebody_elses_files_is_never_taken(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with ShopProcess(tmp_path, None, "--reset", answer=b"y\n") as shop:
        shop.hears("are not a demonstration's")
        assert shop.ended() == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
