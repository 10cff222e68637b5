"""`bin/run --check` with processes that play the rooms: one JSON line, and an honest exit code."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from omnitill import check
from omnitill.ports import free_ports

FAKE = str(Path(__file__).with_name("fake_process.py"))
COMMANDS = {role: (sys.executable, FAKE, role) for role in ("hub", "terminal", "bench")}


def sees_a_cart(walk: check.Walk) -> dict[str, Any]:
    return {"line_on_the_till": 1, "till": walk.addresses["till"]}


def sees_nothing(walk: check.Walk) -> dict[str, Any]:
    assert walk.seen["line_on_the_till"] == 1
    raise check.WalkBroken("no line stood on the phone within 5 s")


def test_the_walk_prints_one_line_and_exits_0(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "STEPS", [check.every_page_answers, sees_a_cart])
    assert check.main(COMMANDS) == 0
    (said,) = capfd.readouterr().out.splitlines()
    line = json.loads(said)
    assert line["ok"] is True
    assert set(line["pages"]) == {"shop", "dashboard", "till", "kiosk", "bench"}
    assert line["line_on_the_till"] == 1
    assert "step" not in line


def test_a_step_that_does_not_see_what_it_must_ends_the_walk_and_exits_1(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "STEPS", [sees_a_cart, sees_nothing, check.every_page_answers])
    assert check.main(COMMANDS) == 1
    line = json.loads(capfd.readouterr().out)
    assert line["ok"] is False
    assert (line["step"], line["why"]) == ("sees nothing", "no line stood on the phone within 5 s")
    assert "pages" not in line


def test_a_page_that_does_not_answer_breaks_the_walk(tmp_path: Path) -> None:
    walk = check.Walk({"till": f"http://127.0.0.1:{free_ports(1)[0]}/"}, tmp_path)
    line: dict[str, Any] = {"ok": False}
    asyncio.run(check._take_steps(walk, line))
    assert line["ok"] is False
    assert line["step"] == "every page answers"
    assert "refused" in line["why"].lower()


def test_a_hub_that_does_not_start_is_reported_in_the_line(capfd: pytest.CaptureFixture[str]) -> None:
    broken = COMMANDS | {"hub": (sys.executable, "-c", "import sys; sys.exit('the disk is full')")}
    assert check.main(broken) == 1
    said = capfd.readouterr()
    line = json.loads(said.out)
    assert line["step"] == "opening the shop"
    assert "hub" in line["why"]
    assert "the disk is full" in said.err
