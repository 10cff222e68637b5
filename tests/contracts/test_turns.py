"""A shop that comes back with thousands of sales and a scan of this moment share one hub: neither waits for the other's
end. All by order; no test looks at a clock."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest
from signing_device import Signing, statuses
from sqlalchemy import select
from sqlalchemy.orm import Session
from talking_device import NOW, Talker, operation, phone, rows

from retail.messages import Batch, Operation
from sync_server.db import Database, open_database
from sync_server.inbox import handlers, service
from sync_server.inbox.parts import in_parts
from sync_server.inbox.service import Carry, Device
from sync_server.inbox.tables import devices
from sync_server.staff.tables import audit
from sync_server.terminals import enrolment
from sync_server.writers import ThreadWriter

BACKLOG = 8
LIVE = 3
WAIT_S = 20
LOOK_S = 0.001


@pytest.fixture
def hub(shop_url: str) -> Iterator[Database]:
    """A hub as it serves, whose writer is a thread of its own."""
    opened = open_database(shop_url, ThreadWriter())
    yield opened
    opened.close()


def waiting_till(db: Database, terminal: str = "till-1") -> Signing:
    """A till with something to tell."""
    till = Signing(db, terminal)
    till.written = [operation("audit.note", action="drawer.opened", staff="", detail={"n": n}) for n in range(BACKLOG)]
    return till


def sent(db: Database, till: Signing, carry: Carry, pause: Callable[[], bool]) -> dict[str, Any]:
    """Send all that waits at the till as the hub's door would."""

    def accepted(part: Batch) -> dict[str, Any]:
        return db.write(lambda session: service.accept(session, till.device, part, carry, NOW, pause), patient=True)

    return in_parts(Batch.model_validate(till.batch()), accepted)


def until(met: Callable[[], bool]) -> None:
    """For the writer's thread, which may wait without holding up the loop."""
    again = threading.Event()
    for _ in range(int(WAIT_S / LOOK_S)):
        if met():
            return
        again.wait(LOOK_S)
    raise AssertionError("nobody came")


def test_a_scan_waits_for_one_operation_of_a_backlog_and_shares_its_commit(hub: Database) -> None:
    order: list[str] = []
    going = threading.Event()

    def carry(session: Session, device: Device, seq: int, one: Operation, now: int) -> dict[str, Any]:
        if seq == 3:
            going.set()
            until(hub.others_wait)
        order.append(f"sale {seq}")
        return handlers.carry(session, device, seq, one, now)

    till = waiting_till(hub)
    commits: list[int] = []
    hub.after_commit.append(lambda told: commits.append(len(order)))
    backlog = gevent.spawn(sent, hub, till, carry, hub.others_wait)
    while not going.is_set():
        gevent.idle()
    scan = gevent.spawn(hub.write, lambda session: order.append("scan"))
    gevent.joinall([backlog, scan], timeout=WAIT_S, raise_error=True)
    assert order == ["sale 1", "sale 2", "sale 3", "scan", *(f"sale {n}" for n in range(4, BACKLOG + 1))]
    assert commits == [4, 4, BACKLOG + 1]
    assert statuses(backlog.value) == ["ok"] * BACKLOG


def test_a_backlog_goes_on_while_there_is_always_a_scan_that_waits(hub: Database) -> None:
    order: list[str] = []

    def carry(session: Session, device: Device, seq: int, one: Operation, now: int) -> dict[str, Any]:
        until(hub.others_wait)
        order.append(device.dev)
        return handlers.carry(session, device, seq, one, now)

    tills = [waiting_till(hub, terminal) for terminal in ("till-1", "till-2")]
    backlogs = [gevent.spawn(sent, hub, till, carry, hub.others_wait) for till in tills]

    def scanning() -> None:
        while not all(backlog.ready() for backlog in backlogs):
            hub.write(lambda session: order.append("scan"))

    live = [gevent.spawn(scanning) for _ in range(LIVE)]
    gevent.joinall([*backlogs, *live], timeout=WAIT_S, raise_error=True)
    assert [statuses(backlog.value) for backlog in backlogs] == [["ok"] * BACKLOG] * 2
    turns = "".join("." if word == "scan" else word[-1] for word in order)
    # Between two sales there are at most those who joined the first one, and those who went before the second.
    assert f"{'.' * (2 * LIVE + 1)}" not in turns.rstrip("."), turns
    assert "11" not in turns.replace(".", "") and "22" not in turns.replace(".", ""), turns


def always() -> bool:
    return True


def test_a_batch_that_steps_back_after_each_operation_is_answered_as_one(db: Database) -> None:
    till = waiting_till(db)
    answer = sent(db, till, handlers.carry, always)
    assert answer["last_seq"] == BACKLOG
    assert [row["seq"] for row in answer["results"]] == list(range(1, BACKLOG + 1))
    assert statuses(answer) == ["ok"] * BACKLOG
    [row] = rows(db, devices)
    assert (row.last_seq, row.chain) == (BACKLOG, till.hash_at(BACKLOG))
    assert statuses(sent(db, till, handlers.carry, always)) == ["dup"] * BACKLOG
    assert opened(db) == list(range(BACKLOG))


def test_a_phones_batch_steps_back_too(db: Database) -> None:
    adder = Talker(db, phone("shopper-01"))
    cart = adder.visit
    batch = Batch(seq0=1, ops=[operation("cart.remove", cart, line="none", seen=0) for _ in range(BACKLOG)])

    def accepted(part: Batch) -> dict[str, Any]:
        return db.write(lambda session: service.accept(session, adder.device, part, handlers.carry, NOW, always))

    answer = in_parts(batch, accepted)
    assert [row["seq"] for row in answer["results"]] == list(range(1, BACKLOG + 1))
    assert statuses(answer) == ["rejected"] * BACKLOG


def test_of_a_till_that_is_withdrawn_while_its_batch_stepped_back_no_more_is_done(db: Database) -> None:
    till = waiting_till(db)

    def withdrawn(session: Session, device: Device, seq: int, one: Operation, now: int) -> dict[str, Any]:
        if seq == 3:
            enrolment.revoke(session, till.device.dev, "staff-05", NOW)
        return handlers.carry(session, device, seq, one, now)

    assert statuses(sent(db, till, withdrawn, always)) == ["unauthorised"]
    assert opened(db) == [0, 1, 2]
    again = Signing(db, "till-1", "another key", inc=till.device.inc)
    again.written = till.written
    assert statuses(sent(db, again, handlers.carry, always)) == ["dup"] * 3 + ["ok"] * (BACKLOG - 3)
    assert opened(db) == list(range(BACKLOG))


def opened(db: Database) -> list[int]:
    """The drawers that were opened, as the audit has them."""
    query = select(audit.c.detail).where(audit.c.action == "drawer.opened").order_by(audit.c.id)
    return db.read(lambda session: [detail["n"] for detail in session.scalars(query)])
