"""The hub's catalogue as the online shop and robots read it."""

from hub_fixtures import Open
from talking_device import SHOP

from sync_server.catalogue import queries


def test_robots_get_each_good_once_in_the_order_of_the_shelves(open_shop: Open) -> None:
    db = open_shop()
    families: dict[str, str] = {}
    for product in SHOP.products:
        families.setdefault(product.family or product.id, product.id)
    wanted = list(families.values())
    assert db.read(lambda session: queries.first_goods(session, 10_000)) == wanted
    assert db.read(lambda session: queries.first_goods(session, 5)) == wanted[:5]
