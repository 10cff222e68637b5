"""A phone's disk: its count, what it made with the answers, the states it had, and every event it was ever told."""

import json
import os
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from omnitill.simulation.replica import Replica
from retail.codec import digest

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS operations (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, status TEXT);
CREATE TABLE IF NOT EXISTS saved (stream TEXT PRIMARY KEY, e INTEGER, v INTEGER, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS told (stream TEXT, e INTEGER, v INTEGER, digest TEXT, PRIMARY KEY (stream, e, v, digest));
"""


class PhoneDisk:
    """`told` is the history that a checker holds against the hub: what was said once must be so for ever."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # Killed, not unplugged: what was written is there. Power loss is another test's.
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + SCHEMA)
        if not self.setting("dev"):
            self.keep("dev", f"phone-{uuid.uuid4()}")
        self.count: int = self._all("SELECT coalesce(max(seq), 0) FROM operations")[0][0]

    def _all(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    def end(self) -> None:
        """End the process between two statements."""
        with self._lock:
            os._exit(0)

    def close(self) -> None:
        self._db.close()

    def setting(self, key: str) -> str:
        found = self._all("SELECT value FROM settings WHERE key = ?", key)
        return str(found[0][0]) if found else ""

    def keep(self, key: str, value: str) -> None:
        self._all("INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value)

    def append(self, operation: Mapping[str, Any]) -> int:
        """The next number, given with the operation on the disk."""
        self._all("INSERT INTO operations VALUES (?, ?, NULL)", self.count + 1, json.dumps(operation))
        self.count += 1
        return self.count

    def waiting(self, most: int = -1) -> list[tuple[int, dict[str, Any]]]:
        rows = self._all("SELECT seq, body FROM operations WHERE status IS NULL ORDER BY seq LIMIT ?", most)
        return [(seq, json.loads(body)) for seq, body in rows]

    def settle(self, results: Iterable[Mapping[str, Any]]) -> None:
        for row in results:
            self._all("UPDATE operations SET status = ? WHERE seq = ?", row["status"], row["seq"])

    def made(self) -> dict[int, tuple[dict[str, Any], str | None]]:
        """All operations under their numbers, with what was answered; None where nothing was."""
        rows = self._all("SELECT seq, body, status FROM operations")
        return {seq: (json.loads(body), status) for seq, body, status in rows}

    def save(self, replica: Replica) -> None:
        state = json.dumps(replica.state)
        self._all("INSERT OR REPLACE INTO saved VALUES (?, ?, ?, ?)", replica.s, replica.e, replica.v, state)

    def saved(self, stream: str) -> Replica:
        found = self._all("SELECT e, v, state FROM saved WHERE stream = ?", stream)
        return Replica(stream, found[0][0], found[0][1], json.loads(found[0][2])) if found else Replica(stream)

    def told(self, event: Mapping[str, Any]) -> None:
        row = (event["s"], event["e"], event["v"], digest(event["changes"]))
        self._all("INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?)", *row)

    def heard(self) -> list[tuple[str, int, int, str]]:
        """What it was told, as `(stream, epoch, version, digest of the changes)`."""
        return [tuple(row) for row in self._all("SELECT stream, e, v, digest FROM told")]
