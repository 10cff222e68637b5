"""Any cart under any promotions, for the laws; and the best choice found by trying every one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from hypothesis import strategies as st
from promotion_words import goods

from retail.cart import CartLine
from retail.catalogue import Product
from retail.promotions.benefits import BundlePrice, BuyGet, EachUnit, Gift, Multibuy, Slot, Step, Together
from retail.promotions.calculators import PARTS, Amount, FixedPrice, Percent
from retail.promotions.conditions import Spend, Units
from retail.promotions.promotion import LANE_CART, LANE_GOODS, Promotion

DEPARTMENTS = ("tea", "dairy", "snacks")
SELECTORS = st.sampled_from([*DEPARTMENTS, ""]).map(goods)
NAMED = st.sampled_from(DEPARTMENTS).map(goods)
# Tenths of a percentage of whole hundreds: nothing is rounded, so two choices can be compared to the last part.
ROUND_PRICES = st.integers(0, 9).map(lambda n: n * 100)
ROUND_CALCULATORS = (
    st.integers(0, 10).map(lambda n: Percent(n * 1000)) | ROUND_PRICES.map(Amount) | ROUND_PRICES.map(FixedPrice)
)
ANY_CALCULATORS = (
    st.integers(0, 10_000).map(Percent) | st.integers(0, 700).map(Amount) | st.integers(0, 700).map(FixedPrice)
)


def benefits(calculators, prices, selectors=SELECTORS):  # type: ignore[no-untyped-def]
    counts, most = st.integers(1, 3), st.integers(0, 2)
    steps = st.lists(
        st.builds(Step, prices, st.integers(0, 10).map(lambda n: n * 1000), prices), min_size=1, max_size=2
    )
    return st.one_of(
        st.builds(EachUnit, calculators, selectors, most),
        st.integers(2, 4).flatmap(
            lambda take: st.builds(Multibuy, st.just(take), st.integers(0, take - 1), selectors, calculators, most)
        ),
        st.builds(BuyGet, selectors, counts, selectors, st.integers(1, 2), calculators, most),
        st.builds(
            BundlePrice, st.lists(st.builds(Slot, selectors, counts), min_size=1, max_size=3).map(tuple), prices, most
        ),
        st.builds(Together, steps.map(lambda found: tuple({one.spend: one for one in found}.values())), selectors),
        st.builds(Gift, st.sampled_from("abcde"), counts),
    )


def promotions(calculators=ANY_CALCULATORS, prices=None, lanes=(LANE_GOODS, LANE_CART), most=5, selectors=SELECTORS):  # type: ignore[no-untyped-def]
    prices = prices if prices is not None else st.integers(0, 1500)
    conditions = st.lists(
        st.builds(Spend, prices, selectors) | st.builds(Units, st.integers(1, 5), selectors), max_size=1
    )
    one = st.tuples(
        benefits(calculators, prices, selectors),
        conditions,
        st.sampled_from(lanes),
        st.lists(st.sampled_from("xyz"), unique=True, max_size=2),
    )
    return st.lists(one, max_size=most).map(
        lambda found: [
            Promotion(f"p{n}", 1, {"en": f"p{n}"}, benefit, tuple(held), lane, tuple(groups))
            for n, (benefit, held, lane, groups) in enumerate(found)
        ]
    )


def carts(prices=None, lines_max=5, units_max=4):  # type: ignore[no-untyped-def]
    """Products by id, and lines of them."""
    prices = prices if prices is not None else st.integers(0, 1000)
    rows = st.lists(
        st.tuples(prices, st.sampled_from(DEPARTMENTS), st.integers(1, units_max)), min_size=1, max_size=lines_max
    )
    return rows.map(_cart)


def _cart(rows: Sequence[tuple[int, str, int]]) -> tuple[dict[str, Product], list[CartLine]]:
    products = {
        item: Product(item, "", {"en": item}, department, price, "A")
        for item, (price, department, _) in zip("abcde", rows, strict=False)
    }
    lines = [
        CartLine(f"l-{item}", item, count * 1000, "till-1", "till", n)
        for n, (item, (_, _, count)) in enumerate(zip("abcde", rows, strict=False), 1)
    ]
    return products, lines


def most_saved(units: Sequence[Product], live: Sequence[Promotion]) -> int:
    """The most that any disjoint choice saves, in minor units, by trying them all. Prices and rates are round."""
    return _most(frozenset(range(len(units))), units, live, Counter(), Counter())


def _most(
    free: frozenset[int], units: Sequence[Product], live: Sequence[Promotion], used: Counter[str], sets: Counter[str]
) -> int:
    if not free:
        return 0
    first = min(free)
    best = _most(free - {first}, units, live, used, sets)
    for promotion in live:
        if any(used[group] and not sets[promotion.id] for group in promotion.groups):
            continue
        for members, off in _sets(promotion, free, units):
            limit = getattr(promotion.benefit, "count" if isinstance(promotion.benefit, Gift) else "most", 0)
            if first not in members or (limit and sets[promotion.id] >= limit):
                continue
            more = Counter(promotion.groups) if not sets[promotion.id] else Counter[str]()
            best = max(best, off + _most(free - members, units, live, used + more, sets + Counter({promotion.id: 1})))
    return best


def _sets(promotion: Promotion, free: frozenset[int], units: Sequence[Product]) -> Iterator[tuple[frozenset[int], int]]:
    """Every single set that a promotion could make of these units, with what it saves."""
    benefit = promotion.benefit

    def off(calculator: Percent | Amount | FixedPrice, unit: int) -> int:
        return calculator.off(units[unit].price, 1000) // PARTS

    def matching(on) -> list[int]:  # type: ignore[no-untyped-def]
        return [unit for unit in free if on.matches(units[unit])]

    if isinstance(benefit, EachUnit | Gift):
        for unit in matching(benefit.targets[0]):
            yield frozenset({unit}), off(benefit.calculator if isinstance(benefit, EachUnit) else Percent(PARTS), unit)
    elif isinstance(benefit, Multibuy):
        for members in combinations(matching(benefit.on), benefit.take):
            dearest_first = sorted(members, key=lambda unit: -units[unit].price)
            yield frozenset(members), sum(off(benefit.calculator, unit) for unit in dearest_first[benefit.pay :])
    elif isinstance(benefit, BuyGet):
        for buys in combinations(matching(benefit.buy), benefit.buy_count):
            for count in range(1, benefit.get_count + 1):
                for gets in combinations([unit for unit in matching(benefit.get) if unit not in buys], count):
                    cheapest = min(units[unit].price for unit in buys)
                    if all(units[unit].price <= cheapest or not benefit.buy.matches(units[unit]) for unit in gets):
                        yield frozenset(buys + gets), sum(off(benefit.calculator, unit) for unit in gets)
    elif isinstance(benefit, BundlePrice):
        for members in _bundles([(slot.on, slot.count) for slot in benefit.slots], free, units):
            yield members, sum(units[unit].price for unit in members) - benefit.price


def _bundles(slots, free: frozenset[int], units: Sequence[Product]) -> Iterator[frozenset[int]]:  # type: ignore[no-untyped-def]
    if not slots:
        yield frozenset()
        return
    (on, count), *rest = slots
    for members in combinations([unit for unit in sorted(free) if on.matches(units[unit])], count):
        for others in _bundles(rest, free - set(members), units):
            yield frozenset(members) | others
