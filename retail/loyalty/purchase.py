"""What a priced cart earns: the programme's own rules, and the promotions that multiply points.

Till, kiosk and hub ask here, so that a screen, the receipt and the ledger say the same number.
"""

from collections.abc import Sequence

from retail.loyalty.earning import Earning, PaidLine, earn, earned
from retail.loyalty.programme import ONCE, Programme
from retail.pricing import PricedCart, PricedLine
from retail.promotions.benefits import PointsTimes
from retail.promotions.promotion import Promotion
from retail.tender import Tender

HUNDRED = 100
"""A promotion counts in hundredths, a programme in thousandths."""


def earning_of(priced: PricedCart, programme: Programme, paid_in_points: int = 0) -> Earning:
    """What the lines of a purchase earn, in their order. `paid_in_points` is what points pay of it, in minor units."""
    boosts = multiplying(priced)
    lines = [
        PaidLine(row.line.id, row.product.id, row.product.department, row.total, times_of(row, boosts))
        for row in priced.lines
    ]
    return earn(programme, lines, paid_in_points)


def points_of(priced: PricedCart, programme: Programme) -> int:
    """What paying all of it with money would earn. A screen asks at every scan, and mostly no line is special."""
    if programme.multipliers or priced.given.perks:
        return earning_of(priced, programme).points
    return earned(sum(max(0, row.total) for row in priced.lines), programme)


def multiplying(priced: PricedCart) -> list[Promotion]:
    """The promotions in force that multiply the points of some of these goods."""
    return [
        one
        for one in priced.given.perks
        if isinstance(one.benefit, PointsTimes) and any(one.benefit.on.matches(row.product) for row in priced.lines)
    ]


def times_of(row: PricedLine, boosts: Sequence[Promotion]) -> int:
    """What promotions multiply the points of a line by, in thousandths. Of several the largest counts."""
    found = (
        one.benefit.hundredths * ONCE // HUNDRED
        for one in boosts
        if isinstance(one.benefit, PointsTimes) and one.benefit.on.matches(row.product)
    )
    return max(found, default=ONCE)


def paid_in_points(tenders: Sequence[Tender]) -> int:
    """What of a sale is paid with points, in minor units: it earns nothing."""
    return sum(paid.amount for paid in tenders if paid.kind == "points")
