"""The composition root: everything of one terminal, built in order, stopped in the reverse of it."""

import time

from pos_terminal import ids
from pos_terminal.clockwork import Clockwork
from pos_terminal.commands import Card, Scan
from pos_terminal.config import Config
from pos_terminal.counter import Counter, Setting
from pos_terminal.devices import Devices
from pos_terminal.receipts import Say
from pos_terminal.store import journal
from pos_terminal.store.engine import Store
from pos_terminal.store.replica import Replica
from pos_terminal.sync.link import Link
from pos_terminal.sync.pull import ReferencePull
from pos_terminal.web.realtime import realtime
from pos_terminal.web.routes import HERE, TRANSLATIONS, web_app
from pos_terminal.web.serving import Serving
from retail import barcode
from retail.barcode import CardCode
from retail.errors import BarcodeError
from retail.messages import Message
from ui_kit.locales import LANGUAGES
from ui_kit.messages import Catalogues

CARD_WAIT_S = 2.0
INCARNATIONS_BEGAN_S = 1_767_225_600
"""The start of 2026: seconds since then number the incarnations of a terminal within the protocol's range."""


class Terminal:
    """One till or kiosk. Raises `StoreRefused`, `hardware.errors.AddressError`, OSError where no port is free."""

    def __init__(self, config: Config) -> None:
        self.store = Store(config.data)
        try:
            self._build(config)
        except BaseException:
            self.store.close()
            raise

    def _build(self, config: Config) -> None:
        hub = config.hub.rstrip("/")
        self.replica = Replica(config.data)
        setting = Setting(config.kind, config.terminal, config.language, bool(config.printer), config.demo)
        self.counter = Counter(self.store, self.replica, setting, voices())
        self.devices = Devices(self.counter, config.scanners, config.printer)
        self.reference = ReferencePull(self.counter, hub, config.token)
        self.link = Link(self.counter, hub, config.token, incarnation(self.store), self.reference)
        self.counter.after_commit.append(self.link.wake)
        self.counter.before_command = self._perhaps_a_new_card
        self.clockwork = Clockwork(self.counter)
        app = web_app(self.counter, hub)
        realtime(app, self.counter)
        self.serving = Serving(app, config.port)

    def start(self) -> None:
        """Begin to serve: the page first, then the devices, then the hub."""
        self.serving.start()
        self.devices.start()
        self.clockwork.start()
        self.reference.start()
        self.link.start()

    def stop(self) -> None:
        """End within 2 s. Nothing has to be saved: everything accepted is on the disk already."""
        self.link.stop()
        self.reference.stop()
        self.clockwork.stop()
        self.devices.stop()
        self.serving.stop()
        self.replica.close()
        self.store.close()

    def _perhaps_a_new_card(self, body: Message) -> None:
        """A card that is not known here may be younger than our copy: ask the hub, for a moment and with no lock."""
        if not self.counter.desk.link.online:
            return
        number = body.card if isinstance(body, Card) else _card_in(body) if isinstance(body, Scan) else ""
        if number and self.replica.card(number) is None:
            self.reference.ask_and_wait(CARD_WAIT_S)


def _card_in(scan: Scan) -> str:
    try:
        reading = barcode.read(scan.text, scan.aim)
    except BarcodeError:
        return ""
    return reading.number if isinstance(reading, CardCode) else ""


def voices() -> dict[str, Say]:
    """For each language, how it says a sentence of ours."""
    catalogues = Catalogues([*TRANSLATIONS, HERE.parent / "translations"])

    def voice(language: str) -> Say:
        return lambda msgid, **params: catalogues.gettext(language, msgid, **params)

    return {language: voice(language) for language in LANGUAGES}


def incarnation(store: Store) -> int:
    """Which life of this terminal the data folder is: made once, larger than any before it."""
    with store.begin() as connection:
        kept = journal.setting(connection, "inc")
        if not kept:
            kept = str(max(1, int(time.time()) - INCARNATIONS_BEGAN_S))
            journal.keep_setting(connection, "inc", kept)
            journal.keep_setting(connection, "made_at", str(ids.now_ms()))
    return int(kept)
