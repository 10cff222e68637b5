"""What the lines of a cart cost: the same code at the till and at the hub (docs/pricing.md)."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from retail.cart import CartLine, Channel
from retail.catalogue import Product, Store, TaxRate
from retail.errors import N_, CartRefused, CatalogueError
from retail.loyalty.programme import DatedProgramme, Programme, holding
from retail.money import QUANTITY_ONE, extend
from retail.occasion import Occasion
from retail.price_lists import NO_LISTS, PriceLists, unit_price
from retail.promotions.lanes import NOTHING_GIVEN, Outcome, run
from retail.promotions.promotion import NO_RULES, RuleBook
from retail.promotions.stacks import Mark, Stack, by_promotion
from retail.tax import INSIDE, TaxRules, TaxSum, tax_document, tax_sums


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Products, tax rates, price lists, promotions and a store's rules as of one version of its reference data."""

    version: int
    currency: str
    products: Mapping[str, Product]
    taxes: Mapping[str, TaxRate]
    rules: RuleBook = NO_RULES
    lists: PriceLists = NO_LISTS
    tax_rules: TaxRules = INSIDE
    cash_step: int = 0
    zone: str = "UTC"
    programmes: tuple[DatedProgramme, ...] = ()
    """What purchases earn, and from when on."""

    @property
    def asks_for_whom(self) -> bool:
        """Whether it matters to a price who buys."""
        return bool(self.rules.promotions) or self.lists.ask_for_groups

    @property
    def asks_for_groups(self) -> bool:
        """Whether it matters to a price which groups the shopper belongs to."""
        return self.rules.ask_for_groups or self.lists.ask_for_groups

    @property
    def asks_for_standing(self) -> bool:
        """Whether it matters to a price which tier the shopper has, or that she never bought before."""
        return self.rules.ask_for_standing

    def programme(self, at: int) -> Programme:
        """The loyalty programme that holds at `at` (ms)."""
        return holding(self.programmes, at)

    def entangled(self, items: Iterable[str]) -> bool:
        """Whether a line that nobody touched may cost something else because lines of these items changed: one of the
        same product reaches a step of a price list, one of the same tax shares its rounding, a promotion takes both."""
        if self.tax_rules.added or self.rules.promotions:
            return True
        return bool(self.lists.lists) and any(self.lists.offers.get(item) for item in items)

    def product(self, item: str) -> Product:
        product = self.products.get(item)
        if product is None:
            raise CatalogueError("catalogue.unknown_item", N_("There is no product {item}."), item=item)
        return product

    def check_quantity(self, item: str, quantity: int) -> None:
        """Refuse a product that is not known, and a part of something that is sold in whole pieces.

        The cart counts thousandths of anything; only the book knows that half a boot is not for sale.
        """
        if not self.product(item).measured and quantity % QUANTITY_ONE:
            raise CartRefused("cart.whole_pieces", N_("This is sold in whole pieces only."), item=item)


@dataclass(frozen=True, slots=True)
class Share:
    """`count` units of a line that each got the same: `marks` are `(promotion, minor units off one unit)`."""

    count: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its price; `total` is what the shopper pays for it and `tax` the part of it that is tax.

    `unit_price` is before promotions, and without tax where the store adds it; `price_list` with its `list_version` is
    where it comes from, empty for the product's own price. `shares` say what each unit of the line got off, and are
    empty where none did; a weighing is one unit.
    """

    line: CartLine
    product: Product
    unit_price: int
    total: int
    tax: int
    shares: tuple[Share, ...] = ()
    price_list: str = ""
    list_version: int = 0

    @property
    def off(self) -> int:
        return sum(self.discounts.values())

    @property
    def list_total(self) -> int:
        """What the line would cost without promotions."""
        return self.total + self.off

    @property
    def discounts(self) -> dict[str, int]:
        """What each promotion took off the line, in minor units, in the order in which they were given."""
        return by_promotion((promotion, off * share.count) for share in self.shares for promotion, off in share.marks)


@dataclass(frozen=True, slots=True)
class PricedCart:
    lines: tuple[PricedLine, ...]
    taxes: tuple[TaxSum, ...]
    total: int
    currency: str
    given: Outcome = NOTHING_GIVEN

    @property
    def tax(self) -> int:
        return sum(row.tax for row in self.taxes)

    @property
    def off(self) -> int:
        """What all promotions together saved."""
        return sum(self.given.saved.values())


def book_of(
    version: int,
    store: Store,
    products: Mapping[str, Product],
    taxes: Mapping[str, TaxRate],
    lists: PriceLists = NO_LISTS,
    rules: RuleBook = NO_RULES,
    programmes: tuple[DatedProgramme, ...] = (),
) -> PriceBook:
    """The price book of a store with the store's own rules for tax and cash."""
    return PriceBook(
        version,
        store.currency,
        products,
        taxes,
        rules,
        lists,
        tax_rules=TaxRules(store.tax_added, store.tax_rounding),
        cash_step=store.cash_step,
        zone=store.zone,
        programmes=programmes,
    )


Found = Sequence[tuple[CartLine, Product]]


def price(lines: Iterable[CartLine], book: PriceBook, occasion: Occasion | None = None) -> PricedCart:
    """Price each line, give what promotions give, and take the tax once per rate over what is paid together: the lines
    of one owner.

    The order in which lines were scanned does not change the total. Without an occasion no price list is asked and no
    promotion is in force.
    """
    found = [(line, book.product(line.item)) for line in lines]
    if len({line.owner for line, _ in found}) < 2:
        return _document(found, book, occasion)
    owners: dict[str, list[tuple[CartLine, Product]]] = {}
    for line, product in found:
        owners.setdefault(line.owner, []).append((line, product))
    return joined([_document(rows, book, occasion) for rows in owners.values()])


def joined(parts: Sequence[PricedCart]) -> PricedCart:
    """What is paid by several documents, as the one cart that it is."""
    lines = sorted((row for cart in parts for row in cart.lines), key=lambda row: row.line.n)
    given = parts[0].given if len(parts) == 1 else _all_given([cart.given for cart in parts])
    taxes = tax_sums([cart.taxes for cart in parts])
    return PricedCart(tuple(lines), tuple(taxes), sum(cart.total for cart in parts), parts[0].currency, given)


def _all_given(parts: Sequence[Outcome]) -> Outcome:
    saved = by_promotion(row for one in parts for row in one.saved.items())
    perks = tuple({perk.id: perk for one in parts for perk in one.perks}.values())
    judged = {promotion: verdicts for one in parts for promotion, verdicts in one.judged.items()}
    stacks = tuple(stack for one in parts for stack in one.stacks)
    grants = tuple(grant for one in parts for grant in one.grants)
    return Outcome(stacks, saved, all(one.exact for one in parts), perks, judged, grants)


def _document(found: Found, book: PriceBook, occasion: Occasion | None) -> PricedCart:
    """The lines of one owner, who pays them together."""
    if occasion is not None and found:
        # Goods that nobody has in hand are bought online, whoever looks at them; others where the hand is.
        channel: Channel = found[0][0].origin if found[0][0].in_hand else "online"
        if occasion.channel != channel:
            occasion = replace(occasion, channel=channel)
    amounts, origins = _unit_prices(found, book.lists, occasion)
    totals = [extend(amount, line.quantity) for (line, _), amount in zip(found, amounts, strict=True)]
    given = NOTHING_GIVEN
    shares: list[tuple[Share, ...]] = [()] * len(found)
    if occasion is not None and book.rules.promotions:
        given = run(stacked(found, amounts), book.rules, occasion)
        shares = _shared(found, given)
        totals = [
            total - sum(off * share.count for share in parts for _, off in share.marks)
            for total, parts in zip(totals, shares, strict=True)
        ]
    taxes, tax_by_line = tax_document(
        [(product.tax, total) for (_, product), total in zip(found, totals, strict=True)], book.taxes, book.tax_rules
    )
    if book.tax_rules.added:
        totals = [total + tax for total, tax in zip(totals, tax_by_line, strict=True)]
    priced = tuple(
        PricedLine(line, product, amount, total, tax, parts, *origin)
        for (line, product), amount, origin, total, tax, parts in zip(
            found, amounts, origins, totals, tax_by_line, shares, strict=True
        )
    )
    return PricedCart(priced, tuple(taxes), sum(totals), book.currency, given)


OWN_PRICE = ("", 0)
"""The origin of a price that is of no list."""


def _unit_prices(found: Found, lists: PriceLists, occasion: Occasion | None) -> tuple[list[int], list[tuple[str, int]]]:
    """The price of one unit for each line, and its list and the list's version. What counts for a step of a price list
    is all that is bought together of a product, however many lines it stands on."""
    amounts, origins = [product.price for _, product in found], [OWN_PRICE] * len(found)
    if not lists.lists or occasion is None:
        return amounts, origins
    # Most goods are in no list.
    offered = [n for n, (line, _) in enumerate(found) if lists.offers.get(line.item)]
    if offered:
        bought: dict[str, int] = {}
        for line, _ in found:
            bought[line.item] = bought.get(line.item, 0) + line.quantity
        for n in offered:
            line, product = found[n]
            unit = unit_price(product, bought[line.item], lists, occasion)
            amounts[n], origins[n] = unit.amount, (unit.list_id, unit.version)
    return amounts, origins


def stacked(lines: Found, amounts: Sequence[int]) -> list[Stack]:
    """The goods of these lines at these unit prices for the promotions: pieces of one product in one stack, each
    weighing in its own."""
    pieces: dict[str, tuple[Product, int, int]] = {}
    stacks = []
    for (line, product), amount in zip(lines, amounts, strict=True):
        if _one_unit(line):
            stacks.append(Stack(product, line.quantity, extend(amount, line.quantity), 1, line.id))
        else:
            before = pieces[product.id][2] if product.id in pieces else 0
            pieces[product.id] = (product, amount, before + line.quantity // QUANTITY_ONE)
    return stacks + [Stack(product, QUANTITY_ONE, amount, count) for product, amount, count in pieces.values()]


def _one_unit(line: CartLine) -> bool:
    return line.weighed or line.quantity % QUANTITY_ONE != 0


def _shared(lines: Sequence[tuple[CartLine, Product]], given: Outcome) -> list[tuple[Share, ...]]:
    """What the units of each line got. Which of several lines of one product gets it follows their order; how much
    all of them get together does not."""
    marked = {(stack.product.id, stack.line) for stack in given.stacks if stack.marks}
    if not marked:
        return [()] * len(lines)
    waiting: dict[tuple[str, str], deque[Share]] = {}
    for stack in given.stacks:
        key = (stack.product.id, stack.line)
        if key in marked:
            waiting.setdefault(key, deque()).append(Share(stack.count, stack.marks))
    keys = [(line.item, line.id if _one_unit(line) else "") for line, _ in lines]
    standing = Counter(keys)
    shares: list[tuple[Share, ...]] = []
    for (line, _), key in zip(lines, keys, strict=True):
        if key not in marked:
            shares.append(())
        elif standing[key] == 1:
            shares.append(tuple(waiting[key]))
        else:
            shares.append(_from(waiting[key], 1 if key[1] else line.quantity // QUANTITY_ONE))
    return shares


def _from(waiting: deque[Share], count: int) -> tuple[Share, ...]:
    shares = []
    while count:
        first = waiting.popleft()
        taken = min(count, first.count)
        if taken < first.count:
            waiting.appendleft(Share(first.count - taken, first.marks))
        shares.append(Share(taken, first.marks))
        count -= taken
    return tuple(shares) if any(share.marks for share in shares) else ()
