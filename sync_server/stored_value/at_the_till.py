"""Gift cards that a till sells or puts money on: asked about first, loaded when their sale is captured, and once."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from retail.card_loads import check_load, check_paid_in_cash
from retail.errors import N_, RetailError, StoredValueRefused
from retail.messages import CardNamed
from retail.questions import CardWanted
from retail.sale import Sale
from retail.stored_value import BALANCE_MAX, CODE_LENGTH, check_usable, full, other_currency, read_code
from retail.tender import rounding_of
from retail.voucher_codes import hinted, shown
from sync_server.catalogue import queries as catalogue
from sync_server.db import insert_if_absent
from sync_server.errors import NotAllowed
from sync_server.inbox.service import Device
from sync_server.prepared import Savepoint
from sync_server.staff import service as staff
from sync_server.stored_value import cards, queries, service
from sync_server.stored_value.tables import stored_values
from sync_server.vouchers import pages
from sync_server.vouchers import service as vouchers
from sync_server.vouchers.key import CodeKey
from sync_server.vouchers.service import Asker


def ask(session: Session, key: CodeKey, device: Device, wanted: CardWanted, now: int) -> dict[str, Any]:
    """May so much be put on this card? `retail.told.CardFound`; nothing is changed but that a card without a code is
    made, empty. What is on a card is not told: its code alone is no right to look.

    The same `load` asks about the same card, however often its answer is lost.
    """
    if device.actor.channel != "till":
        raise NotAllowed()
    currency = catalogue.store(session, device.store).currency
    if wanted.currency not in ("", currency):
        raise other_currency(currency, wanted.currency)
    check_load(wanted.amount)
    made = "" if wanted.code else _code_of(key, device, wanted.load)
    row = _by_code(session, key, wanted.code, device, now) if wanted.code else _made(session, key, device, wanted, now)
    check_usable(queries.terms(row), currency, now)
    if made and row.entries:
        # Its slip was printed with its sale: whoever asks now would print what somebody else has paid for.
        raise cards.unknown()
    if row.available + row.held + wanted.amount > BALANCE_MAX:
        raise full()
    found = {"load": wanted.load, "account": row.id, "hint": row.hint, "fresh": not row.entries}
    return {**found, "code": shown(made) if made else ""}


def _code_of(key: CodeKey, device: Device, load: str) -> str:
    """Of this load at this till always the same, and nobody else's: it is kept nowhere."""
    return key.code(f"till:{device.dev}:{load}", 0, CODE_LENGTH)


def _made(session: Session, key: CodeKey, device: Device, wanted: CardWanted, now: int) -> Row[Any]:
    code = _code_of(key, device, wanted.load)
    code_hash, account = key.hashed(code), f"till-{key.hashed(f'{device.dev}:{wanted.load}')[:32]}"
    terms = {"currency": catalogue.store(session, device.store).currency, "store": device.store, "customer": ""}
    secret = {"code_hash": code_hash, "hint": hinted(code), "pin_hash": None, "expires_at": 0}
    pages.remember_key(session, key, now)
    if insert_if_absent(
        session, stored_values, id=account, **cards.empty("gift_card", device.dev, now), **terms, **secret
    ):
        detail = {"account": account, "hint": secret["hint"]}
        staff.note(session, device.dev, "stored_value.issued", device.dev, detail, now)
    return queries.account_row(session, account)


def _by_code(session: Session, key: CodeKey, typed: str, device: Device, now: int) -> Row[Any]:
    """The card of a code. Its PIN is not asked for: who pays in needs none. Guessing counts as everywhere."""
    asker = Asker(device.dev, device.store, "")
    code_hash = key.hashed(read_code(typed))
    vouchers.check_not_guessing(session, asker, now)
    row = session.execute(select(stored_values).where(stored_values.c.code_hash == code_hash)).first()
    if row is None:
        pages.refuse_other_key(session, key)
        raise vouchers.wrong_code(cards.unknown(), asker, now)
    return row


def take_in(
    session: Session, key: CodeKey | None, device: Device, sale: Sale, named: dict[str, CardNamed], now: int
) -> list[dict[str, Any]]:
    """Put on its cards what a sale was paid for; rows of a discrepancy for what could not be: the money is in the
    drawer, and a person gives the card or gives it back."""
    rows = []
    for load in sale.loads:
        try:
            if device.actor.channel != "till":
                # Nobody stands at a kiosk who takes cash.
                raise NotAllowed()
            _check_paid(session, sale)
            with Savepoint(session, "load"):
                account = _account(session, key, named.get(load.id, CardNamed()))
                about = service.About(sale.id, sale.terminal, now)
                service.load(session, account, f"{sale.id}:{load.id}", load.amount, sale.currency, about)
        except RetailError as refused:
            rows.append({"what": "card_load", "line": "", "sold": load.amount, "derived": refused.code})
    return rows


def _check_paid(session: Session, sale: Sale) -> None:
    """No money comes onto a card that nobody has paid, or that a card has paid."""
    check_paid_in_cash(sale.total, sale.tenders)
    rounding = rounding_of(sale.due, sale.tenders, catalogue.store(session, sale.store).cash_step)
    if sum(tender.amount for tender in sale.tenders) - sale.change < sale.due + rounding:
        raise StoredValueRefused("card_load.not_paid", N_("This was not paid in full. Nothing was put on the card."))


def _account(session: Session, key: CodeKey | None, named: CardNamed) -> str:
    columns = stored_values.c
    if named.account:
        here = columns.id == named.account
    elif named.code and key is not None:
        here = columns.code_hash == key.hashed(read_code(named.code))
    else:
        raise cards.unknown()
    found = session.scalar(select(columns.id).where(here, columns.kind == "gift_card"))
    if found is None:
        raise cards.unknown()
    return str(found)
