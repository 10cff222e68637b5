"""The bus over Redis: its channels, one for each topic, so that a worker is sent only what its sockets hear.

Two connections, each kept by a thread of its own (a greenlet under gevent): one says, one hears. Whatever happens to
Redis (stopped, restarted, flushed), both come back by themselves; what was said meanwhile is lost and found by `heads`.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Mapping
from random import SystemRandom
from typing import Any

import orjson
import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from sync_server.bus import ALL, BACK, Hear, Listeners, new_name, packed

WAITING_MAX = 10_000
"""Words that wait to be said; more are dropped, because a doorbell that is late rings for nothing."""

SAID_AT_ONCE_MAX = 200
CONNECT_TIMEOUT_S = 2.0
SILENCE_MAX_S = 6.0
"""A connection that says nothing for so long, not even `PONG`, is dead."""

PING_S = 2.0
FOLLOW_WAIT_S = 0.5
BACKOFF_FIRST_S, BACKOFF_LIMIT_S = 0.1, 3.0
STOP_TIMEOUT_S = 2.0

log = structlog.get_logger()

Word = tuple[str, bytes]
NOTHING: Word = ("", b"")
"""Wakes the one who says, so that it looks whether it should go on."""


class RedisBus:
    """One worker's place at a Redis server: `redis://host:port/0`, or `unix://path`.

    `prefix` keeps the channels of several hubs on one server apart.
    """

    def __init__(self, url: str, prefix: str = "omnitill") -> None:
        self.name = new_name()
        self._prefix = f"{prefix}:"
        self._pool = redis.ConnectionPool.from_url(
            url,
            protocol=2,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            socket_timeout=SILENCE_MAX_S,
            # The pause between two tries is ours, so that it can be ended.
            retry=Retry(NoBackoff(), 0),
        )
        self._listeners = Listeners()
        self._followed = {ALL}
        self._asked: dict[str, threading.Event] = {}
        self._waiting: queue.Queue[Word] = queue.Queue(WAITING_MAX)
        self._ears: Any = None
        self._life = 0
        self._sending = threading.Lock()
        self._works = {"saying": False, "hearing": False}
        self._was_up: bool | None = None
        self._closed = threading.Event()
        loops = (self._say, self._hear, self._beat)
        self._threads = [threading.Thread(target=loop, name=f"bus {loop.__name__}", daemon=True) for loop in loops]
        for thread in self._threads:
            thread.start()

    @property
    def state(self) -> str:
        return "up" if all(self._works.values()) else "away"

    @property
    def waiting(self) -> int:
        """How many words wait to be said."""
        return self._waiting.qsize()

    def on(self, kind: str, hear: Hear) -> None:
        self._listeners.on(kind, hear)

    def publish(self, topic: str, kind: str, body: Mapping[str, Any]) -> bool:
        word = packed(self.name, kind, body)
        if word is None or self.state != "up":
            return False
        try:
            self._waiting.put_nowait((topic, word))
        except queue.Full:
            return False
        return True

    def follow(self, topic: str) -> None:
        """Returns when Redis has confirmed it, so that what is read afterwards and what is heard leave no gap; where
        Redis is slow or away it does not wait for long."""
        if topic in self._followed:
            return
        self._followed.add(topic)
        asked = self._asked.setdefault(topic, threading.Event())
        if self._ask("SUBSCRIBE", topic):
            asked.wait(FOLLOW_WAIT_S)
        self._asked.pop(topic, None)

    def unfollow(self, topic: str) -> None:
        if topic in self._followed:
            self._followed.discard(topic)
            self._ask("UNSUBSCRIBE", topic)

    def close(self) -> None:
        self._closed.set()
        self._wake()
        ears = self._ears
        if ears is not None:
            ears.disconnect()
        for thread in self._threads:
            thread.join(STOP_TIMEOUT_S)

    def _wake(self) -> None:
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(NOTHING)

    def _ask(self, *words: str) -> bool:
        """Send a command on the hearing connection; its answer comes among what is heard."""
        ears = self._ears
        if ears is None:
            return False
        try:
            with self._sending:
                ears.send_command(words[0], *(self._prefix + topic for topic in words[1:]))
        except (redis.RedisError, OSError):
            # The reader meets the same and comes back with all that is followed.
            return False
        return True

    def _kept(self, part: str, work: Callable[[Any], None]) -> None:
        """Keep a connection and work on it, again after a pause that grows, until the bus is closed."""
        wait_s = BACKOFF_FIRST_S
        while not self._closed.is_set():
            connection: Any = self._pool.make_connection()
            began = time.monotonic()
            try:
                connection.connect()
                work(connection)
            except Exception as error:
                # The library meets a connection that another thread has closed as a missing attribute, and half a
                # greeting as a wrong value: whatever it is, the answer is a new connection.
                self._note(part, False, reason=repr(error))
            finally:
                connection.disconnect()
            if time.monotonic() - began > BACKOFF_LIMIT_S:
                wait_s = BACKOFF_FIRST_S
            self._closed.wait(wait_s * (0.5 + SystemRandom().random() / 2))
            wait_s = min(BACKOFF_LIMIT_S, wait_s * 2)

    def _note(self, part: str, works: bool, reason: str = "") -> None:
        self._works[part] = works
        up = self.state == "up"
        if up == self._was_up or up != works or self._closed.is_set():
            return
        first, self._was_up = self._was_up is None, up
        if not up:
            log.error("the bus is away; each worker serves its own sockets", code="bus.away", reason=reason)
        else:
            log.info("the bus works" if first else "the bus is back", code="bus.up")
            if not first:
                self._listeners.call(BACK, {})

    def _say(self) -> None:
        self._kept("saying", self._say_on)

    def _say_on(self, connection: Any) -> None:
        self._ping(connection)
        life = self._life
        self._note("saying", True)
        # Where nothing is heard any more, nobody will be reached either; a mouth would notice only when it speaks.
        while not self._closed.is_set() and life == self._life:
            try:
                words = [self._waiting.get(timeout=PING_S)]
            except queue.Empty:
                self._ping(connection)
                continue
            while len(words) < SAID_AT_ONCE_MAX and not self._waiting.empty():
                words.append(self._waiting.get_nowait())
            words = [word for word in words if word is not NOTHING]
            commands = [("PUBLISH", self._prefix + topic, word) for topic, word in words]
            connection.send_packed_command(connection.pack_commands(commands))
            for _ in commands:
                connection.read_response()

    @staticmethod
    def _ping(connection: Any) -> None:
        connection.send_command("PING")
        connection.read_response()

    def _hear(self) -> None:
        self._kept("hearing", self._hear_on)

    def _hear_on(self, connection: Any) -> None:
        subscribed = set(self._followed)
        connection.send_command("SUBSCRIBE", *(self._prefix + topic for topic in sorted(subscribed)))
        try:
            connection.read_response()
            self._ears = connection
            # What came to be followed while the first answer was on its way.
            for topic in self._followed - subscribed:
                self._ask("SUBSCRIBE", topic)
            self._note("hearing", True)
            while not self._closed.is_set():
                self._heard(connection.read_response())
        finally:
            self._ears = None
            self._life += 1
            self._works["saying"] = False
            self._wake()

    def _heard(self, answer: Any) -> None:
        kind = answer[0]
        if kind == b"subscribe":
            asked = self._asked.get(answer[1].decode().removeprefix(self._prefix))
            if asked is not None:
                asked.set()
        elif kind == b"message":
            try:
                sender, word, body = orjson.loads(answer[2])
            except ValueError:
                log.warning("a word on the bus could not be read", code="bus.word")
                return
            if sender != self.name:
                self._listeners.call(word, body)

    def _beat(self) -> None:
        """A hearing connection that hears nothing is asked for a sign of life."""
        while not self._closed.wait(PING_S):
            self._ask("PING")
