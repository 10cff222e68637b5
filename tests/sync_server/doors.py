"""One conversation, two doors: the socket, and the HTTP twins of its messages."""

from collections.abc import Callable
from typing import Any, Protocol

import httpx
from hub_process import WAIT_S, HubProcess, Listener, Refused
from told_check import check, check_answer


class Door(Protocol):
    """What a client says; a refusal is an answer with `error`, also where the client is not let in at all."""

    def hello(self) -> Any: ...
    def sub(self, *positions: dict[str, Any]) -> Any: ...
    def pull(self, stream: str, e: int = 0, v: int = 0) -> Any: ...
    def ops(self, seq0: int, operations: list[Any]) -> Any: ...
    def tick(self) -> Any: ...
    def say(self, event: str, payload: Any) -> Any: ...


class SocketDoor:
    def __init__(self, hub: HubProcess, connect: Callable[..., Listener], who: dict[str, str]) -> None:
        self._refused: Any = None
        headers = {"Cookie": who["cookie"]} if "cookie" in who else {}
        try:
            self._client = connect(hub, dev=who["dev"], app=who["app"], token=who.get("token", ""), headers=headers)
        except Refused as refused:
            self._refused = {"error": refused.data}

    def _call(self, event: str, payload: Any) -> Any:
        return self._refused or self._client.call(event, payload)

    def hello(self) -> Any:
        return self._refused or self._client.hello

    def sub(self, *positions: dict[str, Any]) -> Any:
        return self._call("sub", list(positions))

    def pull(self, stream: str, e: int = 0, v: int = 0) -> Any:
        # Over the socket only a stream that one has joined is pulled, and whether one may is said at `sub`.
        joined = self._call("sub", [{"s": stream, "e": 0, "v": 0}])
        refused = joined.get("error") or joined["streams"][0].get("error")
        return {"error": refused} if refused else self._call("pull", {"s": stream, "e": e, "v": v})

    def ops(self, seq0: int, operations: list[Any]) -> Any:
        return self._call("ops", {"seq0": seq0, "ops": operations})

    def tick(self) -> Any:
        return self._call("tick", 0)

    def say(self, event: str, payload: Any) -> Any:
        return self._call(event, payload)


class HttpDoor:
    def __init__(self, hub: HubProcess, _connect: Any, who: dict[str, str]) -> None:
        self._hub, self._who = hub, who
        self._headers = {"Cookie": who["cookie"]} if "cookie" in who else {}
        self._headers |= {"Authorization": f"Bearer {who['token']}"} if "token" in who else {}

    def ask(self, path: str, **query: Any) -> Any:
        named = [(name, value) for name, found in query.items() for value in _many(found)]
        with httpx.Client(base_url=self._hub.url, timeout=WAIT_S, trust_env=False) as client:
            return client.get(path, params=named, headers=self._headers).json()

    @property
    def _me(self) -> dict[str, str]:
        return {"app": self._who["app"], "dev": self._who["dev"]}

    def hello(self) -> Any:
        answer = self.ask("/v1/hello", proto="1-1", **self._me)
        check("error" if "error" in answer else "hello", answer)
        return answer

    def sub(self, *positions: dict[str, Any]) -> Any:
        columns = {name: [at.get(name, 0) for at in positions] for name in ("s", "e", "v")}
        answer = self.ask("/v1/streams", **columns, **self._me)
        check_answer("sub", list(positions), answer)
        return answer

    def pull(self, stream: str, e: int = 0, v: int = 0) -> Any:
        answer = self.ask(f"/v1/streams/{stream}", e=e, v=v, **self._me)
        check_answer("pull", {}, answer)
        return answer

    def ops(self, seq0: int, operations: list[Any]) -> Any:
        body = {"dev": self._who["dev"], "inc": 1, "seq0": seq0, "ops": operations}
        answer = self.post("/v1/ops", body, app=self._who["app"])
        check_answer("ops", {"ops": operations}, answer)
        return answer

    def say(self, event: str, payload: Any) -> Any:
        answer = self.post(f"/v1/{event}", payload, **self._me)
        check_answer(event, payload, answer)
        return answer

    def post(self, path: str, body: Any, **query: str) -> Any:
        with httpx.Client(base_url=self._hub.url, timeout=WAIT_S, trust_env=False) as client:
            return client.post(path, params=query, json=body, headers=self._headers).json()

    def tick(self) -> Any:
        answer = self.ask("/v1/time", **self._me)
        check_answer("tick", 0, answer)
        return answer


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


DOORS: dict[str, Callable[..., Door]] = {"socket": SocketDoor, "http": HttpDoor}
