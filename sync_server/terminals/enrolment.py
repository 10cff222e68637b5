"""Setting a terminal up: a manager makes a one-time code, the terminal shows it with the key that it made itself."""

import secrets
from typing import Any

from sqlalchemy import insert, null, select, update
from sqlalchemy.orm import Session

from retail.errors import N_
from retail.messages import Enrol
from sync_server.db import insert_if_absent
from sync_server.errors import EnrolRefused, NotFound
from sync_server.inbox import proof
from sync_server.inbox import service as inbox
from sync_server.orders import queries as orders
from sync_server.outbox import life
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
    forget_old_answers(session, now)
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

    The old token and key are worth nothing from this commit on. The same key may ask again and gets the same answer,
    for CODE_LIFE_MS after the code's own time. A code that is for another terminal than the one that shows it is
    refused, stays good, and nobody is shut out by it.
    """
    found = select(enrolment_codes).where(enrolment_codes.c.code_hash == queries.token_hash(given.code))
    row = session.execute(found.with_for_update()).first()
    if row is None:
        raise EnrolRefused("enrol.code_unknown", N_("This code is not right. Look at it again on the manager's page."))
    if row.used_at is not None:
        return _answer_again(session, row, given, now)
    if row.expires_at <= now:
        raise EnrolRefused("enrol.code_expired", N_("This code is no longer valid. Have a manager make a new one."))
    place = session.execute(select(terminals).where(terminals.c.id == row.terminal)).one()
    _check_fits(session, place, given)
    answer = _enrolled(session, place, given)
    session.execute(
        update(enrolment_codes)
        .where(enrolment_codes.c.code_hash == row.code_hash)
        .values(used_at=now, public_key=given.public_key, answer=answer)
    )
    forget_old_answers(session, now)
    detail = {"terminal": row.terminal, "inc": answer["inc"], "key": given.public_key}
    staff.note(session, row.terminal, "terminal.enrolled", row.made_by, detail, now)
    return answer


def _check_fits(session: Session, place: Any, given: Enrol) -> None:
    """`EnrolRefused` where who shows the code is known to be somebody else than the terminal that it was made for."""
    if given.kind not in ("", place.kind):
        raise EnrolRefused(
            "enrol.other_kind",
            N_("This code is for a terminal of another kind. Have a manager make one for this terminal."),
        )
    if given.hub not in ("", life.hub_id(session)):
        raise EnrolRefused(
            "enrol.other_hub",
            N_(
                "This is another hub than before, and what is still open here only the one before may have. Let that "
                "one hear all of it and finish the open cart, or set the terminal up in a new data folder."
            ),
        )
    for ours, other in ((given.terminal, place.id), (given.store, place.store)):
        if ours not in ("", other):
            raise EnrolRefused(
                "enrol.other_terminal",
                N_(
                    "This code is for {other}, but the sales of {ours} are here. Have a manager make a code for {ours}."
                ),
                other=other,
                ours=ours,
            )


def _answer_again(session: Session, row: Any, given: Enrol, now: int) -> dict[str, Any]:
    stored: dict[str, Any] | None = row.answer
    late = row.expires_at + CODE_LIFE_MS <= now
    # Where the terminal was set up once more since, this answer would only let somebody in who is out.
    if row.public_key != given.public_key or late or not stored or not queries.by_token(session, stored["token"]):
        raise EnrolRefused("enrol.code_used", N_("This code was used already. Have a manager make a new one."))
    return stored


def _enrolled(session: Session, place: Any, given: Enrol) -> dict[str, Any]:
    known, last_seq = inbox.known(session, place.id)
    inc = max(known, given.inc) + 1
    token = secrets.token_urlsafe(TOKEN_BYTES)
    service.enrol(session, place.id, token, given.public_key, inc)
    return {
        "terminal": place.id,
        "store": place.store,
        "kind": place.kind,
        "names": place.names,
        "token": token,
        "inc": inc,
        "first_sale": orders.last_counter(session, place.id) + 1,
        "first_return": orders.last_return(session, place.id) + 1,
        "known": {"inc": known, "last_seq": last_seq},
        "hub": life.hub_id(session),
    }


def forget_old_answers(session: Session, now: int) -> None:
    """Nobody is given an answer as old as that; its token is a secret that need not lie here. Each minute, and with
    each code."""
    old = enrolment_codes.c.expires_at <= now - CODE_LIFE_MS
    session.execute(update(enrolment_codes).where(old, enrolment_codes.c.answer.is_not(None)).values(answer=null()))


def revoke(session: Session, terminal: str, by: str, now: int, store: str = "") -> None:
    """Withdraw a terminal's token and key at once; what it holds unsent stays with it until it is set up anew."""
    row = session.execute(select(terminals).where(terminals.c.id == terminal)).first()
    if row is None or (store and row.store != store):
        raise NotFound()
    # First who it is to the inbox, as every sale of it does: in the other order the two would wait for each other.
    known, _ = inbox.known(session, terminal)
    service.withdraw(session, terminal)
    if known:
        inbox.take_key(session, terminal, proof.WITHDRAWN)
    staff.note(session, "hub", "terminal.revoked", by, {"terminal": terminal}, now)
