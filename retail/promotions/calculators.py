"""How much one unit gets off, in parts of a minor unit so that nothing is rounded before a choice is made."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from retail.money import QUANTITY_ONE, extend

PARTS = 10_000
"""Parts of a minor unit: a hundredth of a percent of any whole amount is a whole number of them."""

AMOUNT_MAX = 10**12
Minor = Annotated[int, Field(ge=0, le=AMOUNT_MAX)]
Hundredths = Annotated[int, Field(ge=0, le=PARTS)]
"""Of a percent."""


@dataclass(frozen=True, slots=True)
class Percent:
    """`hundredths` of a percent off: 2000 is 20 %."""

    hundredths: Hundredths
    kind: Literal["percent"] = "percent"

    def off(self, price: int, size: int) -> int:
        return price * self.hundredths


@dataclass(frozen=True, slots=True)
class Amount:
    """`amount` minor units off one whole unit: a piece, a kilogram."""

    amount: Minor
    kind: Literal["amount"] = "amount"

    def off(self, price: int, size: int) -> int:
        return min(price, self.amount if size == QUANTITY_ONE else extend(self.amount, size)) * PARTS


@dataclass(frozen=True, slots=True)
class FixedPrice:
    """One whole unit for `price` minor units, where that is less."""

    price: Minor
    kind: Literal["price"] = "price"

    def off(self, price: int, size: int) -> int:
        return max(0, price - (self.price if size == QUANTITY_ONE else extend(self.price, size))) * PARTS


Calculator = Annotated[Percent | Amount | FixedPrice, Field(discriminator="kind")]

FREE = Percent(PARTS)
