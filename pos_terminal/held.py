"""What the hub sets aside for the visit: coupons, and what pays besides cash. Pure, as the till itself.

The id of a hold is in the state before the hub is asked, so a till that is killed in between knows what it may have set
aside. Of a code nothing is kept once the hub has answered. What the visit does not use is voided by an operation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pos_terminal.errors import LinkRefused, TillRefused
from pos_terminal.set_aside import Asking, Coupon
from pos_terminal.till import Moment, Step, Till, Wish, changing, ready
from retail import coupons, stored_value
from retail.errors import N_, CartRefused
from retail.messages import HoldKind
from retail.occasion import Occasion
from retail.pricing import PricedCart
from retail.promotions import shown as promotions
from retail.promotions.promotion import RuleBook
from retail.sale import SaleCoupon
from retail.tender import Tender


def ask_coupon(till: Till, code: str, moment: Moment, online: bool) -> Step:
    """Ask the hub for a use of the coupon. What is plainly mistyped is refused before anybody is asked."""
    till = ready(till, moment)
    coupons.read_code(code)
    if not online:
        raise LinkRefused(
            "coupon.needs_hub",
            N_("A coupon can be used only while the hub is reached. Keep it for next time, or sell without it."),
        )
    _one_at_a_time(till)
    return replace(till, asking=Asking(moment.new_id(), "coupon", till.cart.id, moment.at, code)), []


def ask_tender(
    till: Till, kind: HoldKind, left: int, moment: Moment, online: bool, code: str = "", pin: str = ""
) -> Step:
    """Ask the hub for money of a card, store credit or points that pay what is left, or as much of it as is there."""
    if till.phase != "paying":
        raise TillRefused("till.not_paying", N_("No payment is under way."))
    if kind == "gift_card":
        stored_value.read_code(code)
    elif till.shopper is None:
        raise TillRefused(
            "hold.no_shopper", N_("That needs the customer's card. Cancel the payment and scan it first.")
        )
    if not online:
        raise LinkRefused(
            "hold.needs_hub",
            N_("That can be paid with only while the hub is reached. Take cash; nothing was taken yet."),
        )
    _one_at_a_time(till)
    return replace(till, asking=Asking(moment.new_id(), kind, till.cart.id, moment.at, code, pin, left)), []


def _one_at_a_time(till: Till) -> None:
    if till.asking is not None:
        raise busy(till)


def busy(till: Till) -> TillRefused:
    """Why nothing else can be asked for or given now."""
    if till.asking is not None and till.asking.approval is not None:
        return TillRefused(
            "hold.waits", N_("The customer is asked for the points. Wait for the answer, or go on without points.")
        )
    return TillRefused("hold.busy", N_("The hub is being asked. Wait a moment, then do it again."))


def granted(till: Till, held: Mapping[str, Any]) -> Till:
    """The hub has set aside what was asked for."""
    till = replace(till, asking=None)
    if held["kind"] == "coupon":
        coupon = Coupon(held["hold"], held["promotion"], held.get("names") or {})
        return replace(till, coupons=(*till.coupons, coupon))
    paid = Tender(held["kind"], held["amount"], held["hold"], held.get("points", 0), held.get("hint", ""))
    return replace(till, tenders=(*till.tenders, paid))


def wanted_still(till: Till, asking: Asking) -> bool:
    """Whether what this question asks for is still wanted: money only as long as somebody pays."""
    return is_asking(till, asking) and (asking.kind == "coupon" or till.phase == "paying")


def is_asking(till: Till, asking: Asking) -> bool:
    """Whether this is the question that the till waits with."""
    return till.asking is not None and till.asking.hold == asking.hold


def void(hold: str, kind: HoldKind) -> Wish:
    return Wish("hold.void", {"hold": hold, "kind": kind})


def take_off(till: Till, claim: str) -> Step:
    """The coupon is taken out of the cart, whoever put it in."""
    till = changing(till)
    if all(one.claim != claim for one in till.coupons):
        raise CartRefused("cart.no_coupon", N_("This coupon is no longer in the cart."))
    return replace(till, coupons=tuple(one for one in till.coupons if one.claim != claim)), [void(claim, "coupon")]


def lost(till: Till, hold: str) -> Till:
    """The hub says that this is no longer set aside."""
    return replace(
        till,
        coupons=tuple(one for one in till.coupons if one.claim != hold),
        tenders=tuple(one for one in till.tenders if one.hold != hold),
    )


def heard(till: Till, rows: Iterable[Mapping[str, Any]]) -> Till:
    """The coupons of the shopper's cart as the hub tells them: those from a phone count here as well. What we asked for
    ourselves stays until the hub has told it and then tells it no more. While somebody pays, nothing changes."""
    if till.phase not in ("selling", "scanning"):
        return till
    told = {str(row["claim"]): row for row in rows}
    kept = [replace(one, seen=True) if one.claim in told else one for one in till.coupons]
    kept = [one for one in kept if one.claim in told or (one.ours and not one.seen)]
    known = {one.claim for one in kept}
    new = [Coupon(key, row["promotion"], row["names"], False, True) for key, row in told.items() if key not in known]
    found = (*kept, *new)
    return till if found == till.coupons else replace(till, coupons=found)


def wishes_for_nothing(till: Till, payment_only: bool = False) -> list[Wish]:
    """What the visit has set aside is wanted no more: all of it, or what would have paid."""
    wishes = [void(hold, kind) for hold, kind in till.at_hub]
    if till.asking is not None and not (payment_only and till.asking.kind == "coupon"):
        wishes.append(void(till.asking.hold, till.asking.kind))
    return wishes if payment_only else wishes + [void(one.claim, "coupon") for one in till.coupons if one.ours]


def used(till: Till) -> list[SaleCoupon]:
    """The coupons of the cart for its sale. Two that switch on the same do no more than one."""
    by_promotion = {one.promotion: one.claim for one in reversed(till.coupons)}
    return [SaleCoupon(claim, promotion) for promotion, claim in by_promotion.items()]


def unused(till: Till, sale_coupons: Iterable[SaleCoupon]) -> list[Wish]:
    """Coupons that gave nothing stay good: those that were set aside here are free again."""
    taken = {one.claim for one in sale_coupons}
    return [void(one.claim, "coupon") for one in till.coupons if one.ours and one.claim not in taken]


def renewable(till: Till) -> list[tuple[str, HoldKind]]:
    """What is set aside from here and has to be kept alive."""
    found: list[tuple[str, HoldKind]] = [(one.claim, "coupon") for one in till.coupons if one.ours]
    return found + till.at_hub


def shown(till: Till, priced: PricedCart, rules: RuleBook, occasion: Occasion) -> list[dict[str, Any]]:
    """The coupons as the page shows them, with what each gives now and why it does not give more."""
    return [
        {
            "claim": one.claim,
            "names": one.names,
            **promotions.coupon(rules.named.get(one.promotion), [(priced.given, occasion)]),
        }
        for one in till.coupons
    ]
