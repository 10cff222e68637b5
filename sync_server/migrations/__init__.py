"""Bringing a database up to date, and refusing one that is ahead of this program."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from retail.errors import N_, RetailError


class DatabaseNewer(RetailError):
    code = "store.newer"
    message = N_(
        "This database belongs to a newer Omnitill (its state is {found}). Update the program; nothing was changed."
    )


UPGRADE_LOCK = 0x6F6D6E69
"""Any number does that nobody else uses in the hub's database."""


def is_behind(connection: Connection) -> bool:
    """Whether the database lacks what this program needs. One that is ahead is none: its upgrade was made for both."""
    found = MigrationContext.configure(connection).get_current_revision()
    known, head = _revisions()
    return found is None or (found in known and found != head)


def known_revisions() -> frozenset[str]:
    """The states of a database that this program understands."""
    return _revisions()[0]


@cache
def _revisions() -> tuple[frozenset[str], str | None]:
    script = ScriptDirectory.from_config(_config())
    return frozenset(revision.revision for revision in script.walk_revisions()), script.get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def upgrade(engine: Engine, state: str = "head") -> None:
    """Bring the database to the newest state that this program knows, or to an earlier one."""
    config = _config()
    script = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in {revision.revision for revision in script.walk_revisions()}:
        raise DatabaseNewer(found=found)
    if found == script.get_current_head():
        return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Hubs on several machines may start at the same moment; the second finds the work done.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, state)
