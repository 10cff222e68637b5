"""The moment a sale is made: journal, sale, stock, points, paper and the till's new state in one transaction."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hardware.drawers import drawer_job
from hardware.printers.document import Document, Text, from_json, to_json
from hardware.printers.jobs import PrintJob
from pos_terminal import allowed, card_sales, payment
from pos_terminal.errors import TillRefused
from pos_terminal.held import unused
from pos_terminal.receipts import Say, card_slip, named, receipt
from pos_terminal.store import journal, outbox, spooled
from pos_terminal.till import Shopper, sold
from pos_terminal.turn import Turn
from retail.errors import N_
from retail.loyalty.tiers import tier_names
from retail.sale import Sale, SaleHead, sale_number


def close_if_covered(turn: Turn) -> dict[str, Any]:
    """`{sale: {number, change}}` where the tenders pay it all, `{sale: None}` where something is left."""
    if not payment.covered(turn.till, turn.priced(), turn.book.cash_step):
        return {"sale": None}
    return close(turn)


def close(turn: Turn) -> dict[str, Any]:
    """Make the sale; a refusal leaves payment and cart as they are. Nothing opens or prints before the commit."""
    till, heading, at = turn.till, turn.heading, turn.moment.at
    cashier = turn.staff_id()
    counter = journal.next_sale_counter(turn.connection, heading.terminal.first_sale)
    head = SaleHead(
        id=turn.moment.new_id(),
        number=sale_number(heading.store.code, heading.terminal.code, counter),
        store=heading.store.id,
        terminal=till.device,
        cashier=cashier,
        cart=till.cart.id,
        shopper=till.shopper.id if till.shopper else "",
        at=at,
        **known_of(till.shopper),
    )
    sale = payment.sale_of(till, head, turn.priced(), turn.book)
    paper = to_json(_receipt(turn, sale))
    journal.keep_sale(turn.connection, sale, counter, paper)
    # The drawer before the paper: the cashier's hand is on its way to the change.
    turn.print(drawer_job(f"{sale.id}.drawer", turn.local_now))
    turn.print(PrintJob(f"{sale.id}.receipt", "receipt", paper, turn.local_now))
    card = till.shopper.card if till.shopper else ""
    for load in till.loads:
        if load.paper:
            slip = to_json(card_slip(load.paper, load.amount, turn.heading, turn.till.language, _say_in(turn)))
            turn.print(PrintJob(f"{sale.id}{spooled.CARD_SLIP}{load.id}"[:80], "receipt", slip, turn.local_now))
    body = {"sale": sale.as_dict(), "card": card, "receipt": json.loads(paper)}
    if till.loads:
        body["cards"] = card_sales.named(till)
    if till.checkout is not None and till.checkout.fence:
        body["fence"] = till.checkout.fence
    if signed := allowed.with_sale(till):
        body["allowances"] = signed
    # Said before the sale, whose end is the end of the visit.
    turn.wishes += [(till.cart.id, wish) for wish in [*unused(till, sale.coupons), *allowed.given_back(till)]]
    turn.step(sold(till, _summary(turn, sale), body))
    return {"sale": {"number": sale.number, "change": sale.change}}


def _say_in(turn: Turn) -> Say:
    return turn.say[turn.till.language]


def known_of(shopper: Shopper | None) -> dict[str, Any]:
    """What a sale says of its shopper's standing; nothing where nobody is known."""
    return {name: getattr(shopper, name) for name in ("tier", "first", "counted")} if shopper else {}


def _receipt(turn: Turn, sale: Sale) -> Document:
    """In the shopper's language where it is known, else in the till's."""
    shopper, staff = turn.till.shopper, turn.till.staff
    wanted = shopper.language if shopper and shopper.language in turn.say else turn.till.language
    name = shopper.name if shopper else ""
    cashier = staff.name if staff else ""
    return receipt(sale, turn.heading, wanted, turn.say[wanted], cashier, name, turn.hub, _reached(turn, sale))


def _reached(turn: Turn, sale: Sale) -> Mapping[str, str] | None:
    """The names of the tier that the sale reached."""
    return tier_names(turn.book.programme(sale.priced_at or sale.at).tiers, sale.reached)


def _summary(turn: Turn, sale: Sale) -> dict[str, Any]:
    shopper = turn.till.shopper
    return {
        "id": sale.id,
        "number": sale.number,
        "total": sale.due,
        "paid": sum(tender.amount for tender in sale.tenders),
        "rounding": sale.rounding,
        "change": sale.change,
        "currency": sale.currency,
        "points": sale.points,
        "reached": _reached(turn, sale),
        "at": sale.at,
        "lines": len(sale.lines) + len(sale.loads),
        "cards_wait": any(not load.account for load in turn.till.loads),
        "shopper": named(shopper.name, turn.till.language) if shopper else "",
    }


def reprint(turn: Turn, sale: str) -> None:
    """Another copy of a receipt; noted in the audit."""
    staff = turn.staff_id()
    print_copy(turn, sale, journal.sale_receipt(turn.connection, sale))
    turn.note("receipt.reprinted", staff, sale=sale)


def print_copy(turn: Turn, made: str, paper: str | None) -> None:
    """Print a document's paper once more, with COPY at its top."""
    if paper is None:
        raise TillRefused("sale.unknown", N_("This till has no such receipt."))
    _need_printer(turn)
    document = from_json(paper)
    word = Text(turn.say[document.lang](N_("COPY")), align="center", bold=True, size=2)
    copy = to_json(replace(document, blocks=(word, *document.blocks)))
    n = spooled.copies(turn.connection, f"{made}.copy-") + 1
    turn.print(PrintJob(f"{made}.copy-{n}", "receipt", copy, turn.local_now))


def open_drawer(turn: Turn) -> None:
    """The drawer without a sale; noted in the audit."""
    staff = turn.staff_id()
    _need_printer(turn)
    job = turn.moment.new_id()
    turn.print(drawer_job(f"{job}.drawer", turn.local_now))
    turn.note("drawer.no_sale", staff, job=job)


def _need_printer(turn: Turn) -> None:
    if not turn.has_printer:
        raise TillRefused("till.no_printer", N_("This till has no printer. Its drawer hangs on it too."))


def seen(turn: Turn, seq: int) -> None:
    """Somebody has looked at what the hub refused; it stays in the journal."""
    turn.note("refusal.seen", turn.staff_id(), seq=seq)
    outbox.mark_seen(turn.connection, seq)
