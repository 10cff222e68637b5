"""What anybody may see who has the paper of a receipt."""

from holds_bench import ITEM, ask, card, sale_of, sell
from talking_device import FIRST, Talker, terminal

from sync_server.db import Database
from sync_server.orders import receipts


def test_a_receipt_shows_every_amount_and_nobody_s_standing_or_holds(db: Database) -> None:
    till = Talker(db, terminal("till-1"))
    till.ok("cart.attach", card=FIRST.card)
    till.scan(ITEM.id, 3)
    held = ask(till, "gift_card", code=card(db, 150)["code"], amount=150)
    standing = {"tier": "gold", "counted": 123_456, "reached": "platinum", "first": True}
    sale = sale_of(till, held, shopper=FIRST.id, **standing)
    sell(till, sale, FIRST.card)
    shown = db.read(lambda session: receipts.shown(session, sale.id))
    assert shown is not None and shown["faults"] == []
    assert shown["sale"]["total"] == sale.total
    assert [tender["amount"] for tender in shown["sale"]["tenders"]] == [tender.amount for tender in sale.tenders]
    for secret in ("gold", "123456", "platinum", held["hold"], FIRST.id, till.visit, sale.cashier):
        assert secret not in str(shown)
