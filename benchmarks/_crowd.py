"""Other people's phones: signed in, following carts of their own, answering pings, and some of them choosing things.

`python _crowd.py hub|relay URL FILE FIRST COUNT RATE`: FILE has `[shopper, cart, token]` of each phone, RATE is how
many operations a second they bring while `go` was said on standard input and `rest` was not.
"""

import asyncio
import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import _wire

AT_ONCE = 20
ITEMS = ("p-0001", "p-0002", "p-0003", "p-0004", "p-0005")


class Person:
    """One phone; what it chooses it puts back next time, so that its cart stays small."""

    def __init__(self, kind: str, url: str, name: str, row: list[str]) -> None:
        self._kind, self._url, self._name = kind, url, name
        self._shopper, self.cart, self._token = row
        self._line, self._seq = "", 0
        self._event: dict[str, Any] = {}
        self.busy = False

    async def come(self) -> None:
        if self._kind == "relay":
            self._wire = await _wire.connect(self._url)
            await self._wire.call("join", self.cart)
            return
        hail = {"proto": 1, "app": "phone", "dev": self._name, "inc": 1, "version": "bench"}
        self._wire = await _wire.connect(self._url, hail, f"omnitill_session={self._token}")
        answer = await self._wire.call("sub", [{"s": f"cart:{self.cart}"}, {"s": f"shopper:{self._shopper}"}])
        assert "state" in answer["streams"][0], answer

    async def act(self, event: object, keep: bool) -> None:
        self.busy = True
        try:
            if self._kind == "relay":
                await self._wire.call("relay", {"room": self.cart, "event": event, "keep": keep})
            else:
                await self._choose()
        finally:
            self.busy = False

    async def _choose(self) -> None:
        self._seq += 1
        if self._line:
            kind, body = "cart.remove", {"line": self._line, "seen": 1000}
            self._line = ""
        else:
            self._line = uuid.uuid4().hex
            item = ITEMS[self._seq % len(ITEMS)]
            kind, body = "cart.add", {"line": self._line, "item": item, "quantity": 1000, "fulfilment": "collect"}
        at = time.time_ns() // 1_000_000
        operation = {"id": str(uuid.uuid4()), "kind": kind, "ver": 1, "at": at, "cart": self.cart, "body": body}
        answer = await self._wire.call("ops", {"seq0": self._seq, "ops": [operation]})
        assert answer["results"][0]["status"] in ("ok", "rejected"), answer


async def main() -> None:
    _wire.many_files()
    kind, url, file, first, count, rate = sys.argv[1:]
    rows = json.loads(Path(file).read_text())
    event = json.loads(Path(file).with_name("event.json").read_text())
    people = [Person(kind, url, f"crowd-{n}", rows[n]) for n in range(int(first), int(first) + int(count))]
    for start in range(0, len(people), AT_ONCE):
        await asyncio.gather(*(one.come() for one in people[start : start + AT_ONCE]))
    print('{"ready": "crowd"}', flush=True)
    going, keeping, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def told() -> None:
        word = sys.stdin.readline()
        if not word:
            ended.set()
        elif word.startswith("rest"):
            going.clear()
        else:
            going.set()
            (keeping.set if word.startswith("keep") else keeping.clear)()

    loop.add_reader(sys.stdin.fileno(), told)
    acting = asyncio.ensure_future(keep_acting(people, going, keeping, event, float(rate)))
    await asyncio.wait({acting, asyncio.ensure_future(ended.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if acting.done():
        acting.result()


async def keep_acting(
    people: list[Person], going: asyncio.Event, keeping: asyncio.Event, event: object, rate: float
) -> None:
    """One person after the other, evenly spread over the time; who still waits for an answer is passed over."""
    tasks: set[asyncio.Task[None]] = set()
    turn, due = 0, 0.0
    while True:
        if not going.is_set():
            await going.wait()
            due = time.monotonic()
        due += 1 / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        for _ in people:
            turn = (turn + 1) % len(people)
            if not people[turn].busy:
                task = asyncio.ensure_future(people[turn].act(event, keeping.is_set()))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                task.add_done_callback(lambda done: done.result())
                break


asyncio.run(main())
