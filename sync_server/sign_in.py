"""The doors where people prove who they are: shoppers by password, managers by PIN."""

import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from retail.errors import N_, StaffRefused
from retail.staff import wrong_pin
from sync_server.customers import service as customers
from sync_server.db import Database
from sync_server.errors import NotAllowed, SignInRefused
from sync_server.staff import queries as staff_queries
from sync_server.staff import service as staff

TOKEN_BYTES = 32
STAFF_SESSION_MS = 12 * 3600 * 1000

Clock = Callable[[], int]


class SignIn:
    """Signs people in and out. Hashing takes some 20 ms, so it is done off gevent's loop where there is one.

    A try is counted before its secret is looked at: a hundred tries at the same moment are a hundred tries.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def shopper(self, login: str, password: str) -> tuple[str, str]:
        """`(shopper, token)` for the right password of an e-mail address or phone number."""
        now = self._clock()
        row = self._db.write(lambda session: customers.begin_try(session, login, now))
        # An unknown login costs as much time as a wrong password, so nobody learns which logins exist.
        right = _verify(row.password_hash if row is not None else customers.NOBODY, password)
        if row is None or not right:
            raise SignInRefused()
        return row.id, self._begin("shopper", row.id, now, customers.SESSION_MS)

    def manager(self, number: str, pin: str) -> tuple[str, str]:
        """`(member of staff, token)` for the right PIN of a manager's number."""
        member = self.check_manager(number, pin)
        return member, self._begin("staff", member, self._clock(), STAFF_SESSION_MS)

    def check_manager(self, number: str, pin: str) -> str:
        """The manager whose number and PIN these are; everybody else is refused, and the try is counted."""
        now = self._clock()
        row, attempts = self._db.write(lambda session: staff.begin_try(session, number[:8], now))
        if row is None:
            _verify(customers.NOBODY, pin)
            raise StaffRefused("staff.unknown", N_("That number and PIN do not belong together."))
        if not _verify(row.pin_hash, pin):
            self._db.write(lambda session: staff.note_wrong_pin(session, row.id, attempts, now))
            raise wrong_pin(attempts)
        if row.role != "manager":
            self._db.write(lambda session: staff.right_pin(session, row.id))
            raise NotAllowed("staff.not_manager", N_("This page is for managers."))
        self._db.write(lambda session: staff.right_pin(session, row.id))
        return str(row.id)

    def _begin(self, kind: str, subject: str, now: int, life_ms: int) -> str:
        token = secrets.token_urlsafe(TOKEN_BYTES)

        def command(session: Session) -> None:
            customers.begin_session(session, kind, subject, token, now, life_ms)
            if kind == "staff":
                staff.note(session, "dashboard", "staff.sign_in", subject, {}, now)

        self._db.write(command)
        return token

    def who(self, kind: str, token: str) -> str:
        """Whose sign-in a token is; empty where it is nobody's."""
        now = self._clock()
        return self._db.read(lambda session: customers.signed_in(session, kind, token, now))

    def end(self, token: str) -> None:
        self._db.write(lambda session: customers.end_session(session, token))

    def member(self, token: str) -> Row[Any] | None:
        """The member of staff behind a dashboard's token."""
        found = self.who("staff", token)
        return self._db.read(lambda session: staff_queries.by_id(session, found)) if found else None


def _verify(stored: str, given: str) -> bool:
    from gevent import get_hub
    from gevent.threadpool import ThreadPool

    pool: ThreadPool = get_hub().threadpool
    right: bool = pool.apply(customers.verify, (stored, given[: customers.PASSWORD_LENGTH_MAX]))
    return right
