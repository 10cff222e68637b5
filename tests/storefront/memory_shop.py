"""`storefront.ports.Shop` fulfilled from the sample shop, in memory."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from retail.catalogue import Product, Store
from retail.errors import RetailError
from sample_shop import build, picture
from storefront.ports import Aisle, Listing, Offer, Session, Shopper

PAGE_SIZE = 24
LIFE_S = 3600
TRIES_MAX = 5


class MemoryShop:
    """Everything of the port; `orders` may be filled by a test: {shopper id: {order id: Order}}."""

    def __init__(self) -> None:
        self.sample = build()
        self.sessions: dict[str, str] = {}
        self.orders: dict[str, dict[str, dict[str, Any]]] = {}
        self.receipts: dict[str, dict[str, Any]] = {}
        self._by_id = {product.id: product for product in self.sample.products}
        self._failures: dict[str, int] = {}

    @property
    def demo(self) -> Any:
        """The shopper of the demonstration, with the password."""
        return self.sample.shoppers[0]

    def stores(self) -> Sequence[Store]:
        return self.sample.stores

    def departments(self) -> Sequence[Aisle]:
        found = []
        for department in self.sample.departments:
            goods = self._once([one for one in self.sample.products if one.department == department.id])
            found.append(Aisle(department, goods[0].id, len(goods)))
        return found

    def products(self, department: str, search: str, page: int, language: str) -> Listing:
        goods = [one for one in self.sample.products if not department or one.department == department]
        words = search.lower().split()
        goods = self._once([one for one in goods if all(word in one.names[language].lower() for word in words)])
        first = (page - 1) * PAGE_SIZE
        return Listing(goods[first : first + PAGE_SIZE], page, max(1, -(-len(goods) // PAGE_SIZE)), len(goods))

    def goods(self, limit: int) -> list[str]:
        return [one.id for one in self._once(list(self.sample.products))][:limit]

    @staticmethod
    def _once(goods: list[Product]) -> list[Product]:
        families: set[str] = set()
        return [one for one in goods if not one.family or not (one.family in families or families.add(one.family))]

    def product(self, id: str) -> Offer | None:
        found = self._by_id.get(id)
        if found is None:
            return None
        variants = [one for one in self.sample.products if one.family and one.family == found.family] or [found]
        stock = {store.id: self.sample.stock[store.id, id] for store in self.sample.stores}
        return Offer(found, variants, stock)

    def picture(self, product: str) -> str | None:
        return picture(self._by_id[product], self.sample) if product in self._by_id else None

    def sign_in(self, login: str, password: str) -> Session:
        if self._failures.get(login, 0) >= TRIES_MAX:
            raise RetailError("sign_in.wait", "Too many tries. Wait {seconds} s and try again.", seconds=60)
        found = next((one for one in self.sample.shoppers if login in (one.email, one.phone)), None)
        if found is None or found.password != password:
            self._failures[login] = self._failures.get(login, 0) + 1
            raise RetailError("sign_in.refused", "E-mail, phone or password is not right.")
        token = secrets.token_urlsafe(16)
        self.sessions[token] = found.id
        return Session(token, LIFE_S, Shopper(found.id, found.name, found.language, found.card))

    def sign_out(self, token: str) -> None:
        self.sessions.pop(token, None)

    def shopper(self, token: str) -> Shopper | None:
        found = next((one for one in self.sample.shoppers if one.id == self.sessions.get(token)), None)
        return Shopper(found.id, found.name, found.language, found.card) if found else None

    def order(self, token: str, id: str) -> Mapping[str, Any] | None:
        return self.orders.get(self.sessions.get(token, ""), {}).get(id)

    def receipt(self, id: str) -> Mapping[str, Any] | None:
        return self.receipts.get(id)
