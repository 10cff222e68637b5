"""Finding the sale of which something is brought back: here, and at the hub, which knows what came back elsewhere."""

import logging
import re
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field

from pos_terminal import returning
from pos_terminal.counter import Counter
from pos_terminal.errors import LinkRefused
from pos_terminal.store import returned
from pos_terminal.sync.asking import NO_ANSWER, post
from pos_terminal.turn import Turn
from retail.errors import N_, RetailError
from retail.messages import Message
from retail.sale import Sale, sale_from
from retail.told import SaleFound

log = logging.getLogger("omnitill.link")

NUMBER = re.compile(r"[0-9A-Z]{1,8}-[0-9A-Z]{1,8}-[0-9]{6,9}")
PAGE = re.compile(r"https?://[^\s/]+/r/([A-Za-z0-9._-]{1,64})")
"""What the QR code of a receipt says."""

NO_SUCH = frozenset({"return.unknown_sale", "message.malformed"})
"""With these the hub says that no sale has this name; another refusal is about the question."""


class SaleNamed(Message):
    """The number on a receipt, what its codes say, or the id of a sale."""

    text: Annotated[str, Field(min_length=1, max_length=4096)]


class Receipts(Message):
    """`ends` is how the number ends; empty for the receipts of today."""

    ends: Annotated[str, Field(max_length=20)] = ""


def receipt_in(text: str, aim: str = "") -> str:
    """The id or number of a sale, where what was scanned stands on a receipt of ours; else ""."""
    plain = text.strip()
    if not aim and plain.startswith("]") and len(plain) > 3:
        plain = plain[3:]
    if page := PAGE.fullmatch(plain):
        return page[1]
    return plain.upper() if NUMBER.fullmatch(plain.upper()) else ""


class SaleFinder:
    """Commands beside the visit: what they ask the hub holds nobody up."""

    def __init__(self, counter: Counter) -> None:
        self._counter, self._hub, self._token = counter, "", ""
        counter.beside["return_find"] = (SaleNamed, self.find)
        counter.beside["receipts"] = (Receipts, self.receipts)
        counter.receipt_in = receipt_in if counter.setting.kind == "till" else lambda text: ""

    def turn_to(self, hub: str, token: str) -> None:
        self._hub, self._token = hub, token

    def find(self, body: SaleNamed) -> dict[str, Any]:
        """Open the return of this sale. The hub is asked first; what it does not know our own journal may."""
        counter, name = self._counter, receipt_in(body.text) or body.text.strip()
        returning.may_begin(counter.till)
        with counter.store.read() as connection:
            own = returned.sale(connection, name)
        found, answered = self._asked(own.id if own else name)
        if found is None and own is None:
            raise self._unknown(name, answered)
        sale = sale_from(found.sale) if found else own
        assert sale is not None
        counter.by_itself(lambda turn: _open(turn, sale, found))
        return {"number": sale.number}

    def _asked(self, name: str) -> tuple[SaleFound | None, bool]:
        """The hub's word, and whether it had one: that there is no such sale is one, silence is none."""
        if not self._counter.desk.link.online:
            return None, False
        key = "number" if NUMBER.fullmatch(name) else "sale"
        try:
            return SaleFound.model_validate(post(self._hub, self._token, "sold", {key: name})), True
        except RetailError as refused:
            # A sale of this very till may still be on its way to the hub. What was typed is not written down: it may
            # be anything, the code of a gift card too.
            log.info("no sale from the hub: %s", refused.code)
            return None, refused.code in NO_SUCH
        except NO_ANSWER as error:
            log.warning("no answer about a sale: %r", error)
        return None, False

    def _unknown(self, name: str, answered: bool) -> RetailError:
        if answered:
            return LinkRefused(
                "return.not_found",
                N_("No receipt {number} is known. Read its number again, or scan its code."),
                number=name[:40],
            )
        return LinkRefused(
            "return.not_here",
            N_(
                "Receipt {number} is not of this till, and the hub cannot be asked now. Nothing was changed; try again "
                "when the link is back."
            ),
            number=name[:40],
        )

    def receipts(self, body: Receipts) -> dict[str, Any]:
        """Today's receipts of this till, from its own journal, and what they left in the drawer."""
        returning.may_look(self._counter.till)
        heading = self._counter.replica.heading
        zone = ZoneInfo(heading.store.zone) if heading else None
        midnight = datetime.fromtimestamp(self._counter.now() // 1000, zone).replace(hour=0, minute=0, second=0)
        with self._counter.store.read() as connection:
            return returned.receipts(connection, int(midnight.timestamp()) * 1000, body.ends.strip().upper())


def _open(turn: Turn, sale: Sale, found: SaleFound | None) -> None:
    turn.staff_id()
    before = returned.came_back(turn.connection, sale.id, unheard=found is not None)
    step = turn.book.cash_step
    if found is not None:
        before.update(found.returned)
        step = found.cash_step
    turn.till = returning.open_sale(turn.till, sale, before, found is not None, step, turn.heading.store.currency)
