"""One run: open the shop, let people and the storm loose, wait for rest, look."""

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omnitill.blackbox.check import Report, shown_wrong, verify
from omnitill.blackbox.people import AtTerminal, History
from omnitill.blackbox.shop import HubData, Shop
from omnitill.blackbox.storm import BEHIND, KINDS, Fault, Storm, plan
from omnitill.simulation.check import Findings
from omnitill.visitors import NotSeen
from sync_server.db import open_database

PHONES = 3
REST_LIMIT_S = 75.0
LOOK_S = 0.5
REPORT_TIMEOUT_S = 10.0


@dataclass
class Outcome:
    """What became of one run."""

    seed: int
    minutes: float
    workers: int = 0
    acknowledged: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    rest_s: float = 0.0
    folder: Path = field(default_factory=Path)

    @property
    def line(self) -> dict[str, Any]:
        """The one line of figures."""
        equal = not any("copy of" in sentence or "shows the lines" in sentence for sentence in self.findings.wrong)
        return {
            "minutes": round(self.minutes, 2),
            "seed": self.seed,
            "workers": self.workers,
            "operations_acknowledged": self.acknowledged,
            "faults_injected": dict(sorted(self.faults.items())),
            "lost": self.findings.lost,
            "doubled": self.findings.doubled,
            "replicas_equal": equal,
            "rest_s": round(self.rest_s, 1),
            "wrong": self.findings.wrong[:20],
        }


def play(
    folder: Path,
    seed: int,
    minutes: float,
    plant: str = "",
    faults: list[Fault] | None = None,
    phones: int = PHONES,
    workers: int = 0,
) -> Outcome:
    """A whole run in `folder`, which is left as it ended. `faults` replaces those of the seed. With `workers` the
    hub is so many processes over PostgreSQL and Redis."""
    data = HubData(folder / "hub", workers)
    try:
        return _played(Shop(folder, seed, phones, data, plant), seed, minutes, faults)
    finally:
        data.close()


def _played(shop: Shop, seed: int, minutes: float, faults: list[Fault] | None) -> Outcome:
    workers = shop.data.workers
    outcome = Outcome(seed, minutes, workers=workers, folder=shop.path)
    history = History(shop.path / "history.jsonl")
    people = [AtTerminal(terminal, seed, history) for terminal in shop.terminals]
    try:
        shop.open()
        names = [one.name for one in shop.terminals], [one.name for one in shop.phones]
        kinds = KINDS | BEHIND if workers else KINDS
        drawn = plan(seed, minutes * 60, *names, kinds) if faults is None else faults
        storm = Storm(shop, drawn, history.note)
        for person in people:
            person.begin()
        storm.rage(minutes * 60)
        outcome.faults = dict(storm.counted + shop.network.faults)
        began = time.monotonic()
        reports, views = _rest(shop, people)
        outcome.rest_s = time.monotonic() - began
    finally:
        for person in people:
            person.leave()
        shop.close()
        history.close()
    outcome.findings, outcome.acknowledged = verify(shop, people, reports, views)
    return outcome


def _rest(shop: Shop, people: list[AtTerminal]) -> tuple[dict[str, Report], dict[str, Report]]:
    """Nobody does anything new; wait until every screen shows what the hub has, or until the deadline."""
    shop.until_all_up()
    for person in people:
        person.stop()
    for phone in shop.phones:
        phone.process.tell("rest")
    db = open_database(shop.data.url)
    deadline = time.monotonic() + REST_LIMIT_S
    try:
        while True:
            shop.tend()
            reports, views = _asked(shop, people)
            whole = len(reports) == len(shop.phones) and len(views) == len(people)
            if (whole and not any(shown_wrong(db, reports, views))) or time.monotonic() > deadline:
                return reports, views
            time.sleep(LOOK_S)
    finally:
        db.close()


def _asked(shop: Shop, people: list[AtTerminal]) -> tuple[dict[str, Report], dict[str, Report]]:
    reports: dict[str, Report] = {}
    views: dict[str, Report] = {}
    for phone in shop.phones:
        said = phone.process.ask("report", REPORT_TIMEOUT_S)
        if said is not None:
            reports[phone.name] = said
    for person in people:
        with contextlib.suppress(NotSeen):
            views[person.name] = person.view()
    return reports, views
