"""What the invented shop has on offer: one of each sort that a newcomer will want to see."""

from retail.promotions.benefits import EachUnit, Multibuy, Step, Together
from retail.promotions.calculators import Percent
from retail.promotions.conditions import Spend
from retail.promotions.promotion import LANE_CART, Promotion
from retail.promotions.selector import Selector


def promotions() -> list[Promotion]:
    books, household, beauty = (Selector(departments=frozenset({one})) for one in ("books", "household", "beauty"))
    return [
        Promotion("books-3-for-2", 1, {"en": "Books: 3 for 2", "ru": "Книги: 3 по цене\u00a02"}, Multibuy(3, 2, books)),
        Promotion(
            "beauty-second-half",
            1,
            {"en": "Care: the second at half price", "ru": "Красота: второй за полцены"},
            Multibuy(2, 1, beauty, Percent(5_000)),
        ),
        Promotion(
            "household-20",
            1,
            {"en": "Household: 20% off from 15.00", "ru": "Для дома: −20\u00a0% от 15,00"},
            EachUnit(Percent(2_000), household),
            conditions=(Spend(1_500, household),),
        ),
        Promotion(
            "large-basket",
            1,
            {"en": "10.00 off from 300.00", "ru": "−10,00 при покупке от 300,00"},
            Together((Step(30_000, amount=1_000),)),
            lane=LANE_CART,
        ),
    ]
