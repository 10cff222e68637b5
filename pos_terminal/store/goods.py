"""What the till sells and what the price lists ask for it, as mappings that read the replica when they are asked."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from retail.catalogue import Product
from retail.price_lists import Breaks

if TYPE_CHECKING:
    from pos_terminal.store.replica import Replica

CACHE_PRODUCTS_MAX = 2_000


class Products(Mapping[str, Product]):
    """Products by id, read from the file when they are asked for; the last ones are remembered."""

    def __init__(self, replica: "Replica") -> None:
        self._replica = replica
        self._known: dict[str, Product] = {}

    def __getitem__(self, item: str) -> Product:
        found = self._known.get(item)
        if found is None:
            found = self._replica.product(item)
            if found is None:
                raise KeyError(item)
            if len(self._known) >= CACHE_PRODUCTS_MAX:
                self._known.clear()
            self._known[item] = found
        return found

    def __iter__(self) -> Iterator[str]:
        table = self._replica.side.products
        with self._replica.read() as connection:
            yield from [str(row[0]) for row in connection.execute(select(table.c.id).order_by(table.c.n))]

    def __len__(self) -> int:
        with self._replica.read() as connection:
            return connection.execute(select(func.count()).select_from(self._replica.side.products)).scalar() or 0


class Offers(Mapping[str, Mapping[str, Breaks]]):
    """What the price lists ask for each product, read when it is asked for, as `Products` are."""

    def __init__(self, replica: "Replica") -> None:
        self._replica = replica
        self._known: dict[str, Mapping[str, Breaks]] = {}

    def __getitem__(self, item: str) -> Mapping[str, Breaks]:
        found = self._known.get(item)
        if found is None:
            if len(self._known) >= CACHE_PRODUCTS_MAX:
                self._known.clear()
            found = self._known[item] = self._replica.offers(item)
        return found

    def __iter__(self) -> Iterator[str]:
        table = self._replica.side.offers
        with self._replica.read() as connection:
            yield from [str(row[0]) for row in connection.execute(select(table.c.item).order_by(table.c.item))]

    def __len__(self) -> int:
        with self._replica.read() as connection:
            return connection.execute(select(func.count()).select_from(self._replica.side.offers)).scalar() or 0
