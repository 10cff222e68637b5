"""What a checker asks of the hub, the devices and the people, whether they were simulated or were processes."""

from collections import Counter as Count
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from omnitill.simulation.replica import Replica
from pos_terminal.counter import Counter
from pos_terminal.store.engine import Store
from sync_server.db import Database
from sync_server.inbox.service import Device


class HubWitness(Protocol):
    """`carried`: `(device, seq, operation, result, when)` in commit order; `told`: every event that left."""

    @property
    def db(self) -> Database: ...
    @property
    def carried(self) -> Sequence[tuple[Device, int, dict[str, Any], dict[str, Any], int]]: ...
    @property
    def told(self) -> Sequence[dict[str, Any]]: ...


class DeviceWitness(Protocol):
    """`acked`: the answers that it has by number."""

    @property
    def name(self) -> str: ...
    @property
    def device(self) -> Device: ...
    @property
    def acked(self) -> Mapping[int, str]: ...


class TerminalWitness(DeviceWitness, Protocol):
    """`hub_cart`: its copy of the live cart, None where nobody sees it."""

    @property
    def store(self) -> Store: ...
    @property
    def counter(self) -> Counter: ...
    @property
    def hub_cart(self) -> Mapping[str, Any] | None: ...


class PhoneWitness(DeviceWitness, Protocol):
    """`sent`: all that it made by number; `outbox`: what waits; `replicas`: what it shows."""

    @property
    def sent(self) -> dict[int, dict[str, Any]]: ...
    @property
    def outbox(self) -> Mapping[int, Any]: ...
    @property
    def replicas(self) -> Mapping[str, Replica]: ...


class PersonWitness(Protocol):
    """Who stood at a terminal: `told` counts what was said to be done, `sold` the sale numbers shown."""

    @property
    def till(self) -> TerminalWitness: ...
    @property
    def told(self) -> Count[str]: ...
    @property
    def sold(self) -> Sequence[str]: ...
    @property
    def put_back(self) -> int: ...
    def never_answered(self, kind: str) -> int: ...


@dataclass
class Shop:
    """All the devices of a run, and who used them."""

    hub: HubWitness
    tills: Sequence[TerminalWitness]
    phones: Sequence[PhoneWitness]
    people: Sequence[PersonWitness]
