"""`python -m sync_server vouchers coupons|cards|seal`: batches of codes, with a bar, written to a file."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy.orm import Session

from retail.coupons import CouponBatch, wall_clock
from retail.errors import RetailError
from safekeeping.commands import progress
from sync_server.catalogue import queries as catalogue
from sync_server.cli import open_hub_database, options, settings_of
from sync_server.coupons import batches as coupons
from sync_server.db import Database
from sync_server.stored_value import batches as cards
from sync_server.stored_value.cards import NewCard
from sync_server.vouchers import key as keys
from sync_server.vouchers.key import CodeKey

COMMAND_LINE = "hub"
"""Who made a batch that no member of staff has made."""


@click.group()
def vouchers() -> None:
    """Make coupons and gift cards; their codes are in no database."""


def to_make(command: Any) -> Any:
    """The options that say what is made and where its codes are written."""
    command = click.option("--file", type=click.Path(path_type=Path, dir_okay=False), help="CSV file for the codes.")(
        command
    )
    command = click.option("--name", default="", help="What the manager calls it.")(command)
    command = click.option("--codes", type=int, required=True, help="How many.")(command)
    return options(click.argument("batch")(command))


@vouchers.command("coupons")
@to_make
@click.option("--promotion", required=True, help="Id of the promotion that the coupons switch on.")
@click.option("--uses", type=int, default=1, show_default=True, help="Times that each code can be used.")
@click.option("--per-customer", type=int, default=0, help="Uses of the batch by one customer; 0 for no limit.")
@click.option("--begins", default="", help="As 2026-11-27T09:00, in the store's own time.")
@click.option("--ends", default="", help="As 2026-11-27T18:00, in the store's own time; then it is over.")
def make_coupons(
    batch: str, name: str, codes: int, file: Path | None, data: Path | None, database: str | None, **terms: Any
) -> None:
    """Make a batch of coupons and write their codes to a file. The same once more goes on where it was cut off.

    \b
    Example:
      python -m sync_server vouchers coupons autumn --promotion ten-percent --codes 10000 --file autumn.csv
    """
    wanted = coupons.Wanted(CouponBatch(batch, **terms), name or batch, codes)
    with _hub(data, database) as (db, key, now):
        db.write(lambda session: coupons.begin(session, key, wanted, COMMAND_LINE, now))
        with progress("Coupons") as tell:
            made = coupons.make(db, key, batch, tell)
        _write(file, ("number", "code"), lambda: coupons.all_codes(db, key, batch))
    _say(batch=batch, codes=made, file=str(file or ""))


@vouchers.command("cards")
@to_make
@click.option("--store", required=True, help="Id of the store that gives them out; they are in its currency.")
@click.option("--pin", is_flag=True, help="The cards ask for a PIN.")
@click.option("--until", default="", help="As 2029-12-31T00:00, in the store's own time; then what is on them lapses.")
def make_cards(
    batch: str,
    name: str,
    codes: int,
    file: Path | None,
    data: Path | None,
    database: str | None,
    store: str,
    pin: bool,
    until: str,
) -> None:
    """Make a batch of gift cards without money and write their codes to a file; each is loaded when it is sold.

    \b
    Example:
      python -m sync_server vouchers cards xmas --store main-street --codes 500 --pin --file xmas.csv
    """
    with _hub(data, database) as (db, key, now):

        def begin(session: Session) -> None:
            place = catalogue.store(session, store)
            card = NewCard(place.currency, store, _moment(until, place.zone), pin)
            cards.begin(session, key, cards.Wanted(batch, name or batch, card, codes), COMMAND_LINE, now)

        db.write(begin)
        with progress("Gift cards") as tell:
            made = cards.make(db, key, batch, tell)
        _write(file, ("number", "code", "pin"), lambda: cards.all_codes(db, key, batch))
    _say(batch=batch, codes=made, file=str(file or ""))


@vouchers.command()
@options
@click.argument("kind", type=click.Choice(["coupons", "cards"]))
@click.argument("batch")
def seal(kind: str, batch: str, data: Path | None, database: str | None) -> None:
    """Once its codes are printed: nobody can have them written to a file again. They stay good.

    Example: python -m sync_server vouchers seal coupons autumn
    """
    act = coupons.seal if kind == "coupons" else cards.seal
    with _hub(data, database) as (db, _, now):
        db.write(lambda session: act(session, batch, COMMAND_LINE, now))
    _say(sealed=batch)


@contextmanager
def _hub(data: Path | None, database: str | None) -> Iterator[tuple[Database, CodeKey, int]]:
    """The hub's database, its key for codes and the time; what is refused becomes a sentence and exit code 1."""
    from sync_server.app import now_ms

    settings = settings_of(data=data, database=database)
    db = open_hub_database(settings)
    try:
        yield db, keys.load(settings), now_ms()
    except RetailError as error:
        raise click.ClickException(error.sentence) from None
    finally:
        db.close()


def _moment(until: str, zone: str) -> int:
    """ms of a time of the store's wall clock; 0 for none."""
    local = wall_clock(until)
    return 0 if local is None else int(local.replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def _write(file: Path | None, head: Iterable[str], rows: Callable[[], Iterable[tuple[Any, ...]]]) -> None:
    """Write a CSV file whole, for its owner alone, or not at all."""
    if file is None:
        return
    part = file.with_name(f"{file.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="") as out:
        table = csv.writer(out)
        table.writerow(head)
        table.writerows(rows())
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


def _say(**said: Any) -> None:
    print(json.dumps(said), flush=True)
