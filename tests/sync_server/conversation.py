"""Plays the conversation that docs/protocol.md shows against a real hub: what the document says is what is said."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from hub_process import WAIT_S, HubProcess, Listener, hang_up

BLOCK = re.compile(r"^```conversation\n(.*?)^```", re.M | re.S)
STEP = re.compile(r"^(?P<who>\w+) (?P<way>[<>=x])(?: (?P<event>[\w-]+|POST /[\w/-]+))?(?: (?P<body>[\[{\d].*))?$", re.S)
PLACE = re.compile(r"<(\w+)>")
MORE = "…"
"""A field of this name stands for fields that a message has and the document does not repeat."""


@dataclass(frozen=True)
class Step:
    """Who; `>` says, `<` hears, `=` is answered, `x` is cut off; the event, and what it carries."""

    who: str
    way: str
    event: str
    body: Any


def steps(document: str) -> Iterator[Step]:
    """The steps of all conversations in a document; a line that begins with a space goes on with the one before."""
    for block in BLOCK.findall(document):
        lines = [line for line in block.splitlines() if line.strip() and not line.startswith("//")]
        for text in re.sub(r"\n +", " ", "\n".join(lines)).splitlines():
            found = STEP.match(text)
            assert found, f"not a step of a conversation: {text}"
            body = json.loads(found["body"]) if found["body"] else None
            yield Step(found["who"], found["way"], found["event"] or "", body)


class Stage:
    """The clients of a conversation, and the values that its `<places>` turned out to have."""

    def __init__(self, hub: HubProcess) -> None:
        self.hub, self.values = hub, dict[str, Any]()
        self.clients: dict[str, Listener] = {}
        self.cookies: dict[str, str] = {}
        self.answers: dict[str, Any] = {}
        self.heard: dict[str, int] = {}

    def play(self, step: Step) -> None:
        match step.way:
            case ">":
                self._say(step.who, step.event, self.filled(step.body))
            case "=":
                self.expect(step, self.answers.pop(step.who))
            case "<":
                self.expect(step, self._next(step.who, step.event))
            case "x":
                self.clients.pop(step.who).close()

    def _say(self, who: str, event: str, body: Any) -> None:
        if event.startswith("POST "):
            with httpx.Client(base_url=self.hub.url, timeout=WAIT_S, trust_env=False) as client:
                response = client.post(event.removeprefix("POST "), json=body)
            self.answers[who] = response.json()
            self.cookies[who] = "; ".join(f"{name}={value}" for name, value in response.cookies.items())
        elif event == "connect":
            headers = {"Cookie": self.cookies[who]} if who in self.cookies else {}
            self.heard[who] = 0
            self.clients[who] = Listener(self.hub, app=body["app"], dev=body["dev"], auth=body, headers=headers)
        else:
            self.answers[who] = self.clients[who].call(event, body)

    def _next(self, who: str, event: str) -> Any:
        """The next push of this kind that nobody looked at yet. Heads come by the clock and are passed over."""
        listener = self.clients[who]
        before = self.heard[who]

        def is_next() -> bool:
            return len([name for name, _ in listener.heard if name != "heads"]) > before

        listener.wait_until(is_next)
        name, message = [row for row in listener.heard if row[0] != "heads"][before]
        assert name == event, f"{who} hears {name} {message}, not {event}"
        self.heard[who] += 1
        return message

    def filled(self, body: Any) -> Any:
        """What is to be sent, with the values of its places."""
        if isinstance(body, dict):
            return {self.filled(key): self.filled(value) for key, value in body.items()}
        if isinstance(body, list):
            return [self.filled(value) for value in body]
        if not isinstance(body, str):
            return body
        whole = PLACE.fullmatch(body)
        return self.values[whole[1]] if whole else PLACE.sub(lambda place: str(self.values[place[1]]), body)

    def expect(self, step: Step, real: Any) -> None:
        wrong = list(self.differences(step.body, real, step.event or "answer"))
        assert not wrong, f"{step}\nreally:\n{json.dumps(real, ensure_ascii=False)}\n" + "\n".join(wrong)

    def differences(self, said: Any, real: Any, at: str) -> Iterator[str]:
        if isinstance(said, dict) and isinstance(real, dict):
            named = {self._name(key, real): value for key, value in said.items() if key != MORE}
            if not named.keys() <= real.keys() or (MORE not in said and named.keys() != real.keys()):
                yield f"{at}: {sorted(named)} are in the document, {sorted(real)} in the message"
            for key in named.keys() & real.keys():
                yield from self.differences(named[key], real[key], f"{at}.{key}")
        elif isinstance(said, list) and isinstance(real, list) and len(said) == len(real):
            for number, (one, other) in enumerate(zip(said, real, strict=True)):
                yield from self.differences(one, other, f"{at}.{number}")
        elif not self._same(said, real):
            yield f"{at}: {said!r} in the document, {real!r} in the message"

    def _name(self, key: str, real: dict[str, Any]) -> str:
        place = PLACE.fullmatch(key)
        if place and place[1] not in self.values and len(real) == 1:
            self.values[place[1]] = next(iter(real))
        return str(self.filled(key)) if not place or place[1] in self.values else key

    def _same(self, said: Any, real: Any) -> bool:
        place = PLACE.fullmatch(said) if isinstance(said, str) else None
        if place:
            return bool(self.values.setdefault(place[1], real) == real)
        return type(said) is type(real) and bool(self.filled(said) == real)

    def close(self) -> None:
        for listener in self.clients.values():
            hang_up(listener.client)
