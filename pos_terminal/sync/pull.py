"""What comes down: copies of the hub's streams, and the reference data of the store."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from pos_terminal import ids
from pos_terminal.counter import Counter
from pos_terminal.errors import StoreRefused
from retail import replica as streams

log = logging.getLogger("omnitill.link")

REFERENCE_TIMEOUT_S = 60
REFERENCE_BYTES_MAX = 512 * 1024 * 1024
LOADING_SHOWN_ROWS = 5_000
"""A small catalogue is there at once; only a large one shows its progress."""


@dataclass
class StreamCopy:
    """One stream as far as it is known: epoch, version and state.

    `through` is the last of our own (`dev`) operations that it is known to contain, and with it all before.
    """

    s: str
    e: int = 0
    v: int = 0
    state: dict[str, Any] = field(default_factory=dict)
    dev: str = ""
    through: int = 0

    @property
    def position(self) -> dict[str, Any]:
        return {"s": self.s, "e": self.e, "v": self.v}

    def take(self, event: Mapping[str, Any]) -> bool:
        """Apply one `ev`. False where something before it is missing, and a pull is needed."""
        if event["e"] == self.e and event["v"] <= self.v:
            return True
        if event["e"] != self.e or event["p"] != self.v:
            return False
        self.v, self.state = event["v"], streams.applied(self.state, event["changes"])
        self.through = max([self.through, *(row["seq"] for row in event["by"] if row["dev"] == self.dev)])
        return True

    def answered(self, answer: Mapping[str, Any], through: int) -> bool:
        """Take an Answer of `sub` or `pull`; False where it does not lead on from what is known.

        It contains all of ours that were answered before it was asked for: up to `through`.
        """
        if "state" in answer:
            self.e, self.v, self.state = answer["e"], answer["v"], dict(answer["state"])
        elif not all(self.take(event) for event in answer.get("events", [])):
            return False
        self.through = max(self.through, through)
        return True


class ReferencePull:
    """Fetches the catalogue, prices, staff and cards when they changed, on a thread of its own."""

    def __init__(self, counter: Counter, hub: str, token: str) -> None:
        self._counter, self._url, self._token = counter, f"{hub}/v1/reference", token
        self._asked, self._stopping = threading.Event(), threading.Event()
        self._once = threading.Lock()
        self._fetched = threading.Condition()
        self._rounds = 0
        self._thread = threading.Thread(target=self._run, name="reference", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._asked.set()

    def ask(self) -> None:
        """Look soon whether there is a newer version."""
        self._asked.set()

    def ask_and_wait(self, wait_s: float) -> None:
        """Look now; returns when that is done or `wait_s` have passed."""
        with self._fetched:
            rounds = self._rounds
            self._asked.set()
            self._fetched.wait_for(lambda: self._rounds > rounds, wait_s)

    def _run(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            if self._stopping.is_set():
                return
            try:
                self.fetch()
            except (httpx.HTTPError, ValueError, KeyError, TypeError, StoreRefused) as error:
                log.warning("the reference data was not fetched: %s", error)
            finally:
                self._counter.change(_not_loading)
                with self._fetched:
                    self._rounds += 1
                    self._fetched.notify_all()

    def fetch(self) -> bool:
        """Fetch and take a newer version, if there is one. Raises httpx.HTTPError, and ValueError for nonsense."""
        with self._once:
            heading = self._counter.replica.heading
            headers = {"Authorization": f"Bearer {self._token}"}
            if heading is not None:
                headers["If-None-Match"] = heading.etag
            with httpx.Client(timeout=REFERENCE_TIMEOUT_S, trust_env=False) as client:
                answer = client.get(self._url, headers=headers)
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return False
            answer.raise_for_status()
            if len(answer.content) > REFERENCE_BYTES_MAX:
                raise ValueError("the reference data is larger than this terminal takes")
            body = answer.json()
            self._counter.replica.load(body, answer.headers.get("ETag", ""), ids.now_ms(), self._progress)
            log.info("reference version %s: %d products", body["version"], len(body["products"]))
            self._counter.change(_not_loading)
            return True

    def _progress(self, done: int, total: int) -> None:
        if total >= LOADING_SHOWN_ROWS:
            self._counter.change(lambda desk: setattr(desk.link, "loading", {"done": done, "total": total}))


def _not_loading(desk: Any) -> None:
    desk.link.loading = None
