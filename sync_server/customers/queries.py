"""Reading shoppers."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, Select, String, cast, func, or_, select
from sqlalchemy.orm import Session

from sync_server.carts import queries as carts
from sync_server.customers.tables import cards, customers
from sync_server.errors import NotFound
from sync_server.loyalty import queries as loyalty
from sync_server.loyalty import shown
from sync_server.orders import queries as orders

PHONE_DIGITS_MIN = 4
PERSON: Select[Any] = select(
    customers.c.id,
    customers.c.names,
    customers.c.language,
    customers.c.groups,
    customers.c.email,
    customers.c.phone,
)


def profile(session: Session, shopper: str) -> dict[str, Any]:
    """Who a shopper is, as the shopper's own screens and the till may show it: `{id, names, name, language, card}`."""
    row = session.execute(
        select(customers.c.id, customers.c.names, customers.c.language, cards.c.number)
        .outerjoin(cards, (cards.c.customer == customers.c.id) & cards.c.active)
        .where(customers.c.id == shopper)
    ).first()
    if row is None:
        raise NotFound()
    name = row.names.get(row.language) or row.names["en"]
    return {"id": row.id, "names": row.names, "name": name, "language": row.language, "card": row.number or ""}


FOUND_MAX = 50


def person(session: Session, shopper: str) -> Row[Any]:
    """A customer with what only staff may see; `NotFound` where there is none."""
    row: Row[Any] | None = session.execute(PERSON.where(customers.c.id == shopper)).first()
    if row is None:
        raise NotFound()
    return row


def find(session: Session, typed: str) -> list[Row[Any]]:
    """Customers by the beginning of a card's number or an address, a part of a phone number or of a name; without any,
    the first by name. At most `FOUND_MAX`."""
    query = PERSON.order_by(cast(customers.c.names, String), customers.c.id).limit(FOUND_MAX)
    if typed:
        # The embedded database knows no capital letters but those of English: the usual ways of writing are all asked.
        spelled = {typed, typed.lower(), typed.upper(), typed.title()}
        ways = [cast(customers.c.names, String).contains(text, autoescape=True) for text in sorted(spelled)]
        ways.append(customers.c.email.startswith(typed.lower(), autoescape=True))
        of_card = select(cards.c.customer).where(cards.c.number.startswith(typed.upper(), autoescape=True))
        ways.append(customers.c.id.in_(of_card))
        digits = "".join(sign for sign in typed if sign.isdecimal())
        if len(digits) >= PHONE_DIGITS_MIN:
            ways.append(customers.c.phone.contains(digits, autoescape=True))
        query = query.where(or_(*ways))
    return list(session.execute(query).all())


def cards_ever(session: Session, shopper: str) -> list[dict[str, Any]]:
    """All cards that a customer was given, the good ones first: `{number, active}`."""
    query = select(cards.c.number, cards.c.active).where(cards.c.customer == shopper)
    rows = session.execute(query.order_by(cards.c.active.desc(), cards.c.number).limit(FOUND_MAX))
    return [{"number": row.number, "active": row.active} for row in rows]


def home_store(session: Session, shopper: str) -> str:
    """The store whose prices the shopper sees online."""
    found = session.scalar(select(customers.c.store).where(customers.c.id == shopper))
    if found is None:
        raise NotFound()
    return str(found)


def view(session: Session, shopper: str) -> dict[str, Any]:
    """The state of `shopper:<id>` as docs/protocol.md has it."""
    return {
        "shopper": profile(session, shopper),
        "cart": carts.live_cart_id(session, shopper),
        "points": shown.points(session, shopper),
        "orders": {row["id"]: row for row in orders.of_shopper(session, shopper)},
    }


CARDS = (
    select(cards.c.number, customers.c.id, customers.c.names, customers.c.language, customers.c.groups)
    .join(customers, customers.c.id == cards.c.customer)
    .where(cards.c.active)
    .order_by(cards.c.number)
)


def cards_after(session: Session, number: str, limit: int, now: int) -> list[dict[str, Any]]:
    """Active cards behind a number, with what a till may know of their shoppers while the hub is away."""
    return _card_rows(session, CARDS.where(cards.c.number > number).limit(limit), now)


def cards_of(session: Session, numbers: list[str], now: int) -> list[dict[str, Any]]:
    """Those of the numbers that are active cards."""
    return _card_rows(session, CARDS.where(cards.c.number.in_(numbers)), now)


def card_numbers(session: Session, shoppers: Collection[str]) -> list[str]:
    """The active cards of these shoppers."""
    return list(session.scalars(select(cards.c.number).where(cards.c.customer.in_(shoppers), cards.c.active)))


def count_cards(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(cards).where(cards.c.active)) or 0


def _card_rows(session: Session, query: Select[Any], now: int) -> list[dict[str, Any]]:
    rows = session.execute(query).all()
    known = loyalty.at_tills(session, [row.id for row in rows], now) if rows else {}
    others = loyalty.groups_of_others(session, [row.id for row in rows]) if rows else {}
    return [
        {
            "number": row.number,
            "shopper": row.id,
            "name": row.names.get(row.language) or row.names["en"],
            "names": row.names,
            "language": row.language,
            "groups": sorted({*row.groups, *others.get(row.id, ())}),
            **known[row.id],
        }
        for row in rows
    ]
