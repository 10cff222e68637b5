"""What every door of the manager's pages has: who may enter, what was asked, and answers that no cache keeps."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import Row
from sqlalchemy.orm import Session

from retail.messages import Message, parse
from sync_server.db import Database
from sync_server.errors import NotAllowed
from sync_server.realtime.handlers import STAFF_COOKIE
from sync_server.sign_in import SignIn
from sync_server.staff import service as staff
from sync_server.vouchers.key import CodeKey

T = TypeVar("T")
Asked = TypeVar("Asked", bound=Message)

DEVICE = "dashboard"
"""Where the audit ledger says that something was done."""


@dataclass(frozen=True)
class Doors:
    """Hangs doors into the blueprint `/manage` that only managers may open. Each answers with JSON."""

    made: Blueprint
    db: Database
    sign_in: SignIn
    clock: Callable[[], int]
    load_key: Callable[[], CodeKey]

    @cached_property
    def key(self) -> CodeKey:
        """What codes of coupons and gift cards are drawn and stored with; read when it is needed first."""
        return self.load_key()

    def member(self) -> Row[Any]:
        """The manager who asks; everybody else is refused."""
        member = self.sign_in.member(request.cookies.get(STAFF_COOKIE, ""))
        if member is None or member.role != "manager":
            raise NotAllowed()
        return member

    def get(self, address: str, act: Callable[..., Any]) -> None:
        """`act(member, **names of the address)` looks, and answers with what JSON can say."""
        self._add(address, act, "GET")

    def post(self, address: str, act: Callable[..., Any]) -> None:
        """`act(member, **names of the address)` does something; `given` reads what was sent with it."""
        self._add(address, act, "POST")

    def _add(self, address: str, act: Callable[..., Any], method: str) -> None:
        def enter(**names: Any) -> Response:
            found = act(self.member(), **names)
            response = found if isinstance(found, Response) else jsonify(found if found is not None else {"ok": True})
            response.headers["Cache-Control"] = "no-store"
            return response

        endpoint = f"{method}{address}".replace("/", "_").replace(".", "_")
        self.made.add_url_rule(address, endpoint, enter, methods=[method])

    def given(self, model: type[Asked]) -> Asked:
        """The body of a request; `MessageError` names every field that is wrong."""
        return parse(model, request.get_json(silent=True))

    def asked(self, model: type[Asked]) -> Asked:
        """The query of an address. Its numbers are digits."""
        values = {name: int(text) if text.isdecimal() else text for name, text in request.args.items()}
        return parse(model, values)

    def read(self, query: Callable[[Session], T]) -> T:
        # Managers look at much at once, and the tills do not wait for them.
        return self.db.read_beside(query)

    def write(self, member: Row[Any], action: str, command: Callable[[Session, int], tuple[T, dict[str, Any]]]) -> T:
        """Do a privileged thing and write it into the audit ledger in the same transaction: `command(session, now)`
        answers with its result and what the ledger shall say of it."""
        now = self.clock()

        def act(session: Session) -> T:
            result, detail = command(session, now)
            staff.note(session, DEVICE, action, member.id, detail, now)
            return result

        return self.db.write(act)
