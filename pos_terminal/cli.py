"""The command line of a terminal."""

import gc
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path

import click
from pydantic import ValidationError

from hardware.errors import HardwareError
from pos_terminal import enrolment
from pos_terminal.app import Terminal
from pos_terminal.config import Config
from pos_terminal.errors import EnrolRefused, StoreRefused
from pos_terminal.hub_door import code_of
from pos_terminal.store.engine import Store

log = logging.getLogger("omnitill.till")

USAGE_EXIT = 2
NOT_ENROLLED_EXIT = 6
SWITCH_INTERVAL_S = 0.0005
"""A scan passes through several threads; with Python's own 5 ms each of them may wait so long for the one before."""


@click.command()
@click.option("--kind", type=click.Choice(["till", "kiosk"]), default="till", show_default=True)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder of its own.")
@click.option("--port", type=int, default=8401, show_default=True, help="A busy port moves to the next free one.")
@click.option("--hub", default="", help="Address of the hub  [the one that it was set up at]")
@click.option("--enrol", "code", default="", help="The one-time code of a manager: sets this terminal up, once.")
@click.option(
    "--set-up-page/--no-set-up-page",
    default=True,
    help="Whether a terminal that is not set up asks for a code on its page, or ends with exit code 6  [it asks]",
)
@click.option("--scanner", "scanners", multiple=True, help="scanner+serial:///dev/ttyACM0?suffix=crlf")
@click.option("--printer", default="", help="escpos+tcp://10.0.0.5:9100")
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True)
@click.option("--demo", is_flag=True, help="Shows how old what is on the screen is.")
@click.option("--verbose", is_flag=True)
def main(code: str, verbose: bool, **options: object) -> None:
    """A till or a kiosk: one local process that works alone.

    Example: python -m pos_terminal --kind till --data var/till-1 --hub http://127.0.0.1:8400 --enrol 12345678
    """
    # Cards and sales are for the till's own user, wherever the folder lies.
    os.umask(0o077)
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for chatty in ("werkzeug", "socketio", "engineio", "httpx", "httpcore", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        config = Config.model_validate(options)
        if code:
            _enrol(config, code)
        terminal = Terminal(config)
    except StoreRefused as error:
        _end(error.sentence, error.exit_code)
    except EnrolRefused as error:
        _end(error.sentence, NOT_ENROLLED_EXIT)
    except ValidationError as error:
        _end("; ".join(f"--{row['loc'][0]}: {row['msg']}" for row in error.errors()), USAGE_EXIT)
    except (HardwareError, OSError) as error:
        _end(str(error), USAGE_EXIT)
    _serve(terminal)


def _enrol(config: Config, said: str) -> None:
    """Set the folder up, unless this code has done what it can at an earlier start. Who is somebody already goes on as
    that, whatever stands in the way of being it anew: a till that can sell alone starts."""
    store = Store(config.data)
    try:
        who = enrolment.identity(store)
        try:
            code, told = code_of(said), config.hub.rstrip("/")
            if not enrolment.was_used(store, code):
                enrolment.enrol(store, enrolment.hub_of(who, told), code, config.kind, told)
        except EnrolRefused as error:
            if who is None:
                raise
            log.warning("not set up anew, %s goes on as it is: %s %s", who.terminal, error.code, error.sentence)
    finally:
        store.close()


def _end(sentence: str, code: int) -> None:
    click.echo(sentence, err=True)
    sys.exit(code)


def _serve(terminal: Terminal) -> None:
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    # What is there from the start stays until the end: a collection that looks through all of it holds up a scan.
    gc.freeze()
    asked_to_end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_end.set())
    terminal.start()
    setting, serving = terminal.counter.setting, terminal.serving
    said = {"ready": setting.device, "url": serving.url, "kind": setting.kind, "port": serving.port}
    print(json.dumps(said), flush=True)
    asked_to_end.wait()
    terminal.stop()
