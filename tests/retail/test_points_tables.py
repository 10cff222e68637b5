"""The worked tables of docs/loyalty.md about lots, returns and tiers, row by row."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from points_book import Book
from test_worked_tables import numbers, rows

from retail.errors import LoyaltyRefused
from retail.loyalty import approval
from retail.loyalty.allowance import Allowance, check, public_of, sign
from retail.loyalty.earning import PaidLine, earn, part_returned
from retail.loyalty.ledger import Entry
from retail.loyalty.programme import (
    DAY_MS,
    NEVER,
    Multiplier,
    Programme,
    Tier,
    TierRule,
    local_day,
    midnight,
    months_after,
    terms_of,
)
from retail.loyalty.tiers import Standing, Visit, outlook, review, value

PROGRAMME = Programme(
    multipliers=(
        Multiplier("dairy", 2000, departments=("d",)),
        Multiplier("little", 1500, departments=("d",)),
        Multiplier("none", 0, departments=("t",)),
        Multiplier("milk", 3000, products=("milk",)),
    )
)
TIERS = TierRule(
    tuple(Tier(name, {"en": name}, floor) for name, floor in (("silver", 100), ("gold", 500), ("platinum", 1000)))
)
NEW_YEAR = 1_767_225_600_000
BERLIN = ZoneInfo("Europe/Berlin")


def on(day: str) -> int:
    return NEW_YEAR + int(day) * DAY_MS + DAY_MS // 2


@pytest.mark.parametrize("row", rows("loyalty.md", "lines"))
def test_lines_earn_what_the_page_says(row: list[str]) -> None:
    cell, in_points, points, by_line, _ = row
    lines = [PaidLine(item, item, where, int(paid)) for item, where, paid in (part.split() for part in cell.split(","))]
    found = earn(PROGRAMME, lines, int(in_points))
    assert (found.points, [line.points for line in found.lines]) == (int(points), numbers(by_line))


@pytest.mark.parametrize("row", rows("loyalty.md", "terms"))
def test_points_count_from_and_until_when_the_page_says(row: list[str]) -> None:
    at, pending, expiry, months, begins, ends, _ = row
    programme = Programme(
        zone="Europe/Berlin",
        pending_days=int(pending),
        expiry=expiry,
        expiry_months=int(months),  # type: ignore[arg-type]
    )
    found = terms_of(programme, _ms(at), BERLIN)
    assert (found.active_from, found.expires_at) == (_ms(begins), NEVER if ends == "never" else _ms(ends))


def _ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()) * 1000


@pytest.mark.parametrize("row", rows("loyalty.md", "history"))
def test_after_a_history_points_lie_where_the_page_says(row: list[str]) -> None:
    history, *amounts, _ = row
    book = Book()
    for step in history.split(";"):
        _carry_out(book, step.split())
    assert list(book.account().totals.values()) == [int(amount) for amount in amounts]


@pytest.mark.parametrize("row", rows("loyalty.md", "entries"))
def test_a_step_adds_the_entries_that_the_page_says(row: list[str]) -> None:
    history, wanted, _ = row
    book, before = Book(), 0
    for step in history.split(";"):
        before = len(book.entries)
        _carry_out(book, step.split())
    added = (
        sorted(book.entries[before:], key=lambda one: (one.key.split("#")[-1], one.account))
        if step == " merge"
        else book.entries[before:]
    )
    assert "; ".join(map(_said, added)) == wanted
    assert {(one.at, one.customer) for one in added} <= {(book.now, "anna")}
    assert len({one.key for one in book.entries}) == len(book.entries)


def _said(entry: Entry) -> str:
    # Outside is written "" and nothing else: entries are stored and compared as they are.
    src, dst = ("out" if place == "" else place for place in (entry.src, entry.dst))
    parts = [f"{entry.kind} {entry.lot} {src}-{dst} {entry.points}"]
    parts += [
        f"{word} {name}"
        for word, name in (("line", entry.line), ("rule", entry.rule), ("undoes", entry.reverses))
        if name
    ]
    if entry.expires_at:
        parts.append("for ever" if entry.expires_at == NEVER else f"until {entry.expires_at // DAY_MS}")
    return " ".join(parts)


def _carry_out(book: Book, words: list[str]) -> None:
    match words:
        case ["earn", sale, points]:
            book.earn(sale, {"all": int(points)})
        case ["earn", sale, points, "until", day]:
            book.earn(sale, {"all": int(points)}, ends=int(day) * DAY_MS)
        case ["earn", sale, points, "from", day, "until", end]:
            book.earn(sale, {"all": int(points)}, begins=int(day) * DAY_MS, ends=int(end) * DAY_MS)
        case ["merge"]:
            book.merge("anna", "boris")
        case ["earn", sale, points, "from", day]:
            book.earn(sale, {"all": int(points)}, begins=int(day) * DAY_MS)
        case ["day", day]:
            book.turn(int(day))
        case ["hold", name, points]:
            book.hold(name, int(points))
        case ["post", name, sale]:
            book.post(name, sale)
        case ["post", name, sale, points]:
            book.post(name, sale, int(points))
        case ["take", name, sale, points]:
            book.take(name, sale, int(points))
        case ["void", name]:
            book.void(name)
        case ["late", sale, points]:
            book.late(sale, int(points))
        case ["return", sale, points]:
            book.bring_back(sale, int(points))
        case ["unspend", sale, points]:
            book.unspend(sale, int(points))
        case ["give", points]:
            book.adjust(int(points))
        case _:
            raise AssertionError(f"nobody knows what {words} means")


@pytest.mark.parametrize("row", rows("loyalty.md", "parts"))
def test_a_line_that_comes_back_in_parts_takes_what_the_page_says(row: list[str]) -> None:
    points, of, parts, taken, _ = row
    before, found = 0, []
    for part in numbers(parts):
        found.append(part_returned(int(points), before, part, int(of)))
        before += part
    assert found == numbers(taken)


@pytest.mark.parametrize("row", rows("loyalty.md", "worth"))
def test_points_are_worth_what_the_page_says(row: list[str]) -> None:
    worth_points, worth, points, pay, to_pay, needed = map(int, row)
    programme = Programme(worth=worth, worth_points=worth_points)
    assert (programme.money(points), programme.points_for(to_pay)) == (pay, needed)


SEED, OTHER_SEED = b"h" * 32, b"t" * 32
HOUR_MS = DAY_MS // 24
ALLOWED = Allowance("n-1", "anna", "till-1", 50, 24 * HOUR_MS)
SHOWN = {
    "as it was signed": ALLOWED,
    "under another key": ALLOWED,
    "with 51 points": replace(ALLOWED, amount=51),
    "until hour 48": replace(ALLOWED, not_after=48 * HOUR_MS),
    "for till-2": replace(ALLOWED, terminal="till-2"),
}


@pytest.mark.parametrize("row", rows("loyalty.md", "allowance"))
def test_an_allowance_covers_what_the_page_says(row: list[str]) -> None:
    shown, till, hour, points, answer = row
    signature = sign(OTHER_SEED if shown == "under another key" else SEED, ALLOWED)
    found = ""
    try:
        check(public_of(SEED), SHOWN[shown], signature, till, 0, int(points), int(hour) * HOUR_MS)
    except LoyaltyRefused as refused:
        found = refused.code
    assert found == answer


@pytest.mark.parametrize("row", rows("loyalty.md", "tiers"))
def test_tiers_are_reached_and_lost_as_the_page_says(row: list[str]) -> None:
    tier, days, metric, then, since, below_since, _ = row
    below = on("0") - int(days) * DAY_MS if int(days) else 0
    found = review(TIERS, Standing(tier, 1, below), int(metric), on("0"))
    moments = {"": 0, "now": on("0")}
    assert found == Standing(then, {**moments, "before": 1}[since], {**moments, "before": below}[below_since])


def test_without_days_of_grace_a_tier_is_lost_at_once() -> None:
    at_once = replace(TIERS, grace_days=0)
    assert review(at_once, Standing("gold", 1), 499, 1000) == Standing("silver", 1000)
    assert review(at_once, Standing("gold", 1), 500, 1000) == Standing("gold", 1)


def test_who_is_below_keeps_the_tier_for_the_days_of_grace_from_then_on() -> None:
    for window in ("rolling", "calendar"):
        rule = replace(TIERS, window=window)  # type: ignore[arg-type]
        found = outlook(rule, Standing("gold", 1, on("3")), [Visit(on("0"), 120, 0)], on("10"), UTC)
        assert (found.tier, found.to_keep, found.keep_until) == ("gold", 380, on("33"))


def test_a_year_begins_with_its_first_ms_on_the_wall_of_the_zone() -> None:
    rule = replace(TIERS, window="calendar")
    bought = [Visit(NEW_YEAR - 1, 30, 0), Visit(NEW_YEAR, 100, 0)]
    assert value(rule, bought, NEW_YEAR + 5, UTC) == 100
    # In Berlin both are of the new year, which is an hour old.
    assert value(rule, bought, NEW_YEAR + 5, BERLIN) == 130
    kept = outlook(rule, Standing("silver", 1), bought, NEW_YEAR + 5, BERLIN).keep_until
    assert kept == _ms("2028-01-01 00:00") + 30 * DAY_MS


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2026-05-15", 7, "2026-12-15"),
        ("2026-05-15", 8, "2027-01-15"),
        ("2026-12-31", 0, "2026-12-31"),
        ("2026-10-31", 25, "2028-11-30"),
    ],
)
def test_so_many_months_later_is_the_same_day_or_the_last_of_the_month(day: str, months: int, then: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(then)


def test_a_day_begins_at_midnight_on_the_wall_of_the_zone() -> None:
    summer, change = date(2026, 7, 1), date(2026, 3, 29)
    assert midnight(summer, BERLIN) == _ms("2026-07-01 00:00") == midnight(summer, UTC) - 2 * 3_600_000
    assert midnight(change, BERLIN) == midnight(change, UTC) - 3_600_000
    assert [local_day(midnight(summer, BERLIN) - back, BERLIN).day for back in (0, 1)] == [1, 30]


def test_a_tier_counts_what_its_rule_measures() -> None:
    bought = [Visit(on("0"), 700, 40), Visit(on("1"), -200, -5, 0), Visit(on("2"), 100, 9)]
    rules = {metric: replace(TIERS, metric=metric) for metric in ("spend", "points", "visits")}  # type: ignore[arg-type]
    assert {metric: value(rule, bought, on("9"), UTC) for metric, rule in rules.items()} == {
        "spend": 600,
        "points": 44,
        "visits": 2,
    }


@pytest.mark.parametrize("row", rows("loyalty.md", "outlook"))
def test_what_a_tier_needs_is_what_the_page_says(row: list[str]) -> None:
    window, bought, today, metric, tier, upper, missing, keep, until, _ = row
    rule = TierRule(TIERS.tiers, window=window)  # type: ignore[arg-type]
    visits = [Visit(on(day), int(money), 0) for day, money in (part.split(":") for part in bought.split(","))]
    now = on(today)
    reached = value(rule, visits, now, UTC)
    found = outlook(rule, Standing(tier, 1), visits, now, UTC)
    assert (reached, found.value) == (int(metric), int(metric))
    assert (found.next_tier, found.to_reach, found.to_keep) == (upper, int(missing), int(keep))
    assert found.keep_until // DAY_MS * DAY_MS == (NEW_YEAR + int(until) * DAY_MS if until else 0)


@pytest.mark.parametrize("row", rows("loyalty.md", "approval"))
def test_somebody_is_asked_where_the_page_says(row: list[str]) -> None:
    limit, spent, wanted, asked, alone, _ = row
    programme = Programme(approve_above=int(limit))
    assert approval.is_needed(programme, int(spent), int(wanted)) == (asked == "yes")
    assert approval.left_alone(programme, int(spent), int(wanted)) == int(alone)


def test_who_cannot_wait_is_told_the_limit() -> None:
    refused = approval.needed(Programme(approve_above=500), 700)
    assert (refused.code, refused.params) == ("loyalty.needs_approval", {"limit": 500, "points": 700})
    assert "500" in str(refused)
