"""Runs the till: one command at a time, one transaction each, then the screens.

    command -> lock -> BEGIN IMMEDIATE -> turn -> outbox + state + answer -> COMMIT -> screens, printer, link

Nothing is shown, printed or sent before the commit; what the disk refuses leaves everything as it was.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Connection

from hardware.printers.jobs import JobState
from pos_terminal import ids, signing, till
from pos_terminal.commands import COMMANDS, LOOKS, Language
from pos_terminal.errors import StoreRefused, TillRefused
from pos_terminal.prices import moment_of, price_of
from pos_terminal.receipts import Say
from pos_terminal.store import journal, outbox, spooled
from pos_terminal.store.backlog import backlog
from pos_terminal.store.engine import Store
from pos_terminal.store.outbox import Due
from pos_terminal.store.replica import Replica
from pos_terminal.till import Moment, Till
from pos_terminal.turn import Turn
from pos_terminal.view import Desk, view_of
from retail.errors import N_, BarcodeError, CatalogueError, MessageError, RetailError
from retail.messages import Message, parse
from retail.pricing import PricedCart
from retail.replica import difference
from retail.staff import PIN_TRIES_MAX

log = logging.getLogger("omnitill.till")

REFUSALS_KEPT_MAX = 100
ID_LENGTH_MAX = 120
CODE_LENGTH_MAX = 4096
AIM_LENGTH_MAX = 8
"""Longer is garbage anyway, and said to be so by whoever reads it."""
QUIET = frozenset({"sign_in", "unlock", "points_approve"})
"""Their refusals are shown by the dialog that asked, not as a notice over the till."""

SOUNDING = frozenset({"scan", "add", "weigh", "attach"})

Answer = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a terminal is told at its start. `device` is empty while it belongs to nobody."""

    kind: till.Kind
    device: str
    language: str
    has_printer: bool = False
    demo: bool = False


class Counter:
    """The one writer of a terminal's state. All methods may be called from any thread."""

    def __init__(self, store: Store, replica: Replica, setting: Setting, say: Mapping[str, Say]) -> None:
        self.store, self.replica, self.setting = store, replica, setting
        self.desk = Desk(demo=setting.demo)
        self.hub = ""
        self.offset_ms = 0
        self.on_view: Callable[[dict[str, Any]], None] = lambda ev: None
        self.before_command: Callable[[Message], None] = lambda body: None
        self.after_commit: list[Callable[[Due | None], None]] = []
        """Told of each command once it is on the disk, with the operations that it wrote; they must not wait."""
        self.after_word: list[Callable[[], None]] = []
        """Told when the hub's word has changed the state; they must not wait either."""
        self.beside: dict[str, tuple[type[Message], Callable[[Any], Any]]] = {"language": (Language, self._speak)}
        """Commands that are no turn of a visit, and need no catalogue; what they may ask the hub holds nobody up."""
        self.receipt_in: Callable[[str], str] = lambda text: ""
        """Names the sale whose receipt was scanned: it is looked up (`return_find`), and is no product."""

        self._say = say
        self._lock = threading.RLock()
        self.news = threading.Condition()
        """Told whenever the hub's word has changed the state; to wait on it, hold nothing else."""
        self._refused: OrderedDict[str, Answer] = OrderedDict()
        self._notices = 0
        self._v = 0
        self._shown: dict[str, Any] = {}
        self.touched_at = ids.now_ms()
        self.desk.link.since = self.touched_at
        self._till = self._wake()
        self.publish()

    def _wake(self) -> Till:
        with self.store.read() as connection:
            kept = journal.open_visit(connection)
            self._count(connection, kept)
            self.desk.locked = journal.locked_staff(connection, PIN_TRIES_MAX)
            self.desk.jobs = _jobs_of(connection, kept)
        if kept is None:
            return till.first(self.setting.kind, self.setting.device, self.setting.language)
        return till.woken(replace(till.till_from(kept), device=self.setting.device), ids.now_ms())

    def _count(self, connection: Connection, visit: Mapping[str, Any] | None) -> None:
        self.desk.unsent = backlog(connection, str(((visit or {}).get("cart") or {}).get("id", "")))
        self.desk.needs_you = outbox.troubles(connection)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody's command falls into this block, in which the terminal is set up; at its end says `is_now` as whom."""
        with self._lock:
            yield

    def is_now(self, device: str) -> None:
        """The terminal was set up as `device`: it goes on from where it stands in the journal. What waits and for whom
        is counted again, because all of it may travel once more."""
        with self._lock:
            with self.store.read() as connection:
                kept = journal.open_visit(connection)
                self._count(connection, kept)
            self.setting = replace(self.setting, device=device)
            self._till = replace(self._till, device=device)
            if kept is None:
                self._till = till.first(self.setting.kind, device, self.setting.language)
                self.desk.hub_cart, self.desk.jobs = {}, {}
            self.desk.set_up, self.desk.link.refused = None, None
            self.publish()

    @property
    def till(self) -> Till:
        return self._till

    def now(self) -> int:
        """The hub's time as far as it is known, else this machine's."""
        return ids.now_ms() + self.offset_ms

    def do(self, message: Any) -> Answer:
        """Carry out one `do` message of a page; always an answer, never an exception."""
        try:
            if not isinstance(message, dict) or not isinstance(message.get("id"), str) or not message["id"]:
                raise MessageError(
                    "message.malformed", N_("The message is not of the protocol: {faults}."), faults="id"
                )
            name = str(message.get("command", ""))
            body = {key: value for key, value in message.items() if key not in ("id", "command")}
            if name in LOOKS:
                schema, look = LOOKS[name]
                return {"ok": True, "v": self._v, "result": look(self.replica, parse(schema, body))}
            scan_at = ids.now_ms() if name == "scan" else None
            return self.run(message["id"][:ID_LENGTH_MAX], name, body, scan_at)
        except RetailError as error:
            return {"error": error.as_dict()}

    def scan(self, command: str, code: str, aim: str, at: int) -> Answer:
        """A scanner's code; `at` is when it was read, by this machine's clock."""
        return self.run(command, "scan", {"text": code[:CODE_LENGTH_MAX], "aim": aim[:AIM_LENGTH_MAX]}, at)

    def told_off(self, code: str, message: str, at: int, params: Mapping[str, Any] | None = None) -> None:
        """A scanner sent something that is no code, or that says nothing here."""
        with self._lock:
            self.touched_at = ids.now_ms()
            self.notice(code, message, params or {}, "unknown")
            self.publish(at)

    def run(self, command: str, name: str, body: Mapping[str, Any], scan_at: int | None = None) -> Answer:
        """Carry out one command under its id. Raises `MessageError` where it is none; other refusals are answers."""
        if name == "scan" and self.desk.set_up is not None:
            name = "set_up_scan"
        if name == "scan" and (receipt := self.receipt_in(str(body.get("text", "")))):
            return self._do_beside("return_find", {"text": receipt}, scan_at)
        if name in self.beside:
            return self._do_beside(name, body)
        if name not in COMMANDS:
            raise MessageError("command.unknown", N_("There is no command {command} here."), command=name[:40])
        schema, act = COMMANDS[name]
        parsed = parse(schema, dict(body))
        self.before_command(parsed)
        with self._lock:
            self._somebody_is_there(name)
            try:
                answer, again = self._carry_out(command, lambda turn: act(turn, parsed))
                if again:
                    return {**answer, "v": self._v}
            except RetailError as error:
                return self._refuse(command, name, error, scan_at)
            except Exception:
                # A cashier never sees a traceback: the log has it, the transaction is undone, the till goes on.
                log.exception("command %s failed", name)
                failed = TillRefused("till.failed", N_("That did not work. Nothing was changed; do it again."))
                return self._refuse(command, name, failed, scan_at)
            if name in SOUNDING:
                self.desk.notice = None
                self.sound("accepted")
            self.publish(scan_at)
            return {**answer, "v": self._v}

    def _do_beside(self, name: str, body: Mapping[str, Any], scan_at: int | None = None) -> Answer:
        schema, act = self.beside[name]
        parsed = parse(schema, dict(body))
        self.touched_at = ids.now_ms()
        try:
            result = act(parsed)
        except RetailError as error:
            if scan_at is not None:
                # Nobody waits for the answer of a scanner.
                self.told_off(error.code, error.message, scan_at, error.params)
            return {"error": error.as_dict()}
        return {"ok": True, "v": self._v, "result": result}

    def _speak(self, body: Language) -> None:
        self.inside(lambda _, state: replace(state, language=body.language))
        self.publish()

    def _carry_out(self, command: str, act: Callable[[Turn], Any]) -> tuple[Answer, bool]:
        """The answer, and whether it is one that was given before."""
        if command in self._refused:
            return self._refused[command], True
        heading, book = self.replica.heading, self.replica.book
        if heading is None or book is None or not self.setting.device:
            raise TillRefused(
                "till.not_set_up",
                N_("This terminal has no catalogue yet. Connect it to the hub once; then it can work alone."),
            )
        with self.store.begin() as connection:
            kept = journal.kept_answer(connection, command)
            if kept is not None:
                return kept, True
            moment = Moment(self.now(), ids.uuid7)
            turn = Turn(
                connection,
                till.dismissed(self._till, heading.numbers),
                moment,
                ids.now_ms(),
                self.replica,
                heading,
                book,
                self.desk,
                self._say,
                self.setting.has_printer,
                self.hub,
            )
            result = act(turn)
            state, written = self._keep(turn)
            answer: Answer = {"error": turn.refusal.as_dict()} if turn.refusal else {"ok": True, "result": result}
            journal.keep_answer(connection, command, answer)
            locked = signing.locked(turn) if turn.tried else self.desk.locked
        # From here on it is on the disk, and may be seen.
        self._till = state
        self.desk.unsent.add(outbox.unsent_in(written) if written else ())
        self.desk.locked = locked
        self.desk.jobs = self.desk.jobs | dict.fromkeys(turn.jobs, (JobState.QUEUED.value, ""))
        if turn.refusal:
            raise turn.refusal
        for wake in self.after_commit:
            wake(written)
        return answer, False

    def _keep(self, turn: Turn) -> tuple[Till, Due | None]:
        wished = [
            outbox.Written(ids.uuid7(), wish.kind, turn.moment.at, cart or None if wish.with_cart else None, wish.body)
            for cart, wish in turn.wishes
        ]
        written = outbox.append(turn.connection, wished)
        state = replace(turn.till, touched_at=turn.local_now)
        journal.keep_visit(turn.connection, till.as_text(state))
        return state, written

    def by_itself(self, act: Callable[[Turn], Any]) -> None:
        """A turn that no page has asked for, such as what the hub's answer leads to. Raises what it is refused with;
        then nothing was changed."""
        with self._lock:
            self._carry_out(ids.uuid7(), act)
            self.publish()

    def inside(self, act: Callable[[Any, Till], Till | None]) -> None:
        """A change that no person asked for (the hub's word): `act` gets the connection and the state."""
        with self._lock:
            with self.store.begin() as connection:
                changed = act(connection, self._till)
                if changed is not None:
                    journal.keep_visit(connection, till.as_text(changed))
                troubles = outbox.troubles(connection)
            self.desk.needs_you = troubles
            if changed is not None:
                self._till = changed
        if changed is not None:
            with self.news:
                self.news.notify_all()
            for wake in self.after_word:
                wake()

    def reference_came(self) -> None:
        """There is newer reference data: show it, and let go of who no longer works here."""
        with self._lock:
            heading, resting = self.replica.heading, self._till.phase in ("selling", "locked")
            if heading is not None and resting and till.dismissed(self._till, heading.numbers) is not self._till:
                self.inside(lambda _, state: till.dismissed(state, heading.numbers))
            self.publish()

    def _refuse(self, command: str, name: str, error: RetailError, scan_at: int | None) -> Answer:
        log.info("%s refused: %s %s", name, error.code, error.sentence)
        answer: Answer = {"error": error.as_dict()}
        if not isinstance(error, StoreRefused):
            # What only the disk refused may be tried again under the same id.
            self._refused[command] = answer
            while len(self._refused) > REFUSALS_KEPT_MAX:
                self._refused.popitem(last=False)
        if name not in QUIET:
            unknown = isinstance(error, BarcodeError | CatalogueError) or error.code.startswith("card.")
            self.notice(error.code, error.message, error.params, "unknown" if unknown else "needs_you")
        self.publish(scan_at)
        return answer

    def _somebody_is_there(self, name: str) -> None:
        self.touched_at = ids.now_ms()
        self.desk.idle_ends_at = None
        if name == "dismiss":
            self.desk.notice = None

    def notice(self, code: str, message: str, params: Mapping[str, Any], tone: str = "info") -> None:
        """A sentence for whoever stands here; `publish` shows it."""
        self._notices += 1
        at = ids.now_ms()
        row = {"n": self._notices, "code": code, "message": message, "params": dict(params), "tone": tone, "at": at}
        self.desk.notice = row
        if tone != "info":
            self.sound(tone)

    def sound(self, tone: str) -> None:
        self.desk.sound = {"n": self.desk.sound["n"] + 1, "tone": tone}

    def change(self, act: Callable[[Desk], T], scan_at: int | None = None) -> T:
        """Something around the cart changed (a device, the link): change it and show it; what `act` says of it."""
        with self._lock:
            said = act(self.desk)
            self.publish(scan_at)
        return said

    def publish(self, scan_at: int | None = None) -> None:
        """Show what changed since the last time, if anything did."""
        with self._lock:
            at = moment_of(self._till, self.now())
            state = view_of(self._till, self._priced(), self.desk, self.replica.heading, self.replica.book, at)
            changes = difference(self._shown, state) if self._shown else state
            if not changes:
                return
            self._v, before, self._shown = self._v + 1, self._v, state
            self.on_view({"p": before, "v": self._v, "changes": changes, "at": ids.now_ms(), "scan": scan_at})

    def _priced(self) -> PricedCart:
        book, heading = self.replica.book, self.replica.heading
        if book is None or heading is None:
            return PricedCart((), (), 0, "")
        return price_of(self._till, book, heading.store, self.now())

    def snapshot(self, show: Callable[[dict[str, Any]], None] | None = None) -> dict[str, Any]:
        """`{v, state}`; `show` gets it while nothing can be published in between."""
        with self._lock:
            whole = {"v": self._v, "state": self._shown}
            if show:
                show(whole)
            return whole


def _jobs_of(connection: Connection, visit: Mapping[str, Any] | None) -> dict[str, tuple[str, str]]:
    """How the paper and the drawer of the last sale stand, for a till that was started again."""
    sale = ((visit or {}).get("last_sale") or {}).get("id", "")
    found = [spooled.find(connection, f"{sale}.{kind}") for kind in ("receipt", "drawer")]
    return {job.id: (job.state.value, job.reason) for job in found if job is not None}
