"""Changes of reference data as JSON lines: the door of `python -m sync_server change`."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from retail.catalogue import Department, Product, TaxRate
from retail.errors import N_, MessageError
from retail.messages import Key, Message, faults_of
from sync_server.catalogue import service as catalogue
from sync_server.customers import service as customers
from sync_server.db import Database
from sync_server.staff import service as staff

LINES_AT_ONCE = 1_000
"""In one transaction, which gives one version: a longer file is carried out in parts."""

LINE_BYTES_MAX = 64 * 1024

Digits = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
Pin = Annotated[str, Field(pattern=r"^[0-9]{4,12}$")]


class PutProduct(Message):
    do: Literal["product"]
    product: Product


class WithdrawProduct(Message):
    do: Literal["withdraw"]
    item: Key


class SetPrice(Message):
    """Minor units for one whole unit."""

    do: Literal["price"]
    item: Key
    price: int


class PutTax(Message):
    do: Literal["tax"]
    tax: TaxRate


class PutDepartment(Message):
    do: Literal["department"]
    department: Department


class Hire(Message):
    do: Literal["hire"]
    id: Key
    number: Annotated[str, Field(pattern=r"^[0-9]{1,8}$")]
    names: dict[str, str]
    role: Literal["cashier", "manager"]
    store: Key
    language: str
    pin: Pin


class Leave(Message):
    do: Literal["leave"]
    number: Digits


class NewPin(Message):
    do: Literal["pin"]
    number: Digits
    pin: Pin


class IssueCard(Message):
    do: Literal["card"]
    number: Annotated[str, Field(pattern=r"^[0-9]{6,20}$")]
    shopper: Key


class BlockCard(Message):
    do: Literal["block"]
    number: Digits


Change = (
    PutProduct | WithdrawProduct | SetPrice | PutTax | PutDepartment | Hire | Leave | NewPin | IssueCard | BlockCard
)
LINE: TypeAdapter[Change] = TypeAdapter(Annotated[Change, Field(discriminator="do")])


def carry_out(db: Database, lines: Iterable[bytes], clock: Callable[[], int]) -> int:
    """Carry out every line, some thousand in one transaction; how many there were.

    The lines are read before anything is done, and one that cannot be read stops them all.
    """
    found = list(_read(lines))
    rest = iter(found)
    while some := list(islice(rest, LINES_AT_ONCE)):
        hashes = {row.pin: customers.hasher.hash(row.pin) for row in some if isinstance(row, Hire | NewPin)}
        db.write(lambda session, some=some, hashes=hashes: _apply(session, some, hashes, clock()))  # type: ignore[misc]
    return len(found)


def _read(lines: Iterable[bytes]) -> Iterator[Change]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            if len(line) > LINE_BYTES_MAX:
                raise ValueError(f"longer than {LINE_BYTES_MAX} bytes")
            yield LINE.validate_json(line, strict=True)
        except (ValidationError, ValueError) as error:
            faults = faults_of(error) if isinstance(error, ValidationError) else str(error)
            raise MessageError(
                "message.malformed", N_("Line {line} cannot be read: {faults}."), line=number, faults=faults
            ) from None


def _apply(session: Session, rows: list[Change], hashes: dict[str, str], at: int) -> None:
    for kind, group in _runs(rows):
        _APPLY[kind](session, group, hashes, at)


def _runs(rows: list[Change]) -> Iterator[tuple[type[Message], list[Any]]]:
    """Rows of one kind that follow each other are one change."""
    start = 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or type(rows[end]) is not type(rows[start]):
            yield type(rows[start]), rows[start:end]
            start = end


Apply = Callable[[Session, list[Any], dict[str, str], int], None]


def _each(act: Callable[[Session, Any, dict[str, str], int], None]) -> Apply:
    def apply(session: Session, rows: list[Any], hashes: dict[str, str], at: int) -> None:
        for row in rows:
            act(session, row, hashes, at)

    return apply


def _hire(session: Session, row: Hire, hashes: dict[str, str], at: int) -> None:
    staff.hired(session, row.model_dump(exclude={"do", "pin"}), hashes[row.pin], at)


_APPLY: dict[type[Message], Apply] = {
    PutProduct: lambda session, rows, _, at: catalogue.put_products(
        session, list({row.product.id: row.product for row in rows}.values()), at
    ),
    WithdrawProduct: lambda session, rows, _, at: catalogue.withdraw_products(session, {row.item for row in rows}, at),
    SetPrice: lambda session, rows, _, at: catalogue.set_prices(session, {row.item: row.price for row in rows}, at),
    PutTax: _each(lambda session, row, _, at: catalogue.put_tax(session, row.tax, at)),
    PutDepartment: _each(lambda session, row, _, at: catalogue.put_department(session, row.department, at)),
    Hire: _each(_hire),
    Leave: _each(lambda session, row, _, at: staff.left(session, row.number, at)),
    NewPin: _each(lambda session, row, hashes, at: staff.new_pin(session, row.number, hashes[row.pin], at)),
    IssueCard: _each(lambda session, row, _, at: customers.issue_card(session, row.number, row.shopper, at)),
    BlockCard: _each(lambda session, row, _, at: customers.block_card(session, row.number, at)),
}
