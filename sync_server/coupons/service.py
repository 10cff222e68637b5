"""What a cart does with coupons: claim a use, keep it alive, pay with it, give it back.

All of it inside the caller's transaction. A claim has an id of the caller's; the same claim twice is one use and the
same answer. A claim whose time is over stays the cart's until somebody else needs the use or `lapse` frees it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from retail.coupons import CLAIM_MS, check_usable, read_code
from retail.errors import N_, CouponRefused
from retail.occasion import Occasion
from sync_server.carts.tables import cart_lines
from sync_server.coupons import queries
from sync_server.coupons.tables import coupon_codes, coupon_customers, coupon_entries, coupon_slots
from sync_server.db import Database, ensure, insert_if_absent
from sync_server.loyalty import queries as loyalty
from sync_server.outbox import service as outbox
from sync_server.vouchers import pages
from sync_server.vouchers import service as vouchers
from sync_server.vouchers.key import CodeKey
from sync_server.vouchers.service import Asker

LAPSES_AT_ONCE = 100
SOON_MS = 20_000
"""Some sweeps before a claim ends it is looked whether its cart is still being filled."""

FREE = {
    "state": "free",
    "claim": None,
    "customer": None,
    "turn": None,
    "cart": None,
    "until": 0,
    "sale": None,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A cart asks for a use of a coupon at `at` (ms). `claim` is the id that the cart will name it by;
    `occasion.shopper` is the resolved customer, and `merged` are other ids of the same person."""

    claim: str
    typed: str
    cart: str
    device: str
    at: int
    occasion: Occasion
    merged: tuple[str, ...] = ()

    @property
    def people(self) -> list[str]:
        return [person for person in (self.occasion.shopper, *self.merged) if person]

    @property
    def asker(self) -> Asker:
        return Asker(self.device, self.occasion.store, self.occasion.shopper)


def claim(session: Session, key: CodeKey, asked: Asked) -> dict[str, Any]:
    """Set a use of the code aside for the cart: `{claim, batch, promotion, until}`.

    `VoucherError` for a code that cannot be right or a try that comes too soon, `CouponRefused` with the reason that
    docs/coupons.md gives. A code that nobody has leaves a trace with whoever named it.
    """
    now = asked.at
    code_hash = key.hashed(read_code(asked.typed))
    vouchers.check_not_guessing(session, asked.asker, now)
    row = queries.code_row(session, code_hash, lock=True)
    if row is None:
        pages.refuse_other_key(session, key)
        raise vouchers.wrong_code(unknown(), asked.asker, now)
    before = session.scalar(select(coupon_entries.c.code).where(coupon_entries.c.key == f"{asked.claim}:claim"))
    if before is not None:
        return _again(session, asked, row, before)
    _hold_customer(session, row, asked.people, now)
    check_usable(queries.as_batch(row), queries.use_of(session, row, asked.people, now), asked.occasion)
    slot = _take(session, row, asked.claim, asked.occasion.shopper, asked.cart, now)
    if slot is None:
        # Who had it has paid with it, or renewed it, at this very moment.
        check_usable(queries.as_batch(row), queries.use_of(session, row, asked.people, now), asked.occasion)
        raise gone()
    _note(session, "claim", asked.claim, slot, asked.occasion.shopper, asked.cart, asked.device, now)
    return _answer(row, asked.claim, now + CLAIM_MS)


def unknown() -> CouponRefused:
    return CouponRefused("coupon.unknown", N_("This coupon is not known here. Look at its code again."))


def gone() -> CouponRefused:
    return CouponRefused(
        "coupon.claim_gone",
        N_("This coupon waited too long and is with somebody else now. Enter it again to see whether it is free."),
    )


def _again(session: Session, asked: Asked, row: Any, before: str) -> dict[str, Any]:
    """The same claim once more: its use is still there, or it is gone for ever."""
    held = queries.claim_row(session, asked.claim)
    if before != row.hash:
        raise CouponRefused("coupon.claim_used", N_("This was asked for with another coupon before. Enter it again."))
    if held is None:
        raise gone()
    return _answer(row, asked.claim, held.until or 0)


def _answer(row: Any, claim: str, until: int) -> dict[str, Any]:
    return {"claim": claim, "batch": row.batch, "promotion": row.promotion, "until": until}


def _hold_customer(session: Session, row: Any, people: Sequence[str], now: int) -> None:
    """Where a customer's uses are limited, one claim of theirs is decided after the other, under whichever of their ids
    they ask: under the same of them all. What lapsed of the first is freed."""
    if not row.per_customer or not people:
        return
    customer, one = people[0], min(people)
    ensure(session, coupon_customers, batch=row.batch, customer=one)
    whose = (coupon_customers.c.batch == row.batch) & (coupon_customers.c.customer == one)
    session.execute(select(coupon_customers).where(whose).with_for_update())
    slots = coupon_slots.c
    mine = (slots.batch == row.batch) & (slots.customer == customer) & (slots.state == "claimed") & (slots.until <= now)
    for held in session.execute(select(coupon_slots).where(mine).order_by(slots.code, slots.slot)).all():
        _free(session, held, "lapse", now)


def _take(session: Session, row: Any, claim: str, customer: str, cart: str, now: int) -> Any:
    """A use that is free or lapsed, or a new one: the row of its slot; None where there is none. The caller holds the
    code's row."""
    turn = _next_turn(session, row.batch, customer) if row.per_customer else None
    values = {
        "state": "claimed",
        "claim": claim,
        "customer": customer,
        "turn": turn,
        "cart": cart,
        "until": now + CLAIM_MS,
    }
    slots = coupon_slots.c
    to_take = select(coupon_slots).where(slots.code == row.hash, slots.until <= now).order_by(slots.until, slots.slot)
    for found in session.execute(to_take.limit(LAPSES_AT_ONCE)).all():
        # Whoever had it may be renewing it or paying with it at this moment.
        here = (slots.code == found.code) & (slots.slot == found.slot) & (slots.until <= now)
        taken = session.execute(update(coupon_slots).where(here).values(**values).returning(*slots)).first()
        if taken is not None:
            if found.claim is not None:
                _note(session, "lapse", found.claim, found, found.customer or "", found.cart or "", "", now)
                outbox.unspelled(session, [f"cart:{found.cart}"], now)
            return taken
    grown = session.execute(
        update(coupon_codes)
        .where(coupon_codes.c.hash == row.hash, coupon_codes.c.slots < row.uses)
        .values(slots=coupon_codes.c.slots + 1)
        .returning(coupon_codes.c.slots)
    ).scalar()
    if grown is None:
        return None
    fresh = {"code": row.hash, "slot": grown - 1, "batch": row.batch, **values}
    return session.execute(insert(coupon_slots).values(**fresh).returning(*slots)).one()


def _next_turn(session: Session, batch: str, customer: str) -> int:
    slots = coupon_slots.c
    taken = set(session.scalars(select(slots.turn).where(slots.batch == batch, slots.customer == customer)))
    return next(turn for turn in range(len(taken) + 1) if turn not in taken)


def renew(session: Session, cart: str, now: int) -> None:
    """Something happened in the cart: its claims last CLAIM_MS from now. Cheap: written once in half of that time."""
    slots = coupon_slots.c
    soon = (slots.cart == cart) & (slots.state == "claimed") & (slots.until < now + CLAIM_MS // 2)
    session.execute(update(coupon_slots).where(soon).values(until=now + CLAIM_MS))


def attach(
    session: Session, cart: str, customer: str, now: int, merged: Sequence[str] = (), device: str = "", to: str = ""
) -> list[dict[str, Any]]:
    """The cart is this customer's from now on (or nobody's): its claims count as theirs, and move into the cart `to`
    where one is named. Those that their limit does not allow are released: `[{claim, error}]`, to be shown.

    Only what `device` has claimed, where one is named: what somebody else put into a shared cart stays there."""
    dropped = []
    slots, entries = coupon_slots.c, coupon_entries.c
    mine = (slots.cart == cart) & (slots.state == "claimed")
    if device:
        by_device = select(entries.claim).where(entries.kind == "claim", entries.device == device)
        mine = mine & slots.claim.in_(by_device.where(entries.claim == slots.claim))
    for held in session.execute(select(coupon_slots).where(mine).order_by(slots.code, slots.slot)).all():
        row = queries.code_row(session, held.code, lock=True)
        if row is None:
            continue
        if held.customer == customer:
            _move(session, held, to, now)
            continue
        refused = _refused_to(session, row, customer, [customer, *merged], now)
        if refused is not None:
            _free(session, held, "release", now)
            dropped.append({"claim": held.claim, "error": refused.as_dict()})
            continue
        turn = _next_turn(session, held.batch, customer) if row.per_customer else None
        here = (slots.claim == held.claim) & (slots.state == "claimed")
        session.execute(update(coupon_slots).where(here).values(customer=customer, turn=turn))
        _move(session, held, to, now)
        key = f"{held.claim}:attach:{customer}"
        _note(session, "attach", held.claim, held, customer, cart, device, now, key)
    return dropped


def _move(session: Session, held: Any, to: str, now: int) -> None:
    if to:
        here = (coupon_slots.c.claim == held.claim) & (coupon_slots.c.state == "claimed")
        session.execute(update(coupon_slots).where(here).values(cart=to))
        outbox.unspelled(session, [f"cart:{to}"], now)


def _refused_to(session: Session, row: Any, customer: str, people: Sequence[str], now: int) -> CouponRefused | None:
    if not row.per_customer:
        return None
    if not customer:
        return CouponRefused(
            "coupon.who", N_("This coupon is limited for each customer, and this cart is nobody's now.")
        )
    _hold_customer(session, row, people, now)
    if queries.uses_by(session, row.batch, people, now) < row.per_customer:
        return None
    return CouponRefused(
        "coupon.customer_limit",
        N_("This customer has used this offer as often as it allows: {limit}. The coupon is free for others again."),
        limit=row.per_customer,
    )


def confirm(session: Session, claim: str, sale: str, now: int) -> dict[str, Any]:
    """The sale is paid: in its transaction the use is used, once and for ever. The same again changes nothing.

    A claim that lapsed is taken anew where that is still possible. `CouponRefused` where it is not: a sale that was
    made stays made, so its caller opens a case for a person.
    """
    slots = coupon_slots.c
    paid = {"state": "used", "sale": sale, "until": None}
    here = (slots.claim == claim) & (slots.state == "claimed")
    used = session.execute(update(coupon_slots).where(here).values(**paid).returning(*slots)).first()
    if used is None:
        used = queries.claim_row(session, claim)
        if used is not None and used.sale != sale:
            raise CouponRefused(
                "coupon.claim_used", N_("This was asked for with another coupon before. Enter it again.")
            )
    if used is None:
        before = session.scalar(select(coupon_entries.c.slot).where(coupon_entries.c.key == f"{claim}:confirm"))
        if before is not None:
            # It was paid and given back since: the old message changes nothing of that.
            raise gone()
        used = _taken_anew(session, claim, now)
        session.execute(update(coupon_slots).where(here).values(**paid))
    _note(session, "confirm", claim, used, used.customer or "", used.cart or "", "", now, sale=sale)
    return {"claim": claim, "batch": used.batch, "sale": sale}


def _taken_anew(session: Session, claim: str, now: int) -> Any:
    """A use for a claim that was freed before its sale came; neither pause nor end of the offer matters any more."""
    entries = coupon_entries.c
    first = session.execute(select(coupon_entries).where(entries.key == f"{claim}:claim")).first()
    row = queries.code_row(session, first.code, lock=True) if first is not None else None
    if first is None or row is None or row.blocked:
        raise gone()
    last = session.execute(
        select(entries.customer).where(entries.claim == claim).order_by(entries.at.desc(), entries.key.desc()).limit(1)
    ).scalar()
    customer = last or ""
    people = loyalty.people(session, customer) if customer else []
    if _refused_to(session, row, customer, people, now) is not None:
        raise gone()
    taken = _take(session, row, claim, customer, first.cart, now)
    if taken is None:
        raise gone()
    return taken


def release(session: Session, claim: str, now: int) -> bool:
    """The cart gives the use back; whether it still had it. A use that was paid stays used."""
    slots = coupon_slots.c
    held = session.execute(select(coupon_slots).where(slots.claim == claim, slots.state == "claimed")).first()
    return held is not None and _free(session, held, "release", now)


def release_cart(session: Session, cart: str, now: int) -> int:
    """As `release` for all that a cart has claimed, when it is emptied or abandoned; how many."""
    slots = coupon_slots.c
    held = session.execute(select(coupon_slots).where(slots.cart == cart, slots.state == "claimed")).all()
    return sum(_free(session, row, "release", now) for row in sorted(held, key=lambda row: (row.code, row.slot)))


def restore(session: Session, claim: str, now: int) -> bool:
    """The whole sale came back and the merchant gives the coupon back with it; whether there was something to give."""
    slots = coupon_slots.c
    used = session.execute(select(coupon_slots).where(slots.claim == claim, slots.state == "used")).first()
    return used is not None and _free(session, used, "restore", now)


def renew_by_carts(session: Session, now: int) -> None:
    """Claims that are about to end last CLAIM_MS from the last change of a line of their cart: a phone that shops on
    says nothing of its coupons, and no scan has to write to them."""
    slots, lines = coupon_slots.c, cart_lines.c
    changed = select(func.max(lines.at)).where(lines.cart == slots.cart, lines.at <= now).scalar_subquery()
    soon = (slots.state == "claimed") & (slots.until <= now + SOON_MS) & (changed + CLAIM_MS > slots.until)
    session.execute(update(coupon_slots).where(soon).values(until=changed + CLAIM_MS))


def lapse(session: Session, now: int, limit: int = LAPSES_AT_ONCE) -> int:
    """Free claims whose time is over; how many. Nothing depends on it: whoever needs such a use takes it anyway."""
    renew_by_carts(session, now)
    rows = session.execute(_over(now).order_by(coupon_slots.c.code, coupon_slots.c.slot).limit(limit)).all()
    return sum(_free(session, row, "lapse", now) for row in rows)


def sweep(db: Database, now: int) -> int:
    """As `lapse`, by the hub itself. Looks first: most times there is nothing, and nobody is kept waiting."""
    if db.read(lambda session: session.execute(_over(now + SOON_MS).limit(1)).first()) is None:
        return 0
    return db.write(lambda session: lapse(session, now), patient=True)


def _over(now: int) -> Any:
    return select(coupon_slots).where(coupon_slots.c.state == "claimed", coupon_slots.c.until <= now)


def _free(session: Session, held: Any, kind: str, now: int) -> bool:
    """Give one use back where it is still as it was seen, and note it."""
    slots = coupon_slots.c
    here = (slots.code == held.code) & (slots.slot == held.slot) & (slots.claim == held.claim)
    here = here & (slots.state == held.state)
    if kind == "lapse":
        here = here & (slots.until <= now)
    freed = session.execute(update(coupon_slots).where(here).values(**FREE).returning(slots.slot)).first()
    if freed is None:
        return False
    if held.cart:
        # Without the coupon the cart may cost something else.
        outbox.unspelled(session, [f"cart:{held.cart}"], now)
    _note(session, kind, held.claim, held, held.customer or "", held.cart or "", "", now, sale=held.sale or "")
    return True


def _note(
    session: Session,
    kind: str,
    claim: str,
    slot: Any,
    customer: str,
    cart: str,
    device: str,
    now: int,
    key: str = "",
    sale: str = "",
) -> None:
    """Add to the history. The same of one claim is one entry."""
    row = {"claim": claim, "kind": kind, "code": slot.code, "slot": slot.slot, "customer": customer, "cart": cart}
    insert_if_absent(session, coupon_entries, key=key or f"{claim}:{kind}", **row, device=device, sale=sale, at=now)
