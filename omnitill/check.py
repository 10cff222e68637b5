"""`bin/run --check`: the walk through the shop, once, through the same real processes in a folder of its own.

Prints one JSON line: what each step of STEPS saw, `ok`, and for a walk that broke off the step and the reason.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import orjson
from socketio.exceptions import SocketIOError

from omnitill import walk as the_walk
from omnitill.datafolder import DataFolder
from omnitill.demo import COMMANDS, NAMES, Commands, Demonstration, Settings
from omnitill.ports import free_ports
from omnitill.processes import Event, NotReady
from omnitill.visitors import NotSeen, Refused
from omnitill.walk import Walk, WalkBroken

PAGE_TIMEOUT_S = 10.0
WALK_TIMEOUT_S = 120.0


def every_page_answers(walk: Walk) -> dict[str, Any]:
    """Fetches each page; a redirect to a sign-in page counts as an answer."""
    answers = {}
    for page, address in walk.addresses.items():
        answer = httpx.get(address, timeout=PAGE_TIMEOUT_S, follow_redirects=True)
        if answer.status_code != httpx.codes.OK:
            raise WalkBroken(f"the {page} page at {address} answered {answer.status_code}")
        answers[page] = len(answer.content)
    return {"pages": answers}


STEPS: list[Callable[[Walk], dict[str, Any]]] = [every_page_answers, *the_walk.STEPS]
"""In order; what each answers is added to the JSON line."""


def tell(event: Event) -> None:
    """What happens to the processes goes to standard error; standard output is for the one JSON line."""
    print(event.text, *event.details.get("stderr", []), sep="\n    ", file=sys.stderr)


async def walk_through(commands: Commands = COMMANDS) -> dict[str, Any]:
    """Opens a shop, takes every step, closes it. Answers the JSON line as a dict."""
    began = time.monotonic()
    line: dict[str, Any] = {"ok": False}
    with tempfile.TemporaryDirectory(prefix="omnitill-check-") as name:
        folder = DataFolder(Path(name))
        try:
            async with Demonstration(
                Settings(folder.path, tuple(free_ports(len(NAMES))), commands=commands), folder, tell
            ) as shop:
                line["opened_s"] = round(time.monotonic() - began, 1)
                walk = Walk(shop.addresses, shop.data)
                try:
                    async with asyncio.timeout(WALK_TIMEOUT_S):
                        await _take_steps(walk, line)
                finally:
                    await asyncio.to_thread(walk.close)
        except NotReady as error:
            line |= {"step": "opening the shop", "why": str(error)}
        except TimeoutError:
            line |= {"why": f"not done within {WALK_TIMEOUT_S:.0f} s"}
        finally:
            folder.release()
    return line | {"seconds": round(time.monotonic() - began, 1)}


async def _take_steps(walk: Walk, line: dict[str, Any]) -> None:
    for step in STEPS:
        title = step.__name__.replace("_", " ")
        print(f"... {title}", file=sys.stderr)
        line["step"] = title
        try:
            # A thread, so that the supervisor goes on watching and restarting while a step waits.
            seen = await asyncio.to_thread(step, walk)
        except (WalkBroken, NotSeen, Refused, SocketIOError, httpx.HTTPError, OSError) as error:
            line["why"] = str(error) or type(error).__name__
            return
        walk.seen |= seen
        line |= seen
    line["ok"] = True
    del line["step"]


def main(commands: Commands = COMMANDS) -> int:
    """Prints the line; answers 0 where the whole walk was seen and 1 where not."""
    line = asyncio.run(walk_through(commands))
    print(orjson.dumps(line).decode(), flush=True)
    return 0 if line["ok"] else 1
