"""Whoever stands at a till or kiosk: uses its page and its scanner, and swears to what was said.

The page and the terminal are one machine, so nothing lies between them but the terminal's own death.
"""

import json
import threading
import uuid
from collections import Counter
from pathlib import Path
from random import Random
from typing import IO, Any

from socketio.exceptions import SocketIOError

from omnitill.blackbox.shop import Terminal
from omnitill.simulation.memory import CASHIER, SHOP
from omnitill.visitors import NotSeen, Refused, TillPage
from sample_shop import scan_text

PAUSE_S = (0.02, 0.5)
AGAIN = 0.7
SEEN_S = 5.0
STOP_TIMEOUT_S = 30.0
CODES = [scan_text(product) for product in SHOP.products]
CARDS = [shopper.card for shopper in SHOP.shoppers[:2]]
LINE_COMMANDS = frozenset({"scan", "set", "remove"})

Command = tuple[str, dict[str, Any]]


class History:
    """What was asked and what was answered, a line each, as it happened."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file: IO[str] = path.open("a", encoding="utf-8")

    def note(self, **row: Any) -> None:
        with self._lock:
            self._file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
            self._file.flush()

    def close(self) -> None:
        self._file.close()


class AtTerminal:
    """`told` counts what the terminal said was done, `unsure` what it never answered: done once or not at all."""

    def __init__(self, terminal: Terminal, seed: int, history: History) -> None:
        self.terminal, self.name = terminal, terminal.name
        self.told: Counter[str] = Counter()
        self.unsure: Counter[str] = Counter()
        self.sold: list[str] = []
        self.put_back = 0
        self.failures: list[str] = []
        self._random = Random(f"{seed} {terminal.name}")
        self._history = history
        self._stopping = threading.Event()
        self._page: TillPage | None = None
        self._life = 0
        self._open: tuple[str, Command] | None = None
        self._thread = threading.Thread(target=self._live, name=f"person at {self.name}", daemon=True)

    def never_answered(self, kind: str) -> int:
        return self.unsure[kind] + (self._open is not None and _kind(self._open[1][0]) == kind)

    def begin(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(STOP_TIMEOUT_S)
        if self._thread.is_alive():
            self.failures.append(f"the person at {self.name} still waits")

    def view(self) -> dict[str, Any]:
        """What the terminal shows now. Raises NotSeen where it cannot be asked."""
        try:
            self._look()
            assert self._page is not None
            answer = self._page.ask("view", None)
        except (SocketIOError, Refused, OSError) as error:
            raise NotSeen(f"{self.name} shows nothing: {error}") from error
        state: dict[str, Any] = answer["state"]
        return state

    def leave(self) -> None:
        if self._page is not None:
            self._page.close()

    def _live(self) -> None:
        while not self._stopping.wait(self._random.uniform(*PAUSE_S)):
            try:
                self._look()
                self._act()
            except (NotSeen, SocketIOError, OSError, KeyError) as error:
                # The terminal is down or paused: what was asked for is asked again when it is back, or not.
                self._history.note(who=self.name, failed=repr(error))

    def _look(self) -> None:
        process = self.terminal.process
        page = self._page
        if page is not None and self._life == process.life and page.client.connected:
            return
        if page is not None:
            page.close()
            self._page = None
        life, url = process.life, process.ready.get("url")
        if not url:
            raise NotSeen(f"{self.name} is down")
        self._page, self._life = TillPage(url, self.name), life
        self._page.sees("the terminal's state", lambda state: True, SEEN_S)

    def _act(self) -> None:
        assert self._page is not None
        if self._open is not None and self._random.random() < AGAIN:
            command, (name, body) = self._open
        else:
            if self._open is not None:
                self.unsure[_kind(self._open[1][0])] += 1
                self._open = None
            chosen = self._choose(self._page.states[TillPage.VIEW])
            if chosen is None:
                return
            name, body = chosen
            command = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        self._open = command, (name, body)
        if name in ("void_cart", "start_over"):
            self.put_back += sum(line["mine"] for line in self._page.states[TillPage.VIEW]["lines"].values())
        self._history.note(who=self.name, command=command, name=name, body=body)
        try:
            result = self._page.do(name, id=command, **body)
        except Refused as refused:
            self._open = None
            self._history.note(who=self.name, command=command, refused=str(refused))
            return
        self._open = None
        self._history.note(who=self.name, command=command, result=result)
        self.told[_kind(name)] += 1
        sale = (result or {}).get("sale") if isinstance(result, dict) else None
        self.sold += [sale["number"]] if sale else []

    def _choose(self, view: dict[str, Any]) -> Command | None:
        phase, random = view["phase"], self._random
        if phase == "needs_hub":
            return None
        if phase in ("signed_out", "locked"):
            return "sign_in", {"number": CASHIER.number, "pin": CASHIER.pin}
        if phase == "paying":
            if random.random() < 0.1:
                return "pay_cancel", {}
            return "tender", {"kind": "cash", "amount": max(1, view["payment"]["left"])}
        if random.random() < 0.2:
            self._with_the_scanner()
            return None
        return random.choice(self._choices(view))

    def _with_the_scanner(self) -> None:
        """Codes come over the wire as well; nobody answers a scanner, so each may be done or not."""
        text, aim = self._random.choice(CODES)
        self.unsure["line"] += 1
        self._history.note(who=self.name, scanned=text, taken=self.terminal.scanner.scan(text, aim))

    def _choices(self, view: dict[str, Any]) -> list[Command]:
        random = self._random
        text, aim = random.choice(CODES)
        scan: Command = ("scan", {"text": text, "aim": aim})
        card: Command = ("attach", {"card": random.choice(CARDS), "replace": random.random() < 0.3})
        choices = [scan] * 5 + [card] * (2 if view["shopper"] is None else 1)
        choices += [("take", {"line": line}) for line, row in view["lines"].items() if row["takeable"]][:2]
        choices.append(("take_all", {}))
        held = [row for row in view["lines"].values() if row["mine"]]
        if held:
            row = random.choice(held)
            seen = row["seen"]
            if not row["weighed"]:
                choices.append(("set", {"line": row["id"], "to": 1000 * random.randint(0, 4), "seen": seen}))
            choices.append(("remove", {"line": row["id"], "seen": seen}))
            choices += [("pay_begin" if view["kind"] == "till" else "pay_at_till", {})] * 2
        if random.random() < 0.15:
            choices.append(("void_cart" if view["kind"] == "till" else "start_over", {}))
        return choices


def _kind(name: str) -> str:
    return "line" if name in LINE_COMMANDS else name
