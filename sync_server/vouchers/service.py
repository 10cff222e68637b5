"""Codes that do not exist: counted for the device and the shopper who named them, slowed, and told to a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from retail.errors import RetailError
from retail.guessing import Guesses, after_wrong_code, check_may_try
from sync_server.db import ensure
from sync_server.errors import LeavesTrace
from sync_server.inbox import service as inbox
from sync_server.vouchers.tables import voucher_tries

CASE = "code_guessing"
DAY_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Asker:
    """Who names a code: the device, the shopper (resolved; empty for nobody known), and the store it concerns."""

    device: str
    store: str
    shopper: str = ""

    @property
    def counted(self) -> list[str]:
        """Under which names wrong codes are counted, always in the same order."""
        return [f"device:{self.device}", *([f"shopper:{self.shopper}"] if self.shopper else [])]


def check_not_guessing(session: Session, asker: Asker, now: int) -> None:
    """`VoucherError` (`voucher.wait`) while the device or the shopper has to wait. Their rows are held, so that many
    tries at the same moment are counted one after the other."""
    for guesses in _held(session, asker.counted).values():
        check_may_try(guesses, now)


def wrong_code(refused: RetailError, asker: Asker, now: int) -> LeavesTrace:
    """The refusal to raise where a code that adds up is nobody's: whoever carries the command out counts it."""
    return LeavesTrace(refused, partial(_count, asker=asker, now=now))


def _count(session: Session, asker: Asker, now: int) -> None:
    for who in asker.counted:
        ensure(session, voucher_tries, who=who, wrong=0, last=0, not_before=0)
    found = _held(session, asker.counted)
    for who, guesses in found.items():
        after = after_wrong_code(guesses, now)
        _keep(session, who, after)
        if after.reported:
            # One case a day, however many tries it has.
            told = {"source": who.partition(":")[2], "wrong": after.wrong}
            detail = {"device": asker.device, "shopper": asker.shopper, "params": told}
            inbox.open_exception(session, asker.store, CASE, f"{who}/{now // DAY_MS}"[:120], detail, now)


def guesses_of(session: Session, who: str) -> Guesses:
    """Wrong tries under one name, whose row is held until the commit where there is one."""
    return _held(session, [who]).get(who, Guesses())


def keep_guesses(session: Session, who: str, guesses: Guesses) -> None:
    ensure(session, voucher_tries, who=who, wrong=0, last=0, not_before=0)
    _keep(session, who, guesses)


def _keep(session: Session, who: str, guesses: Guesses) -> None:
    session.execute(
        update(voucher_tries)
        .where(voucher_tries.c.who == who)
        .values(wrong=guesses.wrong, last=guesses.last, not_before=guesses.not_before)
    )


def _held(session: Session, names: Iterable[str]) -> dict[str, Guesses]:
    rows = session.execute(
        select(voucher_tries)
        .where(voucher_tries.c.who.in_(list(names)))
        .order_by(voucher_tries.c.who)
        .with_for_update()
    )
    return {row.who: Guesses(row.wrong, row.last, row.not_before) for row in rows}
