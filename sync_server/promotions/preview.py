"""What a promotion would do before it is switched on: the same engine, with the draft among the promotions in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from retail.cart import HUB, CartLine, Channel
from retail.errors import N_, PromotionError
from retail.loyalty.purchase import points_of
from retail.occasion import Occasion
from retail.pricing import PriceBook, PricedCart, price
from retail.promotions import explanation, shown
from retail.promotions.benefits import Unknown
from retail.promotions.promotion import Promotion, RuleBook
from sync_server.catalogue import queries as catalogue

LINES_MAX = 40
"""Of a cart that a manager puts together to try a promotion."""

SOMEBODY = "somebody"
"""The shopper of a tried cart: known, and nobody in particular."""

GOODS = "a_tried_cart"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The cart that is tried: `(item, thousandths)`, and the circumstances. `at` is the wall clock of the store."""

    lines: Sequence[tuple[str, int]]
    at: datetime
    channel: Channel = "till"
    known: bool = False
    first: bool = False
    tier: str = ""
    groups: frozenset[str] = frozenset()
    coupon: bool = True


def switched_on(draft: Promotion, ever: bool = False) -> Promotion:
    """The draft as if nobody had paused it; `ever` leaves out its beginning and end as well, but not its hours."""
    if isinstance(draft.benefit, Unknown):
        raise PromotionError(
            "promotion.newer", N_("A newer version of the program made this promotion. Update the hub to try it.")
        )
    on = replace(draft, paused=False)
    return replace(on, begin="", end="") if ever else on


def with_draft(book: PriceBook, draft: Promotion) -> PriceBook:
    """The price book as it would be with the draft, in the place of the version that is in force, if there is one."""
    return replace(book, rules=RuleBook(book.rules.version, [*_others(book, draft.id), draft]))


def without(book: PriceBook, promotion: str) -> PriceBook:
    """The book to compare with: no version of the promotion is in it."""
    return replace(book, rules=RuleBook(book.rules.version, _others(book, promotion)))


def _others(book: PriceBook, promotion: str) -> list[Promotion]:
    return [one for one in book.rules.promotions if one.id != promotion]


def try_cart(session: Session, store: str, draft: Promotion, wanted: Wanted, now: int) -> dict[str, Any]:
    """What a cart costs with the draft and what it costs without any version of it, and why.

    `{currency, lines, total, without, saved, points, exact, draft, hints}`; `draft` is its explanation,
    `points` how many more a known shopper earns with it.
    """
    book = catalogue.book(session, store)
    on = switched_on(draft)
    owner = HUB if wanted.channel == "online" else GOODS
    lines = []
    for n, (item, quantity) in enumerate(wanted.lines):
        book.check_quantity(item, quantity)
        weighed = book.product(item).measured
        lines.append(CartLine(f"line-{n}", item, quantity, owner, wanted.channel, n, weighed=weighed))
    shopper = SOMEBODY if wanted.known else ""
    coupons = frozenset({draft.id}) if wanted.coupon else frozenset[str]()
    groups, tier = (wanted.groups, wanted.tier) if wanted.known else (frozenset[str](), "")
    occasion = Occasion(wanted.at, store, wanted.channel, shopper, groups, tier, wanted.first, coupons)
    trial = with_draft(book, on)
    after = price(lines, trial, occasion)
    before = price(lines, without(book, draft.id), occasion)
    points = [points_of(cart, book.programme(now)) if shopper else 0 for cart in (before, after)]
    return _told(after, before, trial, on, occasion) | {"points": points[1] - points[0]}


def _told(
    after: PricedCart, before: PricedCart, trial: PriceBook, draft: Promotion, occasion: Occasion
) -> dict[str, Any]:
    explained = {one.promotion: one for one in explanation.explain(after.given, trial.rules, occasion)}
    own = explained[draft.id]
    names = {one.id: one.names for one in trial.rules.promotions}
    return {
        "currency": after.currency,
        "lines": [
            {
                "item": row.product.id,
                "names": row.product.names,
                "quantity": row.line.quantity,
                "unit": row.product.unit,
                "before": row.list_total,
                "total": row.total,
                "given": shown.given(row.discounts, trial.rules),
            }
            for row in after.lines
        ],
        "total": after.total,
        "without": before.total,
        "saved": before.total - after.total,
        "exact": after.given.exact,
        "draft": {
            "state": own.state,
            "saved": own.saved,
            "verdicts": [_verdict(one) for one in own.verdicts],
            "by": [names[one] for one in own.by if one in names],
        },
        "hints": shown.hints(after.given, trial.rules),
    }


def _verdict(one: Any) -> Mapping[str, Any]:
    needed = list(one.needed) if isinstance(one.needed, tuple) else one.needed
    return {"kind": one.kind, "held": one.held, "measure": one.measure, "actual": one.actual, "needed": needed}
