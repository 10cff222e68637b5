"""Bundles at the hub, on both databases: what one consists of leaves the shelf with it, and comes back with it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from talking_device import NOW, PIECES, SHOP, Talker, make_sale, rows, terminal

from retail import returns
from retail.errors import CatalogueError
from retail.returns import Back, ReturnHead
from sync_server.catalogue import service as shelves
from sync_server.db import Database
from sync_server.exchange import service as exchange
from sync_server.inbox.tables import exceptions
from sync_server.stock import queries as stock

LOAF = PIECES[0]
JAR = next(one for one in PIECES[1:] if one.tax == LOAF.tax)
OTHERWISE_TAXED = next(one for one in SHOP.products if one.tax != LOAF.tax)
BOX = replace(LOAF, id="box", gtin="", price=990, parts={LOAF.id: 2000, JAR.id: 1000}, family="", attributes={})


def levels(db: Database) -> tuple[int, ...]:
    found = [db.read(lambda session, item=item: stock.of_item(session, item)) for item in (LOAF.id, JAR.id)]
    return tuple(of.get("main-street", 0) for of in found)


def test_what_a_bundle_consists_of_is_sold_and_comes_back(db: Database) -> None:
    db.write(lambda session: shelves.put_products(session, [BOX], NOW))
    till = Talker(db, terminal("till-1"))
    loaves, jars = levels(db)
    sale = make_sale(db, till, till.scan("box", 3), 1)
    till.ok("sale.commit", sale=sale.as_dict(), card="", receipt={})
    assert sale.total == 3 * 990 and levels(db) == (loaves - 6000, jars - 3000)
    # Put together otherwise since then, it comes back as what it was.
    db.write(lambda session: shelves.put_products(session, [replace(BOX, parts={JAR.id: 9000})], NOW))
    head = ReturnHead("back", "01-01-R000001", sale.store, "till-1", "staff-anna", "a gift", NOW)
    document = returns.make(head, sale, {}, [Back(sale.lines[0].id, 1000)])
    till.ok("sale.return", document=document.as_dict())
    assert document.total == 990 and levels(db) == (loaves - 4000, jars - 2000)
    assert db.read(lambda session: stock.of_item(session, "box")) == {} and rows(db, exceptions) == []


def test_a_bundle_that_cannot_be_is_refused_with_its_line(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "products.jsonl"
    wrong = [{"moon": 1000}, {LOAF.id: 500}, {OTHERWISE_TAXED.id: 1000}, {"box": 1000}]
    wanted = [BOX, *(replace(BOX, id=f"box-{n}", parts=parts) for n, parts in enumerate(wrong))]
    path.write_text("".join(json.dumps(one.as_dict()) + "\n" for one in wanted), encoding="utf-8")
    report = exchange.take_in(db, "products", path, "2001", NOW, skip_bad=True)
    assert [row["line"] for row in report.bad] == [2, 3, 4, 5] and report.changed == 1
    assert "one tax rate" in report.bad[2]["reason"]


def test_a_part_of_a_bundle_does_not_become_a_bundle_itself(db: Database) -> None:
    db.write(lambda session: shelves.put_products(session, [BOX], NOW))
    other = next(one for one in PIECES if one.tax == LOAF.tax and one.id not in BOX.parts)
    nested = replace(JAR, parts={other.id: 1000})
    with pytest.raises(CatalogueError) as refused:
        db.write(lambda session: shelves.put_products(session, [nested], NOW))
    assert (refused.value.code, refused.value.params["item"]) == ("catalogue.bundle_part", JAR.id)
    db.write(lambda session: shelves.put_products(session, [replace(BOX, parts={LOAF.id: 2000}), nested], NOW))
    db.write(lambda session: shelves.put_products(session, [replace(nested, price=1)], NOW))
