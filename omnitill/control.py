"""The control socket: JSON lines by which the device bench and the tests stop, start and kill processes.

    -> {"do": "stop" | "start" | "kill" | "status", "process": "hub" | "till" | "kiosk" | "bench"}
    <- {"ok": true, "processes": {"hub": {"state": "stopped", "pid": null, "restarts": 0, "url": ...}, ...}}
    <- {"ok": false, "error": "an English sentence"}

One answer per line, in order. `stop` answers when the process is gone, `start` when it is ready, `kill` (an accident:
the process comes back by itself) at once. `status` needs no process. Only the user who started the shop may connect.
"""

import asyncio
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import orjson

from omnitill.processes import NotReady
from omnitill.supervisor import Supervisor

LINE_LIMIT_BYTES = 4_096
CONNECTIONS_MAX = 16
START_TIMEOUT_S = 30.0
SOCKET_PATH_LIMIT_BYTES = 100
"""The kernel takes 107; a longer path is put into a short folder of its own."""


class ControlSocket:
    """Listens at `path` from `open` until `close`."""

    def __init__(self, folder: Path, supervisor: Supervisor) -> None:
        self.path = folder / "control.sock"
        self._short: str | None = None
        if len(os.fsencode(self.path)) > SOCKET_PATH_LIMIT_BYTES:
            self._short = tempfile.mkdtemp(prefix="omnitill-")
            self.path = Path(self._short) / "control.sock"
        self._supervisor = supervisor
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begins to listen. What an earlier run left at the path is removed: its owner held the folder's lock."""
        self.path.unlink(missing_ok=True)
        mask = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._talk, self.path, limit=LINE_LIMIT_BYTES)
        finally:
            os.umask(mask)

    async def close(self) -> None:
        """Ends all talks and removes the socket."""
        if self._server is not None:
            self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        self.path.unlink(missing_ok=True)
        if self._short is not None:
            shutil.rmtree(self._short, ignore_errors=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            while len(self._talks) <= CONNECTIONS_MAX and (line := await reader.readline()):
                writer.write(orjson.dumps(await self.answer(line)) + b"\n")
                await writer.drain()
        except (ValueError, ConnectionError):
            # A line past the limit, or somebody who left: nothing to answer.
            pass
        except asyncio.CancelledError:
            # The shop is closing. Raised further, asyncio would report it as a failed connection.
            pass
        finally:
            self._talks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def answer(self, line: bytes) -> dict[str, Any]:
        """Does what one line asks. Never raises for what the line says."""
        try:
            wish = orjson.loads(line)
            do, name = wish.get("do"), wish.get("process")
        except (orjson.JSONDecodeError, AttributeError):
            return {"ok": False, "error": "This is not a JSON object on one line."}
        children = self._supervisor.children
        if do not in ("stop", "start", "kill", "status"):
            return {"ok": False, "error": f"Unknown wish {do!r}: stop, start, kill or status."}
        if do == "status" and name is None:
            return {"ok": True, "processes": self._supervisor.status()}
        if not isinstance(name, str) or name not in children:
            return {"ok": False, "error": f"Unknown process {name!r}: one of {', '.join(children)}."}
        try:
            if do == "stop":
                await children[name].stop()
            elif do == "start":
                children[name].start()
                await children[name].ready(START_TIMEOUT_S)
            elif do == "kill" and not children[name].kill():
                return {"ok": False, "error": f"{name} does not run."}
        except NotReady as error:
            return {"ok": False, "error": f"{error}."}
        return {"ok": True, "processes": self._supervisor.status()}
