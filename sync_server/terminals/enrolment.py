"""Setting a terminal up: a manager makes a one-time code, the terminal shows it with the key that it made itself."""

import secrets
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from retail.errors import N_
from retail.messages import Enrol
from sync_server.db import insert_if_absent
from sync_server.errors import EnrolRefused, NotFound
from sync_server.inbox import proof
from sync_server.inbox import service as inbox
from sync_server.orders import queries as orders
from sync_server.staff import service as staff
from sync_server.terminals import queries, service
from sync_server.terminals.tables import enrolment_codes, enrolment_tries, terminals

CODE_DIGITS = 8
"""Digits only: they are typed on a keypad, at a kiosk, on a keyboard of any language."""

CODE_LIFE_MS = 15 * 60_000
TRIES_MAX = 20
"""In each CODE_LIFE_MS, by all who try: of a hundred million codes nobody finds one."""

TOKEN_BYTES = 32
COMMAND_LINE = "hub"
"""Who made a code that no member of staff has made."""


def make_code(session: Session, terminal: str, by: str, now: int, store: str = "") -> dict[str, Any]:
    """A fresh code for a terminal (of this store): `{terminal, names, kind, code, expires_at}`. It is shown once and
    kept as a hash only; one that was made before for the same terminal opens nothing any more."""
    row = session.execute(select(terminals).where(terminals.c.id == terminal)).first()
    if row is None or (store and row.store != store):
        service.refuse_unknown(session, terminal)
    unused = enrolment_codes.c.used_at.is_(None)
    session.execute(
        update(enrolment_codes).where(enrolment_codes.c.terminal == terminal, unused).values(expires_at=now)
    )
    _forget_old_answers(session, now)
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    expires = now + CODE_LIFE_MS
    session.execute(
        insert(enrolment_codes).values(
            code_hash=queries.token_hash(code),
            terminal=terminal,
            made_by=by,
            made_at=now,
            expires_at=expires,
            public_key="",
        )
    )
    staff.note(session, "hub", "terminal.code_made", by, {"terminal": terminal}, now)
    return {"terminal": terminal, "names": row.names, "kind": row.kind, "code": code, "expires_at": expires}


def count_try(session: Session, now: int) -> None:
    """Count a try before its code is looked at; `EnrolRefused` once there were too many of them."""
    span = now // CODE_LIFE_MS
    insert_if_absent(session, enrolment_tries, span=span, tries=0)
    counted = session.execute(
        update(enrolment_tries)
        .where(enrolment_tries.c.span == span, enrolment_tries.c.tries < TRIES_MAX)
        .values(tries=enrolment_tries.c.tries + 1)
    )
    if counted.rowcount != 1:  # type: ignore[attr-defined]
        seconds = ((span + 1) * CODE_LIFE_MS - now) // 1000 + 1
        raise EnrolRefused(
            "enrol.wait", N_("Too many codes were tried. Wait {seconds} seconds, then try again."), seconds=seconds
        )


def use_code(session: Session, given: Enrol, now: int) -> dict[str, Any]:
    """Give the terminal of this code a new token and incarnation and take its key: `Enrolled` of docs/protocol.md.

    The old token and key are worth nothing from this commit on. The same key may ask again and gets the same answer.
    """
    found = select(enrolment_codes).where(enrolment_codes.c.code_hash == queries.token_hash(given.code))
    row = session.execute(found.with_for_update()).first()
    if row is None:
        raise EnrolRefused("enrol.code_unknown", N_("This code is not right. Look at it again on the manager's page."))
    if row.used_at is not None:
        return _answer_again(session, row, given)
    if row.expires_at <= now:
        raise EnrolRefused("enrol.code_expired", N_("This code is no longer valid. Have a manager make a new one."))
    answer = _enrolled(session, row.terminal, given)
    session.execute(
        update(enrolment_codes)
        .where(enrolment_codes.c.code_hash == row.code_hash)
        .values(used_at=now, public_key=given.public_key, answer=answer)
    )
    _forget_old_answers(session, now)
    detail = {"terminal": row.terminal, "inc": answer["inc"], "key": given.public_key}
    staff.note(session, row.terminal, "terminal.enrolled", row.made_by, detail, now)
    return answer


def _answer_again(session: Session, row: Any, given: Enrol) -> dict[str, Any]:
    stored: dict[str, Any] | None = row.answer
    # Where the terminal was set up once more since, this answer would only let somebody in who is out.
    if row.public_key != given.public_key or stored is None or queries.by_token(session, stored["token"]) is None:
        raise EnrolRefused("enrol.code_used", N_("This code was used already. Have a manager make a new one."))
    return stored


def _enrolled(session: Session, terminal: str, given: Enrol) -> dict[str, Any]:
    row = session.execute(select(terminals).where(terminals.c.id == terminal)).one()
    known, last_seq = inbox.known(session, terminal)
    inc = max(known, given.inc) + 1
    token = secrets.token_urlsafe(TOKEN_BYTES)
    service.enrol(session, terminal, token, given.public_key, inc)
    return {
        "terminal": terminal,
        "store": row.store,
        "kind": row.kind,
        "names": row.names,
        "token": token,
        "inc": inc,
        "first_sale": orders.last_counter(session, terminal) + 1,
        "known": {"inc": known, "last_seq": last_seq},
    }


def _forget_old_answers(session: Session, now: int) -> None:
    """Nobody waits for an answer as long as that; its token is a secret that need not lie here."""
    old = enrolment_codes.c.expires_at < now - CODE_LIFE_MS
    session.execute(update(enrolment_codes).where(old, enrolment_codes.c.answer.is_not(None)).values(answer=None))


def revoke(session: Session, terminal: str, by: str, now: int, store: str = "") -> None:
    """Withdraw a terminal's token and key at once; what it holds unsent stays with it until it is set up anew."""
    row = session.execute(select(terminals).where(terminals.c.id == terminal)).first()
    if row is None or (store and row.store != store):
        raise NotFound()
    service.withdraw(session, terminal)
    known, _ = inbox.known(session, terminal)
    if known:
        inbox.take_key(session, terminal, proof.WITHDRAWN)
    staff.note(session, "hub", "terminal.revoked", by, {"terminal": terminal}, now)
