"""Who is at the other end of a socket, and which streams it may hear."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from retail.cart import Actor
from retail.errors import N_, MessageError
from retail.messages import PROTO, Hail
from sync_server.carts import queries as carts
from sync_server.catalogue import queries as catalogue
from sync_server.customers import queries as customer_queries
from sync_server.customers import service as customers
from sync_server.dashboard import queries as dashboards
from sync_server.errors import NotAllowed, NotEnrolled, SignInRefused
from sync_server.inbox.service import Device
from sync_server.staff import queries as staff
from sync_server.terminals import queries as terminals

DEVICE_LENGTH_MAX = 64
TOKENS_AT_ONCE = 500


@dataclass(slots=True)
class Connection:
    """One open socket: the device behind it, and the streams that it hears."""

    sid: str
    device: Device
    app: str
    token: str = ""
    staff: str = ""
    streams: set[str] = field(default_factory=set)


class Connections:
    """The open sockets of this process."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Connection] = {}
        self._by_dev: dict[str, dict[str, Connection]] = {}
        self._lock = threading.Lock()

    def add(self, connection: Connection) -> None:
        with self._lock:
            self._by_sid[connection.sid] = connection
            self._by_dev.setdefault(connection.device.dev, {})[connection.sid] = connection

    def remove(self, sid: str) -> Connection | None:
        with self._lock:
            gone = self._by_sid.pop(sid, None)
            if gone is not None:
                others = self._by_dev[gone.device.dev]
                del others[sid]
                if not others:
                    del self._by_dev[gone.device.dev]
            return gone

    def get(self, sid: str) -> Connection | None:
        return self._by_sid.get(sid)

    def of_device(self, dev: str) -> list[Connection]:
        with self._lock:
            return list(self._by_dev.get(dev, {}).values())

    @staticmethod
    def hash_of(token: str) -> str:
        return customers.token_hash(token)

    def of_token(self, hashed: str) -> list[Connection]:
        """The sockets that were opened with the sign-in whose token has this hash."""
        with self._lock:
            return [one for one in self._by_sid.values() if hashed and self.hash_of(one.token) == hashed]

    def all(self) -> list[Connection]:
        with self._lock:
            return list(self._by_sid.values())


def check_proto(hail: Hail) -> None:
    """Refuse a client that speaks no version that we serve."""
    lowest, highest = hail.proto
    if not lowest <= PROTO <= highest:
        raise MessageError(
            "upgrade",
            N_("This program speaks version {theirs} of the protocol; the hub serves {ours}. Update the program."),
            theirs=highest,
            ours=PROTO,
        )


def identify(session: Session, hail: Hail, cookies: dict[str, str], now: int) -> tuple[Device, str, str]:
    """Who hails: `(device, token, staff)`. A terminal by its token, a shopper or a manager by a cookie."""
    match hail.app:
        case "till" | "kiosk":
            row = terminals.by_token(session, hail.token) if hail.token else None
            if row is None or row.id != hail.dev or row.kind != hail.app:
                raise NotEnrolled()
            return Device(row.id, hail.inc, Actor(row.id, row.kind), store=row.store), hail.token, ""
        case "phone":
            token = cookies.get("shopper", "")
            shopper = customers.signed_in(session, "shopper", token, now)
            if not shopper:
                raise SignInRefused("unauthorised", N_("Sign in to see your cart."))
            # A browser that two shoppers use one after the other is two devices: neither sees the other's numbers.
            dev = _shared_device(hail.dev, shopper)
            home = customer_queries.home_store(session, shopper)
            return Device(dev, hail.inc, Actor(dev, "online"), home, shopper), token, ""
        case "dashboard":
            token = cookies.get("staff", "")
            member = staff.by_id(session, customers.signed_in(session, "staff", token, now))
            if member is None or member.role != "manager":
                raise SignInRefused("unauthorised", N_("Sign in as a manager to see this page."))
            dev = _shared_device(hail.dev, member.id)
            return Device(dev, hail.inc, Actor(dev, "online"), store=member.store), token, member.id


def _shared_device(name: str, person: str) -> str:
    """The device that a browser is for one person. The person's end is never cut off, or a browser could choose a name
    that makes it somebody else's device."""
    return f"{name[: DEVICE_LENGTH_MAX - len(person) - 1]}.{person}"


def batched(values: Iterable[str], size: int) -> Iterator[list[str]]:
    """Lists of at most `size`: a database takes only so many values in one statement."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some


def uninvited(session: Session, connections: list[Connection], now: int) -> list[Connection]:
    """The connections whose token or sign-in counts no more."""
    hashes = {one.sid: terminals.token_hash(one.token) for one in connections}
    valid: set[str] = set()
    for some in batched(hashes.values(), TOKENS_AT_ONCE):
        valid |= terminals.known_tokens(session, some) | customers.known_tokens(session, some, now)
    return [one for one in connections if hashes[one.sid] not in valid]


def state_of(session: Session, connection: Connection, stream: str, now: int) -> dict[str, Any]:
    """The state of a stream, for one who may hear it; everybody else is refused."""
    check_may_hear(session, connection, stream)
    kind, _, name = stream.partition(":")
    match kind:
        case "cart":
            return carts.view(session, carts.get(session, name))
        case "shopper":
            return customer_queries.view(session, name)
        case "store":
            return catalogue.heads(session, name)
        case "company":
            return dashboards.company(session)
        case _:
            return dashboards.state(session, name, now)


def check_may_hear(session: Session, connection: Connection, stream: str) -> None:
    """Refuse a stream that is not for this connection, without making up its state."""
    kind, _, name = stream.partition(":")
    if kind == "cart":
        stored = carts.find_head(session, name)
        if stored is None or not may_hear_cart(session, connection, stored):
            raise NotAllowed()
    elif not _may_hear(connection, kind, name):
        raise NotAllowed()


def _may_hear(connection: Connection, kind: str, name: str) -> bool:
    device = connection.device
    match kind:
        case "shopper":
            return connection.app == "phone" and name == device.shopper
        case "store":
            return connection.app in ("till", "kiosk") and name == device.store
        case "dashboard":
            return connection.app == "dashboard" and name == device.store
        case "company":
            return connection.app == "dashboard" and name == "all"
        case _:
            return False


def may_hear_cart(session: Session, connection: Connection, stored: carts.StoredCart) -> bool:
    """A shopper hears the live cart; a terminal its own visit, or the live cart while its visit is part of it."""
    device = connection.device
    if connection.app == "phone":
        return stored.live and stored.cart.shopper == device.shopper
    if connection.app in ("till", "kiosk"):
        return stored.opened_by == device.dev or bool(carts.visits_into(session, stored.cart.id, device.dev))
    return False
