"""What goes from hand to hand: lines that this terminal asks for, lines that it was given, lines that a till took away.

Pure, as the till itself. A terminal shows the lines in its own hand from its own state (docs/adr/0005): so it has to
notice here when the hub knows better.
"""

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any

from pos_terminal.errors import LinkRefused
from pos_terminal.till import Moment, Step, Till, Wish, changing
from retail.cart import CartLine
from retail.errors import N_, CartRefused
from retail.lease import Lease, being_paid

HubLines = Mapping[str, Mapping[str, Any]]
"""The lines of the hub's copy of the cart, by id, as docs/protocol.md has them."""


def take(till: Till, line: str, hub_lines: HubLines, online: bool, paying: Mapping[str, Any] | None = None) -> Step:
    """Ask the hub for a virtual line; it is ours once the hub says so. `paying` is who pays in this cart elsewhere."""
    till = changing(till)
    if not online:
        raise LinkRefused(
            "link.needed",
            N_("Lines from the app can be taken in hand only while the hub is reached. Scan the goods instead."),
        )
    row = hub_lines.get(line)
    if row is None:
        raise CartRefused("cart.line_gone", N_("This line is no longer in the cart."))
    if paying is not None and row["owner"] == paying["device"]:
        raise being_paid(Lease(paying["device"], 0, 0, 0), (paying["place"] or {}).get("names"))
    if not may_take(till, row):
        raise CartRefused("cart.in_hand", N_("This line is in hand at another till and is paid there."))
    if line in till.taking:
        return till, []
    return replace(till, taking=(*till.taking, line)), [Wish("cart.take", {"line": line})]


def may_take(till: Till, row: Mapping[str, Any], paying: Mapping[str, Any] | None = None) -> bool:
    """Whether the cart's rules let this terminal take a line of the hub's copy."""
    if paying is not None and row["owner"] == paying["device"]:
        return False
    return row["owner"] == "hub" or (till.kind == "till" and row["origin"] == "kiosk" and row["owner"] != till.device)


def adopted(till: Till, hub_lines: HubLines, moment: Moment, settled: Container[str] = ()) -> Till:
    """What the hub's copy of the cart says about hands: lines that we asked for and received become ours.

    Of a line in our hand the copy is the last word only where it contains everything that we did about it (`settled`):
    then one that is in another's hand, or gone, was taken over, as a till may from a kiosk, and is ours no more. A line
    of which the hub has not heard everything yet stays, whatever the copy shows.
    """
    lines, n, taking = dict(till.cart.lines), till.cart.next_n, list(till.taking)
    for line in till.taking:
        row = hub_lines.get(line)
        if row is None or row["owner"] == till.device:
            taking.remove(line)
        if row is not None and row["owner"] == till.device and line not in lines:
            lines[line] = _received(line, row, n, moment)
            n += 1
    for line in [line for line in till.cart.lines if line in settled]:
        row = hub_lines.get(line)
        if row is None or row["owner"] != till.device:
            del lines[line]
        elif row["quantity"] != lines[line].quantity:
            # The line was taken over and sold, and what was scanned since began it anew.
            lines[line] = replace(lines[line], quantity=row["quantity"], at=moment.at)
    if lines == till.cart.lines and tuple(taking) == till.taking:
        return till
    return replace(till, cart=replace(till.cart, lines=lines, next_n=n), taking=tuple(taking))


def _received(line: str, row: Mapping[str, Any], n: int, moment: Moment) -> CartLine:
    weighed, fulfilment = row["weighed"], row["fulfilment"]
    held = (row["item"], row["quantity"], row["owner"], row["origin"])
    return CartLine(line, *held, n, fulfilment, weighed, moment.at, row.get("pack", 0))
