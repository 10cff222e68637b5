"""`python -m sync_server serve|seed|enrol|unlock`."""

import fcntl
import json
import os
import secrets
import signal
import sys
from pathlib import Path
from typing import IO, Any

import click
import structlog
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from retail.errors import RetailError
from sync_server.config import Settings
from sync_server.db import Database, Writer, open_database, sqlite_url, threads_for

TOKEN_BYTES = 32
LOCK_NAME = "hub.lock"
REFUSED = 5


def _log_to_stderr() -> None:
    # Standard output carries the ready line and nothing else.
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def open_hub_database(settings: Settings, writer: Writer | None = None) -> Database:
    """The hub's database, brought up to date; says in one sentence why not and ends the process."""
    from sync_server.migrations import upgrade

    try:
        if not settings.database:
            settings.data.mkdir(parents=True, exist_ok=True)
        db = open_database(settings.database or sqlite_url(settings.data), writer)
        upgrade(db.engine)
    except RetailError as error:
        sys.exit(_refuse(error.code, error.sentence))
    except (OSError, DBAPIError) as error:
        reason = str(getattr(error, "orig", error))
        sys.exit(_refuse("store.unavailable", f"The hub's data in {settings.data} cannot be opened: {reason}."))
    return db


def _refuse(code: str, sentence: str) -> int:
    structlog.get_logger().error("hub does not start", code=code, sentence=sentence)
    click.echo(sentence, err=True)
    return REFUSED


def options(command: Any) -> Any:
    """The options that say which hub is meant."""
    command = click.option("--database", help="SQLAlchemy address of a PostgreSQL database instead of SQLite.")(command)
    return click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the data.")(command)


def _settings(**given: Any) -> Settings:
    return Settings(**{name: value for name, value in given.items() if value is not None})


@click.group()
def main() -> None:
    """The hub: one cart for the till, the kiosk and the phone."""
    # Shoppers' names and sales are for the hub's own user, wherever the folder lies.
    os.umask(0o077)
    _log_to_stderr()


@main.command()
@options
@click.option("--host", help="Address to listen on; 127.0.0.1 unless said otherwise.")
@click.option("--port", type=int, help="First port to try; a busy one moves to the next. 0 for any.")
@click.option("--seed-sample", is_flag=True, default=None, help="Fill an empty hub with the sample shop.")
def serve(**given: Any) -> None:
    """Serve the hub, the online shop and the dashboard.

    Example: python -m sync_server serve --data ./data/hub --port 8400 --seed-sample
    """
    settings = _settings(**given)
    from sync_server.app import create_hub, now_ms, start_background
    from sync_server.seed import is_empty, seed
    from sync_server.server import Server, listen

    writer = threads_for(settings.database or "sqlite")
    # Kept open until the process ends, however it ends: the kernel lets go of the lock with it.
    held = None if settings.database else _hold(settings.data)
    db = open_hub_database(settings, writer)
    if settings.seed_sample and db.read(is_empty):
        seed(db, products=400, now=now_ms())
    hub = create_hub(settings, db)
    start_background(hub)
    listener = listen(settings.host, settings.port)
    server = Server(listener, hub.app, log=None, error_log=None)
    _say_ready(settings, listener.getsockname()[1])
    _end_on_signal(server)
    server.serve_forever()
    db.close()
    if held is not None:
        held.close()
    # Greenlets of open sockets would hold the process for as long as their phones stay.
    os._exit(0)


def _hold(folder: Path) -> IO[str]:
    """Let no second hub serve this folder: neither would hear the other's events."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK_NAME).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(_refuse("hub.twice", f"Another hub serves {folder} already. Stop it, or name another --data folder."))
    except OSError as error:
        sys.exit(_refuse("store.unavailable", f"The hub's data in {folder} cannot be opened: {error.strerror}."))
    return lock


def _end_on_signal(server: Any) -> None:
    import gevent

    for name in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(name, server.stop, timeout=1)


def _say_ready(settings: Settings, port: int) -> None:
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
    url = f"http://{host}:{port}/"
    line = {"ready": "hub", "url": url, "shop": url, "dashboard": f"{url}manage", "port": port, "pid": os.getpid()}
    print(json.dumps(line), flush=True)


@main.command()
@options
@click.option("--products", type=click.IntRange(1, 150_000), default=400, show_default=True)
def seed(products: int, **given: Any) -> None:
    """Fill an empty hub with the sample shop.

    Example: python -m sync_server seed --data ./data/hub --products 100000
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from sync_server.app import now_ms
    from sync_server.seed import is_empty
    from sync_server.seed import seed as fill

    db = open_hub_database(_settings(**given))
    if not db.read(is_empty):
        raise click.ClickException("This hub has a shop already. Choose another --data folder, or remove this one.")
    columns = ("Products", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        task = bar.add_task("Products", total=products)
        fill(db, products, now_ms(), lambda done, total: bar.update(task, completed=done))
    tables = len(inspect(db.engine).get_table_names())
    click.echo(f"{products} products are in the hub's {tables} tables.", err=True)
    db.close()


@main.command()
@options
@click.option("--terminal", required=True, help="Id of the till or kiosk, such as till-1.")
def enrol(terminal: str, **given: Any) -> None:
    """Give a terminal a new token; one that it had before is withdrawn.

    Example: python -m sync_server enrol --data ./data/hub --terminal till-1
    """
    from sync_server.terminals import service

    db = open_hub_database(_settings(**given))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    try:
        db.write(lambda session: service.enrol(session, terminal, token))
    except RetailError as error:
        raise click.ClickException(error.sentence) from None
    print(json.dumps({"terminal": terminal, "token": token}), flush=True)
    db.close()


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

    db = open_hub_database(_settings(**given))
    try:
        SignIn(db, now_ms).check_manager(by, pin)
        member = db.write(lambda session: service.unlock(session, number, by, now_ms()))
    except RetailError as error:
        raise click.ClickException(error.sentence) from None
    print(json.dumps({"unlocked": member}), flush=True)
    db.close()
