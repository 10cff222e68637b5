"""A real PostgreSQL and a real Redis in folders of their own, reached by sockets there: no port, no password.

For tests, benchmarks and the black box; a shop runs its own (docs/operations.md).
"""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
import redis

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
CONNECTIONS_MAX = 60
POSTGRES_USER = "postgres"
VERSIONS = Path("/usr/lib/postgresql")
"""Where Debian and Ubuntu put each version's programs, which they leave out of the PATH."""


class NoServer(Exception):
    """A program is missing or did not start; says which, and what to do."""


def _programs() -> Path:
    """The folder of `initdb` and `pg_ctl`."""
    on_path = shutil.which("initdb")
    versions = sorted(VERSIONS.glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]))
    found = [Path(on_path).resolve()] if on_path else versions[-1:]
    if not found:
        raise NoServer(
            "No PostgreSQL server was found. Install it (apt-get install postgresql), or put the folder of initdb and"
            " pg_ctl on the PATH."
        )
    return found[0].parent


class PostgresServer:
    """`url(name)` is the address of one of its databases, `postgres` the one that is there at first.

    With `durable` it writes through to the disk as a shop's server does; without, a crash of the machine may break it,
    which no test causes. `settings` are its own, by name.
    """

    def __init__(self, durable: bool = False, **settings: str) -> None:
        self._bin = _programs()
        # PostgreSQL refuses to run as root, and its user may not look into the folders of others.
        self._as: dict[str, Any] = {"user": POSTGRES_USER, "group": POSTGRES_USER} if os.geteuid() == 0 else {}
        self.folder = Path(tempfile.mkdtemp(prefix="omnitill-pg-"))
        if self._as:
            shutil.chown(self.folder, POSTGRES_USER, POSTGRES_USER)
        self.data = self.folder / "data"
        given = {"listen_addresses": "", "max_connections": str(CONNECTIONS_MAX), "shared_buffers": "16MB"} | settings
        given |= {} if durable else {"fsync": "off"}
        words = " ".join(f"-c {name}='{value}'" for name, value in given.items())
        options = f"-k {self.folder} {words}"
        self._start = ("-w", "-t", str(START_TIMEOUT_S), "-l", str(self.folder / "log"), "-o", options)
        self._call("initdb", "--auth=trust", "--username=hub", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()

    def start(self) -> None:
        self._call("pg_ctl", *self._start, "start")

    def halt(self) -> None:
        """It crashes, and its databases wait for `start`."""
        self._call("pg_ctl", "-m", "immediate", "-w", "-t", str(STOP_TIMEOUT_S), "stop")

    def restart(self, mode: str) -> None:
        """`fast` ends every connection, `immediate` is a crash."""
        self._call("pg_ctl", *self._start, "-m", mode, "restart")

    def _call(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, "-D", self.data, *arguments],
            # What the server inherits stays open for its whole life, so it inherits no pipe.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            timeout=START_TIMEOUT_S,
            **self._as,
        )
        if done.returncode:
            log = self.folder / "log"
            said = log.read_text() if log.exists() else ""
            raise NoServer(f"{program} ended with {done.returncode}: {said}")

    @property
    def pid(self) -> int:
        """Of the process whose children serve the connections."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://hub@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run one statement outside a transaction, on the server's own database."""
        with psycopg.connect(host=str(self.folder), user="hub", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """It and all its databases are gone."""
        self.halt()
        shutil.rmtree(self.folder)


class RedisServer:
    """`url` is its address; it can be stopped and started again, and comes back empty."""

    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise NoServer("No Redis server was found. Install it (apt-get install redis-server).")
        self._program = program
        self.folder = Path(tempfile.mkdtemp(prefix="omnitill-redis-"))
        self.url = f"unix://{self.folder / 'socket'}"
        self.start()

    def start(self) -> None:
        words = ["--port", "0", "--unixsocket", str(self.folder / "socket"), "--save", "", "--appendonly", "no"]
        with (self.folder / "log").open("ab") as said:
            self.process = subprocess.Popen(
                [self._program, *words], stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd=self.folder
            )
        end = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if time.monotonic() > end or self.process.poll() is not None:
                raise NoServer(f"redis-server does not answer: {(self.folder / 'log').read_text()}")

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(STOP_TIMEOUT_S)

    def remove(self) -> None:
        """It and its folder are gone."""
        self.stop()
        shutil.rmtree(self.folder)
