"""One command's turn at the counter: what it may look at, what it changes, and what it leaves for the hub."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from hardware.printers.jobs import PrintJob
from pos_terminal.errors import TillRefused
from pos_terminal.prices import price_of
from pos_terminal.receipts import Say
from pos_terminal.store import spooled
from pos_terminal.store.replica import Heading, Replica
from pos_terminal.till import Moment, Step, Till, Wish
from pos_terminal.view import Desk
from retail.errors import N_, RetailError
from retail.pricing import PriceBook, PricedCart


@dataclass
class Turn:
    """Everything here lives as long as the transaction in `connection`. Nothing of it counts before the commit."""

    connection: Connection
    till: Till
    moment: Moment
    local_now: int
    replica: Replica
    heading: Heading
    book: PriceBook
    desk: Desk
    say: Mapping[str, Say]
    has_printer: bool = False
    hub: str = ""
    """The address of the hub, as it was set up; empty before that."""
    wishes: list[tuple[str, Wish]] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)
    tried: bool = False
    """Whether somebody's PIN attempts were written."""

    refusal: RetailError | None = None
    """A refusal that is kept: the wrong PIN is counted and refused all the same."""

    def step(self, step: Step) -> None:
        """Take a step of the state machine; what it wishes for names the cart that it happened in."""
        cart = step[0].cart.id or self.till.cart.id
        self.till = step[0]
        self.wishes += [(cart, wish) for wish in step[1]]

    def note(self, action: str, staff: str, **detail: Any) -> None:
        """Something privileged, for the audit ledger."""
        self.wishes.append(("", Wish("audit.note", {"action": action, "staff": staff, "detail": detail}, False)))

    def priced(self) -> PricedCart:
        return price_of(self.till, self.book, self.heading.store, self.moment.at)

    def print(self, job: PrintJob) -> bool:
        """Queue a job in this transaction; False where this terminal has no printer."""
        if self.has_printer:
            spooled.add(self.connection, job)
            self.jobs.append(job.id)
        return self.has_printer

    def only(self, kind: str) -> None:
        if self.till.kind != kind:
            raise TillRefused("command.not_here", N_("That is not done at this terminal."))

    def staff_id(self) -> str:
        """Who works here; refused while nobody does."""
        if self.till.staff is None or self.till.phase in ("signed_out", "locked"):
            raise TillRefused("till.signed_out", N_("Nobody is signed in. Sign in and scan again."))
        return self.till.staff.id
