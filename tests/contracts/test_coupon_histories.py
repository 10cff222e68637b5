"""Whatever carts do with coupons, in whatever order and however late: never a use too many, never one lost."""

import itertools
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from talking_device import NOW
from vouchers_bench import KEY, asked, batch

from retail.coupons import CLAIM_MS
from retail.errors import CouponRefused
from sync_server.coupons import service
from sync_server.coupons.tables import coupon_slots
from sync_server.db import Database, open_database

HISTORIES = itertools.count(1)
ACTS = st.tuples(
    st.sampled_from(["claim", "claim", "pay", "pay", "release", "lapse", "renew"]),
    st.integers(0, 5),
    st.integers(0, 1),
    st.sampled_from(["anna", "boris"]),
    st.sampled_from([0, 1_000, CLAIM_MS // 2, CLAIM_MS]),
)


@dataclass
class History:
    """Carts that claim and pay, and what they were told."""

    db: Database
    codes: list[str]
    now: int = NOW
    claims: list[tuple[str, str, str]] = field(default_factory=list)
    """Claim, code and customer."""
    paid: dict[str, tuple[str, str]] = field(default_factory=dict)

    def act(self, what: str, which: int, code: int, customer: str) -> None:
        try:
            getattr(self, what)(which, code, customer)
        except CouponRefused as refused:
            assert refused.code in {"coupon.used_up", "coupon.in_use", "coupon.customer_limit", "coupon.claim_gone"}

    def claim(self, which: int, code: int, customer: str) -> None:
        one = asked(self.codes[code], self.now, customer, f"cart-{which}")
        self.db.write(lambda session: service.claim(session, KEY, one))
        self.claims.append((one.claim, self.codes[code], customer))

    def pay(self, which: int, _code: int, _customer: str) -> None:
        for claim, code, customer in self.claims[which : which + 1]:
            self.db.write(lambda session, claim=claim: service.confirm(session, claim, f"sale-{claim}", self.now))  # type: ignore[misc]
            self.paid[claim] = (code, customer)

    def release(self, which: int, _code: int, _customer: str) -> None:
        for claim, _, _ in self.claims[which : which + 1]:
            self.db.write(lambda session, claim=claim: service.release(session, claim, self.now))  # type: ignore[misc]

    def lapse(self, *_: Any) -> None:
        self.db.write(lambda session: service.lapse(session, self.now))

    def renew(self, which: int, *_: Any) -> None:
        self.db.write(lambda session: service.renew(session, f"cart-{which}", self.now))


@given(acts=st.lists(ACTS, max_size=25), uses=st.integers(1, 3), limit=st.integers(0, 2))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_history_makes_a_use_too_many_or_loses_one_that_was_paid(
    sqlite_shop: str, tmp_path: Path, acts: list[Any], uses: int, limit: int
) -> None:
    db = open_database(sqlite_shop)
    name = f"history-{next(HISTORIES)}"
    history = History(db, batch(db, codes=2, name=name, uses=uses, per_customer=limit))
    for what, which, code, customer, passes in acts:
        history.now += passes
        history.act(what, which, code, customer)
        slots = db.read(lambda s: s.execute(coupon_slots.select().where(coupon_slots.c.batch == name)).all())
        assert all(row.slot < uses for row in slots)
        used = [row for row in slots if row.state == "used"]
        assert {row.claim for row in used} == set(history.paid)
        by_code = Counter(code for code, _ in history.paid.values())
        assert all(count <= uses for count in by_code.values())
        by_customer = Counter(row.customer for row in slots if row.state != "free")
        assert not limit or all(count <= limit for count in by_customer.values())
    db.close()
