"""What a cart has set aside at the hub: uses of coupons, money of cards, points. One shape for all of it.

A device makes the id of a hold, stores it and then asks; the same again is the same hold and renews it. The sale names
its holds and they are captured in its transaction (`sync_server.holds.capture`); what no sale takes is voided, or it
lapses.
"""

from typing import Any

from sqlalchemy.orm import Session

from retail import cart as rules
from retail.catalogue import Names
from retail.coupons import COUPONS_MAX, read_code
from retail.errors import N_, CouponRefused, LoyaltyRefused, StoredValueRefused
from retail.lease import being_paid
from retail.loyalty.programme import Programme
from retail.messages import HoldKind, HoldWanted
from retail.questions import AllowanceWanted, BalanceWanted
from retail.stored_value import HOLD_MS, hold_gone, other_currency, short
from sync_server.carts import service as carts
from sync_server.carts.queries import StoredCart
from sync_server.catalogue import queries as catalogue
from sync_server.coupons import queries as coupon_queries
from sync_server.coupons import service as coupons
from sync_server.customers import service as customers
from sync_server.errors import NotAllowed
from sync_server.holds import approving
from sync_server.inbox.service import Device
from sync_server.loyalty import allowances, telling
from sync_server.loyalty import holds as points
from sync_server.loyalty import queries as loyalty
from sync_server.outbox import service as outbox
from sync_server.stored_value import cards
from sync_server.stored_value import queries as values
from sync_server.stored_value import service as stored_value
from sync_server.stored_value.service import About
from sync_server.terminals import queries as terminals
from sync_server.vouchers.key import CodeKey
from sync_server.vouchers.service import Asker


def place(session: Session, key: CodeKey, device: Device, wanted: HoldWanted, now: int) -> dict[str, Any]:
    """Set aside what a cart asks for, or renew what it has under this id: `retail.told.Held`. A refusal says why not,
    and then nothing was set aside."""
    visit = _own_cart(session, device, wanted.cart)
    if wanted.kind == "coupon":
        return _coupon(session, key, device, visit, wanted, now)
    if device.actor.channel == "online":
        raise NotAllowed()
    if wanted.kind == "points":
        return _points(session, device, visit, wanted, now)
    return _money(session, key, device, visit, wanted, now)


def allow(session: Session, device: Device, wanted: AllowanceWanted, now: int) -> dict[str, Any]:
    """Let a till have some of its shopper's points for when we are away: `retail.told.Allowed`."""
    if device.actor.channel != "till":
        raise NotAllowed()
    visit = _own_cart(session, device, wanted.cart)
    # The card before the cart: where a cashier has just changed it, the cart may still be the shopper's of before.
    named = customers.by_card(session, wanted.card, now)["id"] if wanted.card else ""
    customer = named or carts.carried_on(session, visit).cart.shopper
    if not customer:
        raise _whose()
    most = loyalty.programme(session, now).allowance_points_max
    asked = points.Wanted(wanted.nonce, customer, most, device.dev, visit.cart.id)
    granted = allowances.grant(session, asked, now)
    telling.tell(session, customer, now)
    return granted


def _whose() -> LoyaltyRefused:
    return LoyaltyRefused("loyalty.who", N_("Points are a customer's. Scan the customer's card first."))


def balance(session: Session, key: CodeKey, device: Device, wanted: BalanceWanted, now: int) -> dict[str, Any]:
    """What is on a gift card: `retail.told.Balance`."""
    card = cards.find(session, key, wanted.code, _asker(device), now, wanted.pin)
    return {"amount": card["available"], **{name: card[name] for name in ("currency", "expires_at", "hint")}}


def void(session: Session, device: Device, stored: StoredCart, hold: str, kind: HoldKind, now: int) -> bool:
    """What a cart has set aside is free again; whether there was something. Of another cart it is nobody's business."""
    mine = {stored.cart.id, stored.cart.moved_to}
    match kind:
        case "coupon":
            claim = coupon_queries.claim_row(session, hold)
            if claim is None or not _mine(claim.cart in mine):
                return False
            _check_not_paid(session, device, carts.carried_on(session, stored), now)
            return coupons.release(session, hold, now)
        case "points":
            row = loyalty.hold(session, hold)
            if row is None or not _mine(row.cart in mine) or not points.void(session, hold, now):
                return False
            telling.tell(session, row.customer, now)
            return True
        case _:
            held = values.hold_row(session, hold)
            if held is None or not _mine(held.cart in mine) or held.state != "pending":
                return False
            stored_value.void(session, hold, f"{hold}:void", About(held.cart, device.dev, now))
            return True


def _mine(own: bool) -> bool:
    if not own:
        raise NotAllowed()
    return True


def _own_cart(session: Session, device: Device, cart: str) -> StoredCart:
    stored = carts.named(session, cart, device.actor, device.store)
    if device.actor.channel == "online":
        own = stored.live and stored.cart.shopper == device.shopper
    else:
        own = stored.opened_by == device.dev
    _mine(own)
    if stored.cart.status == "closed":
        raise rules.closed()
    return stored


def _asker(device: Device, shopper: str = "") -> Asker:
    return Asker(device.dev, device.store, shopper or device.shopper)


def _shopper(session: Session, stored: StoredCart, card: str, now: int) -> str:
    """Whose cart it is. A card that was shown may have been read here before the operation that attaches it."""
    return stored.cart.shopper or (customers.by_card(session, card, now)["id"] if card else "")


def _coupon(
    session: Session, key: CodeKey, device: Device, visit: StoredCart, wanted: HoldWanted, now: int
) -> dict[str, Any]:
    stored = carts.carried_on(session, visit)
    cart = stored.cart
    held = coupon_queries.claim_row(session, wanted.hold)
    if held is not None and held.state == "claimed" and held.cart == cart.id:
        coupons.renew(session, cart.id, now)
        held = coupon_queries.claim_row(session, wanted.hold)
        batch = coupon_queries.batch_row(session, held.batch)  # type: ignore[union-attr]
        return _claimed(session, stored.store, wanted, batch.promotion, held.until)  # type: ignore[union-attr]
    if not wanted.code:
        raise coupons.gone()
    _check_not_paid(session, device, stored, now)
    _check_room(session, key, cart.id, wanted)
    shopper = _shopper(session, stored, wanted.card, now)
    occasion = catalogue.occasion(session, device.store, device.actor.channel, shopper, now)
    merged = tuple(name for name in loyalty.sharing(session, shopper) if name != shopper) if shopper else ()
    asked = coupons.Asked(wanted.hold, wanted.code, cart.id, device.dev, now, occasion, merged)
    claimed = coupons.claim(session, key, asked)
    outbox.unspelled(session, [carts.stream(cart.id)], now)
    return _claimed(session, stored.store, wanted, claimed["promotion"], claimed["until"])


def _claimed(session: Session, store: str, wanted: HoldWanted, promotion: str, until: int) -> dict[str, Any]:
    return {
        "hold": wanted.hold,
        "kind": wanted.kind,
        "until": until,
        "promotion": promotion,
        "names": names_of(session, store, promotion),
    }


def names_of(session: Session, store: str, promotion: str) -> Names:
    """What a promotion is called; nothing where there is none."""
    found = catalogue.book(session, store).rules.named.get(promotion)
    return found.names if found is not None else {}


def _check_not_paid(session: Session, device: Device, stored: StoredCart, now: int) -> None:
    """While a terminal takes the money, nobody else changes what the cart costs."""
    lease = rules.lapsed(stored.cart, now).lease
    if lease is not None and lease.device != device.dev:
        raise being_paid(lease, terminals.places(session).get(lease.device, {}).get("names"))


def _check_room(session: Session, key: CodeKey, cart: str, wanted: HoldWanted) -> None:
    claims = coupon_queries.claims_in(session, cart)
    if any(row.code == key.hashed(read_code(wanted.code)) for row in claims):
        raise CouponRefused("coupon.here", N_("This coupon is in this cart already."))
    if len(claims) >= COUPONS_MAX:
        raise CouponRefused("coupon.too_many", N_("A cart takes {limit} coupons at most."), limit=COUPONS_MAX)


def _money(
    session: Session, key: CodeKey, device: Device, visit: StoredCart, wanted: HoldWanted, now: int
) -> dict[str, Any]:
    before = values.hold_row(session, wanted.hold)
    if before is not None:
        return _renewed(session, visit, before, wanted, now)
    currency = catalogue.store(session, device.store).currency
    if wanted.currency not in ("", currency):
        raise other_currency(currency, wanted.currency)
    if wanted.kind == "gift_card":
        if not wanted.code:
            raise hold_gone()
        found = cards.find(session, key, wanted.code, _asker(device, visit.cart.shopper), now, wanted.pin)
        account, free, hint = found["id"], found["available"], found["hint"]
    else:
        account, free, hint = *_credit(session, _shopper(session, visit, wanted.card, now), currency), ""
    amount = min(free, wanted.amount)
    if amount <= 0:
        raise short(free)
    about = About(visit.cart.id, device.dev, now)
    answer = stored_value.hold(session, account, wanted.hold, amount, currency, about)
    held = {"hold": wanted.hold, "kind": wanted.kind, "until": now + HOLD_MS}
    return {**held, "amount": amount, "left": answer["available"], "hint": hint}


def _renewed(session: Session, visit: StoredCart, before: Any, wanted: HoldWanted, now: int) -> dict[str, Any]:
    if before.cart != visit.cart.id or before.state != "pending" or before.until <= now:
        raise hold_gone()
    stored_value.renew(session, before.cart, now)
    held, account = values.hold_row(session, wanted.hold), values.account_row(session, before.account)
    until = held.until if held is not None else before.until
    answer = {"hold": wanted.hold, "kind": wanted.kind, "until": until, "amount": before.amount}
    return {**answer, "left": account.available, "hint": account.hint}


def _credit(session: Session, shopper: str, currency: str) -> tuple[str, int]:
    """The account of a shopper's store credit, and what is on it: her own first, then those of customers that were
    merged with her. Nothing of it moves at merging, so each has their own again when they part."""
    everybody = loyalty.people(session, shopper) if shopper else []
    rows = [row for who in everybody for row in values.of_customer(session, who)]
    found = [row for row in rows if row["kind"] == "store_credit" and row["currency"] == currency]
    for row in [*(row for row in found if row["available"] > 0), *found]:
        return row["id"], row["available"]
    raise StoredValueRefused("stored_value.no_credit", N_("This customer has no credit here. Pay another way."))


def _points(session: Session, device: Device, visit: StoredCart, wanted: HoldWanted, now: int) -> dict[str, Any]:
    row = loyalty.hold(session, wanted.hold)
    programme = loyalty.programme(session, now)
    if row is not None:
        _mine(row.cart == visit.cart.id)
        asked = row.number > 0
        row = approving.again(session, device, row, wanted, now) if asked else row
        until = row.until if asked and row.answer != "allowed" else points.renew(session, wanted.hold, now)
        count, customer = row.points, row.customer
    else:
        stored = carts.carried_on(session, visit)
        live, customer = stored.cart, _shopper(session, stored, wanted.card, now)
        if not customer:
            raise _whose()
        free = loyalty.balance(session, customer)
        # No more than pays what is left, and of what there is no point that pays nothing.
        count = programme.points_for(min(programme.money(free), wanted.amount))
        if not count:
            raise LoyaltyRefused("loyalty.none", N_("There are no points that could pay anything here."))
        of = approving.Asked(customer, count, live.id, live.shopper)
        asks = approving.is_needed(session, device, wanted, programme, of, now)
        placed = points.place(session, points.Wanted(wanted.hold, customer, count, device.dev, visit.cart.id), now)
        until = placed["until"]
        if asks:
            row = approving.begin(session, device, wanted, live.id, _worth(programme, count, wanted), now)
            until = row.until
        telling.tell(session, customer, now)
    amount = _worth(programme, count, wanted)
    answer = {"hold": wanted.hold, "kind": wanted.kind, "until": until, "amount": amount, "points": count}
    answer |= {"left": loyalty.balance(session, customer)}
    if row is not None and row.number:
        answer["approval"] = {"number": row.number, "until": until, "answer": row.answer}
    return answer


def _worth(programme: Programme, count: int, wanted: HoldWanted) -> int:
    worth = programme.money(count)
    return min(worth, wanted.amount) if wanted.amount else worth
