"""Coupons: batches of codes, each of which switches a promotion on so many times (docs/coupons.md).

Whether the promotion then applies is the promotions' own question; here is only whether the code may be used.
"""

from dataclasses import dataclass
from datetime import datetime

from retail import voucher_codes
from retail.errors import N_, CouponRefused
from retail.occasion import Occasion

CODE_LENGTH = 12
GIFT_CARD_LENGTH = 16
"""Both lengths stand here, because whoever types one where the other is asked for is told so."""

CLAIM_MS = 15 * 60_000
"""So long does a cart keep a use of a coupon without any activity."""

COUPONS_MAX = 20
"""Coupons in one cart."""

USES_MAX = 1_000_000
"""Times that one code can be used."""

LOCAL_SHAPE = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class CouponBatch:
    """Codes for the promotion `promotion`. Each can be used `uses` times, by one customer `per_customer` times in the
    whole batch (0: no limit), from `begins` until before `ends`: wall clock of the store, ISO text, "" for open."""

    id: str
    promotion: str
    uses: int = 1
    per_customer: int = 0
    begins: str = ""
    ends: str = ""
    paused: bool = False


@dataclass(frozen=True, slots=True)
class CodeUse:
    """What has become of one code: uses that were paid, uses that other carts have claimed, and in how many ms the
    first of those is free again. `by_customer` counts paid and claimed uses of the batch by the one who asks."""

    used: int = 0
    claimed: int = 0
    free_in_ms: int = 0
    by_customer: int = 0
    blocked: bool = False


def read_code(typed: str) -> str:
    """A coupon's code in its plain form. `VoucherError` for what was mistyped, `CouponRefused` for a gift card's."""
    code = voucher_codes.plain(typed)
    if len(code) == GIFT_CARD_LENGTH and not set(code) - set(voucher_codes.ALPHABET) and voucher_codes.adds_up(code):
        raise CouponRefused(
            "coupon.gift_card", N_("This is the code of a gift card. Use it when paying; nothing was changed.")
        )
    return voucher_codes.read(typed, CODE_LENGTH)


def checked(batch: CouponBatch) -> CouponBatch:
    """The batch itself, where it can be used at all; `CouponRefused` says what contradicts itself."""
    if not 1 <= batch.uses <= USES_MAX or not 0 <= batch.per_customer <= USES_MAX:
        raise CouponRefused(
            "coupon.uses", N_("A coupon can be used from 1 to {limit} times. Nothing was made."), limit=USES_MAX
        )
    begins, ends = (wall_clock(text) for text in (batch.begins, batch.ends))
    if begins is not None and ends is not None and begins >= ends:
        raise CouponRefused(
            "coupon.period", N_("A coupon cannot end before it begins. Change one of the two; nothing was made.")
        )
    return batch


def wall_clock(text: str) -> datetime | None:
    """A time of the store's wall clock; None for "". It has no zone: a merchant who writes 18:00 means the clock on
    the wall."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise CouponRefused(
            "coupon.time",
            N_("The time {text} cannot be read. Write it as 2026-11-27T18:00, in the store's own time."),
            text=text,
        )
    return found


def check_usable(batch: CouponBatch, use: CodeUse, occasion: Occasion) -> None:
    """`CouponRefused` says why the code cannot be used on this occasion; of several reasons the one that lasts longest
    is named."""
    for refuse in (_if_blocked, _if_over, _if_used_up, _if_customer_had_it, _if_paused, _if_not_yet, _if_in_use):
        refuse(batch, use, occasion)


def _if_blocked(_batch: CouponBatch, use: CodeUse, _occasion: Occasion) -> None:
    if use.blocked:
        raise CouponRefused("coupon.blocked", N_("This coupon was withdrawn. Take another one; the cart is unchanged."))


def _if_over(batch: CouponBatch, _use: CodeUse, occasion: Occasion) -> None:
    ends = wall_clock(batch.ends)
    if ends is not None and occasion.local >= ends:
        raise CouponRefused(
            "coupon.over",
            N_("This coupon was valid until {until}. The cart is unchanged."),
            until=ends.strftime(LOCAL_SHAPE),
        )


def _if_used_up(batch: CouponBatch, use: CodeUse, _occasion: Occasion) -> None:
    if use.used >= batch.uses:
        raise CouponRefused("coupon.used_up", N_("This coupon was used already. The cart is unchanged."))


def _if_customer_had_it(batch: CouponBatch, use: CodeUse, occasion: Occasion) -> None:
    if not batch.per_customer:
        return
    if not occasion.shopper:
        raise CouponRefused(
            "coupon.who",
            N_("This coupon is limited for each customer. Scan the customer's card first, then the coupon."),
        )
    if use.by_customer >= batch.per_customer:
        raise CouponRefused(
            "coupon.customer_limit",
            N_("This customer has used this offer as often as it allows: {limit}. The cart is unchanged."),
            limit=batch.per_customer,
        )


def _if_paused(batch: CouponBatch, _use: CodeUse, _occasion: Occasion) -> None:
    if batch.paused:
        raise CouponRefused("coupon.paused", N_("This offer is paused just now. Keep the coupon and try it later."))


def _if_not_yet(batch: CouponBatch, _use: CodeUse, occasion: Occasion) -> None:
    begins = wall_clock(batch.begins)
    if begins is not None and occasion.local < begins:
        raise CouponRefused(
            "coupon.not_yet",
            N_("This coupon is valid from {begins}. Keep it until then."),
            begins=begins.strftime(LOCAL_SHAPE),
        )


def _if_in_use(batch: CouponBatch, use: CodeUse, _occasion: Occasion) -> None:
    if use.used + use.claimed >= batch.uses:
        raise CouponRefused(
            "coupon.in_use",
            N_("This coupon is in another cart just now. It is free again in {minutes} min at the latest."),
            minutes=max(1, -(-use.free_in_ms // 60_000)),
        )
