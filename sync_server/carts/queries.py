"""Reading carts, and how they look to everybody who watches them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from retail import loyalty, pricing
from retail.cart import Cart, CartLine, line_as_dict
from retail.catalogue import Names
from sync_server.carts.tables import cart_lines, carts
from sync_server.catalogue import queries as catalogue
from sync_server.errors import NotFound
from sync_server.terminals import queries as terminals


@dataclass(frozen=True, slots=True)
class StoredCart:
    """A cart with what only the hub knows of it."""

    cart: Cart
    store: str
    opened_by: str

    @property
    def live(self) -> bool:
        return not self.opened_by


def find(session: Session, cart_id: str, lock: bool = False) -> StoredCart | None:
    """The cart under this id. `lock` holds its row until the commit, so that nobody else changes it meanwhile."""
    stored = find_head(session, cart_id, lock)
    if stored is None:
        return None
    lines = session.execute(select(cart_lines).where(cart_lines.c.cart == cart_id).order_by(cart_lines.c.n))
    found = {line.id: _line(line._mapping) for line in lines}
    return replace(stored, cart=replace(stored.cart, lines=found))


def find_head(session: Session, cart_id: str, lock: bool = False) -> StoredCart | None:
    """As `find`, without the lines: enough to know whose cart it is."""
    wanted = select(carts).where(carts.c.id == cart_id)
    row = session.execute(wanted.with_for_update() if lock else wanted).first()
    if row is None:
        return None
    cart = Cart(row.id, {}, row.shopper, row.status, row.moved_to, row.next_n)
    return StoredCart(cart, row.store, row.opened_by)


def _line(row: Mapping[Any, Any]) -> CartLine:
    return CartLine(**{name: value for name, value in row.items() if name != "cart"})


def get(session: Session, cart_id: str) -> StoredCart:
    stored = find(session, cart_id)
    if stored is None:
        raise NotFound()
    return stored


def live_cart_id(session: Session, shopper: str) -> str:
    """The id of a shopper's live cart; empty when there is none yet."""
    found = session.scalar(select(carts.c.id).where(carts.c.shopper == shopper, carts.c.opened_by == ""))
    return found or ""


def visits_into(session: Session, cart_id: str, device: str) -> list[str]:
    """The visits of a device whose lines are in this cart now."""
    return list(
        session.scalars(
            select(carts.c.id).where(
                carts.c.moved_to == cart_id, carts.c.opened_by == device, carts.c.status == "moved"
            )
        )
    )


def view(session: Session, stored: StoredCart) -> dict[str, Any]:
    """The state of `cart:<id>` as docs/protocol.md has it, priced by the hub."""
    cart = stored.cart
    book = catalogue.book(session, stored.store)
    priced = pricing.price(cart.lines.values(), book)
    places = terminals.places(session)
    lines = {row.line.id: _line_view(row, places) for row in priced.lines}
    in_hand = sum(row.total for row in priced.lines if row.line.in_hand)
    return {
        "id": cart.id,
        "status": cart.status,
        "moved_to": cart.moved_to,
        "shopper": cart.shopper,
        "lines": lines,
        "totals": {
            "total": priced.total,
            "in_hand": in_hand,
            "virtual": priced.total - in_hand,
            "tax": priced.tax,
            "currency": priced.currency,
            "count": len(lines),
            "points": loyalty.earned(priced.total),
        },
    }


def _line_view(row: pricing.PricedLine, places: Mapping[str, dict[str, Names | str]]) -> dict[str, Any]:
    return {
        **line_as_dict(row.line),
        "names": row.product.names,
        "unit": row.product.unit,
        "picture": row.product.picture,
        "place": places.get(row.line.owner),
        "unit_price": row.unit_price,
        "total": row.total,
    }
