"""What the hub keeps of its price books between two transactions is bounded, and its prices stay what they are."""

import pytest
from sqlalchemy.orm import Session
from talking_device import PIECES, SHOP

from sync_server.catalogue import queries
from sync_server.db import Database

STORES = [store.id for store in SHOP.stores]
AT_ONCE = 3


def looked_at(session: Session, store: str, first: int) -> tuple[int, int]:
    """Look some goods up in a store's book: how many stores and products are kept then."""
    book = queries.book(session, store)
    some = PIECES[first : first + AT_ONCE]
    assert [book.product(one.id).price for one in some] == [one.price for one in some]
    shelves = session.info["kept"]["shelves"].values()
    return len(shelves), sum(len(one.products) for one in shelves)


def test_the_products_of_all_stores_together_are_bounded(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PRODUCTS_KEPT_MAX", AT_ONCE)
    for door in (db.write, db.read):
        kept = [
            door(lambda session, at=at, turn=turn: looked_at(session, at, turn * AT_ONCE))[1]
            for turn, at in enumerate(STORES[:2] * 3)
        ]
        # Looked at when a book is opened: what one transaction reads comes on top.
        assert max(kept) == queries.PRODUCTS_KEPT_MAX + AT_ONCE


def test_the_stores_whose_books_are_kept_are_bounded(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "STORES_KEPT_MAX", 0)
    for door in (db.write, db.read):
        assert {door(lambda session, at=at: looked_at(session, at, 0))[0] for at in STORES * 2} == {1}
