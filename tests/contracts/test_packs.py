"""Packs at the hub, on both databases: pieces in a line with their pack, in the stock and in files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from talking_device import FIRST, NOW, PIECES, Talker, live_cart, make_sale, operation, phone, rows, terminal, view

from retail.errors import CatalogueError
from sync_server.catalogue import queries as catalogue
from sync_server.catalogue import search
from sync_server.catalogue import service as shelves
from sync_server.db import Database
from sync_server.exchange import service as exchange
from sync_server.inbox.tables import exceptions
from sync_server.stock import queries as stock

CASE, OTHER_CASE = "19520000000001", "29520000000008"
ITEM, OTHER = PIECES[0], PIECES[1]
PACKED = replace(ITEM, packs={CASE: 6})


def shown(db: Database, cart: str) -> list[tuple[int, int]]:
    found = sorted(view(db, cart)["lines"].values(), key=lambda line: line["n"])
    return [(line["quantity"], line["pack"]) for line in found]


def test_a_pack_is_a_line_of_pieces_until_it_is_sold_and_leaves_the_stock(db: Database) -> None:
    till = Talker(db, terminal("till-1"))
    before = db.read(lambda session: stock.of_item(session, ITEM.id))["main-street"]
    till.scan(ITEM.id)
    for _ in range(2):
        till.ok("cart.add", line="cases", item=ITEM.id, quantity=6000, pack=6)
    assert shown(db, till.visit) == [(1000, 0), (12_000, 6)]
    half = till.do("cart.set", line="cases", to=7000, seen=12_000)
    assert half["error"]["code"] == "cart.whole_packs"
    sale = make_sale(db, till, till.visit, 1)
    till.ok("sale.commit", sale=sale.as_dict(), card="", receipt={"lines": []})
    assert [line.pack for line in sale.lines] == [0, 6] and [row.kind for row in rows(db, exceptions)] == ["rejected"]
    assert db.read(lambda session: stock.of_item(session, ITEM.id))["main-street"] == before - 13_000


def test_a_phone_adds_a_pack_beside_its_single_pieces(db: Database) -> None:
    shopper = Talker(db, phone(FIRST.id))
    cart = live_cart(db, FIRST.id)
    shopper.ok("cart.add", cart, line="one", item=ITEM.id, quantity=1000)
    shopper.ok("cart.add", cart, line="case", item=ITEM.id, quantity=6000, pack=6)
    shopper.send(operation("cart.add", cart, line="case", item=ITEM.id, quantity=6000, pack=6))
    assert shown(db, cart) == [(1000, 0), (12_000, 6)]
    shopper.ok("cart.add", cart, line="case", item=ITEM.id, quantity=-12_000, pack=6)
    assert shown(db, cart) == [(1000, 0)]


def test_packs_come_in_by_file_and_a_code_means_one_thing(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "products.jsonl"
    wanted = [
        PACKED,
        replace(OTHER, packs={CASE: 12}),
        replace(OTHER, id="new-1", packs={"19520000000009": 6}),
        replace(OTHER, id="new-2", packs={OTHER_CASE: 1}),
        replace(OTHER, id="new-3", unit="m", packs={OTHER_CASE: 6}),
    ]
    path.write_text("".join(json.dumps(one.as_dict()) + "\n" for one in wanted), encoding="utf-8")
    report = exchange.take_in(db, "products", path, "2001", NOW, skip_bad=True)
    assert [row["line"] for row in report.bad] == [2, 3, 4, 5], report.bad
    assert (report.changed, report.done) == (1, True)
    found = db.read(lambda session: catalogue.product(session, ITEM.id))
    assert found is not None and found.packs == {CASE: 6}
    assert [one.id for one in db.read(lambda session: search.page_of(session, "", CASE, 1, 5))[0]] == [ITEM.id]
    db.write(lambda session: shelves.put_products(session, [replace(PACKED, packs={})], NOW))
    assert db.read(lambda session: search.page_of(session, "", CASE, 1, 5))[0] == []


def test_a_code_of_a_pack_becomes_no_products_own_and_goes_to_another_product_in_one_change(db: Database) -> None:
    put = shelves.put_products
    db.write(lambda session: put(session, [PACKED], NOW))
    with pytest.raises(CatalogueError) as refused:
        db.write(lambda session: put(session, [replace(OTHER, gtin=CASE)], NOW))
    assert (refused.value.code, refused.value.params) == ("catalogue.pack_taken", {"code": CASE, "item": ITEM.id})
    with pytest.raises(CatalogueError):
        db.write(lambda session: put(session, [replace(OTHER, packs={ITEM.gtin: 6})], NOW))
    db.write(lambda session: put(session, [replace(OTHER, packs={CASE: 12}), replace(PACKED, packs={})], NOW))
    assert [one.id for one in db.read(lambda session: search.with_codes(session, {CASE, "no'number"}))] == [OTHER.id]
