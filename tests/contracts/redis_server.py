"""A real Redis server on a socket in a folder of its own: no port, nothing kept."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
import redis

START_TIMEOUT_S = 20
STOP_TIMEOUT_S = 10
MISSING = (
    "No Redis server was found, and several hub workers are tested over a real one. Install it (apt-get install"
    " redis-server)."
)


class RedisServer:
    """`url` is its address; it can be stopped and started again."""

    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.fail(MISSING, pytrace=False)
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
            assert time.monotonic() < end and self.process.poll() is None, (self.folder / "log").read_text()

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
        self.stop()
        shutil.rmtree(self.folder)
