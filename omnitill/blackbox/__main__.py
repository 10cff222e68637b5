"""`bin/blackbox`: so many minutes of real processes and a bad network, then one JSON line."""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import click

from omnitill.blackbox.planted import PLANTS
from omnitill.blackbox.run import play


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--minutes", type=click.FloatRange(0.05), default=1.0, show_default=True)
@click.option("--seed", type=int, help="Draws the faults and what people do; the time of day when it is not given.")
@click.option(
    "--plant", type=click.Choice(PLANTS), default=None, help="Build a fault into the hub: it has to be found."
)
@click.option(
    "--workers",
    type=click.IntRange(2, 8),
    default=None,
    help="A hub of so many workers over a PostgreSQL and a Redis of its own, which are broken too.",
)
@click.option("--keep", is_flag=True, help="Keep the folder of the run also where nothing was wrong.")
def main(minutes: float, seed: int | None, plant: str | None, workers: int | None, keep: bool) -> None:
    """A shop of real processes: killed, paused, cut off, with wrong clocks. Then everything is counted.

    \b
    Example:
      bin/blackbox --minutes 10
      bin/blackbox --minutes 1 --seed 7 --plant ack_before_commit
      bin/blackbox --minutes 5 --workers 2
    """
    folder = Path(tempfile.mkdtemp(prefix="omnitill-blackbox-"))
    outcome = play(folder, int(time.time()) if seed is None else seed, minutes, plant or "", workers=workers or 0)
    broken = bool(outcome.findings.wrong or outcome.findings.lost or outcome.findings.doubled)
    if broken or keep:
        click.echo(f"the databases, the logs and the history are in {folder}", err=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    click.echo(json.dumps(outcome.line, ensure_ascii=False))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
