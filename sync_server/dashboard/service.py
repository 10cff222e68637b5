"""Telling the dashboards: the state that was told last is stored in the transaction of its event, so that whichever
worker comes next makes the next difference against that and not against its own memory."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from retail.replica import State, difference
from sync_server.catalogue import queries as catalogue
from sync_server.dashboard import queries
from sync_server.dashboard.tables import dashboards, store_health
from sync_server.db import insert_if_absent
from sync_server.outbox import service as outbox
from sync_server.outbox.service import Cause

COMPANY = "company:all"
EVENTS_KEPT = 400
"""A page that missed more than 200 gets the whole state anyway, so older ones are nobody's."""


def stream(store: str) -> str:
    return f"dashboard:{store}"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a dashboard ought to show, and what it was told before: `version` 0 for nothing yet."""

    store: str
    version: int
    old: State
    new: State


def draft(session: Session, store: str, now: int) -> Draft:
    """Made on a reader's snapshot: summing up a day is no work for the writer, who has scans to keep."""
    told = queries.last_told(session, store)
    version, old = (told.version, told.state) if told is not None else (0, {})
    return Draft(store, version, old, queries.fresh(session, store, now))


def tell(session: Session, drafts: list[Draft], now: int) -> set[str]:
    """Tell these dashboards what is new, and the company what that means for the store; the stores that were told.

    One that another worker has told something since is left out: its draft is out of date and has to be made anew.
    """
    told = [one for one in drafts if _keep(session, one, now)]
    _tell_company(session, told, now)
    return {one.store for one in told}


def _keep(session: Session, one: Draft, now: int) -> bool:
    # A newer program may show less than an older one did, which changes have no word for: then all is told anew.
    anew = one.version == 0 or bool(set(one.old) - set(one.new))
    changes = one.new if anew else difference(one.old, one.new)
    if not changes:
        return True
    if one.version == 0:
        if not insert_if_absent(session, dashboards, store=one.store, version=1, state=one.new):
            return False
    else:
        kept = session.execute(
            update(dashboards)
            .where(dashboards.c.store == one.store, dashboards.c.version == one.version)
            .values(version=one.version + 1, state=one.new)
        )
        if kept.rowcount != 1:  # type: ignore[attr-defined]
            return False
    if anew:
        # What anybody has of the stream is a state that no event adds up to.
        outbox.renew(session, stream(one.store))
    outbox.record(session, stream(one.store), changes, Cause(), now)
    return True


def _tell_company(session: Session, told: list[Draft], now: int) -> None:
    changed: State = {}
    for one in told:
        body = queries.health(catalogue.store(session, one.store), one.new)
        here = store_health.c.store == one.store
        if insert_if_absent(session, store_health, store=one.store, body=body):
            changed[one.store] = body
        elif session.scalar(select(store_health.c.body).where(here)) != body:
            session.execute(update(store_health).where(here).values(body=body))
            changed[one.store] = body
    if changed:
        outbox.record(session, COMPANY, {"stores": changed}, Cause(), now)


def forget(session: Session, stores: list[str]) -> None:
    """Of a stream whose whole state is stored, old events are worth nothing."""
    for name in [COMPANY, *map(stream, stores)]:
        outbox.forget(session, name, EVENTS_KEPT)
