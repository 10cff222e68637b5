"""What the managers see: the state of a store's dashboard, and the company at a glance."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from retail.catalogue import Store
from retail.replica import State
from sync_server.catalogue import queries as catalogue
from sync_server.dashboard import latency
from sync_server.dashboard.tables import dashboards, store_health
from sync_server.inbox import queries as inbox
from sync_server.orders import queries as orders
from sync_server.terminals import reports

WORST_FIRST = ("trouble", "attention", "good", "idle")


def fresh(session: Session, store_id: str, now: int) -> State:
    """The state of `dashboard:<store>` as docs/protocol.md has it, as of this moment."""
    store = catalogue.store(session, store_id)
    exceptions = inbox.open_exceptions(session, store_id)
    return {
        "store": {"id": store.id, "names": store.names, "zone": store.zone},
        "terminals": reports.views(session, store_id, inbox.forked(session, store_id), now),
        "today": orders.today(session, store, now),
        "sales": orders.latest(session, store_id),
        "exceptions": exceptions,
        "waiting": inbox.waiting(session, store_id),
        "settled": inbox.settled(session, store_id),
        "latency": latency.minutes(session, store_id, now),
    }


def last_told(session: Session, store: str) -> Row[int, State] | None:
    """`(version, state)` of what the dashboard of a store was told last."""
    return session.execute(select(dashboards.c.version, dashboards.c.state).where(dashboards.c.store == store)).first()


def state(session: Session, store: str, now: int) -> State:
    """The snapshot of `dashboard:<store>`: what its events add up to, not what is true since; that is told next."""
    told = last_told(session, store)
    return told.state if told is not None else fresh(session, store, now)


def company(session: Session) -> State:
    """The state of `company:all`."""
    return {"stores": {row.store: row.body for row in session.execute(select(store_health))}}


def health(store: Store, state: State) -> dict[str, Any]:
    """A store at a glance, from the state of its dashboard. A case that waits is never good."""
    terminals = list(state["terminals"].values())
    conditions = [one["state"] for one in terminals] + ["attention"] * bool(state["waiting"])
    known = [one["report"] for one in terminals if one["report"]]
    oldest = [one["oldest_unsent"] for one in known if one["unsent"]]
    return {
        "id": store.id,
        "names": store.names,
        "address": store.address,
        "state": next((worst for worst in WORST_FIRST if worst in conditions), "idle"),
        "unsent": sum(one["unsent"] for one in known),
        "oldest_unsent": min(oldest, default=0),
        "waiting": state["waiting"],
        "online": sum(one["online"] for one in terminals),
        "terminals": len(terminals),
    }
