"""What a transaction that did not come to its end leaves behind: nothing, on the disk and in memory."""

from collections.abc import Iterator

import pytest
from gevent import GreenletExit
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from talking_device import NOW, PIECES, SHOP
from test_group_commit import together

from retail.errors import StaffRefused
from sync_server.catalogue import queries, service
from sync_server.db import Database, open_database
from sync_server.transactions import Transactions
from sync_server.writers import ThreadWriter

STORE, BREAD = SHOP.stores[0].id, PIECES[0]


def price(session: Session) -> int:
    return queries.book(session, STORE).product(BREAD.id).price


def change(session: Session, to: int) -> None:
    service.set_prices(session, {BREAD.id: to}, NOW)


def test_a_command_that_is_told_to_end_in_the_middle_leaves_nothing_and_keeps_nobody_waiting(db: Database) -> None:
    def ended(session: Session) -> None:
        change(session, 777)
        assert price(session) == 777
        raise GreenletExit

    with pytest.raises(GreenletExit):
        db.write(ended)
    assert db.write(price) == db.read(price) == BREAD.price
    db.write(lambda session: change(session, 888))
    assert db.write(price) == db.read(price) == 888


def test_a_price_that_was_not_committed_is_no_price_after_the_next_change(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dearer(session: Session) -> int:
        # As where a scan shares the transaction of the change before it.
        change(session, 777)
        return price(session)

    def full(_: Transactions) -> None:
        raise OperationalError("COMMIT", None, Exception("the disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(Transactions, "commit", full)
        with pytest.raises(OperationalError):
            db.write(dearer)
    # The next change gives the book the number that the one before would have given it.
    db.write(lambda session: change(session, 888))
    assert db.write(price) == db.read(price) == 888


@pytest.fixture
def shared(shop_url: str) -> Iterator[Database]:
    """A database whose commands share transactions."""
    opened = open_database(shop_url, ThreadWriter())
    yield opened
    opened.close()


def test_a_price_of_a_command_that_failed_beside_others_is_no_price_after_the_next_change(shared: Database) -> None:
    """Both are in one transaction, and the second change gets the number that the first one had."""

    def refused(session: Session) -> None:
        change(session, 777)
        assert price(session) == 777
        raise StaffRefused

    first, _, second = together(shared, refused, lambda session: change(session, 888), price)
    assert isinstance(first, StaffRefused)
    assert second == shared.write(price) == shared.read(price) == 888
