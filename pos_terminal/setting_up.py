"""The set-up page: what it shows, and the deeds behind its buttons (README.md, `set_up`).

It is there while the terminal belongs to nobody, and again where somebody opens it on a terminal that has to be set up
anew; that one goes on selling until the moment it has a new name, and stays with its hub, because anybody may stand
before the page and a stranger's hub would be sent what was sold. A hub may take its time, so the work is done on a
thread of its own and its outcome is a state that every page shows: nothing depends on the page that asked.
"""

import logging
import threading
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from pos_terminal import hub_door
from pos_terminal.commands import Nothing, Scan
from pos_terminal.counter import Counter
from pos_terminal.errors import EnrolRefused, TillRefused
from pos_terminal.view import Desk
from retail.errors import N_, RetailError
from retail.messages import Message

log = logging.getLogger("omnitill.till")


class SetUp(Message):
    """What somebody typed: read leniently (`hub_door`)."""

    hub: Annotated[str, Field(max_length=300)]
    code: Annotated[str, Field(max_length=60)]


class SettingUp:
    """`hub()` is the address to begin with; `enrol(address, code)` does it, and raises what stands in its way."""

    def __init__(self, counter: Counter, hub: Callable[[], str], enrol: Callable[[str, str], None]) -> None:
        self._counter, self._hub, self._enrol = counter, hub, enrol
        self._scans = 0
        deeds: dict[str, tuple[type[Message], Callable[[Any], None]]] = {
            "set_up": (SetUp, self.begin),
            "set_up_open": (Nothing, lambda _: self.open()),
            "set_up_close": (Nothing, lambda _: self.close()),
            "set_up_scan": (Scan, self.scanned),
        }
        counter.beside |= deeds
        if not counter.setting.device:
            self.open()

    def open(self) -> None:
        """Show the page. While it is open a scan is a code and no goods."""
        state = {"again": bool(self._counter.setting.device), "hub": self._hub()}
        state |= {"busy": False, "error": None, "scanned": None}
        self._counter.change(lambda desk: setattr(desk, "set_up", desk.set_up or state))

    def close(self) -> None:
        """Back to selling; a terminal that belongs to nobody has nothing to go back to."""
        self._counter.change(_close)

    def scanned(self, scan: Scan) -> None:
        """A scanner read this instead of a finger typing it."""
        found = hub_door.read(scan.text)
        if found is None:
            refused = TillRefused(
                "set_up.no_code",
                N_("That is no code of a manager. Scan the picture beside the code, or type its digits."),
            )
            self._ring("unknown")
            self._change(error=refused.as_dict())
            return
        self._scans += 1
        self._ring("accepted")
        self._change(error=None, scanned={"n": self._scans, "hub": found.hub, "code": found.code})

    def begin(self, body: SetUp) -> None:
        """Do it, once at a time; what comes of it is shown. Raises `EnrolRefused` for another hub than the one that the
        terminal has: who stands before it may be anybody."""
        hub = self._hub()
        if self._counter.setting.device and body.hub != hub and hub_door.address_of(body.hub) != hub:
            raise EnrolRefused(
                "enrol.hub_stays",
                N_("This terminal belongs to the hub at {url}. Another one is named where its program is started."),
                url=hub,
            )
        if self._counter.change(_begin):
            given = (hub if self._counter.setting.device else body.hub, body.code)
            threading.Thread(target=self._run, args=given, name="set-up", daemon=True).start()

    def _run(self, hub: str, code: str) -> None:
        error: RetailError
        try:
            self._enrol(hub if self._counter.setting.device else hub_door.address_of(hub), hub_door.code_of(code))
            # Its page is closed with that; another may be open by now, and is none of our business.
            return
        except RetailError as refused:
            log.info("not set up: %s %s", refused.code, refused.sentence)
            error = refused
        except Exception:
            log.exception("setting up failed")
            error = TillRefused(
                "set_up.failed",
                N_(
                    "That did not work. Nothing that was sold is lost. Do it again; if the code is used up, have a "
                    "manager make a new one."
                ),
            )
        self._change(busy=False, error=error.as_dict())

    def _ring(self, tone: str) -> None:
        self._counter.change(lambda _: self._counter.sound(tone))

    def _change(self, **changes: Any) -> None:
        def change(desk: Desk) -> None:
            # Once it is set up there is no page any more that this could be said on.
            if desk.set_up is not None:
                desk.set_up = {**desk.set_up, **changes}

        self._counter.change(change)


def _begin(desk: Desk) -> bool:
    """Whether the page was open and nobody is at it already: of two who press at once one is told so."""
    if desk.set_up is None or desk.set_up["busy"]:
        return False
    desk.set_up = {**desk.set_up, "busy": True, "error": None}
    return True


def _close(desk: Desk) -> None:
    if desk.set_up is not None and desk.set_up["again"] and not desk.set_up["busy"]:
        desk.set_up = None
