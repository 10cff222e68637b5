"""Reading coupons."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from retail.coupons import CodeUse, CouponBatch
from sync_server.coupons.tables import coupon_batches, coupon_codes, coupon_entries, coupon_slots
from sync_server.errors import NotFound
from sync_server.prepared import Prepared

BATCHES_SHOWN_MAX = 200

CLAIMS_IN = Prepared(
    select(coupon_slots.c.claim, coupon_slots.c.code, coupon_slots.c.until, coupon_batches.c.promotion)
    .join(coupon_batches, coupon_batches.c.id == coupon_slots.c.batch)
    .where(coupon_slots.c.cart == bindparam("cart"), coupon_slots.c.state == "claimed")
    .order_by(coupon_slots.c.claim),
    "cart",
)


def batch_row(session: Session, batch: str, lock: bool = False) -> Row[Any]:
    """One row of `coupon_batches`; `lock` holds it until the commit."""
    query = select(coupon_batches).where(coupon_batches.c.id == batch)
    row = session.execute(query.with_for_update(key_share=True) if lock else query).first()
    if row is None:
        raise NotFound()
    return row


def as_batch(row: Any) -> CouponBatch:
    """The batch as the rules know it, from a row of a code or of a batch."""
    names = ("promotion", "uses", "per_customer", "begins", "ends", "paused")
    return CouponBatch(getattr(row, "batch", row.id), **{name: getattr(row, name) for name in names})


CODE_AND_BATCH = select(
    coupon_codes,
    coupon_batches.c.id,
    *(column for column in coupon_batches.c if column.name != "id"),
).join(coupon_batches, coupon_batches.c.id == coupon_codes.c.batch)


def code_row(session: Session, code_hash: str, lock: bool = False) -> Row[Any] | None:
    """A code with its batch, or None; `lock` holds the code's row until the commit.

    Only against others who lock it: whoever notes what happened to a use refers to the code and goes on.
    """
    query = CODE_AND_BATCH.where(coupon_codes.c.hash == code_hash)
    return session.execute(query.with_for_update(of=coupon_codes, key_share=True) if lock else query).first()


def use_of(session: Session, row: Any, people: Collection[str], now: int) -> CodeUse:
    """What has become of a code, as of `now`; `people` are all ids of the customer who asks."""
    slots = coupon_slots.c
    claimed = and_(slots.state == "claimed", slots.until > now)
    # Used ones have no end, and they may be many: those that have one are no more than there are carts.
    unused, carts, free_at = session.execute(
        select(func.count(), func.count(case((claimed, 1))), func.min(case((claimed, slots.until)))).where(
            slots.code == row.hash, slots.until.is_not(None)
        )
    ).one()
    by_customer = uses_by(session, row.batch, people, now) if row.per_customer and people else 0
    return CodeUse(row.slots - unused, carts, (free_at or now) - now, by_customer, row.blocked)


def uses_by(session: Session, batch: str, people: Collection[str], now: int) -> int:
    """Paid and claimed uses of a batch by one customer, under whichever of these ids."""
    slots = coupon_slots.c
    counted = or_(slots.state == "used", and_(slots.state == "claimed", slots.until > now))
    theirs = and_(slots.batch == batch, slots.customer.in_(list(people)), counted)
    return session.scalar(select(func.count()).select_from(coupon_slots).where(theirs)) or 0


def claim_row(session: Session, claim: str) -> Row[Any] | None:
    """The slot that a claim holds or has used, or None where it holds none any more."""
    return session.execute(select(coupon_slots).where(coupon_slots.c.claim == claim)).first()


def claims_in(session: Session, cart: str) -> list[Any]:
    """The uses that a cart has claimed, also those whose time is over and that nobody has freed yet, with the
    promotion of each: what a cart is priced by has to be the same whoever looks at it when."""
    found: list[Any] = CLAIMS_IN.all(session, cart=cart)
    return found


def in_cart(session: Session, cart: str, now: int) -> list[dict[str, Any]]:
    """The coupons that a cart has claimed: `{claim, batch, promotion, until}`, in the order of their claims."""
    slots = coupon_slots.c
    rows = session.execute(
        select(slots.claim, slots.batch, slots.until, coupon_batches.c.promotion)
        .join(coupon_batches, coupon_batches.c.id == slots.batch)
        .where(slots.cart == cart, slots.state == "claimed", slots.until > now)
        .order_by(slots.claim)
    )
    return [dict(row._mapping) for row in rows]


def promotions_in(session: Session, cart: str, now: int) -> frozenset[str]:
    """What `Occasion.coupons` of this cart is: ids of the promotions that its coupons switch on."""
    return frozenset(row["promotion"] for row in in_cart(session, cart, now))


def batches(session: Session, limit: int = BATCHES_SHOWN_MAX) -> list[dict[str, Any]]:
    """The newest batches with what became of them: columns of the batch, and `used` and `claimed` uses."""
    slots = coupon_slots.c
    found = session.execute(
        select(
            coupon_batches,
            func.count(case((slots.state == "used", 1))).label("used"),
            func.count(case((slots.state == "claimed", 1))).label("claimed"),
        )
        .outerjoin(coupon_slots, slots.batch == coupon_batches.c.id)
        .group_by(coupon_batches.c.id)
        .order_by(coupon_batches.c.made_at.desc(), coupon_batches.c.id)
        .limit(limit)
    )
    hidden = {"seed", "key"}
    return [
        {**{name: value for name, value in row._mapping.items() if name not in hidden}, "sealed": row.seed is None}
        for row in found
    ]


def history(session: Session, claim: str) -> list[dict[str, Any]]:
    """What happened to one claim, oldest first."""
    entries = coupon_entries.c
    rows = session.execute(select(coupon_entries).where(entries.claim == claim).order_by(entries.at, entries.key))
    return [dict(row._mapping) for row in rows]
