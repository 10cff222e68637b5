"""The state that the pages show (README.md, "The state"): built whole, sent as differences. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pos_terminal import approving, card_sales, held, payment, returning
from pos_terminal.hands import may_take
from pos_terminal.prices import occasion_of
from pos_terminal.receipts import named
from pos_terminal.store.backlog import Backlog
from pos_terminal.store.replica import Heading, shown
from pos_terminal.sync.refusals import SET_UP_ANEW
from pos_terminal.till import Till
from retail.cart import HUB
from retail.codec import fields_of
from retail.loyalty.programme import DEFAULT, Programme
from retail.loyalty.purchase import points_of
from retail.loyalty.tiers import Visit, climbed, tier_names
from retail.pricing import PriceBook, PricedCart, PricedLine
from retail.promotions import shown as promotions
from retail.promotions.promotion import NO_RULES, RuleBook
from retail.tax import TaxSum

IDLE_COUNTDOWN_S = 10


@dataclass
class LinkView:
    """How the terminal stands with the hub; `since` and `reference_at` by this machine's clock."""

    online: bool = False
    since: int = 0
    loading: dict[str, Any] | None = None
    refused: dict[str, Any] | None = None


@dataclass
class Desk:
    """What stands around the open visit and is made anew at each start: the link, the devices, the last word."""

    link: LinkView = field(default_factory=LinkView)
    unsent: Backlog = field(default_factory=Backlog)
    needs_you: list[dict[str, Any]] = field(default_factory=list)
    locked: frozenset[str] = frozenset()
    hub_cart: dict[str, Any] = field(default_factory=dict)
    approvals: list[dict[str, Any]] = field(default_factory=list)
    """What the cart that is followed has last said of points that somebody has to allow."""
    phone_at: str = ""
    """The cart that a phone looks at now, as far as the hub says."""
    scanners: dict[str, dict[str, str]] = field(default_factory=dict)
    printer: dict[str, Any] | None = None
    drawer_open: bool | None = None
    jobs: dict[str, tuple[str, str]] = field(default_factory=dict)
    notice: dict[str, Any] | None = None
    sound: dict[str, Any] = field(default_factory=lambda: {"n": 0, "tone": "accepted"})
    idle_ends_at: int | None = None
    set_up: dict[str, Any] | None = None
    demo: bool = False

    def lines_of(self, live: str) -> Mapping[str, Mapping[str, Any]]:
        """The hub's lines of the cart that is open; the copy of a cart that was left is nobody's business here."""
        lines: Mapping[str, Mapping[str, Any]] = self.hub_cart.get("lines", {})
        return lines if live and self.hub_cart.get("id") == live else {}

    def paying(self, till: Till) -> Mapping[str, Any] | None:
        """Who has lines of the open cart paid elsewhere, as docs/protocol.md has it."""
        paying: Mapping[str, Any] | None = self.hub_cart.get("paying")
        open_here = till.live and self.hub_cart.get("id") == till.live
        return paying if open_here and paying and paying["device"] != till.device else None

    def on_phone(self, till: Till) -> bool:
        """Somebody has the open cart before him on a phone; without a link nobody knows."""
        return self.link.online and bool(till.live) and self.phone_at == till.live


def view_of(
    till: Till, priced: PricedCart, desk: Desk, heading: Heading | None, book: PriceBook | None, at: int = 0
) -> dict[str, Any]:
    """The whole state; every key is always there. `at` is the moment (ms) by which prices and points are."""
    rules = book.rules if book else NO_RULES
    programme = book.programme(at) if book else DEFAULT
    lines = _lines(till, priced, desk, heading, rules)
    virtual = sum(row["total"] for row in lines.values() if row["owner"] == HUB)
    return {
        "kind": till.kind,
        "phase": "set_up" if not till.device else till.phase if heading else "needs_hub",
        "language": till.language,
        "store": heading.shown["store"] if heading else None,
        "terminal": heading.shown["terminal"] if heading else None,
        "staff": fields_of(till.staff) if till.staff else None,
        "people": _people(heading, desk),
        "shopper": _shopper(till, programme),
        "lines": lines,
        "totals": {
            "total": payment.due_of(till, priced) + virtual,
            "in_hand": payment.due_of(till, priced),
            "virtual": virtual,
            "off": priced.off,
            "tax": priced.tax,
            "currency": priced.currency,
            "count": len(priced.lines) + len(till.loads),
            **_earns(till, priced, programme),
        },
        "hints": promotions.hints(priced.given, rules) if rules.promotions else [],
        "coupons": held.shown(till, priced, rules, occasion_of(till, heading.store, at)) if heading else [],
        "cards": card_sales.shown(till),
        "asking": None if till.asking is None else till.asking.kind,
        "approval": approving.shown(till),
        "taxes": [_tax(row) | {"names": book.taxes[row.code].names} for row in priced.taxes] if book else [],
        "payment": payment.shown(till, priced, book.cash_step if book else 0, programme, at),
        "paying": desk.paying(till),
        "on_phone": desk.on_phone(till),
        "last_sale": _last_sale(till, desk),
        "returning": returning.shown(till, desk.link.online),
        "last_return": _last_return(till, desk),
        "credit": None if till.credit is None else fields_of(till.credit),
        "ask": _ask(till, book),
        "set_up": desk.set_up,
        "departments": heading.shown["departments"] if heading else [],
        "link": _link(desk, heading),
        "needs_you": desk.needs_you,
        "devices": {
            "scanners": list(desk.scanners.values()),
            "printer": desk.printer,
            "drawer": None if desk.printer is None else {"open": desk.drawer_open},
        },
        "notice": desk.notice,
        "sound": desk.sound,
        "idle": None if desk.idle_ends_at is None else {"ends_at": desk.idle_ends_at, "seconds": IDLE_COUNTDOWN_S},
        "demo": desk.demo,
    }


def _tax(row: TaxSum) -> dict[str, Any]:
    return fields_of(row) | {"parts": [fields_of(part) for part in row.parts]}


def _people(heading: Heading | None, desk: Desk) -> list[dict[str, Any]]:
    return [
        {"number": row["number"], "name": row["name"], "role": row["role"], "locked": row["id"] in desk.locked}
        for row in (heading.people if heading else ())
    ]


def _earns(till: Till, priced: PricedCart, programme: Programme) -> dict[str, Any]:
    """What paying all in hand would earn, and the names of the tier that it would reach."""
    shopper = till.shopper
    if shopper is None:
        return {"points": 0, "reaches": None}
    points = points_of(priced, programme)
    reached = climbed(programme.tiers, shopper.tier, shopper.counted, Visit(0, priced.total, points))
    return {"points": points, "reaches": tier_names(programme.tiers, reached) if priced.lines else None}


def _shopper(till: Till, programme: Programme) -> dict[str, Any] | None:
    if till.shopper is None:
        return None
    row = fields_of(till.shopper)
    for name in ("groups", "first", "counted"):
        del row[name]
    row |= {"tier": tier_names(programme.tiers, till.shopper.tier), "as_of": till.shopper.as_of or None}
    return row | {"name": named(till.shopper.name, till.language), "pending": not row.pop("confirmed")}


def _lines(
    till: Till, priced: PricedCart, desk: Desk, heading: Heading | None, rules: RuleBook
) -> dict[str, dict[str, Any]]:
    unknown = desk.unsent.lines
    place = {
        "device": till.device,
        "names": heading.terminal.names if heading else {},
        "store": heading.store.names if heading else {},
    }
    lines = {row.line.id: _own_line(row, place, row.line.id in unknown, rules) for row in priced.lines}
    paying = desk.paying(till)
    for key, hub_row in desk.lines_of(till.live).items():
        # The hub's copy of what is in our own hand is older than the hand.
        if key not in lines and hub_row["owner"] != till.device:
            lines[key] = {
                **hub_row,
                "mine": False,
                "pending": False,
                "taking": key in till.taking,
                "takeable": may_take(till, hub_row, paying),
                "earlier": hub_row["owner"] == HUB and hub_row["at"] < till.began_at,
                "seen": hub_row["quantity"],
            }
    return lines


def _own_line(row: PricedLine, place: dict[str, Any], pending: bool, rules: RuleBook) -> dict[str, Any]:
    line = row.line
    return {
        "id": line.id,
        "item": line.item,
        "names": row.product.names,
        "quantity": line.quantity,
        "unit": row.product.unit,
        "weighed": line.weighed,
        "owner": line.owner,
        "origin": line.origin,
        "place": place,
        "fulfilment": line.fulfilment,
        "unit_price": row.unit_price,
        "total": row.total,
        "list_total": row.list_total,
        "given": promotions.given(row.discounts, rules) if row.shares else [],
        "picture": row.product.picture,
        "n": line.n,
        "at": line.at,
        "pack": line.pack,
        "mine": True,
        "pending": pending,
        "taking": False,
        "takeable": False,
        "earlier": False,
        "seen": line.quantity,
    }


def _last_sale(till: Till, desk: Desk) -> dict[str, Any] | None:
    if till.last_sale is None:
        return None
    sale = str(till.last_sale["id"])
    printed, reason = desk.jobs.get(f"{sale}.receipt", ("none", ""))
    drawer, _ = desk.jobs.get(f"{sale}.drawer", ("none", ""))
    return {**till.last_sale, "print": printed, "print_reason": reason, "drawer": drawer}


def _last_return(till: Till, desk: Desk) -> dict[str, Any] | None:
    if till.last_return is None:
        return None
    printed, reason = desk.jobs.get(f"{till.last_return['id']}.receipt", ("none", ""))
    return {**till.last_return, "print": printed, "print_reason": reason}


def _ask(till: Till, book: PriceBook | None) -> dict[str, Any] | None:
    if till.ask.startswith(card_sales.CARD):
        return {"kind": "card", "code": till.ask.removeprefix(card_sales.CARD)}
    product = book.products.get(till.ask) if book and till.ask else None
    return None if product is None else {"kind": "weight", "product": shown(product, None)}


def _link(desk: Desk, heading: Heading | None) -> dict[str, Any]:
    return {
        **asdict(desk.link),
        "set_up_anew": (desk.link.refused or {}).get("code") in SET_UP_ANEW,
        "unsent": desk.unsent.count,
        "unsent_sales": desk.unsent.sales,
        "oldest_unsent_at": desk.unsent.oldest_at,
        "reference_version": heading.version if heading else 0,
        "reference_at": heading.at if heading else None,
    }
