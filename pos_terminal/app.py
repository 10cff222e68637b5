"""The composition root: everything of one terminal, built in order, stopped in the reverse of it."""

from pos_terminal.clockwork import Clockwork
from pos_terminal.config import Config
from pos_terminal.counter import Counter, Setting
from pos_terminal.devices import Devices
from pos_terminal.enrolment import identity
from pos_terminal.errors import EnrolRefused
from pos_terminal.patience import Patience
from pos_terminal.receipts import Say
from pos_terminal.store.engine import Store
from pos_terminal.store.replica import Replica
from pos_terminal.sync.link import Link
from pos_terminal.sync.pull import ReferencePull
from pos_terminal.web.realtime import realtime
from pos_terminal.web.routes import HERE, TRANSLATIONS, web_app
from pos_terminal.web.serving import Serving
from retail.errors import N_
from ui_kit.locales import LANGUAGES
from ui_kit.messages import Catalogues


class Terminal:
    """One till or kiosk that was set up. Raises `StoreRefused`, `EnrolRefused` for a folder that belongs to nobody yet,
    `hardware.errors.AddressError`, OSError where no port is free."""

    def __init__(self, config: Config) -> None:
        self.store = Store(config.data)
        try:
            self._build(config)
        except BaseException:
            self.store.close()
            raise

    def _build(self, config: Config) -> None:
        who = identity(self.store)
        if who is None:
            raise EnrolRefused("enrol.missing", N_("This terminal is not set up yet. Have a manager make a code."))
        hub = config.hub.rstrip("/") or who.hub
        self.replica = Replica(config.data)
        setting = Setting(config.kind, who.terminal, config.language, bool(config.printer), config.demo)
        self.counter = Counter(self.store, self.replica, setting, voices())
        self.devices = Devices(self.counter, config.scanners, config.printer)
        self.reference = ReferencePull(self.counter, hub, who.token)
        self.link = Link(self.counter, hub, who.token, who.signer, self.reference)
        self.counter.after_commit.append(self.link.wake)
        self.counter.before_command = Patience(self.counter, self.reference.ask_and_wait)
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


def voices() -> dict[str, Say]:
    """For each language, how it says a sentence of ours."""
    catalogues = Catalogues([*TRANSLATIONS, HERE.parent / "translations"])

    def voice(language: str) -> Say:
        return lambda msgid, **params: catalogues.gettext(language, msgid, **params)

    return {language: voice(language) for language in LANGUAGES}
