"""What comes down: copies of the hub's streams, and the reference data of the store."""

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from pos_terminal import ids
from pos_terminal.counter import Counter
from pos_terminal.errors import StoreRefused
from pos_terminal.store.replica import Progress
from pos_terminal.view import Desk
from retail import replica as streams
from retail.errors import N_

log = logging.getLogger("omnitill.link")

REFERENCE_TIMEOUT_S = 20
PAGE_BYTES_MAX = 16 * 1024 * 1024
"""Unpacked; the hub's pages are a small part of it."""

LOADING_SHOWN_ROWS = 5_000
"""A small catalogue is there at once; only a large one shows its progress."""

RETRY_FIRST_S, RETRY_LIMIT_S = 1.0, 60.0
REFERENCE_LOST = (httpx.HTTPError, ValueError, KeyError, TypeError, StoreRefused)
"""What a page can be: not there, cut short, garbled, of another shape, or too much for the disk."""


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

    def __init__(self, counter: Counter) -> None:
        self._counter, self._hub = counter, ("", "")
        self._turning = threading.Lock()
        self._asked, self._stopping = threading.Event(), threading.Event()
        self._once = threading.Lock()
        self._fetched = threading.Condition()
        self._rounds = 0
        self._thread = threading.Thread(target=self._run, name="reference", daemon=True)

    def turn_to(self, hub: str, token: str, hub_id: str) -> None:
        """Ask the hub at this address from the next page on, known by this token. Where it is another than the one
        that the copy came from, nothing of that one counts from now on."""
        with self._turning:
            self._hub = (f"{hub}/v1/reference", token)
            self._counter.replica.belong_to(hub_id)

    def start(self) -> None:
        begun = self._counter.replica.begun()
        if begun is not None:
            self._show(begun, waits=True)
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
        retry_s: float | None = None
        while True:
            self._asked.wait(retry_s)
            self._asked.clear()
            if self._stopping.is_set():
                return
            try:
                self.fetch()
                self._counter.change(_not_loading)
                retry_s = None
            except Exception as error:
                # Whatever it was: a terminal that never asks again would sell at old prices for ever.
                retry_s = min(RETRY_LIMIT_S, retry_s * 2) if retry_s else RETRY_FIRST_S
                odd = None if isinstance(error, REFERENCE_LOST) else error
                log.warning("the reference data was not fetched, again in %.0f s: %s", retry_s, error, exc_info=odd)
                self._counter.change(_broken)
                if isinstance(error, StoreRefused):
                    self._say_what_is_kept(error)
            finally:
                with self._fetched:
                    self._rounds += 1
                    self._fetched.notify_all()

    def fetch(self) -> bool:
        """Take what is new, page by page, and say whether anything was. Raises one of `REFERENCE_LOST`; then the pages
        before it are kept, and the next call goes on behind them."""
        news = False
        with self._once, httpx.Client(timeout=REFERENCE_TIMEOUT_S, trust_env=False) as client:
            while not self._stopping.is_set():
                asked = self._hub
                page = self._page(client, *asked)
                if page is None:
                    break
                with self._turning:
                    if asked != self._hub:
                        # It is of the hub before, or was asked for as who we are no more.
                        continue
                    progress = self._counter.replica.take(page, ids.now_ms())
                news = True
                if progress.complete:
                    log.info("reference version %s: %d rows", page["version"], progress.done)
                    self._counter.reference_came()
                    break
                self._show(progress)
        return news

    def _page(self, client: httpx.Client, url: str, token: str) -> dict[str, Any] | None:
        """The page that follows what is here; None where nothing changed."""
        headers, place = {"Authorization": f"Bearer {token}"}, self._counter.replica.place()
        if "since" in place:
            headers["If-None-Match"] = f'"{place["e"]}.{place["since"]}"'
        with client.stream("GET", url, headers=headers, params=place) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return None
            answer.raise_for_status()
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > PAGE_BYTES_MAX:
                    raise ValueError("a page of the reference data is larger than this terminal takes")
        page = json.loads(body)
        if not isinstance(page, dict):
            raise ValueError("a page of the reference data is no object")
        return page

    def _show(self, progress: Progress, waits: bool = False) -> None:
        if progress.total >= LOADING_SHOWN_ROWS or self._counter.replica.heading is None:
            row = {"done": progress.done, "total": progress.total, "waits": waits}
            self._counter.change(lambda desk: setattr(desk.link, "loading", row))

    def _say_what_is_kept(self, error: StoreRefused) -> None:
        if self._counter.replica.heading is None:
            return
        self._counter.notice(
            "reference.not_kept",
            N_("New prices from the hub could not be stored. The till sells with those it has: {reason}"),
            {"reason": error.sentence},
            "needs_you",
        )
        self._counter.publish()


def _not_loading(desk: Desk) -> None:
    desk.link.loading = None


def _broken(desk: Desk) -> None:
    """What has come stays, and stays shown: the load goes on behind it."""
    if desk.link.loading is not None:
        desk.link.loading = {**desk.link.loading, "waits": True}
