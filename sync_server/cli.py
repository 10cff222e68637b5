"""`python -m sync_server serve|seed|enrol|unlock|change|backup|restore`."""

import json
import os
import sys
import time
from pathlib import Path
from typing import IO, Any

import click
import structlog
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError, OperationalError

from retail.errors import RetailError
from sync_server import log_lines
from sync_server.config import WORKERS_MAX, Settings, SetUpRefused
from sync_server.db import Database, open_database, sqlite_url, threads_for
from sync_server.writers import Writer

REFUSED = 5
DATABASE_WAIT_S = 30.0
DATABASE_LOOK_S = 0.25


def open_hub_database(settings: Settings, writer: Writer | None = None, wait_s: float = 0.0) -> Database:
    """The hub's database, brought up to date; says in one sentence why not and ends the process.

    A server of databases that is not there is waited for so long: a machine that starts does not start in order, and
    one that crashed needs a while to be itself again.
    """
    from sync_server.migrations import upgrade

    end, told = time.monotonic() + wait_s, False
    while True:
        try:
            if not settings.database:
                settings.data.mkdir(parents=True, exist_ok=True)
            db = open_database(settings.database or sqlite_url(settings.data), writer)
            upgrade(db.engine)
            return db
        except RetailError as error:
            sys.exit(_refuse(error.code, error.sentence))
        except (OSError, DBAPIError) as error:
            reason = str(getattr(error, "orig", error))
            waiting = settings.database and isinstance(error, OperationalError) and time.monotonic() < end
            if not waiting:
                sys.exit(_refuse("store.unavailable", f"The hub's data in {settings.data} cannot be opened: {reason}."))
            if not told:
                structlog.get_logger().warning("waiting for the database", reason=reason)
            told = True
            time.sleep(DATABASE_LOOK_S)


def _refuse(code: str, sentence: str) -> int:
    structlog.get_logger().error("hub does not start", code=code, sentence=sentence)
    click.echo(sentence, err=True)
    return REFUSED


def options(command: Any) -> Any:
    """The options that say which hub is meant."""
    command = click.option("--database", help="SQLAlchemy address of a PostgreSQL database instead of SQLite.")(command)
    return click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the data.")(command)


def settings_of(**given: Any) -> Settings:
    """The settings of a command: what was not said comes from the environment."""
    return Settings(**{name: value for name, value in given.items() if value is not None})


@click.group()
def main() -> None:
    """The hub: one cart for the till, the kiosk and the phone."""
    # Shoppers' names and sales are for the hub's own user, wherever the folder lies.
    os.umask(0o077)
    log_lines.to_stderr()


@main.command()
@options
@click.option("--host", help="Address to listen on; 127.0.0.1 unless said otherwise.")
@click.option("--port", type=int, help="First port to try; a busy one moves to the next. 0 for any.")
@click.option("--workers", type=click.IntRange(1, WORKERS_MAX), help="Processes that share the port; 1 by itself.")
@click.option("--bus", help="Address of the Redis through which several workers ring one another.")
@click.option("--behind-proxy", is_flag=True, default=None, help="Believe the forwarded address of our own proxy.")
@click.option("--seed-sample", is_flag=True, default=None, help="Fill an empty hub with the sample shop.")
def serve(**given: Any) -> None:
    """Serve the hub, the online shop and the dashboard.

    \b
    Example:
      python -m sync_server serve --data ./data/hub --port 8400 --seed-sample
      python -m sync_server serve --workers 4 --database postgresql+psycopg://hub@/shop --bus redis://127.0.0.1:6379/0
    """
    settings = settings_of(**given)
    from sync_server import serving
    from sync_server.server import listen

    try:
        settings.check()
    except SetUpRefused as error:
        sys.exit(_refuse(error.code, error.sentence))
    several = settings.workers > 1
    # Kept open until the process ends, however it ends: the kernel lets go of the lock with it.
    held = None if settings.database else serving.hold(settings.data, _refuse)
    threads = None if several else threads_for(settings.database or "sqlite")
    db = open_hub_database(settings, threads, DATABASE_WAIT_S)
    serving.prepare(settings, db)
    listener = listen(settings.host, settings.port)
    if several:
        from sync_server.crew import Crew

        db.close()
        sys.exit(Crew(settings, listener).run())
    serving.run(settings, db, listener)
    del held


@main.command(hidden=True)
@click.option("--fd", type=int, required=True, help="The listening socket that the parent left open.")
def worker(fd: int) -> None:
    """One of the workers of `serve --workers`; its settings are in its environment."""
    import socket

    from sync_server import serving

    settings = settings_of()
    db = open_hub_database(settings, threads_for(settings.database), DATABASE_WAIT_S)
    listener = socket.socket(fileno=fd)
    listener.setblocking(False)
    serving.run(settings, db, listener, shared=True)


@main.command()
@options
@click.option("--products", type=click.IntRange(1, 150_000), default=400, show_default=True)
def seed(products: int, **given: Any) -> None:
    """Fill an empty hub with the sample shop.

    Example: python -m sync_server seed --data ./data/hub --products 100000
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from sync_server.app import now_ms
    from sync_server.seed import is_empty, seed_programme
    from sync_server.seed import seed as fill

    db = open_hub_database(settings_of(**given))
    if not db.read(is_empty):
        raise click.ClickException("This hub has a shop already. Choose another --data folder, or remove this one.")
    columns = ("Products", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        task = bar.add_task("Products", total=products)
        fill(db, products, now_ms(), lambda done, total: bar.update(task, completed=done))
    seed_programme(db, now_ms())
    tables = len(inspect(db.engine).get_table_names())
    click.echo(f"{products} products are in the hub's {tables} tables.", err=True)
    db.close()


@main.command()
@options
@click.option("--terminal", "terminals", required=True, multiple=True, help="Id of a till or kiosk, such as till-1.")
def enrol(terminals: tuple[str, ...], **given: Any) -> None:
    """Make one-time codes that set terminals up, a line each; they are good for 15 minutes.

    Example: python -m sync_server enrol --data ./data/hub --terminal till-1 --terminal till-2
    """
    from sync_server.app import now_ms
    from sync_server.terminals import enrolment

    db = open_hub_database(settings_of(**given))
    try:
        made = db.write(
            lambda session: [
                enrolment.make_code(session, terminal, enrolment.COMMAND_LINE, now_ms()) for terminal in terminals
            ]
        )
    except RetailError as error:
        raise click.ClickException(error.sentence) from None
    finally:
        db.close()
    for row in made:
        print(json.dumps({key: row[key] for key in ("terminal", "code", "expires_at")}), flush=True)


@main.command()
@options
@click.option("--number", required=True, help="Number of the member of staff who is locked out.")
@click.option("--by", required=True, help="Number of another manager, who answers for it with their PIN.")
@click.option("--pin", prompt="PIN of the manager", hide_input=True, help="Asked for unless given.")
def unlock(number: str, by: str, pin: str, **given: Any) -> None:
    """Let somebody try again after five wrong PINs; another manager's PIN is needed.

    Example: python -m sync_server unlock --data ./data/hub --number 2001 --by 2002
    """
    from sync_server.app import now_ms
    from sync_server.sign_in import SignIn
    from sync_server.staff import service

    db = open_hub_database(settings_of(**given))
    try:
        SignIn(db, now_ms).check_manager(by, pin)
        member = db.write(lambda session: service.unlock(session, number, by, now_ms()))
    except RetailError as error:
        raise click.ClickException(error.sentence) from None
    print(json.dumps({"unlocked": member}), flush=True)
    db.close()


@main.command()
@options
@click.argument("file", type=click.File("rb"), default="-")
def change(file: IO[bytes], **given: Any) -> None:
    """Change goods, prices, staff and cards: one JSON object a line (docs/operations.md), from FILE or standard input.

    Example: echo '{"do": "price", "item": "p-0001", "price": 249}' | python -m sync_server change --data ./data/hub
    """
    from sync_server.app import now_ms
    from sync_server.changes import carry_out

    db = open_hub_database(settings_of(**given))
    try:
        done = carry_out(db, file, now_ms)
    except RetailError as error:
        raise click.ClickException(error.sentence) from None
    finally:
        db.close()
    print(json.dumps({"changed": done}), flush=True)


@main.command()
@options
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path, **given: Any) -> None:
    """Copy the hub's data to the new FILE; the hub may go on working.

    Example: python -m sync_server backup /srv/backup/hub-monday.sqlite --data ./data/hub
    """
    from sync_server import copies
    from sync_server.app import now_ms

    copies.back_up(settings_of(**given), file, now_ms())


@main.command()
@options
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(file: Path, **given: Any) -> None:
    """Put the backup FILE in the place of the hub's data, which are set aside. The hub has to be stopped.

    Example: python -m sync_server restore /srv/backup/hub-monday.sqlite --data ./data/hub
    """
    from sync_server import copies, serving
    from sync_server.app import now_ms

    settings = settings_of(**given)
    held = None if settings.database else serving.hold(settings.data, _refuse)
    copies.restore(settings, file, now_ms())
    del held
