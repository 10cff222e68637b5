"""The arithmetic of a sale (docs/proof.md), done again by other means: nothing here is the shop's own code."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import floor
from typing import Any

Row = dict[str, Any]
Marks = tuple[tuple[str, int], ...]
# Item, line of a weighing, the price that it has now, and what it got off so far.
Unit = tuple[str, str, int, Marks]


def faults(sale: Row) -> list[str]:
    """What does not add up, in words; empty where the receipt is right."""
    try:
        if sale.get("derivation") is None or any(line.get("derivation") is None for line in sale["lines"]):
            return ["the sale does not say how it came to its amounts"]
        return [*_lines(sale), *_promotions(sale), *_taxes(sale), *_payment(sale)]
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError) as error:
        return [f"the sale cannot be read: {error!r}"]


def nearest(value: Fraction) -> int:
    """Halves upwards; no amount here is negative."""
    return floor(value + Fraction(1, 2))


def shared(amount: int, weights: Sequence[int]) -> list[int]:
    """What rounding down leaves over goes to those who lack most of what is due, the first of equals."""
    whole = sum(weights)
    due = [Fraction(amount * weight, whole) if whole else Fraction(amount, len(weights)) for weight in weights]
    lacking = sorted(range(len(due)), key=lambda n: (floor(due[n]) - due[n], n))
    more = lacking[: amount - sum(map(floor, due))]
    return [floor(one) + (n in more) for n, one in enumerate(due)]


def expect(what: str, found: Any, right: Any) -> Iterator[str]:
    if found != right:
        yield f"{what}: {found} on the receipt, {right} by its terms"


def _gross(line: Row) -> int:
    return nearest(Fraction(line["unit_price"] * line["quantity"], 1000))


def _off(line: Row) -> int:
    return sum(mark["off"] * share["count"] for share in line.get("shares", ()) for mark in share["marks"])


def _lines(sale: Row) -> Iterator[str]:
    bought = Counter[str]()
    for line in sale["lines"]:
        bought[line["item"]] += line["quantity"]
    for line in sale["lines"]:
        price = line["derivation"]["own_price"]
        if line.get("price_list"):
            breaks = line["derivation"]["breaks"]
            price = [one["amount"] for one in breaks if one["quantity"] <= bought[line["item"]]][-1]
        yield from expect(f"price of {line['id']}", line["unit_price"], price)
        on_top = line["tax"] if sale["derivation"]["tax_added"] else 0
        yield from expect(f"total of {line['id']}", line["total"], _gross(line) - _off(line) + on_top)
    yield from expect("total", sale["total"], sum(line["total"] for line in sale["lines"]))


def _promotions(sale: Row) -> Iterator[str]:
    pool, sizes = Counter[Unit](), {line["id"]: line["quantity"] for line in sale["lines"]}
    right = Counter[tuple[str, str, Marks]]()
    for line in sale["lines"]:
        # A weighing is one unit, whatever its weight; pieces of one product are all the same.
        one_unit = line["weighed"] or line["quantity"] % 1000
        alone, count = (line["id"], 1) if one_unit else ("", line["quantity"] // 1000)
        pool[(line["item"], alone, _gross(line) if alone else line["unit_price"], ())] += count
        for share in line.get("shares") or [{"count": count, "marks": ()}]:
            right[(line["item"], alone, _marks(share))] += share["count"]
    terms = {term["promotion"]: term for term in sale["derivation"]["terms"]}
    given, saved, groups = sale["derivation"]["given"], Counter[str](), dict[str, str]()
    for lane in sorted({term["lane"] for term in terms.values()}):
        mine = [one for one in given if terms[one["promotion"]]["lane"] == lane]
        after, began, sets = Counter[Unit](), pool.copy(), Counter[str]()
        for one in mine:
            name = one["promotion"]
            term, what = terms[name], f"promotion {name}"
            sets[name] += 1
            units = [(u["item"], u["line"], u["price"], _marks(u)) for u in one["units"]]
            counts = [u["count"] for u in one["units"]]
            for unit, count in zip(units, counts, strict=True):
                pool[unit] -= count
                if count <= 0 or pool[unit] < 0:
                    yield f"{what}: it is given on units that are not there"
            exact, weights = _exact(term, units, counts, sizes, began)
            if exact is None or (term["most"] and sets[name] > term["most"]):
                yield f"{what}: these units are no set of it"
                continue
            yield from expect(what, one["off"], nearest(exact))
            saved[name] += one["off"]
            for unit, count, part in zip(units, counts, shared(one["off"], weights), strict=True):
                for each, many in ((part // count + 1, part % count), (part // count, count - part % count)):
                    marks = (*unit[3], (name, each)) if each else unit[3]
                    after[(unit[0], unit[1], unit[2] - each, marks)] += many
            for group in term["groups"]:
                if groups.setdefault(group, name) != name:
                    yield f"{what}: {groups[group]} excludes it"
        pool = +pool + after
    told = Counter[tuple[str, str, Marks]]()
    for (item, line, price, marks), count in pool.items():
        told[(item, line, marks)] += count
        if price < 0:
            yield f"a unit of {item} costs less than nothing"
    yield from expect("what each unit got off", dict(+right), dict(+told))
    stated = {row["id"]: (row["version"], row["saved"]) for row in sale.get("promotions", ())}
    yield from expect("savings", stated, {name: (terms[name]["version"], off) for name, off in saved.items()})


def _marks(unit: Row) -> Marks:
    return tuple((mark["promotion"], mark["off"]) for mark in unit["marks"])


def _exact(
    term: Row, units: Sequence[Unit], counts: Sequence[int], sizes: dict[str, int], began: Counter[Unit]
) -> tuple[Fraction | None, list[int]]:
    """What these units get off together before it is rounded, None where they are no set; and what it is shared by."""

    def off(unit: Unit) -> Fraction:
        value, size = term["value"], sizes[unit[1]] if unit[1] else 1000
        if term["calculator"] == "percent":
            return Fraction(unit[2] * value, 10_000)
        amount = nearest(Fraction(value * size, 1000))
        return Fraction(min(unit[2], amount) if term["calculator"] == "amount" else max(0, unit[2] - amount))

    kind, roles, prices = term["kind"], term["roles"], [unit[2] for unit in units]
    serve = [[unit[0] in role["items"] for unit in units] for role in roles]
    if kind == "each_unit" or kind == "gift":
        whole = len(units) == 1 and serve[0][0] and (counts == [1] or not term["most"])
        return (off(units[0]) * counts[0] if whole else None), prices
    if kind == "together":
        all_of = sum(count for unit, count in began.items() if unit[0] in roles[0]["items"])
        weights = [price * count for price, count in zip(prices, counts, strict=True)]
        reached = [step for step in term["steps"] if step["spend"] <= sum(weights)]
        if not all(serve[0]) or sum(counts) != all_of or not reached:
            return None, weights
        step = max(reached, key=lambda one: one["spend"])
        part = Fraction(sum(weights) * step["hundredths"], 10_000) + step["amount"]
        return min(Fraction(sum(weights)), part), weights
    needed, exact, fits = [role["count"] for role in roles], Fraction(), False
    if kind == "multibuy":
        fits = len(units) == needed[0] and all(serve[0])
        exact = sum((off(unit) for unit in sorted(units, key=lambda unit: -unit[2])[term["pay"] :]), exact)
    elif kind == "buy_get":
        fits = all(serve[0][: needed[0]] + serve[1][needed[0] :]) and 0 < len(units) - needed[0] <= needed[1]
        exact = sum((off(unit) for unit in units[needed[0] :]), exact)
    elif kind == "bundle_price":
        slots = [n for n, count in enumerate(needed) for _ in range(count)]
        exact = Fraction(sum(prices) - term["value"])
        fits = len(slots) == len(units) and all(serve[slot][n] for n, slot in enumerate(slots)) and exact > 0
    return (exact if fits and set(counts) == {1} else None), prices


def _taxes(sale: Row) -> Iterator[str]:
    how, rates = sale["derivation"], {rate["code"]: rate for rate in sale["derivation"]["rates"]}
    rows = {row["code"]: row for row in sale["taxes"]}
    yield from expect("the tax table", sorted(rows), sorted({line["tax_code"] for line in sale["lines"]}))
    for code, row in rows.items():
        lines = [line for line in sale["lines"] if line["tax_code"] == code]
        amounts = [_gross(line) - _off(line) for line in lines]
        by_line = how["tax_rounding"] == "line"
        taken = [_tax(rates[code], one, how["tax_added"]) for one in (amounts if by_line else [sum(amounts)])]
        each = [sum(one) for one in taken] if by_line else shared(sum(taken[0]), amounts)
        parts = [sum(column) for column in zip(*taken, strict=True)]
        net = sum(amounts) - (0 if how["tax_added"] else sum(parts))
        yield from expect(f"tax of {code}", [row["net"], row["tax"], row["gross"]], [net, sum(parts), net + sum(parts)])
        yield from expect(f"tax of {code} by line", [line["tax"] for line in lines], each)
        if rates[code]["parts"]:
            yield from expect(f"taxes of {code}", [part["tax"] for part in row["parts"]], parts)


def _tax(rate: Row, amount: int, added: bool) -> list[int]:
    if not rate["parts"]:
        return [nearest(Fraction(amount * rate["rate"], 10_000 if added else 10_000 + rate["rate"]))]
    of_one, taxes = [Fraction()], list[int]()
    for part in rate["parts"]:
        share = Fraction(part["ppm"], 1_000_000)
        of_one.append(share * (1 + sum(of_one) if part["compound"] else 1))
        taxes.append(nearest(share * (amount + sum(taxes) if part["compound"] else amount)))
    if added:
        return taxes
    weights = [floor(one * 1_000_000 ** len(rate["parts"])) for one in of_one[1:]]
    together = sum(of_one, Fraction())
    return shared(nearest(amount * together / (1 + together)), weights)


def _payment(sale: Row) -> Iterator[str]:
    step, paid = max(1, sale["derivation"]["cash_step"]), sum(tender["amount"] for tender in sale["tenders"])
    due = sale["total"] + sum(load["amount"] for load in sale.get("loads", ()))
    cash = max(0, due - sum(one["amount"] for one in sale["tenders"] if one["kind"] != "cash"))
    rounding = nearest(Fraction(cash, step)) * step - cash
    yield from expect("cash rounding", sale.get("rounding", 0), rounding)
    yield from expect("change", sale["change"], paid - due - rounding)
