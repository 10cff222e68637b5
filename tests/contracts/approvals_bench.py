"""A till that wants more points than a card alone may spend, and the phones that answer."""

import uuid
from dataclasses import replace
from typing import Any

from holds_bench import ITEM, ask
from points_hub import change_programme
from talking_device import FIRST, SHOP, Talker, phone, terminal

from retail.approval_shown import Answered, ApprovalShown
from retail.loyalty.programme import DEFAULT
from retail.questions import ApprovalGiven
from retail.told import Held
from sync_server.carts import queries as carts
from sync_server.db import Database
from sync_server.holds import approving
from sync_server.loyalty import queries

ALONE = 50
MANAGER = next(one for one in SHOP.staff if one.role == "manager" and one.store == "main-street")
ELSEWHERE = next(one for one in SHOP.staff if one.role == "manager" and one.store != "main-street")
CASHIER = next(one for one in SHOP.staff if one.role == "cashier")


def limited(db: Database) -> Database:
    change_programme(db, replace(DEFAULT, version=2, approve_above=ALONE))
    return db


def paying(db: Database, name: str = "till-1") -> Talker:
    """A till with goods and the first shopper's card, taken in by the hub."""
    till = Talker(db, terminal(name))
    till.visit = str(uuid.uuid4())
    till.ok("cart.attach", card=FIRST.card)
    till.scan(ITEM.id, 9)
    return till


def wants(till: Talker, points: int = 200, hold: str = "h", **more: Any) -> dict[str, Any]:
    held = ask(till, "points", hold=hold, amount=points, card=FIRST.card, **({"approval": True} | more))
    Held.model_validate(held)
    return held


def says(till: Talker, allow: bool, hold: str = "h", shopper: str = FIRST.id) -> str:
    """The answer of a shopper's phone."""
    device = phone(shopper)
    given = ApprovalGiven(hold=hold, allow=allow)
    answer = till.db.write(lambda session: approving.answer(session, device, given, till.now))
    return Answered.model_validate(answer).answer


def told(till: Talker) -> list[dict[str, Any]]:
    """What the live cart says of who is asked."""

    def look(session: Any) -> list[dict[str, Any]]:
        visit = carts.get(session, till.visit)
        live = carts.get(session, visit.cart.moved_to or visit.cart.id)
        return [dict(row) for row in carts.view(session, live)["approvals"]]

    found = till.db.read(look)
    for row in found:
        ApprovalShown.model_validate(row)
    return found


def free(db: Database) -> int:
    return db.read(lambda session: queries.balance(session, FIRST.id))
