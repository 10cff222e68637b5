"""Gift cards and store credit as things that people have: given out, found by their code and PIN, blocked."""

import secrets
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from retail.errors import N_, StoredValueRefused
from retail.guessing import Guesses, after_wrong_code, check_may_try
from retail.stored_value import CODE_LENGTH, PIN_DIGITS, PIN_TRIES_MAX, Kind, read_code
from retail.voucher_codes import hinted, made, shown, space
from sync_server.db import insert_if_absent
from sync_server.errors import LeavesTrace, NotFound
from sync_server.inbox import service as inbox
from sync_server.staff import service as staff
from sync_server.stored_value import queries
from sync_server.stored_value.tables import stored_values
from sync_server.vouchers import pages
from sync_server.vouchers import service as vouchers
from sync_server.vouchers.key import CodeKey
from sync_server.vouchers.service import Asker

ID_BYTES = 12


@dataclass(frozen=True, slots=True)
class NewCard:
    """A gift card to be given out; `expires_at` in ms, 0 for never; `pin`: it asks for one."""

    currency: str
    store: str
    expires_at: int = 0
    pin: bool = False
    customer: str = ""


def issue(session: Session, key: CodeKey, card: NewCard, by: str, now: int) -> dict[str, Any]:
    """A new gift card without money: `{account, code, pin}`. The code and the PIN are shown this once."""
    code = made(secrets.randbelow(space(CODE_LENGTH)), CODE_LENGTH)
    pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS)) if card.pin else ""
    code_hash = key.hashed(code)
    account = f"card-{secrets.token_hex(ID_BYTES)}"
    terms = {"currency": card.currency, "store": card.store, "customer": card.customer, "expires_at": card.expires_at}
    secret = {"code_hash": code_hash, "hint": hinted(code), "pin_hash": key.hashed_pin(code_hash, pin) if pin else None}
    pages.remember_key(session, key, now)
    session.execute(insert(stored_values).values(id=account, **empty("gift_card", by, now), **terms, **secret))
    staff.note(session, "hub", "stored_value.issued", by, {"account": account, "hint": secret["hint"]}, now)
    return {"account": account, "code": shown(code), "pin": pin}


def credit(session: Session, customer: str, currency: str, store: str, by: str, now: int) -> str:
    """The account of a customer's store credit in a currency, opened where there is none: its id."""
    account = f"credit-{currency}-{customer}"
    terms = {"currency": currency, "store": store, "customer": customer, "expires_at": 0, "hint": ""}
    insert_if_absent(session, stored_values, id=account, **empty("store_credit", by, now), **terms)
    return account


def empty(kind: Kind, by: str, now: int) -> dict[str, Any]:
    """The columns of an account on which nothing has happened yet."""
    return {"kind": kind, "available": 0, "held": 0, "entries": 0, "blocked": False, "made_by": by, "made_at": now}


def find(session: Session, key: CodeKey, typed: str, asker: Asker, now: int, pin: str = "") -> dict[str, Any]:
    """The gift card of a code, for whoever has it and its PIN: `queries.shown`.

    `VoucherError` for a code that cannot be right or a try that comes too soon, `StoredValueRefused` for one that
    nobody has and for a PIN that is wrong; these two leave a trace.
    """
    code_hash = key.hashed(read_code(typed))
    vouchers.check_not_guessing(session, asker, now)
    row = session.execute(select(stored_values).where(stored_values.c.code_hash == code_hash)).first()
    if row is None:
        pages.refuse_other_key(session, key)
        raise vouchers.wrong_code(unknown(), asker, now)
    if row.pin_hash is not None:
        _check_pin(session, key, row, pin, now)
    return queries.shown(row)


def unknown() -> StoredValueRefused:
    return StoredValueRefused("stored_value.unknown", N_("This card is not known here. Look at its code again."))


def _check_pin(session: Session, key: CodeKey, row: Row[Any], pin: str, now: int) -> None:
    who = f"card:{row.id}"[:80]
    guesses = vouchers.guesses_of(session, who)
    if guesses.wrong >= PIN_TRIES_MAX:
        raise _locked()
    check_may_try(guesses, now)
    if not pin:
        raise StoredValueRefused(
            "stored_value.pin_needed", N_("This card has a PIN. It stands under the silver strip.")
        )
    if not secrets.compare_digest(key.hashed_pin(row.code_hash, pin), row.pin_hash):
        left = PIN_TRIES_MAX - guesses.wrong - 1
        refused = _locked() if left <= 0 else _wrong_pin(left)
        raise LeavesTrace(refused, partial(_count_pin, row=row, who=who, now=now))
    if guesses.wrong:
        vouchers.keep_guesses(session, who, Guesses())


def _count_pin(session: Session, row: Row[Any], who: str, now: int) -> None:
    before = vouchers.guesses_of(session, who)
    # Not forgotten after a day, unlike codes: a PIN has a million values, and a card lasts for years.
    guesses = after_wrong_code(Guesses(before.wrong, now, before.not_before), now)
    vouchers.keep_guesses(session, who, guesses)
    if guesses.wrong >= PIN_TRIES_MAX:
        detail = {"account": row.id, "params": {"source": row.hint, "wrong": guesses.wrong}}
        inbox.open_exception(session, row.store, vouchers.CASE, f"{who}/{now}"[:120], detail, now)


def _wrong_pin(left: int) -> StoredValueRefused:
    return StoredValueRefused("stored_value.pin_wrong", N_("That PIN is not right. Tries left: {left}."), left=left)


def _locked() -> StoredValueRefused:
    return StoredValueRefused(
        "stored_value.pin_locked",
        N_("Too many wrong PINs: this card is locked. Its money is kept; a manager can unlock it."),
    )


def unlock(session: Session, account: str, by: str, now: int) -> None:
    """A manager lets the card's PIN be tried again."""
    vouchers.keep_guesses(session, f"card:{account}"[:80], Guesses())
    staff.note(session, "hub", "stored_value.unlocked", by, {"account": account}, now)


def block(session: Session, account: str, by: str, now: int, blocked: bool = True) -> None:
    """Nothing is paid with it any more, or is again. What is on it stays; a hold that is open may still be captured."""
    done = update(stored_values).where(stored_values.c.id == account).values(blocked=blocked)
    if session.execute(done.returning(stored_values.c.id)).first() is None:
        raise NotFound()
    staff.note(session, "hub", "stored_value.blocked", by, {"account": account, "blocked": blocked}, now)


def replace(session: Session, key: CodeKey, account: str, by: str, now: int) -> dict[str, Any]:
    """A lost card gets another code (and PIN, where it had one) for the same money and history: `{account, code, pin}`.
    The old code is nobody's from now on."""
    row = queries.account_row(session, account)
    if row.code_hash is None:
        raise NotFound()
    code = made(secrets.randbelow(space(CODE_LENGTH)), CODE_LENGTH)
    pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS)) if row.pin_hash is not None else ""
    code_hash = key.hashed(code)
    secret = {"code_hash": code_hash, "hint": hinted(code), "pin_hash": key.hashed_pin(code_hash, pin) if pin else None}
    session.execute(update(stored_values).where(stored_values.c.id == account).values(**secret, blocked=False))
    # Whoever found the old one may have tried its PIN until it was locked.
    vouchers.keep_guesses(session, f"card:{account}"[:80], Guesses())
    detail = {"account": account, "from": row.hint, "to": secret["hint"], "unblocked": row.blocked}
    staff.note(session, "hub", "stored_value.replaced", by, detail, now)
    return {"account": account, "code": shown(code), "pin": pin}
