"""Taking in a sale that a terminal made: kept as it is, checked by deriving it anew."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from retail import cart as rules
from retail.errors import N_, RetailError, SaleError
from retail.messages import SaleBody
from retail.sale import Sale, differences, sale_from
from retail.stock import moves_of
from sync_server.carts import service as carts
from sync_server.catalogue import queries as catalogue
from sync_server.customers import service as customers
from sync_server.inbox.service import Device, open_exception
from sync_server.loyalty import queries as points
from sync_server.loyalty import service as loyalty
from sync_server.orders import queries
from sync_server.orders.tables import sales
from sync_server.outbox import service as outbox
from sync_server.outbox.service import Cause
from sync_server.stock import service as stock
from sync_server.terminals import service as terminals


def commit(session: Session, device: Device, cart_id: str, body: SaleBody, cause: Cause, now: int) -> dict[str, Any]:
    """Everything that a sale means, in one transaction: the sale, its stock, its points, its lines out of the cart."""
    sale = sale_from(body.sale)
    if sale.terminal != device.dev or sale.store != device.store:
        raise SaleError("sale.not_yours", N_("This sale was made at another terminal."))
    shopper = customers.by_card(session, body.card)["id"] if body.card else ""
    _keep(session, sale, shopper, body.receipt, now)
    stock.move(session, moves_of(sale), sale.at)
    _settle_cart(session, device, cart_id, sale, cause)
    terminals.seen(session, device.dev, now, last_sale=sale.number)
    _check(session, sale, now)
    if shopper:
        _reward(session, sale, shopper, cause, now)
    return {"sale": sale.id, "points": sale.points if shopper else 0}


def _keep(session: Session, sale: Sale, shopper: str, receipt: dict[str, Any], now: int) -> None:
    session.execute(
        insert(sales).values(
            id=sale.id,
            number=sale.number,
            store=sale.store,
            terminal=sale.terminal,
            shopper=shopper,
            total=sale.total,
            currency=sale.currency,
            points=sale.points if shopper else 0,
            body=sale.as_dict(),
            receipt=receipt,
            at=sale.at,
            received=now,
        )
    )


def _settle_cart(session: Session, device: Device, cart_id: str, sale: Sale, cause: Cause) -> None:
    """The paid lines leave the cart, the rest stays. The visit is over."""
    stored = carts.visit(session, cart_id, device.actor, device.store)
    paid = rules.Settle(tuple(line.id for line in sale.lines))
    if stored.cart.status == "open":
        carts.operate(session, stored, device.actor, paid, cause, sale.at)
    carts.close_visit(session, cart_id, device.dev)


def _check(session: Session, sale: Sale, now: int) -> None:
    """Derive the sale anew; where a figure differs a person decides, and the receipt stays what it is."""
    try:
        rows = differences(sale, catalogue.book(session, sale.store))
    except RetailError as error:
        rows = [{"what": error.code, "line": "", "sold": None, "derived": error.sentence}]
    if rows:
        open_exception(session, "discrepancy", sale.id, {"number": sale.number, "rows": rows}, now)


def _reward(session: Session, sale: Sale, shopper: str, cause: Cause, now: int) -> None:
    """Give the points and show the shopper the order, its receipt and the new balance."""
    loyalty.earn(session, shopper, sale.id, sale.points, sale.at)
    order = queries.order_of(session, sale.id, shopper)
    changes = {"points": {"active": points.balance(session, shopper)}, "orders": {sale.id: order}}
    outbox.record(session, customers.stream(shopper), changes, cause, now)
