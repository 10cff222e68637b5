"""The installed command. Imports what a command needs only when it runs, so that `omnitill --help` is quick."""

import os
import sys
from pathlib import Path

import click

CHECKOUT = Path(__file__).resolve().parent.parent
PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "allow_interspersed_args": False}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """One cart for the till, the kiosk and the phone.

    \b
    Example:
      omnitill demo          opens the demonstration shop
      omnitill doctor        looks whether this machine is ready
    """


def pass_on(context: click.Context, module: str, *words: str) -> None:
    """Becomes `python -m module words... ARGS`; for --help our text comes first and the room's options after it."""
    if {"--help", "-h"} & set(context.args):
        click.echo(context.get_help() + "\n")
        sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *words, *context.args])


@main.command(context_settings=PASS_ON, add_help_option=False)
@click.pass_context
def hub(context: click.Context) -> None:
    """The hub: the online shop, the dashboard and what keeps every device in step.

    \b
    Example:
      omnitill hub serve --data shop-data --port 8400 --seed-sample
    """
    pass_on(context, "sync_server")


@main.command(context_settings=PASS_ON, add_help_option=False)
@click.pass_context
def till(context: click.Context) -> None:
    """A till: one local process that goes on selling with the network down.

    \b
    Example:
      omnitill till --data till-data --port 8401 --hub http://127.0.0.1:8400 --enrol 12345678
      omnitill till backup till-monday.sqlite --data till-data
    """
    _terminal(context, "till")


@main.command(context_settings=PASS_ON, add_help_option=False)
@click.pass_context
def kiosk(context: click.Context) -> None:
    """A kiosk: the till's process with a page for shoppers.

    \b
    Example:
      omnitill kiosk --data kiosk-data --port 8402 --hub http://127.0.0.1:8400 --enrol 12345678
      omnitill kiosk restore kiosk-monday.sqlite --data kiosk-data
    """
    _terminal(context, "kiosk")


def _terminal(context: click.Context, kind: str) -> None:
    """Till and kiosk: one program. Its backups are of either."""
    if context.args[:1] in (["backup"], ["restore"]):
        pass_on(context, "pos_terminal")
    pass_on(context, "pos_terminal", "--kind", kind)


@main.command("bench-devices", context_settings=PASS_ON, add_help_option=False)
@click.pass_context
def bench_devices(context: click.Context) -> None:
    """The device bench: emulated scanners, printers and drawers on a page.

    \b
    Example:
      omnitill bench-devices --data bench-data --port 8403 --terminal till-1
    """
    pass_on(context, "device_bench")


@main.command(context_settings=PASS_ON, add_help_option=False)
@click.pass_context
def seed(context: click.Context) -> None:
    """Fills a hub's database with an invented shop; large ones show their progress.

    \b
    Example:
      omnitill seed --data shop-data --products 100000
    """
    pass_on(context, "sync_server", "seed")


@main.command()
@click.option("--lan", is_flag=True, help="Let phones on this network open the shop; shows a QR code.")
@click.option("--reset", is_flag=True, help="Delete what earlier runs kept, after asking.")
@click.option("--yes", is_flag=True, help="With --reset: do not ask.")
@click.option("--check", is_flag=True, help="Walk through the shop once, print one JSON line, exit 0 or 1.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder that keeps the shop  [.omnitill]")
@click.option(
    "--port", type=click.IntRange(1, 65_532), default=8400, show_default=True, help="The first of four ports."
)
def demo(lan: bool, reset: bool, yes: bool, check: bool, data: Path | None, port: int) -> None:
    """Opens the demonstration shop: hub, till, kiosk and device bench, each its own process.

    \b
    Example:
      omnitill demo --lan --data /srv/shop --port 9000
    """
    if check:
        from omnitill.check import main as walk

        sys.exit(walk())
    from omnitill.opening import main as open_shop

    sys.exit(open_shop(data or CHECKOUT / ".omnitill", port, lan=lan, reset=reset, ask=not yes))


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def benchmark(name: str | None, words: tuple[str, ...]) -> None:
    """Lists the benchmarks, or runs one: one JSON line, exit code 0 where its limits hold and 1 where not.

    What follows the name is passed on to it.

    \b
    Example:
      omnitill benchmark same_moment
      omnitill benchmark same_moment --grow
    """
    from omnitill.benchmarks import main as run

    sys.exit(run(CHECKOUT / "benchmarks", name, words))


@main.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder that keeps the shop  [.omnitill]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def doctor(data: Path | None, as_json: bool) -> None:
    """Looks whether this machine is ready, and says what to do where it is not. Exit code 1 for trouble.

    \b
    Example:
      omnitill doctor --json
    """
    from omnitill.doctor import main as examine

    sys.exit(examine(CHECKOUT, data or CHECKOUT / ".omnitill", as_json=as_json))


@main.command()
def version() -> None:
    """The versions of Omnitill, Python and SQLite.

    \b
    Example:
      omnitill version
    """
    import platform
    import sqlite3
    from importlib.metadata import version as installed

    click.echo(f"omnitill {installed('omnitill')}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
