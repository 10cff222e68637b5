"""Presence: who is in front of a cart, told to everybody who hears the cart. Volatile; nothing is decided by it.

presence -> [this worker's table] -> onlookers to its sockets
                     ~ bus ~ -> [the others' tables] -> onlookers to theirs
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from retail.messages import Presence
from sync_server.carts.onlookers import Onlooker, Onlookers
from sync_server.db import Database
from sync_server.realtime.connection import Connection, check_may_hear
from sync_server.realtime.fanout import Fanout
from sync_server.terminals import queries as terminals


class Looking:
    """What a worker knows of who looks. It follows the carts that somebody looks at here, so that it hears the others
    of them: whichever worker is asked, the answer is the same."""

    def __init__(self, db: Database, fanout: Fanout, clock: Callable[[], int]) -> None:
        self._db, self._fanout, self._clock = db, fanout, clock
        self._table, self._lock = Onlookers(), threading.Lock()
        fanout.on("onlooker", self._heard)
        fanout.on_part = self.part

    def said(self, connection: Connection, word: Presence) -> dict[str, Any]:
        """Note what a device says of itself; the answer is who is there now."""
        key = connection.sid or connection.device.dev
        if word.s not in connection.streams:
            self._db.read(lambda session: check_may_hear(session, connection, word.s))
        if word.doing == "gone":
            self.part(connection, word.s)
        else:
            self._note(word.s, key, self._onlooker(connection, word, key))
        return self._shown(word.s)

    def part(self, connection: Connection, stream: str) -> None:
        """The device no longer hears the cart, or is gone altogether."""
        key = connection.sid or connection.device.dev
        if self._gone(stream, key):
            self._fanout.ring(stream, "onlooker", {"s": stream, "key": key, "row": None})

    def sweep(self) -> None:
        """Miss those who said nothing for too long."""
        with self._lock:
            over = self._table.forget(self._clock())
        self._left(over)
        for stream in {stream for stream, _ in over}:
            self._tell(stream)

    def _onlooker(self, connection: Connection, word: Presence, key: str) -> Onlooker:
        known = self._table.find(word.s, key)
        if known is not None:
            return replace(known, doing=word.doing, here=True)
        dev = connection.device.dev
        at = self._db.read(terminals.places).get(dev) if connection.app in ("till", "kiosk") else None
        return Onlooker(dev, connection.app, at, word.doing)

    def _note(self, stream: str, key: str, one: Onlooker, answering: bool = False) -> None:
        with self._lock:
            now = self._clock()
            known, before = self._table.find(stream, key), self._table.of(stream, now)
            was_here = known is not None and known.here
            if one.here and not was_here:
                self._fanout.follow(stream)
            out = self._table.note(stream, key, one, now)
            if known is not None and was_here and not one.here:
                # Somebody who asks over HTTP has turned to another worker.
                out.append((stream, known))
            changed = self._table.of(stream, now) != before
        self._left(out)
        if one.here:
            self._ring(stream, key, one)
        elif known is None and not answering:
            # A worker that begins to hear of the cart learns who is at this one.
            for own, found in self._own(stream):
                self._ring(stream, own, found, answering=True)
        if changed:
            self._tell(stream)

    def _own(self, stream: str) -> list[tuple[str, Onlooker]]:
        with self._lock:
            return [(key, one) for key, one in self._table.rows(stream) if one.here]

    def _gone(self, stream: str, key: str) -> Onlooker | None:
        with self._lock:
            one = self._table.gone(stream, key)
        if one is not None:
            self._left([(stream, one)])
            self._tell(stream)
        return one

    def _left(self, gone: Iterable[tuple[str, Onlooker]]) -> None:
        for stream, one in gone:
            if one.here:
                self._fanout.unfollow(stream)

    def _ring(self, stream: str, key: str, one: Onlooker, answering: bool = False) -> None:
        word = {"s": stream, "key": key, "row": one.as_dict(), "answering": answering}
        self._fanout.ring(stream, "onlooker", word)

    def _heard(self, word: dict[str, Any]) -> None:
        stream, key, row = word["s"], word["key"], word["row"]
        if row is None:
            self._gone(stream, key)
        else:
            self._note(stream, key, Onlooker(**row, here=False), word["answering"])

    def _shown(self, stream: str) -> dict[str, Any]:
        with self._lock:
            return {"s": stream, "who": self._table.of(stream, self._clock())}

    def _tell(self, stream: str) -> None:
        self._fanout.here("onlookers", self._shown(stream), stream)
