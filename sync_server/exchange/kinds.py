"""What can be exchanged: of each kind its row, what is there, and how rows become what is there.

Every row says how something *is*, not what to add to it: rows that agree with what is there change nothing, so an
import that was cut off is simply begun again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from retail.catalogue import Product
from retail.errors import N_, CatalogueError
from retail.messages import Key, Message, faults_of
from retail.price_lists import BREAKS_MAX, PriceList, breaks_from, check_list, price_list_from
from retail.promotions.kinds import as_dict, promotion_from
from retail.stored_value import AMOUNT_MAX
from sync_server.catalogue import lists
from sync_server.catalogue import queries as catalogue_queries
from sync_server.catalogue import service as catalogue
from sync_server.catalogue.reference import in_parts
from sync_server.catalogue.tables import list_prices, products
from sync_server.customers import service as customers
from sync_server.customers.tables import cards
from sync_server.customers.tables import customers as people
from sync_server.exchange.files import Unread
from sync_server.loyalty import queries as loyalty
from sync_server.loyalty import service as points
from sync_server.promotions import queries as promotion_queries
from sync_server.promotions import service as promotions
from sync_server.promotions.tables import promotions as promotion_rows
from sync_server.stored_value import cards as gift_cards
from sync_server.stored_value import queries as value_queries
from sync_server.stored_value import service as stored_value
from sync_server.stored_value.service import About
from sync_server.stored_value.tables import stored_values

Rows = Sequence[dict[str, Any]]
POINTS_MAX = 10**9
SOURCE_MAX = 64


class RowRefused(ValueError):
    """A row that cannot be done, with the reason for whoever made the file."""


@dataclass(frozen=True, slots=True)
class Doing:
    """For whom rows are put, when, and under which name: the same name twice gives no points twice."""

    by: str
    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Kind:
    """`key` names the columns that no two rows share; `put` answers how many rows changed something, and refuses."""

    name: str
    columns: tuple[str, ...]
    nested: frozenset[str]
    key: tuple[str, ...]
    checked: Callable[[dict[str, Any]], dict[str, Any]]
    rows: Callable[[Session], Iterator[dict[str, Any]]]
    put: Callable[[Session, Rows, Doing], int]


class Named(Message):
    """What a message can name, and every database keeps."""

    id: Key


class PriceRow(Message):
    item: Key
    price: int


class CardRow(Message):
    card: Annotated[str, Field(pattern=r"^[0-9]{4,20}$")]
    customer: Key


class ListPriceRow(Message):
    """`breaks` are `[from thousandths, minor units]`; without one the list asks nothing for the product any more."""

    list: Key
    item: Key
    breaks: Annotated[tuple[tuple[int, int], ...], Field(max_length=BREAKS_MAX)]


class BalanceRow(Message):
    customer: Key
    points: Annotated[int, Field(ge=0, le=POINTS_MAX)]


class CreditRow(Message):
    """What the shop owes a customer in a currency, in minor units."""

    customer: Key
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    amount: Annotated[int, Field(ge=0, le=AMOUNT_MAX)]


class GiftCardRow(Message):
    """What is on a gift card that is here, in minor units. It is named by its account: a code is never taken out."""

    account: Key
    hint: Annotated[str, Field(max_length=20)] = ""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    amount: Annotated[int, Field(ge=0, le=AMOUNT_MAX)]


def _by(shape: Any, **unsaid: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A row with its values as what they are: `189` in a CSV cell is a number, and an empty cell says nothing. Raises
    ValueError with every fault."""
    adapter: TypeAdapter[Any] = TypeAdapter(shape)

    def checked(row: dict[str, Any]) -> dict[str, Any]:
        try:
            found: dict[str, Any] = adapter.dump_python(
                adapter.validate_python(unsaid | row, strict=False, extra="forbid"), mode="json"
            )
            if "id" in found:
                Named(id=found["id"])
            return found
        except ValidationError as error:
            raise ValueError(faults_of(error)) from None

    return checked


def _promotion(row: dict[str, Any]) -> dict[str, Any]:
    """Flags of a CSV are words; the version is the hub's own business."""
    told = {name: {"true": True, "false": False}.get(str(value).lower(), value) for name, value in row.items()}
    lane = str(told.get("lane", ""))
    return as_dict(promotion_from(row | told | ({"lane": int(lane)} if lane.isdecimal() else {}) | {"version": 0}))


def _product_rows(session: Session) -> Iterator[dict[str, Any]]:
    yield from session.scalars(select(products.c.body).where(~products.c.withdrawn).order_by(products.c.ordinal))


def _put_products(session: Session, rows: Rows, doing: Doing) -> int:
    known = _bodies(session, [row["id"] for row in rows])
    changed = [Product(**row) for row in rows if known.get(row["id"]) != row]
    for product in changed:
        if not 0 <= product.price <= catalogue.PRICE_MAX:
            raise CatalogueError(
                "catalogue.price", N_("{price} is no price for {item}."), item=product.id, price=product.price
            )
    catalogue.put_products(session, changed, doing.at)
    return len(changed)


def _bodies(session: Session, items: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for some in in_parts(sorted(items)):
        query = select(products.c.id, products.c.body).where(products.c.id.in_(some), ~products.c.withdrawn)
        found |= {row.id: asdict(Product(**row.body)) for row in session.execute(query)}
    return found


def _price_rows(session: Session) -> Iterator[dict[str, Any]]:
    for body in _product_rows(session):
        yield {"item": body["id"], "price": body["price"]}


def _put_prices(session: Session, rows: Rows, doing: Doing) -> int:
    known = _bodies(session, [row["item"] for row in rows])
    changed = {row["item"]: row["price"] for row in rows if known.get(row["item"], {}).get("price") != row["price"]}
    catalogue.set_prices(session, changed, doing.at)
    return len(changed)


def _price_list(row: dict[str, Any]) -> dict[str, Any]:
    """A list with its conditions; the version is the hub's own business."""
    body = _as_list(row | {"version": 0})
    check_list(price_list_from(body))
    return {name: value for name, value in body.items() if name != "version"}


def _list_rows(session: Session) -> Iterator[dict[str, Any]]:
    for found in catalogue_queries.all_lists(session):
        yield {name: value for name, value in asdict(found).items() if name != "version"}


def _put_lists(session: Session, rows: Rows, doing: Doing) -> int:
    known = {one.id: replace(one, version=0) for one in catalogue_queries.all_lists(session)}
    changed = [one for one in (price_list_from(row | {"version": 0}) for row in rows) if known.get(one.id) != one]
    for one in changed:
        lists.put_list(session, one, doing.at)
    return len(changed)


def _list_price_rows(session: Session) -> Iterator[dict[str, Any]]:
    for row in session.execute(select(list_prices).order_by(list_prices.c.list, list_prices.c.item)):
        yield {"list": row.list, "item": row.item, "breaks": row.breaks}


def _put_list_prices(session: Session, rows: Rows, doing: Doing) -> int:
    named = {one.id for one in catalogue_queries.all_lists(session)}
    changed = 0
    for list_id in sorted({row["list"] for row in rows}):
        if list_id not in named:
            raise RowRefused(f"there is no price list {list_id}; bring the price lists in first")
        wanted = {row["item"]: row["breaks"] for row in rows if row["list"] == list_id}
        known: dict[str, Any] = {}
        for some in in_parts(sorted(wanted)):
            of = (list_prices.c.list == list_id) & list_prices.c.item.in_(some)
            known |= {row.item: row.breaks for row in session.execute(select(list_prices).where(of))}
        others = {item: breaks_from(steps) for item, steps in wanted.items() if known.get(item, []) != steps}
        if others:
            lists.set_list_prices(session, list_id, others, doing.at)
            changed += len(others)
    return changed


def _promotion_rows(session: Session) -> Iterator[dict[str, Any]]:
    query = select(promotion_rows.c.body).where(~promotion_rows.c.withdrawn).order_by(promotion_rows.c.id)
    for body in session.scalars(query):
        yield {name: value for name, value in body.items() if name != "version"}


def _put_promotions(session: Session, rows: Rows, doing: Doing) -> int:
    changed = 0
    for row in rows:
        known = promotion_queries.find(session, row["id"])
        version = known.version if known else 0
        if known is None or as_dict(known) != row | {"version": version}:
            promotions.put(session, promotion_from(row | {"version": version}), doing.by, doing.at)
            changed += 1
    return changed


def _card_rows(session: Session) -> Iterator[dict[str, Any]]:
    query = select(cards.c.number, cards.c.customer).where(cards.c.active).order_by(cards.c.number)
    for row in session.execute(query):
        yield {"card": row.number, "customer": row.customer}


def _put_cards(session: Session, rows: Rows, doing: Doing) -> int:
    known: dict[str, str] = {}
    for some in in_parts(sorted({row["card"] for row in rows})):
        held = select(cards.c.number, cards.c.customer).where(cards.c.number.in_(some), cards.c.active)
        known |= {row.number: row.customer for row in session.execute(held)}
    changed = 0
    for row in rows:
        if known.get(row["card"]) != row["customer"]:
            _check_customer(session, row["customer"])
            customers.issue_card(session, row["card"], row["customer"], doing.at)
            changed += 1
    return changed


def _check_customer(session: Session, customer: str) -> None:
    if session.scalar(select(people.c.id).where(people.c.id == customer)) is None:
        raise RowRefused(Unread(N_("there is no customer {customer}"), customer=customer))


def _balance_rows(session: Session) -> Iterator[dict[str, Any]]:
    for customer in session.scalars(select(people.c.id).order_by(people.c.id)).all():
        yield {"customer": customer, "points": loyalty.balance(session, customer)}


def _put_balances(session: Session, rows: Rows, doing: Doing) -> int:
    changed = 0
    for row in rows:
        _check_customer(session, row["customer"])
        # Not `balance`, which is never below zero: what is owed is paid by what is given.
        sums = loyalty.buckets(session, row["customer"])
        more = row["points"] - sums["active"] - sums["debt"]
        if more:
            points.adjust(session, f"{doing.name}:{row['customer']}", row["customer"], more, doing.by, doing.at)
            changed += 1
    return changed


def _value_rows(session: Session, kind: str) -> Iterator[Any]:
    columns = stored_values.c
    query = select(stored_values).where(columns.kind == kind).order_by(columns.id)
    yield from session.execute(query).all()


def _credit_rows(session: Session) -> Iterator[dict[str, Any]]:
    for row in _value_rows(session, "store_credit"):
        yield {"customer": row.customer, "currency": row.currency, "amount": row.available}


def _put_credits(session: Session, rows: Rows, doing: Doing) -> int:
    changed = 0
    for row in rows:
        _check_customer(session, row["customer"])
        store = session.scalar(select(people.c.store).where(people.c.id == row["customer"]))
        account = gift_cards.credit(session, row["customer"], row["currency"], str(store), doing.by, doing.at)
        changed += _put_value(session, account, row["amount"], doing)
    return changed


def _gift_card_rows(session: Session) -> Iterator[dict[str, Any]]:
    for row in _value_rows(session, "gift_card"):
        yield {"account": row.id, "hint": row.hint, "currency": row.currency, "amount": row.available}


def _put_gift_cards(session: Session, rows: Rows, doing: Doing) -> int:
    changed = 0
    for row in rows:
        here = (stored_values.c.id == row["account"]) & (stored_values.c.kind == "gift_card")
        found = session.execute(select(stored_values).where(here)).first()
        if found is None or found.currency != row["currency"]:
            said = N_("there is no gift card {account} in {currency}")
            raise RowRefused(Unread(said, account=row["account"], currency=row["currency"]))
        changed += _put_value(session, row["account"], row["amount"], doing)
    return changed


def _put_value(session: Session, account: str, amount: int, doing: Doing) -> int:
    """Have so much to spend on an account; what is held for a payment is beside it."""
    more = amount - value_queries.account_row(session, account).available
    if more:
        about = About(doing.name[:SOURCE_MAX], doing.by, doing.at)
        stored_value.adjust(session, account, f"{doing.name}:{account}", more, about)
    return int(more != 0)


_PRODUCT = ("id", "gtin", "names", "department", "price", "tax", "unit", "plu", "family", "family_names")
_PRODUCT_TOO = ("attributes", "picture", "packs", "parts")
_LIST = ("id", "names", "stores", "channels", "groups", "starts", "ends")
_as_list = _by(PriceList)
_PROMOTION = ("id", "names", "benefit", "conditions", "lane", "groups", "begin", "end", "coupon", "paused")

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "products", (*_PRODUCT, *_PRODUCT_TOO), frozenset({"attributes", "packs", "parts"}), ("id",),
            _by(Product, gtin=""), _product_rows, _put_products,
        ),
        Kind("prices", ("item", "price"), frozenset(), ("item",), _by(PriceRow), _price_rows, _put_prices),
        Kind(
            "price-lists", _LIST, frozenset({"stores", "channels", "groups"}), ("id",), _price_list, _list_rows,
            _put_lists,
        ),
        Kind(
            "list-prices", ("list", "item", "breaks"), frozenset({"breaks"}), ("list", "item"), _by(ListPriceRow),
            _list_price_rows, _put_list_prices,
        ),
        Kind(
            "promotions", _PROMOTION, frozenset({"benefit", "conditions", "groups"}), ("id",), _promotion,
            _promotion_rows, _put_promotions,
        ),
        Kind("cards", ("card", "customer"), frozenset(), ("card",), _by(CardRow), _card_rows, _put_cards),
        Kind(
            "balances", ("customer", "points"), frozenset(), ("customer",), _by(BalanceRow), _balance_rows,
            _put_balances,
        ),
        Kind(
            "credits", ("customer", "currency", "amount"), frozenset(), ("customer", "currency"), _by(CreditRow),
            _credit_rows, _put_credits,
        ),
        Kind(
            "gift-cards", ("account", "hint", "currency", "amount"), frozenset(), ("account",), _by(GiftCardRow),
            _gift_card_rows, _put_gift_cards,
        ),
    )
}  # fmt: skip
