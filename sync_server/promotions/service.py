"""Changing promotions: every change is a version of its own, and all open carts are priced anew."""

from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from retail.errors import N_, PromotionError
from retail.loyalty.programme import Programme
from retail.pricing import PriceBook
from retail.promotions.kinds import as_dict, promotion_from
from retail.promotions.promotion import Promotion
from retail.wall_clock import reached
from sync_server.catalogue import queries as catalogue
from sync_server.catalogue import service as catalogue_service
from sync_server.db import Database
from sync_server.promotions import queries
from sync_server.promotions.tables import promotion_versions, promotions


def add(session: Session, rows: Iterable[Promotion], at: int) -> None:
    """The promotions that a shop is opened with: nobody is told."""
    for promotion in rows:
        _write(session, promotion, "", at, new=True)


def put(session: Session, given: Promotion, staff: str, at: int) -> Promotion:
    """A new promotion, or another version of one: `given.version` is the one that was looked at, 0 for a new one.

    What is stored is of the next version. Refused where somebody else changed it meanwhile.
    """
    known = check_seen(session, given)
    # Whoever made it: what no till could read is refused here, and every field that is wrong is named.
    promotion = promotion_from(as_dict(replace(given, version=given.version + 1)))
    _write(session, promotion, staff, at, new=known is None)
    catalogue_service.promotions_changed(session, [promotion.id], at)
    return promotion


def check_seen(session: Session, given: Promotion) -> int | None:
    """Refuse what was made of a version that is not the last any more; its number, or None for a new promotion. Its row
    is held until the commit."""
    known = session.scalar(select(promotions.c.version).where(promotions.c.id == given.id).with_for_update())
    if (known or 0) != given.version:
        raise PromotionError(
            "promotion.changed",
            N_("Somebody else changed this promotion meanwhile. Look at it again, then change it."),
            id=given.id,
        )
    return known


def withdraw(session: Session, promotion_id: str, staff: str, at: int) -> None:
    """No till gives it any more. Sales that had it keep its name and its version."""
    found = queries.find(session, promotion_id)
    if found is None:
        raise PromotionError("promotion.unknown", N_("There is no such promotion."), id=promotion_id)
    _write(session, replace(found, version=found.version + 1, paused=True), staff, at, new=False)
    session.execute(update(promotions).where(promotions.c.id == promotion_id).values(withdrawn=True))
    catalogue_service.promotions_changed(session, [promotion_id], at)


def _write(session: Session, promotion: Promotion, staff: str, at: int, new: bool) -> None:
    body = as_dict(promotion)
    row = {"version": promotion.version, "withdrawn": False, "body": body}
    if new:
        session.execute(insert(promotions).values(id=promotion.id, **row))
    else:
        session.execute(update(promotions).where(promotions.c.id == promotion.id).values(row))
    session.execute(
        insert(promotion_versions).values(
            promotion=promotion.id, version=promotion.version, body=body, changed_by=staff, at=at
        )
    )


def begin_and_end(db: Database, now: int) -> None:
    """Price the carts of a store anew where a promotion or a price list began or ended since (`now` in ms).

    What is due stands in the database: a hub that was away does it when it is back, and of several workers one.
    """
    due = db.read(lambda session: _due(session, now))
    if due:
        db.write(lambda session: _price_anew(session, now))


def _price_anew(session: Session, now: int) -> None:
    due = _due(session, now)
    if due:
        catalogue_service.price_at(session, due, now)


def _due(session: Session, now: int) -> list[str]:
    """The stores in which other promotions are in force now than at the moment that their carts are priced by."""
    moments = catalogue.pricing_moments(session)
    if not moments:
        return []
    # The promotions and price lists are the same in all stores, and of the clocks there are few.
    book = catalogue.book(session, moments[0][0])
    clocks = {(zone, priced_at) for _, zone, priced_at in moments}
    turned = {clock for clock in clocks if _in_force(book, clock[0], clock[1]) != _in_force(book, clock[0], now)}
    return [store for store, zone, priced_at in moments if (zone, priced_at) in turned]


def _in_force(book: PriceBook, zone: str, at: int) -> tuple[frozenset[str], list[str], Programme]:
    local = reached(at, ZoneInfo(zone))
    return book.rules.in_force(local), book.lists.in_force(f"{local:%Y-%m-%dT%H:%M}"), book.programme(at)
