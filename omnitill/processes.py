"""One process over all its lives: started, watched, started again when it dies, ended on purpose.

A `Program` says how to start it. It announces itself with one JSON line on standard output,
`{"ready": NAME, "url": ..., ...}`; everything else it says goes into its log.

    starting -> ready -> (dies) -> waiting -> starting ...   five quick deaths in a row: given-up
    any state -> stopped, on purpose; stays so until it is started again
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import orjson

from omnitill import lifeline
from omnitill.logfile import LINE_LIMIT_BYTES, LogFile

State = Literal["starting", "ready", "waiting", "stopped", "given-up"]
Announcement = dict[str, Any]

READY_TIMEOUT_S = 90.0
TERM_GRACE_S = 1.5
QUICK_DEATH_S = 10.0
QUICK_DEATHS_MAX = 5
REFUSALS = (4, 5)
"""A room ends so when its folder is of a newer program or cannot be written: starting it again would not help."""
BACK_OFF_S = (0.2, 0.5, 1.0, 2.0)
ERROR_LINES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Program:
    """`command(port)` is asked anew at every start, so it can use what other processes have announced by then.

    `port` is the wish for the first start; a process that had to move asks for the same port again after a restart.
    """

    name: str
    port: int
    command: Callable[[int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person should hear: `kind` is ready, died, given-up, late or moved; `text` an English sentence."""

    kind: str
    process: str
    text: str
    details: dict[str, Any] = field(default_factory=dict)


class NotReady(Exception):
    """A process did not come up: it died, was stopped, or stayed silent for READY_TIMEOUT_S."""


class Child:
    """One process over all its lives."""

    def __init__(self, program: Program, logs: Path, tell: Callable[[Event], None]) -> None:
        self.program = program
        self.name = program.name
        self.state: State = "stopped"
        self.announcement: Announcement = {}
        self.command: tuple[str, ...] = ()
        self.pid: int | None = None
        self.restarts = 0
        self._changed = asyncio.Event()
        self._logs = logs
        self._tell = tell
        self._life: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._again = False
        self._asked_port = program.port

    @property
    def port(self) -> int:
        """Where it stands, or where it will be started."""
        return urlsplit(self.announcement.get("url", "")).port or self.program.port

    def outdated(self) -> bool:
        """True for a running process that would be started differently now."""
        return self.pid is not None and self.command != tuple(self.program.command(self._asked_port))

    def start(self) -> None:
        """Begins a life; nothing happens where one is under way."""
        if self._life is None or self._life.done():
            self._set("starting")
            self._life = asyncio.get_running_loop().create_task(self._live())

    async def ready(self, timeout_s: float = READY_TIMEOUT_S) -> Announcement:
        """Waits for the announcement. Raises NotReady when the process was stopped, given up or is late."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.state in ("starting", "waiting"):
                    await self._changed.wait()
        except TimeoutError:
            raise NotReady(f"{self.name} did not come up within {timeout_s:.0f} s") from None
        if self.state != "ready":
            why = "it was stopped" if self.state == "stopped" else "it died again and again"
            raise NotReady(f"{self.name} did not come up: {why}")
        return self.announcement

    async def stop(self) -> None:
        """Ends the process on purpose: SIGTERM, SIGKILL after TERM_GRACE_S. It stays down until `start`."""
        life, self._life = self._life, None
        if life is not None:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)
        self._set("stopped")

    def kill(self) -> bool:
        """SIGKILL, as an accident would be: the process is restarted afterwards. False where none runs."""
        return self._signal(signal.SIGKILL)

    def restart(self) -> None:
        """Ends the process politely; its life goes on with the command line of now, without back-off."""
        if self._process is None:
            return
        self._again = True
        self._signal(signal.SIGTERM)
        asyncio.get_running_loop().call_later(TERM_GRACE_S, self._insist, self._process)

    async def _live(self) -> None:
        quick_deaths = 0
        last_words: list[str] = []
        while True:
            began = time.monotonic()
            code, tail = await self._one_life()
            if self._again:
                self._again, quick_deaths = False, 0
                continue
            lived_s = time.monotonic() - began
            quick_deaths = quick_deaths + 1 if lived_s < QUICK_DEATH_S else 1
            # The same last words again tell nothing new; they are shown once more when the process is given up.
            news = tail if tail != last_words or code in REFUSALS or quick_deaths >= QUICK_DEATHS_MAX else []
            details, last_words = {"code": code, "stderr": news, "lived_s": round(lived_s, 1)}, tail
            refused = code in REFUSALS and lived_s < QUICK_DEATH_S
            if refused or quick_deaths >= QUICK_DEATHS_MAX:
                how = "refused to start" if refused else f"died {quick_deaths} times in a row"
                text = f"{self.name} {how} ({exit_text(code)}); it is not started again"
                self._tell(Event("given-up", self.name, text, details))
                self._set("given-up")
                return
            pause_s = BACK_OFF_S[min(quick_deaths, len(BACK_OFF_S)) - 1]
            text = f"{self.name} died ({exit_text(code)}); starting it again in {pause_s:.1f} s"
            self._tell(Event("died", self.name, text, details))
            self._set("waiting")
            await asyncio.sleep(pause_s)
            self.restarts += 1

    async def _one_life(self) -> tuple[int, list[str]]:
        """Starts the process and sees it to its end. Answers its exit code and the last lines of its errors."""
        self._asked_port = self.port
        self.command = tuple(self.program.command(self._asked_port))
        self._set("starting")
        log = LogFile(self._logs / f"{self.name}.log")
        try:
            process = await self._spawn()
        except OSError as error:
            log.close()
            return 127, [str(error)]
        self._process, self.pid = process, process.pid
        assert process.stdout is not None and process.stderr is not None
        late = asyncio.get_running_loop().call_later(READY_TIMEOUT_S, self._overdue)
        pumps = asyncio.gather(
            pump(process.stdout, lambda line: self._heard(line, log)), pump(process.stderr, log.write)
        )
        try:
            code = await process.wait()
            # Whoever inherited the pipes may hold them open; the dead process has nothing more to say.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(pumps), 0.5)
            return code, list(log.tail)[-ERROR_LINES_SHOWN:]
        finally:
            late.cancel()
            await self._end(process)
            pumps.cancel()
            await asyncio.gather(pumps, return_exceptions=True)
            log.close()
            self._process, self.pid = None, None

    async def _spawn(self) -> asyncio.subprocess.Process:
        tied = [sys.executable, "-I", "-S", lifeline.__file__, str(os.getpid()), *self.command]
        # A session of its own: Ctrl-C in the terminal reaches only the supervisor, which ends all in order.
        return await asyncio.create_subprocess_exec(
            *tied,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LINE_LIMIT_BYTES,
            start_new_session=True,
        )

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            self._signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), TERM_GRACE_S)
            except TimeoutError:
                self._signal(signal.SIGKILL)
                await process.wait()
        # What the process itself had started must not outlive it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> bool:
        if self._process is None or self._process.returncode is not None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        return True

    def _overdue(self) -> None:
        if self.state == "starting":
            self._tell(Event("late", self.name, f"{self.name} said nothing for {READY_TIMEOUT_S:.0f} s; ending it"))
            self._signal(signal.SIGKILL)

    def _insist(self, process: asyncio.subprocess.Process) -> None:
        if process is self._process:
            self._signal(signal.SIGKILL)

    def _heard(self, line: bytes, log: LogFile) -> None:
        try:
            said = orjson.loads(line)
        except orjson.JSONDecodeError:
            said = None
        if not isinstance(said, dict) or "ready" not in said or self.state != "starting":
            log.write(line)
            return
        self.announcement = said
        self._set("ready")
        if self.port != self._asked_port:
            text = f"port {self._asked_port} is busy, so {self.name} stands on {self.port}"
            self._tell(Event("moved", self.name, text))
        self._tell(Event("ready", self.name, f"{self.name} is ready", said))

    def _set(self, state: State) -> None:
        self.state = state
        self._changed.set()
        self._changed = asyncio.Event()


async def pump(stream: asyncio.StreamReader, take: Callable[[bytes], object]) -> None:
    """Hands on line after line until the stream ends. A line past the limit is dropped, not waited for."""
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            continue
        if not line:
            return
        take(line)


def exit_text(code: int) -> str:
    """`exit code 3`, or the name of the signal: `SIGKILL`."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
