"""Bringing a database up to date, and refusing one that is ahead of this program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from retail.errors import N_, RetailError


class DatabaseNewer(RetailError):
    code = "store.newer"
    message = N_(
        "This database belongs to a newer Omnitill (its state is {found}). Update the program; nothing was changed."
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest state that this program knows."""
    config = _config()
    script = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in {revision.revision for revision in script.walk_revisions()}:
        raise DatabaseNewer(found=found)
    if found == script.get_current_head():
        return
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
