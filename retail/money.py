"""Amounts are integers in the currency's minor unit; quantities are integers in thousandths. No float enters."""

from collections.abc import Sequence
from fractions import Fraction

from retail.errors import N_, MoneyError

QUANTITY_ONE = 1000
"""One piece, one kilogram, one metre: quantities count in thousandths of the unit."""

WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
MINOR_DIGITS = dict.fromkeys(WITHOUT_DECIMALS.split(), 0) | dict.fromkeys(THREE_DECIMALS.split(), 3)
"""Currencies that ISO 4217 does not give two decimals."""


def minor_digits(currency: str) -> int:
    """How many decimals an amount of this currency shows (ISO 4217)."""
    return MINOR_DIGITS.get(currency, 2)


def round_half_up(value: Fraction) -> int:
    """The nearest whole number, halves away from zero, as shops and tax offices round."""
    return rounded_ratio(value.numerator, value.denominator)


def rounded_ratio(amount: int, parts: int) -> int:
    """`amount / parts` rounded half up; `parts` is above zero. Whole numbers alone: it is taken for every line of every
    cart that changes, and fractions cost ten times as much."""
    nearest = (2 * abs(amount) + parts) // (2 * parts)
    return -nearest if amount < 0 else nearest


def extend(unit_price: int, quantity: int) -> int:
    """What `quantity` thousandths cost at `unit_price` minor units for one whole unit."""
    return rounded_ratio(unit_price * quantity, QUANTITY_ONE)


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Share `amount` out in proportion to `weights`, never losing a minor unit.

    Largest remainder (Hamilton): each share is rounded towards zero, then the units left over go to the largest
    remainders, ties to the earlier line. Weights are not negative; when all are zero the shares
    are as even as they can be.
    """
    if not weights:
        if amount:
            raise MoneyError("money.nobody_to_share", N_("There is nothing to share the amount over."))
        return []
    if any(weight < 0 for weight in weights):
        raise MoneyError("money.negative_weight", N_("A share cannot be negative."))
    shares = list(weights) if any(weights) else [1] * len(weights)
    whole, sign = sum(shares), -1 if amount < 0 else 1
    quotients = [divmod(abs(amount) * share, whole) for share in shares]
    left_over = abs(amount) - sum(quotient for quotient, _ in quotients)
    by_remainder = sorted(range(len(shares)), key=lambda line: (-quotients[line][1], line))
    extra = set(by_remainder[:left_over])
    return [sign * (quotient + (line in extra)) for line, (quotient, _) in enumerate(quotients)]
