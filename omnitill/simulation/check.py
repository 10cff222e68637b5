"""What must hold when the network is whole again and everything has come to rest."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from omnitill.simulation.memory import SHOP
from omnitill.simulation.model import ModelHub
from omnitill.simulation.witness import DeviceWitness, HubWitness, PersonWitness, PhoneWitness, Shop, TerminalWitness
from pos_terminal.store import tables as kept
from retail.cart import Cart
from retail.codec import digest
from retail.loyalty.ledger import BUCKETS
from retail.replica import applied
from sync_server.carts import queries as carts
from sync_server.carts.tables import cart_lines
from sync_server.customers import queries as customers
from sync_server.inbox.tables import exceptions, operations
from sync_server.loyalty.tables import points_balances, points_entries
from sync_server.orders.tables import sales
from sync_server.outbox.tables import events, streams
from sync_server.stock.tables import stock_levels, stock_moves


@dataclass
class Findings:
    """`lost` and `doubled` count operations, sales and lines; `wrong` says each broken promise in words."""

    lost: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, holds: bool, sentence: str) -> None:
        if not holds:
            self.wrong.append(sentence)


def examine(shop: Shop) -> Findings:
    """Hold the hub, the tills and the phones against one another and against the model."""
    found = Findings()
    rows = {table.name: _rows(shop.hub, table) for table in _TABLES}
    for terminal in shop.tills:
        _operations(found, terminal, written(terminal), rows["operations"])
    for phone in shop.phones:
        _operations(found, phone, phone.sent, rows["operations"])
    _lines(found, shop, rows["cart_lines"])
    _streams(found, shop, rows)
    _told(found, shop.hub, rows["events"])
    for person in shop.people:
        _terminal(found, shop.hub, person, rows)
    _books(found, rows)
    _leases(found, shop.hub, rows["events"])
    _paid_once(found, rows)
    for phone in shop.phones:
        _phone(found, shop.hub, phone)
    for row in rows["exceptions"]:
        if row.kind == "points_pace":
            # A simulated day is short, so its few shoppers buy often in it.
            continue
        code = row.detail.get("error", {}).get("code", "")
        found.expect(row.kind == "rejected" and code != "hub.fault", f"exception {row.kind} {row.source}: {row.detail}")
    return found


_TABLES = (
    operations, cart_lines, streams, events, sales, stock_moves, stock_levels, points_entries, points_balances,
    exceptions,
)  # fmt: skip


def _leases(found: Findings, hub: HubWitness, rows: list[Any]) -> None:
    """A cart is paid by one device at a time, each with a higher fence; nobody else gets its lines meanwhile, or ends
    that before its time."""
    carried = {(device.dev, seq): (operation, when) for device, seq, operation, _, when in hub.carried}
    held: dict[str, dict[str, Any]] = {}
    fences: Counter[str] = Counter()
    owners: dict[tuple[str, str], str] = {}
    for row in sorted(rows, key=lambda row: (row.stream, row.version)):
        paying = row.changes.get("paying")
        before = held.pop(row.stream, None) if "paying" in row.changes else held.get(row.stream)
        if paying is not None:
            same = before is not None and before["fence"] == paying["fence"]
            found.expect(same or paying["fence"] > fences[row.stream], f"{row.stream}: the fence of {paying} is old")
            found.expect(
                before is None or before["device"] == paying["device"] or before["until"] <= paying["since"],
                f"{row.stream}: {paying} while {before} holds the lease",
            )
            held[row.stream], fences[row.stream] = paying, paying["fence"]
        elif "paying" in row.changes and before is not None:
            keys = [(one["dev"], one["seq"]) for one in row.by]
            authors = [(key[0], *carried[key]) for key in keys if key in carried]
            # Of an operation that its device does not know any more another law speaks.
            found.expect(
                len(authors) < len(keys) or _may_end(before, authors, row.at),
                f"{row.stream}: {before} was ended by {row.by}",
            )
        now = held.get(row.stream)
        for line, after in row.changes.get("lines", {}).items():
            owner = owners.get((row.stream, line))
            taken = now is not None and after is not None and owner == now["device"] != after["owner"]
            by_itself = any(author["dev"] == owner for author in row.by)
            found.expect(not taken or by_itself, f"{row.stream}: {line} was taken from {now}")
            owners[row.stream, line] = after["owner"] if after is not None else ""


def _may_end(lease: dict[str, Any], authors: list[tuple[str, dict[str, Any], int]], at: int) -> bool:
    """Whether a lease was over, or who had it was done: a sale under an older one ends none. An event of nobody is the
    hub's own, at `at`; everybody else says their own time there."""
    own = not authors and at >= int(lease["until"])
    return own or any(
        when >= int(lease["until"])
        or (dev == lease["device"] and operation["body"].get("fence", 0) in (0, lease["fence"]))
        for dev, operation, when in authors
    )


def _paid_once(found: Findings, rows: dict[str, list[Any]]) -> None:
    """No line is paid twice without a case for a person."""
    paid = Counter(row["id"] for sale in rows["sales"] for row in sale.body["lines"])
    told = {row.source for row in rows["exceptions"] if row.kind == "paid_twice"}
    for sale in rows["sales"]:
        twice = [row["id"] for row in sale.body["lines"] if paid[row["id"]] > 1]
        found.expect(not twice or bool(told), f"{sale.number}: lines {twice} were paid twice and nobody is told")


def _rows(hub: HubWitness, table: Table) -> list[Any]:
    return hub.db.read(lambda session: list(session.execute(select(table))))


def written(terminal: TerminalWitness) -> dict[int, dict[str, Any]]:
    """What the terminal numbered, as it sends it."""
    with terminal.store.read() as connection:
        return {
            row.seq: {
                "id": row.id,
                "kind": row.kind,
                "ver": 1,
                "at": row.at,
                "cart": row.cart,
                "body": json.loads(row.body),
            }
            for row in connection.execute(select(kept.outbox).where(kept.outbox.c.seq > 0).order_by(kept.outbox.c.seq))
        }


def _operations(found: Findings, device: DeviceWitness, sent: dict[int, dict[str, Any]], rows: list[Any]) -> None:
    """Every operation is at the hub once, under its number, with the answer that its device has."""
    at_hub = {row.seq: row for row in rows if row.dev == device.device.dev}
    ids = Counter(row.id for row in at_hub.values() if row.id)
    for seq, operation in sent.items():
        row = at_hub.get(seq)
        if row is None or row.hash != digest(operation):
            found.lost += 1
            found.wrong.append(f"{device.name}: operation {seq} {operation['kind']} is not at the hub as it was sent")
        elif seq in device.acked and row.result["status"] != device.acked[seq]:
            found.wrong.append(f"{device.name}: {seq} was answered {device.acked[seq]}, the hub has {row.result}")
    for seq in sorted(set(device.acked) - set(at_hub)):
        found.lost += seq not in sent
        found.wrong.append(f"{device.name}: {seq} was acknowledged and is gone")
    twice = sum(count - 1 for count in ids.values())
    found.doubled += twice
    found.expect(not twice, f"{device.name}: {twice} operations are at the hub under two numbers")
    found.expect(sorted(at_hub) == list(range(1, len(sent) + 1)), f"{device.name}: the numbers at the hub have holes")


def _lines(found: Findings, shop: Shop, rows: list[Any]) -> None:
    """The carts hold what the committed operations make of them, once each."""
    live = {shopper.id: f"live-{shopper.id}" for shopper in SHOP.shoppers}
    model = ModelHub(live, {shopper.card: shopper.id for shopper in SHOP.shoppers})
    for device, seq, operation, result, now in shop.hub.carried:
        status = model.carry(device, operation, now)
        found.expect(
            status == result["status"], f"{device.dev} {seq} {operation['kind']}: hub {result}, model {status}"
        )
    wanted = {(cart.id, line.id): line for cart in model.carts.values() for line in cart.lines.values()}
    there = {(row.cart, row.id): row for row in rows}
    for key in sorted(wanted.keys() | there.keys()):
        line, row = wanted.get(key), there.get(key)
        lost = line is not None and (row is None or row.quantity < line.quantity)
        doubled = row is not None and (line is None or row.quantity > line.quantity)
        found.lost, found.doubled = found.lost + lost, found.doubled + doubled
        same = line is not None and row is not None and _same(line, row)
        found.expect(same, f"line {key}: the hub has {row}, the operations make {line}")


def _same(line: Any, row: Any) -> bool:
    return all(getattr(line, name) == getattr(row, name) for name in ("item", "quantity", "owner", "origin", "n"))


def _streams(found: Findings, shop: Shop, rows: dict[str, list[Any]]) -> None:
    """Versions have no holes, no operation is named twice, and the events add up to the fresh state."""
    logs: dict[str, list[Any]] = {row.name: [] for row in rows["streams"]}
    for row in sorted(rows["events"], key=lambda row: row.version):
        logs.setdefault(row.stream, []).append(row)
    heads = {row.name: row.version for row in rows["streams"]}
    for name, log in logs.items():
        contiguous = [row.version for row in log] == list(range(1, heads.get(name, 0) + 1))
        found.expect(contiguous, f"{name}: versions are not contiguous")
        if name.partition(":")[0] not in ("cart", "shopper"):
            # Who is connected comes and goes without events of its own; the rooms' own tests hold that to the law.
            continue
        start, fresh = shop.hub.db.read(lambda session, name=name: _ends(session, name))  # type: ignore[misc]
        for row in log:
            start = applied(start, row.changes)
        found.expect(start == fresh, f"{name}: the events do not add up to the state")


def _told(found: Findings, hub: HubWitness, rows: list[Any]) -> None:
    """Nobody heard of anything that did not happen."""
    happened = {(row.stream, row.version): row.changes for row in rows}
    untrue = [
        (event["s"], event["v"]) for event in hub.told if happened.get((event["s"], event["v"])) != event["changes"]
    ]
    found.expect(not untrue, f"events {untrue[:5]} were told and are not so")


def _ends(session: Session, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """How a stream began, as far as its events cannot say it, and how it is."""
    kind, _, key = name.partition(":")
    if kind == "shopper":
        fresh = customers.view(session, key)
        opening = next(shopper.points for shopper in SHOP.shoppers if shopper.id == key)
        return fresh | {"orders": {}, "points": {"active": opening}}, fresh
    stored = carts.get(session, key)
    empty = Cart(key, shopper=stored.cart.shopper if stored.live else "")
    return carts.view(session, carts.StoredCart(empty, stored.store, stored.opened_by)), carts.view(session, stored)


def _terminal(found: Findings, hub: HubWitness, person: PersonWitness, rows: dict[str, list[Any]]) -> None:
    """What people were told was done is done, and the terminal and the hub have the same sales, goods and hands."""
    till, name = person.till, person.till.name
    with till.store.read() as connection:
        outbox, sold, moves, points = (
            connection.execute(select(table)).all()
            for table in (kept.outbox, kept.sales, kept.stock_moves, kept.points_entries)
        )
    found.expect(all(row.status != "waiting" for row in outbox), f"{name}: its outbox is not empty")
    done = sum(row.kind in ("cart.add", "cart.set", "cart.remove") for row in outbox)
    told, unsure = person.told["line"], person.never_answered("line")
    unsure += person.put_back
    found.lost += max(0, told - done)
    found.doubled += max(0, done - told - unsure)
    found.expect(
        told <= done <= told + unsure, f"{name}: {told} changes were shown (+{unsure} unsure), {done} are kept"
    )
    missing = Counter(person.sold) - Counter(row.number for row in sold)
    found.lost += missing.total()
    found.expect(not missing, f"{name}: sales {sorted(missing)} were shown as made and are not in the journal")
    counters = sorted(row.counter for row in sold)
    found.expect(counters == list(range(1, len(sold) + 1)), f"{name}: its sale numbers have holes: {counters}")
    ours = {row.id: (row.number, row.total) for row in sold}
    theirs = {row.id: (row.number, row.total) for row in rows["sales"] if row.terminal == name}
    found.lost += len(ours.keys() - theirs.keys())
    found.expect(ours == theirs, f"{name}: the hub's sales are not the till's: {theirs} {ours}")
    key = ("source", "line", "item", "quantity")
    here, there = ({tuple(getattr(row, part) for part in key) for row in side} for side in (moves, rows["stock_moves"]))
    found.expect(here == {row for row in there if row[0] in ours}, f"{name}: stock moves differ")
    earned = {row.source: (row.shopper, row.points) for row in points}
    by_sale: Counter[tuple[str, str]] = Counter()
    for row in rows["points_entries"]:
        if row.source in ours and row.kind == "earn":
            by_sale[row.source, row.customer] += row.points
    given = {sale: (customer, points) for (sale, customer), points in by_sale.items() if points}
    found.expect(earned == given, f"{name}: points differ: {earned} {given}")
    _hand(found, till, rows["cart_lines"])
    _copy(found, hub, till)


def _hand(found: Findings, till: TerminalWitness, rows: list[Any]) -> None:
    """What the terminal holds is what the hub believes it holds."""
    ours = {line.id: line.quantity for line in till.counter.till.cart.lines.values()}
    theirs = {row.id: row.quantity for row in rows if row.owner == till.name}
    found.expect(ours == theirs, f"{till.name}: in hand here {ours}, at the hub {theirs}")


def _copy(found: Findings, hub: HubWitness, till: TerminalWitness) -> None:
    """The terminal's copy of the shopper's cart is the hub's."""
    live = till.counter.till.live
    if live and till.hub_cart is not None:
        fresh = hub.db.read(lambda session: carts.view(session, carts.get(session, live)))
        found.expect(till.hub_cart == fresh, f"{till.name}: its copy of {live} is not the hub's")


def _phone(found: Findings, hub: HubWitness, phone: PhoneWitness) -> None:
    """The phone shows what the hub has, and nothing waits."""
    found.expect(not phone.outbox, f"{phone.name}: its outbox is not empty: {sorted(phone.outbox)}")
    for stream, copy in phone.replicas.items():
        kind, _, key = stream.partition(":")

        def fresh(session: Session, kind: str = kind, key: str = key) -> dict[str, Any]:
            return customers.view(session, key) if kind == "shopper" else carts.view(session, carts.get(session, key))

        found.expect(copy.state == hub.db.read(fresh), f"{phone.name}: its copy of {stream} is not the hub's")
        waiting = [op.seq for op in copy.pending]
        found.expect(not waiting, f"{phone.name}: operations {waiting} are shown as pending and are not")


def _books(found: Findings, rows: dict[str, list[Any]]) -> None:
    """Ledgers and their sums agree."""
    moved: Counter[tuple[str, str]] = Counter()
    for row in rows["stock_moves"]:
        moved[row.store, row.item] += row.quantity
    levels = {(row.store, row.item): row.quantity for row in rows["stock_levels"]}
    found.expect(levels == dict(moved), "the stock levels are not the sums of the moves")
    given: Counter[tuple[str, str]] = Counter()
    for row in rows["points_entries"]:
        given[row.account, row.src] -= row.points
        given[row.account, row.dst] += row.points
    balances = {(row.customer, bucket): getattr(row, bucket) for row in rows["points_balances"] for bucket in BUCKETS}
    entries = {key: n for key, n in given.items() if n and key[1]}
    found.expect({key: n for key, n in balances.items() if n} == entries, "the points are not the sums of the entries")
