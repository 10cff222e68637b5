"""An old copy of the hub's data that was put back is noticed, told to a manager once, and void for everybody."""

from pathlib import Path
from typing import Any

import pytest
from signing_device import Signing, statuses
from sqlalchemy import select, update
from talking_device import FIRST, NOW, live_cart, operation

from retail.messages import Position
from sync_server.db import Database
from sync_server.inbox.tables import devices, exceptions, operations
from sync_server.outbox import life
from sync_server.outbox import service as outbox
from sync_server.outbox.life import Life
from sync_server.outbox.service import Cause
from sync_server.outbox.tables import lives, streams


def now_in(db: Database) -> str:
    return db.read(life.current)


def told(db: Database) -> list[str]:
    query = select(exceptions.c.store).where(exceptions.c.kind == "restored").order_by(exceptions.c.store)
    return db.read(lambda session: list(session.scalars(query)))


def epochs(db: Database) -> dict[str, int]:
    return db.read(lambda session: {row.name: row.epoch for row in session.execute(select(streams))})


def record(db: Database, stream: str) -> None:
    db.write(lambda session: outbox.record(session, stream, {"x": 1}, Cause("till-1", 1), NOW))


@pytest.fixture
def hub(db: Database, tmp_path: Path) -> Life:
    made = Life(db, tmp_path / "marks", lambda: NOW, alone=True)
    made.beat()
    return made


def test_a_hub_that_only_stops_and_starts_stays_in_its_life(db: Database, hub: Life, tmp_path: Path) -> None:
    before = now_in(db)
    for _ in range(3):
        Life(db, tmp_path / "marks", lambda: NOW, alone=True).beat()
    assert before and now_in(db) == before and told(db) == []


@pytest.mark.parametrize("sign", ["behind its mark", "without its mark", "a backup"])
def test_an_old_copy_begins_a_new_life_in_which_all_streams_are_void(
    db: Database, hub: Life, tmp_path: Path, sign: str
) -> None:
    record(db, "cart:a")
    hub.beat()
    before, known = now_in(db), epochs(db)
    if sign == "behind its mark":
        db.write(lambda session: session.execute(update(lives).values(beat=1)))
    elif sign == "without its mark":
        (tmp_path / "marks" / life.MARK_NAME).unlink()
    else:
        db.write(lambda session: session.execute(update(lives).values(copied_at=NOW)))
    for _ in range(3):
        hub.beat()
    after = epochs(db)
    assert now_in(db) != before and all(after[name] > epoch for name, epoch in known.items())
    assert len(told(db)) == len(set(told(db))) > 0
    record(db, "cart:new")
    assert epochs(db)["cart:new"] >= after["cart:a"]
    assert db.read(lambda session: outbox.position(session, "cart:unknown"))[0] >= after["cart:a"]


def test_a_second_machine_at_one_server_needs_no_mark(db: Database, hub: Life, tmp_path: Path) -> None:
    before = now_in(db)
    Life(db, tmp_path / "another machine", lambda: NOW, alone=False).beat()
    assert now_in(db) == before and told(db) == []


def forget_after(db: Database, seq: int, chain: str) -> None:
    """What a copy of the hub's data from an earlier moment does not know of till-1."""

    def command(session: Any) -> None:
        session.execute(operations.delete().where(operations.c.dev == "till-1", operations.c.seq > seq))
        session.execute(update(devices).where(devices.c.dev == "till-1").values(last_seq=seq, chain=chain))

    db.write(command)


def test_a_terminal_that_was_answered_more_tells_the_hub_and_sends_it_again(db: Database, hub: Life) -> None:
    till = Signing(db, "till-1")
    till.say(*[operation("audit.note", action="drawer.opened", staff="", detail={"n": n}) for n in range(3)])
    till.connect(through=3)
    assert told(db) == []
    before = now_in(db)
    forget_after(db, 1, till.hash_at(1))
    till.connect(through=3)
    after = now_in(db)
    assert after != before and len(told(db)) > 0
    till.connect(through=3)
    assert now_in(db) == after
    assert statuses(till.send(till.batch(2))) == ["ok", "ok"]
    till.connect(through=3)
    assert now_in(db) == after


def test_a_hub_that_knows_itself_to_be_restored_is_not_told_so_again_by_each_terminal(db: Database, hub: Life) -> None:
    till = Signing(db, "till-1")
    till.say(*[operation("audit.note", action="drawer.opened", staff="", detail={"n": n}) for n in range(3)])
    before = now_in(db)
    forget_after(db, 1, till.hash_at(1))
    db.write(lambda session: life.renew(session, "an old copy", NOW))
    after, cases = now_in(db), told(db)
    till.connect(through=3, life=before)
    assert now_in(db) == after and told(db) == cases
    till.connect(through=3, life=after)
    assert now_in(db) != after and len(told(db)) > len(cases)


def test_what_a_phone_knew_of_its_cart_is_answered_with_the_whole(db: Database, hub: Life) -> None:
    cart = live_cart(db, FIRST.id)
    record(db, f"cart:{cart}")
    e, v = db.read(lambda session: outbox.position(session, f"cart:{cart}"))
    db.write(lambda session: life.renew(session, "test", NOW))
    seen = Position(s=f"cart:{cart}", e=e, v=v)
    answer = db.read(lambda session: outbox.answer(session, seen, lambda: {"lines": {}}))
    assert "state" in answer and answer["e"] > e
