"""The demonstration shop: hub, till, kiosk and device bench, each its own process, on one data folder.

    DATA/hub.sqlite   DATA/till-1/   DATA/kiosk-1/   DATA/bench/   DATA/logs/*.log   DATA/control.sock

The bench starts beside the hub and announces the addresses of its devices; the terminals are enrolled at the hub and
get those addresses. `Demonstration` is the same for `bin/run`, `bin/run --check`, the benchmarks and the journeys.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from omnitill.control import ControlSocket
from omnitill.datafolder import DataFolder
from omnitill.processes import Event, NotReady, Program
from omnitill.supervisor import Supervisor

PORT_BASE = 8400
ENROL_TIMEOUT_S = 60.0
TERMINALS = {"till": "till-1", "kiosk": "kiosk-1"}
"""Process name to the terminal's id in the sample shop."""
NAMES = ("hub", "till", "kiosk", "bench")

Commands = Mapping[str, Sequence[str]]
COMMANDS: Commands = {
    "hub": (sys.executable, "-m", "sync_server"),
    "terminal": (sys.executable, "-m", "pos_terminal"),
    "bench": (sys.executable, "-m", "device_bench"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """`ports` are wishes, in the order of NAMES; a busy one moves. `lan` lets other machines reach the hub only."""

    data: Path
    ports: tuple[int, ...] = (PORT_BASE, PORT_BASE + 1, PORT_BASE + 2, PORT_BASE + 3)
    lan: bool = False
    commands: Commands = field(default_factory=lambda: COMMANDS)


class Demonstration:
    """Runs from `async with` until its block ends. Raises NotReady when a process does not come up.

    `tell` hears every Event of the processes.
    """

    def __init__(self, settings: Settings, folder: DataFolder, tell: Callable[[Event], None]) -> None:
        self.settings = settings
        self.data = folder.path
        self._codes: dict[str, str] = {}
        port = dict(zip(NAMES, settings.ports, strict=True))
        self.supervisor = Supervisor(
            [
                Program("hub", port["hub"], self._hub_command),
                Program("bench", port["bench"], self._bench_command),
                Program("till", port["till"], lambda port: self._terminal_command("till", port)),
                Program("kiosk", port["kiosk"], lambda port: self._terminal_command("kiosk", port)),
            ],
            self.data / "logs",
            tell,
        )
        self.control = ControlSocket(self.data, self.supervisor)

    async def __aenter__(self) -> Self:
        try:
            await self.control.open()
            # A hub that begins anew knows no terminal of an earlier one.
            new_hub = not (self.data / "hub.sqlite").exists()
            await self.supervisor.start("hub", "bench")
            strangers = [name for name in TERMINALS.values() if new_hub or not (self.data / name / "key").exists()]
            if strangers:
                self._codes = await self._make_codes(strangers)
            await self.supervisor.start("till", "kiosk")
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends all processes; their data stays."""
        await asyncio.gather(self.control.close(), self.supervisor.close())

    def announced(self, process: str) -> dict[str, Any]:
        """What the process said when it became ready; empty before."""
        return self.supervisor.children[process].announcement

    @property
    def addresses(self) -> dict[str, str]:
        """Page to address: shop, dashboard, till, kiosk, bench."""
        hub = self._hub_url()
        return {
            "shop": self.announced("hub").get("shop", f"{hub}/"),
            "till": self.announced("till").get("url", ""),
            "kiosk": self.announced("kiosk").get("url", ""),
            "bench": self.announced("bench").get("url", ""),
            "dashboard": self.announced("hub").get("dashboard", f"{hub}/manage"),
        }

    def _hub_url(self) -> str:
        # The hub may listen on every interface; the terminals beside it always come over loopback.
        return f"http://127.0.0.1:{self.supervisor.children['hub'].port}"

    def _hub_command(self, port: int) -> list[str]:
        host = "0.0.0.0" if self.settings.lan else "127.0.0.1"
        options = ["serve", "--data", str(self.data), "--host", host, "--port", str(port), "--seed-sample"]
        return [*self.settings.commands["hub"], *options]

    def _bench_command(self, port: int) -> list[str]:
        terminals = [word for terminal in TERMINALS.values() for word in ("--terminal", terminal)]
        options = ["--data", str(self.data / "bench"), "--port", str(port), "--control", str(self.control.path)]
        return [*self.settings.commands["bench"], *options, *terminals]

    def _terminal_command(self, kind: str, port: int) -> list[str]:
        terminal = TERMINALS[kind]
        devices = self.announced("bench").get("devices", {}).get(terminal, {})
        options = {
            "--kind": kind,
            "--data": str(self.data / terminal),
            "--port": str(port),
            "--hub": self._hub_url(),
            "--enrol": self._codes.get(terminal, ""),
            "--scanner": devices.get("scanner", ""),
            "--printer": devices.get("printer", ""),
        }
        words = [word for option, value in options.items() if value for word in (option, value)]
        return [*self.settings.commands["terminal"], *words, "--demo"]

    async def _make_codes(self, terminals: list[str]) -> dict[str, str]:
        """Asks the hub's own command for the one-time codes that set the terminals up; code by terminal."""
        named = [word for terminal in terminals for word in ("--terminal", terminal)]
        command = [*self.settings.commands["hub"], "enrol", "--data", str(self.data), *named]
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            said, complaint = await asyncio.wait_for(process.communicate(), ENROL_TIMEOUT_S)
            made = [orjson.loads(line) for line in said.splitlines()[-len(terminals) :]]
            codes = {row["terminal"]: str(row["code"]) for row in made}
            return {terminal: codes[terminal] for terminal in terminals}
        except (TimeoutError, KeyError, TypeError, orjson.JSONDecodeError):
            reason = complaint.decode("utf-8", "replace").strip()[-400:] if process.returncode else "no answer"
            raise NotReady(f"the hub made no codes for {', '.join(terminals)}: {reason}") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def run(
    settings: Settings,
    folder: DataFolder,
    tell: Callable[[Event], None],
    opened: Callable[[Demonstration], None],
) -> None:
    """Keeps the shop open until SIGINT, SIGTERM or SIGHUP; calls `opened` once. Raises NotReady."""
    closing = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, closing.set)
    shop = asyncio.create_task(_open_until(closing, settings, folder, tell, opened))
    asked = asyncio.create_task(closing.wait())
    await asyncio.wait((shop, asked), return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not closing.is_set():
        return await shop
    # Asked to close while still starting: the start is broken off and cleans up behind itself.
    shop.cancel()
    await asyncio.gather(shop, asked, return_exceptions=True)
    return None


async def _open_until(
    closing: asyncio.Event,
    settings: Settings,
    folder: DataFolder,
    tell: Callable[[Event], None],
    opened: Callable[[Demonstration], None],
) -> None:
    async with Demonstration(settings, folder, tell) as shop:
        opened(shop)
        await closing.wait()
