"""`python -m sync_server export|import`."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from sync_server.cli import open_hub_database, options, settings_of
from sync_server.exchange import files, service
from sync_server.exchange.kinds import KINDS
from sync_server.staff import queries as staff

BAD = 1
KIND = click.Choice(list(KINDS))


@click.command("export")
@options
@click.argument("kind", type=KIND)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export_command(kind: str, file: Path, **given: Any) -> None:
    """Write products, prices, price lists, promotions, cards or balances to FILE, which ends in .csv or .jsonl.

    Example: python -m sync_server export prices prices.csv --data ./data/hub
    """
    db = open_hub_database(settings_of(**given))
    try:
        print(json.dumps({"kind": kind, "rows": service.export(db, kind, file)}), flush=True)
    except files.FileRefused as refused:
        raise click.ClickException(str(refused)) from None
    finally:
        db.close()


@click.command("import")
@options
@click.argument("kind", type=KIND)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="Only say what would be done, and what is wrong in which line.")
@click.option("--skip-bad", is_flag=True, help="Bring the good rows in although others are bad.")
@click.option("--by", required=True, help="Number of the manager who brings it in, for the audit ledger.")
def import_command(kind: str, file: Path, dry_run: bool, skip_bad: bool, by: str, **given: Any) -> None:
    """Bring products, prices, price lists, promotions, cards or balances in. Nothing is changed where a row is bad.

    One that was cut off is begun again: what is done already changes nothing.

    Example: python -m sync_server import prices prices.csv --dry-run --data ./data/hub
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress

    from sync_server.app import now_ms

    db = open_hub_database(settings_of(**given))
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn())
    try:
        member = db.read(lambda session: staff.by_number(session, by))
        if member is None or member.role != "manager":
            raise click.ClickException(f"No manager has the number {by}.")
        lines = sum(1 for _ in file.open("rb"))
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(kind, total=lines)
            report = service.take_in(
                db, kind, file, member.id, now_ms(), dry_run, skip_bad, lambda done: bar.update(task, completed=done)
            )
    except files.FileRefused as refused:
        raise click.ClickException(str(refused)) from None
    finally:
        db.close()
    for row in report.bad:
        click.echo(f"line {row['line']}: {row['reason']}", err=True)
    print(json.dumps({"kind": kind, **report.as_dict()}), flush=True)
    sys.exit(BAD if report.refused else 0)
