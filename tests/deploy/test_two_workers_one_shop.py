"""What one process would keep in its memory is right with two of them: carts, prices, presence, devices."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import hub_fixtures
import pytest
from adding_terminals import until
from hub_process import HubProcess, Listener, hang_up, phone_of, post
from sqlalchemy import select
from talking_device import FIRST, PIECES, live_cart, view

from omnitill.servers import PostgresServer, RedisServer
from retail.chain import Signer
from sync_server.catalogue import service as catalogue
from sync_server.outbox.tables import events
from sync_server.terminals.tables import terminal_links, terminals

pytestmark = pytest.mark.timeout(300)
SOCKETS_TRIED_MAX = 40
ROUNDS = 8
JOIN_S = 90


@pytest.fixture(scope="module")
def crew(
    postgres: PostgresServer,
    postgres_template: str,
    redis_server: RedisServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[HubProcess]:
    shop = hub_fixtures.copy_of(postgres, postgres_template)
    process = HubProcess(tmp_path_factory.mktemp("crew"), shop, bus=redis_server.url, workers=2)
    yield process
    process.stop()


@pytest.fixture
def connect() -> Iterator["Opener"]:
    opener = Opener()
    yield opener
    for listener in opener.opened:
        listener.close()


class Opener:
    """Connects, and keeps what it has connected."""

    def __init__(self) -> None:
        self.opened: list[Listener] = []

    def __call__(self, hub: HubProcess, **options: Any) -> Listener:
        self.opened.append(Listener(hub, **options))
        return self.opened[-1]


def sockets_of(hub: HubProcess) -> dict[int, int]:
    """How many sockets each worker has open, as the kernel counts them."""
    found: dict[int, int] = dict.fromkeys(hub.ready["workers"], 0)
    for pid in found:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            # What was listed may be closed by now.
            with suppress(FileNotFoundError):
                found[pid] += str(entry.readlink()).startswith("socket:")
    return found


def one_at_each(hub: HubProcess, open_one: Callable[[], Listener]) -> list[Listener]:
    """Connect until both workers have one."""
    at: dict[int, Listener] = {}
    for _ in range(SOCKETS_TRIED_MAX):
        before = sockets_of(hub)
        listener = open_one()
        after = sockets_of(hub)
        grown = [pid for pid in after if after[pid] > before[pid]]
        if len(grown) == 1:
            at.setdefault(grown[0], listener)
        if len(at) == len(before):
            return list(at.values())
    raise AssertionError(f"{SOCKETS_TRIED_MAX} sockets came to one worker")


def test_phones_and_tills_at_two_workers_that_add_to_one_cart_lose_nothing(crew: HubProcess, connect: Opener) -> None:
    phones = one_at_each(crew, lambda: phone_of(crew, connect, uuid.uuid4().hex))
    tills = [connect(crew, dev=dev) for dev in ("till-1", "till-2")]
    db = crew.open()
    live = live_cart(db, FIRST.id)
    carts = dict.fromkeys(phones, live)
    for till in tills:
        carts[till] = uuid.uuid4().hex
        assert till.do("cart.attach", carts[till], card=FIRST.card)["status"] == "ok"
    for phone in phones:
        phone.call("sub", [{"s": f"cart:{live}", "e": 0, "v": 0}])
    failed: list[object] = []

    def work(device: Listener) -> None:
        for _ in range(ROUNDS):
            line = f"held-{device.dev}" if device in tills else uuid.uuid4().hex
            done = device.do("cart.add", carts[device], line=line, item=PIECES[0].id, quantity=1000)
            if done["status"] != "ok":
                failed.append(done)

    threads = [threading.Thread(target=work, args=(device,)) for device in carts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(JOIN_S)
    assert not failed
    quantities = sorted(line["quantity"] for line in view(db, live)["lines"].values())
    assert quantities == sorted([ROUNDS * 1000] * len(tills) + [len(phones) * ROUNDS * 1000])
    query = select(events.c.version).where(events.c.stream == f"cart:{live}").order_by(events.c.version)
    versions = db.read(lambda session: list(session.scalars(query)))
    db.close()
    assert versions == list(range(1, len(versions) + 1))
    for phone in phones:
        # Whichever worker made an event, each phone is told it once; what a busy worker passed over is in the heads.
        phone.wait("ev", lambda event: event["s"] == f"cart:{live}")
        told = [event["v"] for name, event in phone.heard if name == "ev" and event["s"] == f"cart:{live}"]
        assert len(told) == len(set(told))
    for till in tills:
        till.do("cart.abandon", carts[till])


def test_a_price_that_was_changed_elsewhere_counts_at_both_workers_from_then_on(
    crew: HubProcess, connect: Opener
) -> None:
    tills = one_at_each(crew, lambda: connect(crew, dev="till-1"))
    item, db = PIECES[1], crew.open()

    def price_at(till: Listener) -> int:
        visit, line = uuid.uuid4().hex, uuid.uuid4().hex
        till.do("cart.add", visit, line=line, item=item.id, quantity=1000)
        [answer] = till.call("sub", [{"s": f"cart:{visit}", "e": 0, "v": 0}])["streams"]
        return int(answer["state"]["lines"][line]["unit_price"])

    assert [price_at(till) for till in tills] == [item.price] * 2
    db.write(lambda session: catalogue.set_prices(session, {item.id: item.price + 7}, 1_700_000_000_000))
    db.close()
    assert [price_at(till) for till in tills] == [item.price + 7] * 2


def test_a_till_with_sockets_at_two_workers_is_there_until_both_are_gone(crew: HubProcess, connect: Opener) -> None:
    both = one_at_each(crew, lambda: connect(crew, dev="till-3"))
    second = both[1]
    db = crew.open()

    def held_by() -> int:
        lasting = terminal_links.c.until.is_(None) & (terminal_links.c.terminal == "till-3")
        return db.read(lambda session: len(list(session.scalars(select(terminal_links.c.id).where(lasting)))))

    def online() -> bool:
        return bool(
            db.read(lambda session: session.scalar(select(terminals.c.online).where(terminals.c.id == "till-3")))
        )

    until(lambda: held_by() == 2, "one worker did not write down that it has the till")
    for listener in connect.opened:
        if listener is not second:
            hang_up(listener.client)
    until(lambda: held_by() == 1, "nobody wrote down that one worker has the till no more")
    assert online()
    hang_up(second.client)
    until(lambda: not online(), "a till that is gone from both workers is still shown as there")
    db.close()


def test_a_phone_at_one_worker_sees_that_a_till_at_the_other_looks_and_is_paid_at(
    crew: HubProcess, connect: Opener
) -> None:
    db = crew.open()
    live = live_cart(db, FIRST.id)
    db.close()
    stream = f"cart:{live}"
    phones = one_at_each(crew, lambda: phone_of(crew, connect, uuid.uuid4().hex))
    for phone in phones:
        phone.call("sub", [{"s": stream, "e": 0, "v": 0}])
    till = connect(crew, dev="till-1")
    visit = uuid.uuid4().hex
    assert till.do("cart.attach", visit, card=FIRST.card)["status"] == "ok"
    till.call("sub", [{"s": stream, "e": 0, "v": 0}])

    def doing(told: Any) -> list[str]:
        return [one["doing"] for one in told["who"] if one["dev"] == "till-1"]

    for word in ("look", "pay"):
        till.call("presence", {"s": stream, "doing": word})
        # Wherever the till is, one of the two phones is at the other worker.
        for phone in phones:
            told = phone.wait("onlookers", lambda message, word=word: doing(message) == [word])
            assert told["s"] == stream
    hang_up(till.client)
    for phone in phones:
        phone.wait_until(lambda phone=phone: doing(last_told(phone)) == [])


def last_told(phone: Listener) -> Any:
    return [message for name, message in phone.heard if name == "onlookers"][-1]


def test_a_till_that_is_set_up_anew_is_shown_out_at_both_workers(crew: HubProcess, connect: Opener) -> None:
    both = one_at_each(crew, lambda: connect(crew, dev="till-2"))
    code = json.loads(crew.command("enrol", "--terminal", "till-2").stdout)["code"]
    # One worker is asked; the other hears it over the bus.
    assert post(crew, "/v1/enrol", {"code": code, "public_key": Signer(b"k" * 32).public}).is_success
    for listener in both:
        assert listener.wait("kick")["code"] == "revoked"
