"""Signing shoppers in, and finding them by their card."""

import hashlib
from collections.abc import Callable, Collection
from typing import Any

import phonenumbers
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from retail.errors import N_, CartRefused
from sync_server.carts import service as carts
from sync_server.catalogue import reference
from sync_server.customers import queries
from sync_server.customers.groups import GROUP_LENGTH_MAX, GROUPS_MAX
from sync_server.customers.tables import cards, customers, sessions
from sync_server.db import insert_if_absent
from sync_server.errors import NotFound, SignInRefused
from sync_server.loyalty import queries as loyalty

hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Argon2id with the parameters of the OWASP password storage sheet."""

SESSION_MS = 30 * 24 * 3600 * 1000
TRIES_MAX = 5
WAIT_MS = 60_000
LOGIN_LENGTH_MAX = 254
PASSWORD_LENGTH_MAX = 128

Verify = Callable[[str, str], bool]


def stream(shopper: str) -> str:
    return f"shopper:{shopper}"


def verify(stored: str, given: str) -> bool:
    """Whether a password or PIN is the one that was hashed; costs some 20 ms of processor time on purpose."""
    try:
        return hasher.verify(stored, given)
    except (Argon2Error, InvalidHashError):
        return False


NOBODY = hasher.hash("nobody has this password")


def find_login(session: Session, login: str) -> Row[Any] | None:
    """The customer row behind an e-mail address or a phone number however it was typed."""
    login = login.strip().lower()[:LOGIN_LENGTH_MAX]
    if "@" in login:
        return session.execute(select(customers).where(customers.c.email == login)).first()
    try:
        number = phonenumbers.parse(login if login.startswith("+") else f"+{login}", None)
    except phonenumbers.NumberParseException:
        return None
    typed = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return session.execute(select(customers).where(customers.c.phone == typed)).first()


def check_may_try(row: Row[Any], now: int) -> None:
    """Refuse a try that comes too soon after five wrong passwords."""
    if now < row.not_before:
        raise SignInRefused(
            "sign_in.wait",
            N_("Too many tries. Wait {seconds} s and try again."),
            seconds=-(-(row.not_before - now) // 1000),
        )


def begin_try(session: Session, login: str, now: int) -> Row[Any] | None:
    """Count a try as a wrong one until its password proves right, and give the customer's row, if there is one.

    From the fifth wrong password in a row on, the next try has to wait.
    """
    row = find_login(session, login)
    if row is None:
        return None
    row = session.execute(select(customers).where(customers.c.id == row.id).with_for_update()).one()
    check_may_try(row, now)
    failures = row.failures + 1
    not_before = now + WAIT_MS if failures >= TRIES_MAX else 0
    session.execute(update(customers).where(customers.c.id == row.id).values(failures=failures, not_before=not_before))
    return row


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin_session(session: Session, kind: str, subject: str, token: str, now: int, life_ms: int = SESSION_MS) -> None:
    """Remember a sign-in; only the hash of its token is kept."""
    session.execute(delete(sessions).where(sessions.c.expires < now))
    session.execute(
        insert(sessions).values(token_hash=token_hash(token), kind=kind, subject=subject, expires=now + life_ms)
    )
    if kind == "shopper":
        session.execute(update(customers).where(customers.c.id == subject).values(failures=0, not_before=0))


def signed_in(session: Session, kind: str, token: str, now: int) -> str:
    """Whose sign-in this token is; empty where it is nobody's any more."""
    if not token:
        return ""
    found = session.scalar(
        select(sessions.c.subject).where(
            sessions.c.token_hash == token_hash(token), sessions.c.kind == kind, sessions.c.expires > now
        )
    )
    return found or ""


def known_tokens(session: Session, hashes: list[str], now: int) -> set[str]:
    """Those of the hashes whose sign-ins have not ended."""
    return set(
        session.scalars(
            select(sessions.c.token_hash).where(sessions.c.token_hash.in_(hashes), sessions.c.expires > now)
        )
    )


def end_session(session: Session, token: str) -> None:
    session.execute(delete(sessions).where(sessions.c.token_hash == token_hash(token)))


def by_card(session: Session, number: str, now: int) -> dict[str, Any]:
    """The profile of the shopper whose active card this is, with the points and the tier at hand."""
    shopper = holder(session, number)
    return {**queries.profile(session, shopper), **loyalty.at_tills(session, [shopper], now)[shopper]}


def unknown_card(number: str) -> CartRefused:
    return CartRefused(
        "card.unknown", N_("Card {card} is not known. The goods stay in the cart; try another card."), card=number
    )


def holder(session: Session, number: str) -> str:
    """Whose active card this is; `CartRefused` where it is nobody's."""
    shopper = session.scalar(select(cards.c.customer).where(cards.c.number == number, cards.c.active))
    if shopper is None:
        raise unknown_card(number)
    return str(shopper)


def add(
    session: Session,
    shopper: str,
    names: dict[str, str],
    language: str,
    store: str,
    email: str,
    phone: str,
    password_hash: str,
    card: str,
    cart: str,
) -> None:
    """A customer with a card, and a live cart under the id `cart`."""
    session.execute(
        insert(customers).values(
            id=shopper,
            names=names,
            language=language,
            store=store,
            email=email.lower(),
            phone=phone,
            password_hash=password_hash,
            failures=0,
            not_before=0,
        )
    )
    session.execute(insert(cards).values(number=card, customer=shopper, active=True))
    carts.open_live_cart(session, cart, store, shopper)


def set_groups(session: Session, shopper: str, groups: Collection[str], at: int) -> None:
    """The shopper belongs to these groups from now on: tills hear it with the cards, open carts cost it at once."""
    wanted = sorted(set(groups))
    if len(wanted) > GROUPS_MAX or any(not 0 < len(group) <= GROUP_LENGTH_MAX for group in wanted):
        raise CartRefused("customer.groups", N_("A customer is in {limit} groups at most."), limit=GROUPS_MAX)
    known = update(customers).where(customers.c.id == shopper).values(groups=wanted).returning(customers.c.id)
    if session.execute(known).first() is None:
        raise NotFound()
    # Who shares an account with her has the prices of these groups as well.
    people = loyalty.people(session, shopper)
    reference.changed(session, {"cards": queries.card_numbers(session, people)}, at)
    for one in people:
        carts.repriced_of(session, one, at)


def issue_card(session: Session, number: str, shopper: str, at: int) -> None:
    """A card for a shopper; one that the shopper has already stays theirs too. A number is given once for ever."""
    if session.scalar(select(customers.c.id).where(customers.c.id == shopper)) is None:
        raise NotFound()
    if not insert_if_absent(session, cards, number=number, customer=shopper, active=True):
        raise CartRefused("card.number_used", N_("Card {card} was given before. Take another one."), card=number)
    reference.changed(session, {"cards": [number]}, at)


def block_card(session: Session, number: str, at: int) -> None:
    """The card is lost: no till knows it any more. Its history stays."""
    blocked = update(cards).where(cards.c.number == number, cards.c.active).values(active=False)
    if session.execute(blocked.returning(cards.c.number)).first() is None:
        raise unknown_card(number)
    reference.changed(session, {"cards": [number]}, at)
