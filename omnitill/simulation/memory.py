"""Databases in memory that a run fills from a template and leaves to the next run.

The engines are made once for each process, because compiling the statements anew costs more than a run. A crash keeps
exactly what was committed, so nothing of a file's safety is needed here: files are tested where they are written.
"""

import hashlib
import sqlite3
import threading
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine, create_engine, event, update
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

import sample_shop
from omnitill.simulation.world import BEGAN_AT
from pos_terminal.store import tables as till_tables
from pos_terminal.store.engine import Store
from pos_terminal.store.replica import Replica
from retail.catalogue import Store as Shop
from retail.chain import Signer
from retail.promotions.kinds import as_dict
from sync_server.carts.tables import carts
from sync_server.customers import service as customers
from sync_server.db import Database
from sync_server.inbox import service as inbox
from sync_server.migrations import upgrade
from sync_server.seed import seed
from sync_server.writers import InlineWriter

PRODUCTS = 12
SHOP = sample_shop.build(products=PRODUCTS)
STORE: Shop = SHOP.stores[0]
CASHIER = next(member for member in SHOP.staff if member.role == "cashier" and member.store == STORE.id)


@cache
def _hasher() -> PasswordHasher:
    # The price of a secret is no subject here, and every run would pay it.
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def memory_engine() -> Engine:
    """One connection in memory whose transactions begin as those of the rooms do."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def raw(engine: Engine) -> sqlite3.Connection:
    """The one connection behind an engine in memory."""
    held = engine.raw_connection()
    try:
        found = held.driver_connection
        assert isinstance(found, sqlite3.Connection)
        return found
    finally:
        held.close()


def fill(engine: Engine, template: Engine) -> None:
    """Make `engine` a copy of the template."""
    raw(template).backup(raw(engine))


@cache
def hub_template() -> Engine:
    """A hub with the sample shop in it, at the beginning of time."""
    engine = memory_engine()
    open_shop(Database(engine, engine, InlineWriter()))
    return engine


def open_shop(db: Database) -> None:
    """Make an empty database this hub."""
    upgrade(db.engine)
    kept = customers.hasher
    customers.hasher = _hasher()
    try:
        seed(db, PRODUCTS, BEGAN_AT)
    finally:
        customers.hasher = kept
    with db.engine.begin() as connection:
        # The seeding draws these ids by chance, and a run must be the same in every process.
        connection.execute(update(carts).values(id="live-" + carts.c.shopper))


@cache
def keyed_hub_template() -> Engine:
    """The same hub, with every terminal set up."""
    engine = memory_engine()
    fill(engine, hub_template())
    with Session(engine) as session, session.begin():
        for place in SHOP.terminals:
            inbox.begin_incarnation(session, place.id, 1, key_of(place.id).public)
    return engine


@cache
def engine_of(name: str) -> Engine:
    """This process's engine for the device of that name."""
    return memory_engine()


class MemoryStore(Store):
    """A till's journal in memory; only where it lies differs from the real one."""

    def __init__(self, engine: Engine) -> None:
        self.folder, self.path = Path(), Path()
        self.engine = engine
        self._alone, self._writing = threading.Lock(), None


class MemoryReplica(Replica):
    """The catalogue in memory; nobody changes it during a run."""

    def __init__(self, terminal: str) -> None:
        self.engine = memory_engine()
        self._open()
        self.take(reference(terminal), BEGAN_AT)


@cache
def replica_of(terminal: str) -> MemoryReplica:
    return MemoryReplica(terminal)


@cache
def key_of(terminal: str) -> Signer:
    """The key of a terminal; by its name, because a run draws nothing that is not the seed's."""
    return Signer(hashlib.sha256(terminal.encode()).digest())


@cache
def till_template() -> Engine:
    """A terminal that was never used."""
    engine = memory_engine()
    till_tables.metadata.create_all(engine)
    return engine


@cache
def _pin_hash(pin: str) -> str:
    return _hasher().hash(pin)


def reference(terminal: str) -> dict[str, Any]:
    """What the hub of the template answers to `GET /v1/reference`, as far as the simulation needs it."""
    place = next(row for row in SHOP.terminals if row.id == terminal)
    store = next(row for row in SHOP.stores if row.id == place.store)
    staff = [
        {key: getattr(row, key) for key in ("id", "number", "name", "role", "language")}
        | {"pin_hash": _pin_hash(row.pin)}
        for row in SHOP.staff
    ]
    cards = [
        {"number": row.card, "shopper": row.id, "name": row.name["en"], "language": row.language, "points": row.points}
        for row in SHOP.shoppers
    ]
    return {
        "e": 1,
        "version": 1,
        "whole": True,
        "first": True,
        "next": "",
        "total": 0,
        "prices": [],
        "promotions": [as_dict(row) for row in SHOP.promotions],
        "gone": {"products": [], "promotions": [], "staff": [], "cards": []},
        "store": asdict(store),
        "terminal": {"id": place.id, "code": place.code, "names": place.name, "kind": place.kind, "first_sale": 1},
        "departments": [asdict(row) for row in SHOP.departments],
        "taxes": [asdict(row) for row in SHOP.taxes],
        "products": [row.as_dict() for row in SHOP.products],
        "stock": {},
        "staff": staff,
        "cards": cards,
    }
