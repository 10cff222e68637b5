"""Points that change: a sale gives them, a return takes them back, a person adjusts them, two customers become one.

Holds and allowances are in `holds`, what happens by itself in `sweep`; every function runs in its caller's transaction.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import bindparam, case, func, insert, select, update
from sqlalchemy.orm import Session

from retail.errors import N_, LoyaltyRefused
from retail.loyalty import moves, returns
from retail.loyalty.earning import BASE, LineEarning, part_returned, share
from retail.loyalty.ledger import Entry, Lot
from retail.loyalty.programme import DAY_MS, NEVER, Programme, Terms, local_day, midnight, programme_from, terms_of
from retail.loyalty.returns import Reversal
from retail.loyalty.tiers import review, value, window_begins
from retail.loyalty.velocity import Day, suspicions
from sync_server.carts import service as carts
from sync_server.catalogue import reference
from sync_server.db import insert_if_absent
from sync_server.loyalty import books, queries
from sync_server.loyalty.tables import points_balances, points_lots, programmes
from sync_server.prepared import Prepared

_B, _L = points_balances.c, points_lots.c
_TODAY = _B.day == bindparam("today")
LATE_MAX_MS = 90 * DAY_MS
"""So late may a sale come; one that says it is older was made by a clock that is wrong."""
EARN = Prepared(
    update(points_balances)
    .where(_B.customer == bindparam("account"), _B.merged_into == "")
    .values(
        {
            _B.pending: _B.pending + bindparam("by_pending"),
            _B.active: _B.active + bindparam("by_active"),
            _B.version: _B.version + 1,
            _B.day: bindparam("today"),
            _B.day_sales: case((_TODAY, _B.day_sales), else_=0) + 1,
            _B.day_points: case((_TODAY, _B.day_points), else_=0) + bindparam("by_all"),
        }
    )
    .returning(_B.version, _B.active, _B.debt, _B.day_sales, _B.day_points, _B.shared),
    "account",
    "today",
    "by_pending",
    "by_active",
    "by_all",
)


@dataclass(frozen=True, slots=True)
class Purchase:
    """A sale as the ledger sees it: what its lines earned, and what was paid in minor units."""

    sale: str
    customer: str
    lines: tuple[LineEarning, ...]
    paid: int
    cashier: str
    at: int


@dataclass(frozen=True, slots=True)
class Given:
    """The points that can be spent now, whether others share them, and why a person should look at this card, mostly
    nothing."""

    balance: int
    shared: bool
    suspicions: list[str]
    day: str
    tier: str = ""


def earned_by(points: int, lines: Sequence[tuple[str, int]], rules: Sequence[str] = ()) -> tuple[LineEarning, ...]:
    """What the receipt says that each line earned, and by which rules. Where its lines contradict its sum, the sum is
    what was printed."""
    shares = [part for _, part in lines]
    if sum(shares) != points:
        shares = share(points, shares)
    named = rules or [BASE] * len(lines)
    return tuple(LineEarning(line, rule, part) for (line, _), rule, part in zip(lines, named, shares, strict=True))


def earn(session: Session, bought: Purchase, now: int) -> Given:
    """Give the points of a sale, an entry for each line and one lot. The same sale a second time is refused by keys.

    Nothing of it depends on how long the ledger is: one conditional update, one lot, an entry for each line. A sale may
    come late: points begin and end by its own moment, but the tier is what it has to be at `now`, the hub's time.
    """
    when = _believed(bought.at, now)
    programme = queries.programme(session, when)
    zone = queries.zone_of(programme)
    terms = terms_of(programme, when, zone)
    points = sum(row.points for row in bought.lines)
    begun = terms.active_from <= when
    amounts = {"by_pending": 0 if begun else points, "by_active": points if begun else 0, "by_all": points}
    today = local_day(when, zone)
    account = bought.customer
    while (row := EARN.first(session, account=account, today=today.toordinal(), **amounts)) is None:
        account = books.resolved(session, account)
    _open_lot(session, account, replace(bought, at=when), terms, points, begun)
    for line in bought.lines:
        if line.points:
            books.add_entry(session, _entry(account, bought, line, terms, begun), row.version)
    free, at = max(0, row.active + row.debt), max(now, when)
    if row.debt < 0 and begun:
        ripen(session, account, at)
        free = queries.balance(session, account)
    present = programme if at == when else queries.programme(session, at)
    tier = review_tier(session, account, present, at) if present.tiers is not None else ""
    odd = _suspicions(session, programme, account, bought, row, when)
    return Given(free, bool(row.shared), odd, today.isoformat(), tier)


def _believed(at: int, now: int) -> int:
    """The moment of a sale as the ledger takes it: that of a terminal whose clock is out of all bounds is `now`."""
    return at if now - LATE_MAX_MS <= at <= now + DAY_MS else now


def _open_lot(session: Session, account: str, bought: Purchase, terms: Terms, points: int, begun: bool) -> None:
    lot = Lot(
        bought.sale,
        bought.customer,
        terms.active_from,
        terms.expires_at,
        pending=0 if begun else points,
        active=points if begun else 0,
    )
    row = asdict(lot) | {"account": account, "due": lot.due, "open": int(lot.open), "opened_at": bought.at, "visits": 1}
    books.OPEN_LOT.run(session, **row, paid=bought.paid, earned=points, cashier=bought.cashier)


def _entry(account: str, bought: Purchase, line: LineEarning, terms: Terms, begun: bool) -> Entry:
    return Entry(
        moves.earn_key(bought.sale, line.line, line.rule),
        account,
        bought.customer,
        bought.sale,
        "earn",
        "",
        "active" if begun else "pending",
        line.points,
        bought.sale,
        bought.at,
        line.line,
        line.rule,
        "",
        terms.active_from,
        terms.expires_at,
    )


def _suspicions(
    session: Session, programme: Programme, account: str, bought: Purchase, row: Any, when: int
) -> list[str]:
    limits = programme.limits
    of_cashier = 0
    most = limits.sales_a_day_of_one_cashier
    # The day's sales are in the row that was changed; whose they were is asked only when there are many.
    if most and bought.cashier and row.day_sales > most:
        zone = queries.zone_of(programme)
        begins = midnight(local_day(when, zone), zone)
        same = (_L.account == account, _L.opened_at >= begins, _L.cashier == bought.cashier)
        of_cashier = session.scalar(select(func.count()).select_from(points_lots).where(*same)) or 0
    return suspicions(limits, Day(row.day_sales, row.day_points, of_cashier))


def review_tier(session: Session, customer: str, programme: Programme, now: int) -> str:
    """Bring the tier of an account to what it has to be at `now`, and say which that is."""
    if programme.tiers is None:
        return ""
    account, _ = books.locked(session, customer)
    zone = queries.zone_of(programme)
    bought = queries.visits(session, account, window_begins(programme.tiers, now, zone))
    before = queries.standing(session, account)
    after = review(programme.tiers, before, value(programme.tiers, bought, now, zone), now)
    if after != before:
        values = {"tier": after.tier, "tier_since": after.since, "tier_below": after.below_since}
        session.execute(update(points_balances).where(_B.customer == account).values(**values))
    if after.tier != before.tier:
        cost_anew(session, account, now)
    return after.tier


def cost_anew(session: Session, account: str, at: int) -> None:
    """Prices may ask for the standing of a shopper: whoever looks at her carts asks anew."""
    for customer in queries.sharing(session, account):
        carts.repriced_of(session, customer, at)


def ripen(session: Session, customer: str, now: int) -> None:
    """What has to happen to an account by `now`: points become active, pay debts, expire. A second time: nothing."""
    account, version = books.locked(session, customer)
    before = books.load(session, account)
    books.post(session, before, moves.ripen(before, books.cause(account, version, "clock", now)))


def adjust(session: Session, key: str, customer: str, points: int, by: str, now: int) -> dict[str, Any]:
    """A person gives points, or takes them (below zero), not more than are free: `{"free"}`. `key` makes it once."""

    def act() -> dict[str, Any]:
        account, _ = books.locked(session, customer)
        ripen(session, account, now)
        _, version = books.locked(session, account)
        before = books.load(session, account)
        programme = queries.programme(session, now)
        terms = terms_of(programme, now, queries.zone_of(programme))
        given = books.cause(account, version, key, now)
        books.post(session, before, moves.adjust(before, points, Terms(now, terms.expires_at), given))
        return {"free": queries.balance(session, account)}

    return books.once(session, f"adjust:{key}", {"customer": customer, "points": points, "by": by}, now, act)  # type: ignore[no-any-return]


def open_account(session: Session, customer: str, points: int, now: int) -> None:
    """The points that a customer brings along when the hub is filled; they never expire."""
    account, version = books.locked(session, customer)
    if points:
        before = books.load(session, account)
        brought = books.cause(account, version, f"opening-{customer}", now)
        books.post(session, before, moves.adjust(before, points, Terms(now, NEVER), brought))
    # A terminal gets the cards of a hub that was filled with its first load.
    session.execute(update(points_balances).where(_B.customer == account).values(told=_B.version))


@dataclass(frozen=True, slots=True)
class LineBack:
    """`now` of the `of` thousandths of a line come back, of which `before` came back already; `points` is what the line
    earned as its receipt says."""

    line: str
    points: int
    before: int
    now: int
    of: int


def take_back(
    session: Session, key: str, sale: str, lines: Sequence[LineBack], burned: int, money: int, now: int
) -> dict[str, Any]:
    """Reverse the entries of returned lines: `{"taken", "given_back", "withheld"}`, in points.

    `key` is the return's id and makes it once. `burned` is how many of the points that the sale was paid with come
    back; `money` is what was refunded, which tiers do not count any more. Of `withheld` points the refund is less their
    worth, where the programme says so.
    """

    def act() -> dict[str, Any]:
        programme = queries.programme(session, now)
        rows = queries.entries_of(session, sale)
        account = _holder(session, sale)
        if account:
            books.locked(session, account)
        done = queries.undone(session, [row.key for row in rows])
        given_back = _give_back(session, programme, key, rows, done, burned, now)
        wanted = _wanted(rows, done, lines)
        taken = sum(row.points for row in wanted)
        withheld = _claw_back(session, programme, key, wanted, now)
        paid = update(points_lots).where(_L.id == sale).values(paid=_L.paid - money, earned=_L.earned - taken)
        session.execute(paid)
        return {"taken": taken - withheld, "given_back": given_back, "withheld": withheld}

    asked = {"sale": sale, "lines": [asdict(line) for line in lines], "burned": burned, "money": money}
    return books.once(session, return_key(key), asked, now, act)  # type: ignore[no-any-return]


def return_key(document: str) -> str:
    """Under which key the answer about a return is kept."""
    return f"return:{document}"


def _holder(session: Session, lot: str) -> str:
    """In whose account a lot counts; empty where there is no such lot."""
    return session.scalar(select(_L.account).where(_L.id == lot)) or ""


def _wanted(rows: Sequence[Any], done: dict[str, int], lines: Sequence[LineBack]) -> list[Reversal]:
    """Which entries these lines undo. A sale from before there were lines has one entry for all of them."""
    left = {row.key: row.points - done.get(row.key, 0) for row in rows if row.kind == "earn" and row.src == ""}
    found = []
    for back in lines:
        missing = part_returned(back.points, back.before, back.now, back.of)
        for row in rows:
            if row.key in left and row.line in (back.line, "") and missing:
                part = min(missing, left[row.key])
                found.append(Reversal(row.key, row.lot, back.line, part))
                left[row.key] -= part
                missing -= part
    return [row for row in found if row.points]


def _claw_back(session: Session, programme: Programme, key: str, wanted: list[Reversal], now: int) -> int:
    withheld = 0
    for lot in sorted({row.lot for row in wanted}):
        account, version = books.locked(session, _holder(session, lot))
        before = books.load(session, account, [lot])
        undone = returns.claw_back(
            before, [row for row in wanted if row.lot == lot], programme, books.cause(account, version, key, now)
        )
        books.post(session, before, undone.entries)
        withheld += undone.withheld
    return withheld


def _give_back(
    session: Session, programme: Programme, key: str, rows: Sequence[Any], done: dict[str, int], points: int, now: int
) -> int:
    spent = [Reversal(row.key, row.lot, "", row.points - done.get(row.key, 0)) for row in rows if row.dst == "spent"]
    wanted = returns.parts_given_back(spent, points)
    for row in wanted:
        account, version = books.locked(session, _holder(session, row.lot))
        before = books.load(session, account, [row.lot])
        caused = books.cause(account, version, key, now)
        zone = queries.zone_of(programme)
        books.post(session, before, returns.give_back(before, [row], programme, zone, caused))
    return sum(row.points for row in wanted)


def set_programme(session: Session, body: dict[str, Any], from_at: int, by: str, now: int) -> Programme:
    """A new version of the programme, which holds from `from_at` (ms). Versions are only ever added."""
    programme = programme_from(body)
    try:
        queries.zone_of(programme)
    except (KeyError, ValueError, OSError):
        raise LoyaltyRefused(
            "loyalty.zone", N_("There is no time zone {zone}. Nothing was changed."), zone=programme.zone
        ) from None
    added = insert_if_absent(
        session,
        programmes,
        version=programme.version,
        body=programme.as_dict(),
        from_at=from_at,
        made_by=by,
        made_at=now,
    )
    last = session.scalar(select(func.max(programmes.c.version)))
    if not added or last != programme.version:
        raise LoyaltyRefused(
            "loyalty.version",
            N_("Version {version} of the programme is there already. Load it anew and change that."),
            version=programme.version,
        )
    reference.changed(session, {"programme": [str(programme.version)]}, now, pricing=None)
    return programme


def open_programme(session: Session, programme: Programme, now: int) -> None:
    """The programme that a shop is opened with: it holds from the beginning, and nobody is told."""
    row = {"version": programme.version, "body": programme.as_dict(), "from_at": 0, "made_by": "", "made_at": now}
    session.execute(insert(programmes).values(row))
