"""Print jobs in the till's own file, written in the transaction of the sale and fed to the spool afterwards."""

from typing import Any

from sqlalchemy import Connection, case, func, select, update
from sqlalchemy.dialects.sqlite import insert

from hardware.printers.jobs import FINAL_STATES, JobState, PrintJob
from pos_terminal.store.engine import Store
from pos_terminal.store.tables import print_jobs

FIELDS = [getattr(print_jobs.c, name) for name in PrintJob.__dataclass_fields__]
FINAL = [state.value for state in FINAL_STATES]
CARD_SLIP = ".card-"
"""In the id of the slip on which a gift card's code is printed, once."""

EMPTY = '{"blocks": []}'


def add(connection: Connection, job: PrintJob) -> None:
    """Queue a job; the same id again changes nothing."""
    values = {"id": job.id, "kind": job.kind, "payload": job.payload, "created_at_ms": job.created_at_ms}
    connection.execute(insert(print_jobs).values(**values).on_conflict_do_nothing(index_elements=["id"]))


def find(connection: Connection, job: str) -> PrintJob | None:
    row = connection.execute(select(*FIELDS).where(print_jobs.c.id == job)).first()
    return None if row is None else PrintJob(**{**row._asdict(), "state": JobState(row.state)})


def waiting(connection: Connection) -> int:
    """How many jobs have not come to their end."""
    query = select(func.count()).select_from(print_jobs).where(print_jobs.c.state.not_in(FINAL))
    return connection.execute(query).scalar() or 0


def copies(connection: Connection, prefix: str) -> int:
    """How many jobs have an id that begins so."""
    query = select(func.count()).select_from(print_jobs).where(print_jobs.c.id.startswith(prefix, autoescape=True))
    return connection.execute(query).scalar() or 0


class SpooledJobs:
    """The `JobStore` of the spool (hardware/printers/jobs.py)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def next_job(self) -> PrintJob | None:
        drawers_first = case((print_jobs.c.kind == "drawer", 0), else_=1)
        query = (
            select(*FIELDS)
            .where(print_jobs.c.state.not_in(FINAL))
            .order_by(drawers_first, print_jobs.c.created_at_ms, print_jobs.c.n)
            .limit(1)
        )
        with self._store.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else PrintJob(**{**row._asdict(), "state": JobState(row.state)})

    def mark(self, job_id: str, state: JobState, reason: str, sent_bytes: int) -> None:
        values: dict[str, Any] = {"state": state.value, "reason": reason, "sent_bytes": sent_bytes}
        if state is JobState.SENDING:
            values["sends"] = print_jobs.c.sends + 1
        if state in FINAL_STATES and CARD_SLIP in job_id:
            # It is never printed again, and whoever has the code has the money.
            values["payload"] = EMPTY
        with self._store.begin() as connection:
            connection.execute(update(print_jobs).where(print_jobs.c.id == job_id).values(**values))
