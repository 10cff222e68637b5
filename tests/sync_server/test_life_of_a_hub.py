"""A hub that is killed, stopped, locked out of and enrolled at, as a real process."""

import json
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

from hub_process import WAIT_S, HubProcess, Listener, open_frames, phone_of, post
from sqlalchemy import insert
from talking_device import PIECES, SHOP, Talker, lines_of, operation, rows, terminal

from retail.cart import line_as_dict
from retail.chain import Signer
from sync_server.carts.tables import cart_lines
from sync_server.inbox.tables import operations
from sync_server.staff.tables import audit

Connect = Callable[..., Listener]
ITEM = PIECES[0].id
MANAGERS = [member for member in SHOP.staff if member.role == "manager"]
STOP_LIMIT_S = 3
OPEN_SOCKETS = 20
SNAPSHOTS = 40
"""Some 8 MB: more than the buffers of both ends hold."""

HAIL = {"proto": 1, "app": "till", "dev": "till-1", "inc": 1, "token": "token-till-1"}


def stored(hub: HubProcess, table: Any) -> list[Any]:
    db = hub.open()
    found = rows(db, table)
    db.close()
    return found


def test_a_hub_that_is_killed_with_the_answer_on_its_way_gives_it_again(lone_hub: HubProcess, connect: Connect) -> None:
    till = connect(lone_hub)
    visit = uuid.uuid4().hex
    batch = {"seq0": 1, "ops": [operation("cart.add", visit, line=uuid.uuid4().hex, item=ITEM, quantity=1000)]}
    answers: list[Any] = []
    lone_hub.process.send_signal(signal.SIGSTOP)
    till.client.emit("ops", batch, callback=answers.append)
    lone_hub.process.send_signal(signal.SIGCONT)
    deadline = time.monotonic() + WAIT_S
    # Killed as soon as the operation is on the disk: the answer may be out or not, the client cannot tell.
    while not stored(lone_hub, operations):
        assert time.monotonic() < deadline, lone_hub.log()
    lone_hub.kill()
    till.wait("gone")
    lone_hub.start()
    again = connect(lone_hub)
    assert again.hello["last_seq"] == 1
    answer = again.call("ops", batch)
    assert answer["results"][0]["dup"] is True
    assert answer["results"][0]["result"]["cart"] == visit
    assert len(stored(lone_hub, operations)) == 1


def test_a_hub_with_open_sockets_ends_within_three_seconds(own_hub: HubProcess, connect: Connect) -> None:
    terminals = [connect(own_hub, dev=dev) for dev in ("till-1", "till-2", "kiosk-1") for _ in range(OPEN_SOCKETS // 3)]
    phones = [phone_of(own_hub, connect, f"phone-{n}") for n in range(OPEN_SOCKETS - len(terminals))]
    began = time.monotonic()
    own_hub.process.terminate()
    assert own_hub.process.wait(WAIT_S) == 0
    assert time.monotonic() - began < STOP_LIMIT_S
    for listener in (*terminals, *phones):
        listener.wait("gone")
    assert "Traceback" not in own_hub.log()


def test_a_withdrawn_token_is_shown_out_and_not_let_in_again(own_hub: HubProcess, connect: Connect) -> None:
    till = connect(own_hub)
    code = json.loads(own_hub.command("enrol", "--terminal", "till-1").stdout)["code"]
    answer = post(own_hub, "/v1/enrol", {"code": code, "public_key": Signer(b"k" * 32).public}).json()
    assert (answer["terminal"], answer["store"], answer["inc"]) == ("till-1", "main-street", 1)
    assert till.wait("kick")["code"] == "revoked"
    till.wait("gone")
    refused = post(own_hub, "/v1/ops", {}, Authorization="Bearer token-till-1")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthorised")
    unknown = own_hub.command("enrol", "--terminal", "till-9")
    assert unknown.returncode == 1
    assert "There is no terminal till-9. Known are: kiosk-1" in unknown.stderr


def test_five_wrong_pins_lock_the_manager_and_another_manager_unlocks(own_hub: HubProcess) -> None:
    first, second = MANAGERS[:2]
    wrong = {"number": first.number, "pin": "000000"}
    codes = [post(own_hub, "/manage/sign-in", wrong).json()["error"]["code"] for _ in range(4)]
    assert codes == ["staff.wrong_pin"] * 3 + ["staff.wait"]
    db = own_hub.open()
    # Time passes: the two waits are over.
    for _ in range(2):
        db.write(lambda session: session.connection().exec_driver_sql("UPDATE staff SET not_before = 0"))
        post(own_hub, "/manage/sign-in", wrong)
    right = {"number": first.number, "pin": first.pin}
    assert post(own_hub, "/manage/sign-in", right).json()["error"]["code"] == "staff.locked"
    alone = own_hub.command("unlock", "--number", first.number, "--by", first.number, "--pin", first.pin)
    assert alone.returncode == 1
    opened = own_hub.command("unlock", "--number", first.number, "--by", second.number, "--pin", second.pin)
    assert opened.returncode == 0, opened.stderr
    assert post(own_hub, "/manage/sign-in", right).json() == {"ok": True}
    actions = [row.action for row in rows(db, audit)]
    db.close()
    assert actions == ["staff.wrong_pin"] * 5 + ["staff.locked", "staff.unlock", "staff.sign_in"]


def test_a_hundred_tries_at_one_moment_are_a_hundred_tries(own_hub: HubProcess) -> None:
    import concurrent.futures as futures

    wrong = {"number": MANAGERS[0].number, "pin": "000000"}
    with futures.ThreadPoolExecutor(10) as pool:
        codes = list(pool.map(lambda _: post(own_hub, "/manage/sign-in", wrong).json()["error"]["code"], range(20)))
    assert sorted(codes) == ["staff.wait"] * 17 + ["staff.wrong_pin"] * 3


def test_a_large_cart_reaches_a_slow_reader_whole(lone_hub: HubProcess, connect: Connect) -> None:
    visit = uuid.uuid4().hex
    db = lone_hub.open()
    till = Talker(db, terminal("till-1"))
    till.visit = visit
    till.scan(ITEM)
    lines = [replace(line, id=f"line-{n}", n=n) for n in range(2, 501) for line in lines_of(db, visit, "till-1")]
    db.write(
        lambda session: session.execute(insert(cart_lines), [{"cart": visit, **line_as_dict(line)} for line in lines])
    )
    db.close()
    slow = connect(lone_hub)
    # Many large answers are asked for at once and nobody reads: the way to the reader is full in the middle of one.
    ask = [f'42{n}["sub",[{{"s":"cart:{visit}","e":0,"v":0}}]]' for n in range(SNAPSHOTS)]
    with closing(open_frames(lone_hub, hail=HAIL)) as frames:
        for text in ask:
            frames.send(text)
        assert slow.call("tick", 0)["now"]
        answers = [json.loads(str(frames.recv())[len(f"43{n}") :]) for n in range(SNAPSHOTS)]
    assert [len(answer[0]["streams"][0]["state"]["lines"]) for answer in answers] == [500] * SNAPSHOTS


def test_a_second_hub_on_one_folder_is_refused_in_words(lone_hub: HubProcess) -> None:
    command = [sys.executable, "-m", "sync_server", "serve", "--data", str(lone_hub.folder), "--port", "0"]
    second = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert second.returncode == 5
    assert "Another hub serves" in second.stderr
    assert "Traceback" not in second.stderr
    assert lone_hub.process.poll() is None
