"""The law of every stream: what one knew and what was recorded since make what is there now, version by version."""

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from talking_device import NOW, PIECES, SHOP, STORES, WEIGHED, Talker, live_cart, make_sale, phone, terminal
from told_check import check

from retail.replica import applied
from sync_server.carts import queries as carts
from sync_server.customers import queries as customers
from sync_server.customers import service as customer_service
from sync_server.db import Database
from sync_server.inbox.tables import exceptions
from sync_server.orders import queries as order_queries
from sync_server.outbox import service as outbox
from sync_server.outbox.tables import events

ITEMS = [product.id for product in PIECES[:3]]
STEPS = 14
EXAMPLES = 12
ORDERS_SHOWN = 2


class ManyDevices(RuleBasedStateMachine):
    """Two shoppers with phones, two tills and a kiosk, in any order; every stream is folded from its events."""

    db: Database
    visits = Bundle("visits")

    @initialize()
    def open(self) -> None:
        self.shoppers = [uuid.uuid4().hex[:20] for _ in range(2)]
        for number, shopper in enumerate(self.shoppers):
            self.db.write(lambda session, shopper=shopper, number=number: self._add(session, shopper, number))  # type: ignore[misc]
        incarnation = int(uuid.uuid4().int % 10**6) + 1
        incarnation = max(incarnation, getattr(type(self), "incarnation", 0) + 1)
        type(self).incarnation = incarnation
        self.terminals = [Talker(self.db, terminal(dev, incarnation)) for dev in ("till-1", "till-2", "kiosk-1")]
        self.phones = [Talker(self.db, phone(shopper)) for shopper in self.shoppers]
        for talker, shopper in zip(self.phones, self.shoppers, strict=True):
            talker.visit = live_cart(self.db, shopper)
        self.folded: dict[str, tuple[int, dict[str, Any]]] = {}
        self.counter = 0

    def _add(self, session: Any, shopper: str, number: int) -> None:
        names = {"en": "Somebody", "ru": "Некто"}
        card = f"29{int(shopper[:10], 16):015d}"[:16]
        store = next(iter(STORES))
        who = (shopper, names, "en", store, f"{shopper}@example", f"+{int(shopper[:11], 16)}")
        customer_service.add(session, *who, "", card, str(uuid.uuid4()))
        setattr(self, f"card{number}", card)

    def _card(self, number: int) -> str:
        return str(getattr(self, f"card{number}"))

    @rule(who=st.integers(0, 4), item=st.sampled_from(ITEMS), pieces=st.integers(-2, 3))
    def add(self, who: int, item: str, pieces: int) -> None:
        talker = (*self.terminals, *self.phones)[who]
        talker.do("cart.add", line=uuid.uuid4().hex, item=item, quantity=pieces * 1000)

    @rule(who=st.integers(0, 2), grams=st.integers(1, 2000))
    def weigh(self, who: int, grams: int) -> None:
        body = {"item": WEIGHED[0].id, "quantity": grams, "weighed": True}
        self.terminals[who].do("cart.add", line=uuid.uuid4().hex, **body)

    @rule(who=st.integers(0, 2), shopper=st.integers(0, 1), replace=st.booleans())
    def attach(self, who: int, shopper: int, replace: bool) -> None:
        self.terminals[who].do("cart.attach", card=self._card(shopper), replace=replace)

    @rule(
        who=st.integers(0, 4),
        line=st.integers(0, 5),
        change=st.sampled_from(["set", "remove", "take"]),
        to=st.integers(0, 3),
    )
    def change(self, who: int, line: int, change: str, to: int) -> None:
        talker = (*self.terminals, *self.phones)[who]
        lines = list(self._lines(talker))
        if not lines:
            return
        chosen = lines[line % len(lines)]
        bodies = {"set": {"to": to * 1000, "seen": chosen.quantity}, "remove": {"seen": chosen.quantity}, "take": {}}
        talker.do(f"cart.{change}", line=chosen.id, **bodies[change])

    def _lines(self, talker: Talker) -> Any:
        def query(session: Any) -> Any:
            stored = carts.find(session, talker.visit)
            if stored is not None and stored.cart.moved_to:
                stored = carts.find(session, stored.cart.moved_to)
            return stored.cart.lines.values() if stored is not None else ()

        return self.db.read(query)

    @rule(who=st.integers(0, 2), end=st.sampled_from(["release", "abandon"]))
    def leave(self, who: int, end: str) -> None:
        self.terminals[who].do(f"cart.{end}")
        self._new_visit(self.terminals[who])

    @rule(who=st.integers(0, 2))
    def pay(self, who: int) -> None:
        talker = self.terminals[who]

        def query(session: Any) -> tuple[str, str]:
            stored = carts.find(session, talker.visit)
            if stored is None:
                return "", ""
            found = carts.get(session, stored.cart.moved_to or talker.visit)
            return found.cart.id, found.cart.shopper

        cart, shopper = self.db.read(query)
        if not cart or not any(line.owner == talker.device.dev for line in self._lines(talker)):
            return
        self.counter += 1
        number = int(uuid.uuid4().int % 10**6)
        sale = make_sale(self.db, talker, cart, number, shopper)
        card = self._card(self.shoppers.index(shopper)) if shopper in self.shoppers else ""
        talker.ok("sale.commit", sale=sale.as_dict(), card=card, receipt={"lines": [str(self.counter)]})
        self._new_visit(talker)

    def _new_visit(self, talker: Talker) -> None:
        talker.visit = f"visit-{uuid.uuid4().hex}"

    @invariant()
    def old_state_and_changes_make_the_fresh_state(self) -> None:
        if not hasattr(self, "folded"):
            return
        names = {f"shopper:{shopper}" for shopper in self.shoppers} | set(self.folded)
        names |= {f"cart:{talker.visit}" for talker in (*self.terminals, *self.phones)}
        for name in sorted(names):
            self._check(name)

    def _check(self, name: str) -> None:
        fresh, (_, version) = self.db.read(lambda session: (self._fresh(session, name), outbox.position(session, name)))
        if fresh is None:
            return
        kind = name.partition(":")[0]
        check(f"{kind}-state", fresh)
        if name not in self.folded:
            self.folded[name] = (version, fresh)
            return
        seen, state = self.folded[name]
        query = select(events).where(events.c.stream == name, events.c.version > seen).order_by(events.c.version)
        found = self.db.read(lambda session: session.execute(query).all())
        assert [row.version for row in found] == list(range(seen + 1, version + 1))
        for row in found:
            check(f"{kind}-changes", row.changes)
            state = applied(state, row.changes)
        assert state == fresh, name
        self.folded[name] = (version, state)

    def _fresh(self, session: Any, name: str) -> dict[str, Any] | None:
        kind, _, key = name.partition(":")
        if kind == "shopper":
            return customers.view(session, key)
        stored = carts.find(session, key)
        return carts.view(session, stored) if stored is not None else None

    def teardown(self) -> None:
        if hasattr(self, "folded"):
            found = self.db.read(lambda session: session.execute(select(exceptions)).all())
            assert not [row.detail for row in found if row.kind == "discrepancy"]
            assert not [row.detail for row in found if row.detail.get("error", {}).get("code") == "hub.fault"]


def test_every_streams_events_lead_from_what_one_knew_to_what_is_there(db: Database) -> None:
    machine = type("ManyDevicesHere", (ManyDevices,), {"db": db})
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    limits = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=checks, database=None
    )
    run_state_machine_as_test(machine, settings=limits)


def test_an_order_that_is_none_of_the_newest_any_more_leaves_what_the_shopper_is_shown(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the sales of a till that was without network come late, in any order."""
    monkeypatch.setattr(order_queries, "ORDERS_SHOWN_MAX", ORDERS_SHOWN)
    shopper, till = SHOP.shoppers[0], Talker(db, terminal("till-1"))
    name = f"shopper:{shopper.id}"
    state = db.read(lambda session: customers.view(session, shopper.id))
    sold: dict[int, str] = {}
    for counter, at in enumerate((100, 300, 300, 200, 50, 400), 1):
        till.visit = f"visit-{counter}-{uuid.uuid4().hex}"
        till.scan(PIECES[0].id)
        sale = make_sale(db, till, till.visit, 700 + counter, shopper.id, at=NOW + at)
        seen = db.read(lambda session: outbox.position(session, name))[1]
        till.ok("sale.commit", sale=sale.as_dict(), card=shopper.card)
        sold[counter] = sale.id
        query = select(events.c.changes).where(events.c.stream == name, events.c.version > seen)
        for changes in db.read(lambda session, query=query: list(session.scalars(query))):  # type: ignore[misc]
            check("shopper-changes", changes)
            state = applied(state, changes)
        assert state == db.read(lambda session: customers.view(session, shopper.id))
    assert set(state["orders"]) == {sold[6], max(sold[2], sold[3])}


@pytest.mark.parametrize("stream", ["cart:none", "shopper:none"])
def test_a_stream_in_which_nothing_happened_is_at_version_zero(db: Database, stream: str) -> None:
    assert db.read(lambda session: outbox.position(session, stream)) == (1, 0)
