"""How long copies and refusals are shown on a command line; the same for the hub and for a terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from retail.errors import RetailError
from safekeeping.copies import Tell


def stamp() -> str:
    """The time (UTC) under which a file is set aside."""
    return time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime())


@contextmanager
def progress(title: str) -> Iterator[Tell]:
    """A bar on standard error; what the copy is refused for becomes a sentence and exit code 1."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    columns = (title, BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
            task = bar.add_task(title, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    except RetailError as error:
        raise click.ClickException(error.sentence) from None
