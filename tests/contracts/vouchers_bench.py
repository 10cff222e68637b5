"""Coupons and gift cards as the tests beside this file need them: a key, batches, carts that ask."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from talking_device import NOW

from retail.coupons import CouponBatch
from retail.errors import RetailError
from retail.occasion import Occasion
from sync_server.coupons import batches, service
from sync_server.db import Database
from sync_server.vouchers.key import CodeKey

KEY = CodeKey(bytes(range(32)))
ZONE = ZoneInfo("Europe/Riga")
STORE = "main-street"
CLAIMS = itertools.count(1)
MINUTE = 60_000


def occasion(now: int = NOW, shopper: str = "") -> Occasion:
    return Occasion(datetime.fromtimestamp(now / 1000, ZONE).replace(tzinfo=None), STORE, "till", shopper)


def local(now: int) -> str:
    """The clock on the wall of the store, as a merchant types it."""
    return occasion(now).minute


def batch(db: Database, codes: int = 1, name: str = "autumn", **terms: Any) -> list[str]:
    """Make a batch; its codes."""
    wanted = batches.Wanted(CouponBatch(name, f"promotion-{name}", **terms), name, codes)
    db.write(lambda session: batches.begin(session, KEY, wanted, "staff-05", NOW))
    batches.make(db, KEY, name)
    return [code for _, code in batches.all_codes(db, KEY, name)]


def asked(typed: str, now: int = NOW, shopper: str = "", cart: str = "", **more: Any) -> service.Asked:
    claim = f"claim-{next(CLAIMS)}"
    given = service.Asked(claim, typed, cart or f"cart-of-{claim}", "till-1", now, occasion(now, shopper))
    return replace(given, **more)


def claim(db: Database, typed: str, now: int = NOW, shopper: str = "", cart: str = "", **more: Any) -> str:
    """Claim a use for a cart; the claim's id."""
    one = asked(typed, now, shopper, cart, **more)
    answer = db.write(lambda session: service.claim(session, KEY, one))
    assert answer["claim"] == one.claim
    return one.claim


def refusal(act: Callable[[], Any]) -> RetailError:
    with pytest.raises(RetailError) as caught:
        act()
    assert "{" not in caught.value.sentence
    return caught.value


def refused_claim(db: Database, typed: str, now: int = NOW, shopper: str = "", **more: Any) -> RetailError:
    return refusal(lambda: claim(db, typed, now, shopper, **more))
