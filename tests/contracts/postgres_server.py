"""A real PostgreSQL server in a folder of its own, reached by a socket in that folder: no port, no password."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pytest

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
SERVER_USER = "postgres"
MISSING = (
    "No PostgreSQL server was found, and the hub is tested over a real one. Install it (apt-get install postgresql)"
    " or put the folder of initdb and pg_ctl on the PATH."
)


def programs() -> Path:
    """The folder of `initdb` and `pg_ctl`. A missing server fails the test and is never a skip."""
    on_path = shutil.which("initdb")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]))
    found = [Path(on_path).resolve()] if on_path else versions[-1:]
    if not found:
        pytest.fail(MISSING, pytrace=False)
    return found[0].parent


class PostgresServer:
    """`url(name)` is the address of one of its databases."""

    def __init__(self) -> None:
        self._bin = programs()
        # PostgreSQL refuses to run as root, and its user may not look into pytest's own folders.
        self._as: dict[str, Any] = {"user": SERVER_USER, "group": SERVER_USER} if os.geteuid() == 0 else {}
        self.folder = Path(tempfile.mkdtemp(prefix="omnitill-pg-"))
        if self._as:
            shutil.chown(self.folder, SERVER_USER, SERVER_USER)
        self._data = self.folder / "data"
        self._call("initdb", "--auth=trust", "--username=hub", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self._options = (
            f"-c listen_addresses='' -k {self.folder} -c fsync=off -c max_connections=60 -c shared_buffers=16MB"
        )
        self._call(
            "pg_ctl", "-w", "-t", str(START_TIMEOUT_S), "-l", str(self.folder / "log"), "-o", self._options, "start"
        )

    def restart(self, mode: str) -> None:
        """`fast` ends every connection, `immediate` is a crash."""
        words = ("-w", "-t", str(START_TIMEOUT_S), "-l", str(self.folder / "log"), "-o", self._options, "-m", mode)
        self._call("pg_ctl", *words, "restart")

    def _call(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, "-D", self._data, *arguments],
            # What the server inherits stays open for its whole life, so it inherits no pipe.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            timeout=START_TIMEOUT_S,
            **self._as,
        )
        log = self.folder / "log"
        said = log.read_text() if done.returncode and log.exists() else ""
        assert done.returncode == 0, f"{program} ended with {done.returncode}: {said}"

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://hub@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run one statement outside a transaction, on the server's own database."""
        with psycopg.connect(host=str(self.folder), user="hub", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        self._call("pg_ctl", "-m", "immediate", "-w", "-t", str(STOP_TIMEOUT_S), "stop")
        shutil.rmtree(self.folder)
