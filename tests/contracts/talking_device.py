"""A device that talks to the hub's inbox without a network: it numbers its operations and keeps what it heard."""

import uuid
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session
from told_check import check_answer

import sample_shop
from retail.cart import Actor, CartLine
from retail.catalogue import Store
from retail.messages import Batch
from retail.pricing import price
from retail.sale import Sale, SaleHead, close
from retail.tender import Tender
from sync_server.carts import queries as carts
from sync_server.catalogue import queries as catalogue
from sync_server.db import Database
from sync_server.inbox import handlers, service
from sync_server.inbox.service import Device

SHOP = sample_shop.build(products=60)
NOW = 1_700_000_100_000
FIRST, SECOND = SHOP.shoppers[0], SHOP.shoppers[1]
PIECES = [product for product in SHOP.products if not product.weighed]
WEIGHED = [product for product in SHOP.products if product.weighed]
STORES: dict[str, Store] = {store.id: store for store in SHOP.stores}
PLACES = {place.id: place for place in SHOP.terminals}
TILLS = [place.id for place in SHOP.terminals if place.kind == "till"]
KIOSKS = [place.id for place in SHOP.terminals if place.kind == "kiosk"]


def operation(kind: str, cart: str | None = None, /, at: int = NOW, **body: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "kind": kind, "ver": 1, "at": at, "cart": cart, "body": body}


def terminal(dev: str, inc: int = 1) -> Device:
    place = PLACES[dev]
    return Device(dev, inc, Actor(dev, place.kind), store=place.store)


def phone(shopper: str, name: str = "phone") -> Device:
    dev = f"{name}.{shopper}"
    return Device(dev, 1, Actor(dev, "online"), SHOP.stores[0].id, shopper)


class Talker:
    """One device in its present incarnation."""

    def __init__(self, db: Database, device: Device) -> None:
        self.db, self.device, self.seq = db, device, 0
        self.now = NOW
        """The hub's clock when it hears this device."""
        self.visit = f"visit-{device.dev}-{uuid.uuid4().hex[:8]}"

    def send(self, *operations: Any, seq0: int | None = None) -> list[dict[str, Any]]:
        """Send operations as one batch under the next numbers (or from `seq0`); the results."""
        batch = Batch(seq0=self.seq + 1 if seq0 is None else seq0, ops=list(operations))
        answer = self.db.write(lambda session: service.accept(session, self.device, batch, handlers.carry, self.now))
        check_answer("ops", {"ops": operations}, answer)
        self.seq = answer["last_seq"]
        results: list[dict[str, Any]] = answer["results"]
        return results

    def do(self, kind: str, cart: str | None = None, /, at: int = NOW, **body: Any) -> dict[str, Any]:
        """Send one operation, about the own visit unless another cart is named; its result."""
        return self.send(operation(kind, cart or self.visit, at, **body))[0]

    def ok(self, kind: str, cart: str | None = None, /, at: int = NOW, **body: Any) -> dict[str, Any]:
        """As `do`, for an operation that has to succeed: what came of it."""
        result = self.do(kind, cart, at, **body)
        assert result["status"] == "ok", result
        outcome: dict[str, Any] = result["result"]
        return outcome

    def scan(self, item: str, pieces: int = 1) -> str:
        added = self.ok("cart.add", line=uuid.uuid4().hex, item=item, quantity=pieces * 1000)
        return str(added["cart"])

    def again(self, inc: int) -> "Talker":
        """The same device set up anew."""
        return Talker(self.db, replace(self.device, inc=inc))


def live_cart(db: Database, shopper: str) -> str:
    return db.read(lambda session: carts.live_cart_id(session, shopper))


def view(db: Database, cart: str) -> dict[str, Any]:
    return db.read(lambda session: carts.view(session, carts.get(session, cart)))


def lines_of(db: Database, cart: str, owner: str) -> list[CartLine]:
    return db.read(lambda session: carts.get(session, cart).cart.of(owner))


def make_sale(db: Database, talker: Talker, cart: str, counter: int, shopper: str = "", **changed: Any) -> Sale:
    """The sale of all that the device holds in a cart, paid with the exact amount; nothing is paid with nothing."""
    place = PLACES[talker.device.dev]

    def query(session: Session) -> Sale:
        book = catalogue.book(session, place.store)
        occasion = catalogue.occasion(session, place.store, place.kind, shopper, NOW)
        priced = price(carts.get(session, cart).cart.of(talker.device.dev), book, occasion)
        number = f"{STORES[place.store].code}-{place.code}-{counter:06d}"
        head = SaleHead(uuid.uuid4().hex, number, place.store, place.id, "staff-anna", cart, shopper, NOW)
        tenders = [Tender("cash", priced.total)] if priced.total else []
        return close(head, priced, tenders, book)

    return replace(db.read(query), **changed)


def rows(db: Database, table: Any) -> list[Any]:
    return db.read(lambda session: list(session.execute(table.select())))
