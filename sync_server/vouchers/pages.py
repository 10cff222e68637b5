"""Making many codes: a page in a transaction of its own, resumable, and the same codes however often it is begun.

Coupons and gift cards have batches with `made`, `wanted`, `seed` and `key`; this is what the two share.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from retail.errors import N_, VoucherError
from sync_server.db import Database, ensure
from sync_server.vouchers.key import CodeKey
from sync_server.vouchers.tables import voucher_keys

PAGE_CODES = 500
"""In one transaction. Pages are patient: whoever is at a till goes first."""

CODES_MAX = 100_000
"""In one batch."""

Progress = Callable[[int, int], None]
"""Is told how many are made, of how many."""


def check_count(codes: int) -> None:
    if not 1 <= codes <= CODES_MAX:
        raise VoucherError(
            "voucher.codes", N_("A batch has from 1 to {limit} codes. Nothing was made."), limit=CODES_MAX
        )


def batch_used(batch: str) -> VoucherError:
    return VoucherError(
        "voucher.batch_used",
        N_("There is a batch {batch} with other terms. Give the new one another name; nothing was made."),
        batch=batch,
    )


def remember_key(session: Session, key: CodeKey, now: int) -> None:
    """Codes are made with this key from now on."""
    ensure(session, voucher_keys, fingerprint=key.fingerprint, since=now)


def refuse_other_key(session: Session, key: CodeKey) -> None:
    """Where a code is nobody's: under another key than theirs all codes are. That is no guess of who has a good one."""
    others = select(voucher_keys.c.fingerprint).where(voucher_keys.c.fingerprint != key.fingerprint)
    if session.execute(others.limit(1)).first() is not None:
        raise other_key()


def other_key() -> VoucherError:
    return VoucherError(
        "voucher.other_key",
        N_("The hub has another key for codes than when this one was made. Have the old key put back."),
    )


def seed_of(row: Any, key: CodeKey) -> str:
    """What the codes of a batch are drawn from. `VoucherError` once it is sealed, and under another key."""
    if row.seed is None:
        raise VoucherError("voucher.sealed", N_("The codes of this batch were printed, and it was sealed since."))
    if row.key != key.fingerprint:
        raise other_key()
    return str(row.seed)


def next_page(row: Any, limit: int) -> range:
    """The numbers that come next in a batch."""
    return range(row.made, min(row.made + limit, row.wanted))


def progress_of(row: Any, made: int) -> dict[str, Any]:
    return {"batch": row.id, "made": made, "wanted": row.wanted}


def check_complete(row: Any) -> None:
    if row.made < row.wanted:
        raise VoucherError("voucher.incomplete", N_("This batch is not complete yet. Have the rest of its codes made."))


def make(db: Database, page: Callable[[Session], dict[str, Any]], progress: Progress) -> int:
    """Have pages made until a batch is complete: how many codes it has. What was cut off goes on where it was."""
    while True:
        state = db.write(page, patient=True)
        progress(state["made"], state["wanted"])
        if state["made"] >= state["wanted"]:
            return int(state["made"])
