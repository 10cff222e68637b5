"""Processes that belong together: started in order, ended as one, and kept in step about their addresses.

How to start a program may depend on what others announced (a till wants the address of the hub): when an announcement
changes somebody's command line, that process is restarted with the new one.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from omnitill.processes import Announcement, Child, Event, Program


class Supervisor:
    """Runs programs until it is closed. `tell` hears every Event; a restart for a new address is its own decision."""

    def __init__(self, programs: Sequence[Program], logs: Path, tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self.children = {program.name: Child(program, logs, self._heard) for program in programs}

    async def start(self, *names: str) -> list[Announcement]:
        """Starts these and waits until all are ready. Raises NotReady."""
        for name in names:
            self.children[name].start()
        return [await self.children[name].ready() for name in names]

    async def close(self) -> None:
        """Ends all at once, within TERM_GRACE_S and a moment."""
        await asyncio.gather(*(child.stop() for child in self.children.values()))

    def status(self) -> dict[str, dict[str, Any]]:
        """Each process's state, pid, number of restarts and url."""
        return {
            name: {
                "state": child.state,
                "pid": child.pid,
                "restarts": child.restarts,
                "url": child.announcement.get("url"),
            }
            for name, child in self.children.items()
        }

    def _heard(self, event: Event) -> None:
        self._tell(event)
        if event.kind != "ready":
            return
        for child in self.children.values():
            if child.name != event.process and child.outdated():
                text = f"{child.name} starts again, because {event.process} has a new address"
                self._tell(Event("moved", child.name, text))
                child.restart()
