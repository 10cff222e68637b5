"""The composition root: everything of one terminal, built in order, stopped in the reverse of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pos_terminal.clockwork import Clockwork
from pos_terminal.config import Config
from pos_terminal.counter import Counter, Setting
from pos_terminal.devices import Devices
from pos_terminal.enrolment import Identity, enrol, hub_of, identity
from pos_terminal.errors import EnrolRefused
from pos_terminal.hub_door import look
from pos_terminal.patience import Patience
from pos_terminal.receipts import Say
from pos_terminal.setting_up import SettingUp
from pos_terminal.store.engine import Store
from pos_terminal.store.replica import Replica
from pos_terminal.sync.holds import HoldAsker
from pos_terminal.sync.link import Link
from pos_terminal.sync.pull import ReferencePull
from pos_terminal.sync.sales_found import SaleFinder
from pos_terminal.web.realtime import realtime
from pos_terminal.web.routes import HERE, TRANSLATIONS, web_app
from pos_terminal.web.serving import Serving
from retail.errors import N_
from ui_kit.locales import LANGUAGES
from ui_kit.messages import Catalogues


class Terminal:
    """One till or kiosk; in a folder that belongs to nobody yet, its set-up page, which turns into it. Raises
    `StoreRefused`, `EnrolRefused` where such a page is not wanted, `hardware.errors.AddressError`, OSError where no
    port is free."""

    def __init__(self, config: Config) -> None:
        self.store = Store(config.data)
        try:
            self._build(config)
        except BaseException:
            self.store.close()
            raise

    def _build(self, config: Config) -> None:
        who = identity(self.store)
        if who is None and not config.set_up_page:
            raise EnrolRefused("enrol.missing", N_("This terminal is not set up yet. Have a manager make a code."))
        self._told, self._one_at_a_time = config.hub.rstrip("/"), threading.Lock()
        self.replica = Replica(config.data)
        # Before anybody sees a view of it: it may have been cut off before it let go of the goods of the hub before.
        self.replica.belong_to(who.hub_id if who else "")
        setting = Setting(config.kind, who.terminal if who else "", config.language, bool(config.printer), config.demo)
        self.counter = Counter(self.store, self.replica, setting, voices())
        self.devices = Devices(self.counter, config.scanners, config.printer)
        self.reference = ReferencePull(self.counter)
        self.holds = HoldAsker(self.counter)
        self.sales = SaleFinder(self.counter)
        self._meet(who)
        self.counter.after_commit.append(lambda written: self.holds.wake())
        self.counter.after_word.append(self.holds.wake)
        self.counter.after_commit.append(lambda written: self.link.wake(written))
        self.counter.before_command = Patience(self.counter, self.reference.ask_and_wait)
        self.clockwork = Clockwork(self.counter)
        self.setting_up = SettingUp(self.counter, lambda: self.hub, self.set_up)
        app = web_app(self.counter, lambda: self.hub)
        realtime(app, self.counter)
        self.serving = Serving(app, config.port)

    def _meet(self, who: Identity | None) -> None:
        """Be `who` before its hub from now on, as soon as the link is started."""
        self.hub = self.counter.hub = hub_of(who, self._told)
        token, signer, hub_id = (who.token, who.signer, who.hub_id) if who else ("", None, "")
        self.reference.turn_to(self.hub, token, hub_id)
        self.holds.turn_to(self.hub, token)
        self.sales.turn_to(self.hub, token)
        self.link = Link(self.counter, self.hub, token, signer, self.reference)

    def set_up(self, hub: str, code: str) -> None:
        """Become the terminal that this code is for, or become it anew, while the counter goes on. `EnrolRefused` says
        why not; then all is as it was."""
        with self._one_at_a_time:
            look(hub)
            # Whoever is set up anew speaks with another key: the old link must not say another word.
            self.link.stop()
            try:
                enrol(self.store, hub, code, self.counter.setting.kind, self._told, self._becoming())
            finally:
                self._meet(identity(self.store))
                if self.counter.setting.device:
                    self.link.start()

    @contextmanager
    def _becoming(self) -> Iterator[None]:
        """Nobody sells between the old name and the new one, nor then with the goods of a hub that is ours no more."""
        with self.counter.alone():
            yield
            who = identity(self.store)
            assert who is not None, "it was just written"
            self.reference.turn_to(who.hub, who.token, who.hub_id)
            self.counter.is_now(who.terminal)

    def start(self) -> None:
        """Begin to serve: the page first, then the devices, then the hub."""
        self.serving.start()
        self.devices.start()
        self.clockwork.start()
        self.reference.start()
        self.holds.start()
        if self.counter.setting.device:
            self.link.start()

    def stop(self) -> None:
        """End within 2 s. Nothing has to be saved: everything accepted is on the disk already."""
        self.link.stop()
        self.holds.stop()
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
