"""A terminal with a key: it was set up with a code, chains what it says and signs it, as docs/protocol.md has it."""

import hashlib
from typing import Any

from sqlalchemy.orm import Session
from talking_device import NOW, PLACES

from retail import chain
from retail.cart import Actor
from retail.messages import Batch, Enrol, Hail
from sync_server.db import Database
from sync_server.inbox import copies, handlers, service
from sync_server.inbox.service import Device
from sync_server.terminals import enrolment

Operations = list[dict[str, Any]]


def key(name: str) -> chain.Signer:
    return chain.Signer(hashlib.sha256(name.encode()).digest())


def code_for(db: Database, terminal: str, now: int = NOW) -> str:
    made = db.write(lambda session: enrolment.make_code(session, terminal, "staff-05", now))
    return str(made["code"])


def use(db: Database, code: str, signer: chain.Signer, now: int = NOW, inc: int = 0, **said: Any) -> dict[str, Any]:
    """`said` is what the terminal says that it is already."""
    given = Enrol(code=code, public_key=signer.public, inc=inc, **said)
    return db.write(lambda session: enrolment.use_code(session, given, now))


class Signing:
    """One copy of a terminal's data folder: its key, its incarnation and all that it wrote in it."""

    def __init__(self, db: Database, terminal: str, key_name: str = "", inc: int = 0) -> None:
        self.db, self.signer = db, key(key_name or terminal)
        self.answer = use(db, code_for(db, terminal), self.signer, inc=inc)
        place = PLACES[terminal]
        self.device = Device(terminal, self.answer["inc"], Actor(terminal, place.kind), store=place.store)
        self.written: Operations = []

    def clone(self) -> "Signing":
        """The same folder on another machine, as it is now."""
        made = object.__new__(Signing)
        made.__dict__.update(self.__dict__, written=list(self.written))
        return made

    def hash_at(self, seq: int) -> str:
        at = chain.origin(self.device.dev, self.device.inc)
        for operation in self.written[:seq]:
            at = chain.link(at, operation)
        return at

    def batch(self, seq0: int = 1, seq: int = 0) -> dict[str, Any]:
        """Operations `seq0` to `seq` (all that follow, where it is not said) as they travel."""
        seq = seq or len(self.written)
        signature = self.signer.sign(self.device.dev, self.device.inc, seq, self.hash_at(seq))
        return {
            "seq0": seq0,
            "ops": self.written[seq0 - 1 : seq],
            "prev": self.hash_at(seq0 - 1),
            "signature": signature,
        }

    def send(self, batch: dict[str, Any]) -> dict[str, Any]:
        parsed = Batch.model_validate(batch)

        def command(session: Session) -> dict[str, Any]:
            return service.accept(session, self.device, parsed, handlers.carry, NOW)

        return self.db.write(command)

    def say(self, *operations: dict[str, Any]) -> list[Any]:
        """Write operations and send them; the status of each, or the code of the refusal of all."""
        seq0 = len(self.written) + 1
        self.written += operations
        return statuses(self.send(self.batch(seq0)))

    def connect(self, through: int = 0, life: str = "") -> None:
        """Stand at the door; `RetailError` where one is not let in."""
        hail = Hail(
            proto=[1, 1],
            app="till",
            dev=self.device.dev,
            inc=self.device.inc,
            last_seq=len(self.written),
            chain=self.hash_at(len(self.written)),
            through=through,
            life=life,
        )
        copies.check(self.db, self.device, hail, NOW)


def statuses(answer: dict[str, Any]) -> list[Any]:
    if "error" in answer:
        return [answer["error"]["code"]]
    return ["dup" if row.get("dup") else row["status"] for row in answer["results"]]
