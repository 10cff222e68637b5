"""What must hold for every history of points."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from points_book import Book

from retail.errors import LoyaltyRefused
from retail.loyalty.earning import PaidLine, earn, part_returned
from retail.loyalty.ledger import Account, fold
from retail.loyalty.programme import DAY_MS, NEVER, Multiplier, Programme

PEOPLE = ("anna", "boris", "clara")
POINTS = st.integers(1, 200)
MULTIPLIERS = (Multiplier("double", 2000, ("d",)), Multiplier("none", 0, ("n",)), Multiplier("odd", 1333, ("o",)))
LINES = st.lists(
    st.tuples(st.sampled_from("bdno"), st.integers(-500, 10**7), st.sampled_from([1000, 3000, 0])), max_size=30
)


@given(LINES, st.integers(0, 10**7), st.integers(1, 7), st.integers(1, 1000))
def test_points_are_floored_once_and_never_lost_in_sharing(
    drawn: list[tuple[str, int, int]], in_points: int, points: int, per: int
) -> None:
    lines = [PaidLine(f"l-{n}", "x", where, paid, times) for n, (where, paid, times) in enumerate(drawn)]
    found = earn(Programme(points=points, per=per, multipliers=MULTIPLIERS), lines, in_points)
    assert sum(row.points for row in found.lines) == found.points >= 0
    assert [row.line for row in found.lines] == [line.id for line in lines]
    plain = earn(Programme(points=points, per=per), lines, in_points)
    whole = sum(max(0, line.paid) for line in lines)
    ones = all(line.times == 1000 for line in lines)
    assert not ones or plain.points == max(0, whole - in_points) * points // per


@given(st.integers(0, 10**6), st.lists(st.integers(1, 5000), min_size=1, max_size=8))
def test_parts_of_a_line_take_back_exactly_its_points(points: int, parts: list[int]) -> None:
    whole, before, taken = sum(parts), 0, 0
    for part in parts:
        back = part_returned(points, before, part, whole)
        assert back >= 0
        taken, before = taken + back, before + part
    assert taken == points


class PointsOfThreePeople(RuleBasedStateMachine):
    """Sales, holds, returns, days and merging in any order; the laws hold after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book()
        self.day = 0
        self.adjusted = 0

    def sale(self) -> str:
        return f"sale-{len(self.book.earned)}"

    @rule(who=st.sampled_from(PEOPLE), lines=st.lists(POINTS, min_size=1, max_size=4), wait=st.sampled_from([0, 0, 3]))
    def buy(self, who: str, lines: list[int], wait: int) -> None:
        named = {f"l-{n}": points for n, points in enumerate(lines)}
        begins = (self.day + wait) * DAY_MS
        ends = begins + 20 * DAY_MS if len(lines) % 2 else NEVER
        self.book.earn(self.sale(), named, who, begins if wait else 0, ends)

    @precondition(lambda self: self.book.earned)
    @rule(data=st.data())
    def the_same_sale_comes_again(self, data: st.DataObject) -> None:
        sale, before = data.draw(st.sampled_from(sorted(self.book.earned))), len(self.book.entries)
        self.book.earn(sale, {"l-0": 999})
        assert len(self.book.entries) == before

    @rule(who=st.sampled_from(PEOPLE), points=POINTS)
    def hold(self, who: str, points: int) -> None:
        free, before = self.book.account(who).free, list(self.book.entries)
        try:
            self.book.hold(f"hold-{self.book.commands}", points, who)
            assert points <= free
        except LoyaltyRefused as refused:
            assert (refused.code, points > free) == ("loyalty.short", True)
            assert self.book.entries == before

    @precondition(lambda self: self.book.holds)
    @rule(data=st.data(), how=st.sampled_from(["post", "part", "void", "take"]))
    def end_a_hold(self, data: st.DataObject, how: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.book.holds)))
        held = sum(self.book.holds[name].parts.values())
        if how == "void":
            self.book.void(name)
        elif how == "take":
            self.book.take(name, f"paid-{name}", held // 3)
        else:
            self.book.post(name, f"paid-{name}", held if how == "post" else held // 2)

    @rule(who=st.sampled_from(PEOPLE), points=POINTS)
    def a_sale_comes_too_late(self, who: str, points: int) -> None:
        self.book.late(f"late-{self.book.commands}", points, who)

    @precondition(lambda self: self.book.earned)
    @rule(data=st.data(), points=POINTS)
    def bring_back(self, data: st.DataObject, points: int) -> None:
        self.book.bring_back(data.draw(st.sampled_from(sorted(self.book.earned))), points)

    @precondition(lambda self: self.book.burned)
    @rule(data=st.data(), points=POINTS)
    def unspend(self, data: st.DataObject, points: int) -> None:
        self.book.unspend(data.draw(st.sampled_from(sorted(self.book.burned))), points)

    @rule(who=st.sampled_from(PEOPLE), points=st.integers(1, 50))
    def a_person_gives(self, who: str, points: int) -> None:
        self.book.adjust(points, who)
        self.adjusted += points

    @rule(days=st.integers(1, 12))
    def days_pass(self, days: int) -> None:
        self.day += days
        self.book.turn(self.day)
        again = len(self.book.entries)
        self.book.turn(self.day)
        assert len(self.book.entries) == again
        # Nothing that should have happened by now is left.
        for who in PEOPLE:
            assert all(lot.due > self.book.now for lot in self.book.of(who).lots.values())
            # What is not open waits for nothing, so the hub looks at open lots alone.
            assert all(lot.open or lot.due == NEVER for lot in self.book.of(who).lots.values())

    @rule(one=st.sampled_from(PEOPLE), other=st.sampled_from(PEOPLE))
    def merge(self, one: str, other: str) -> None:
        if one in self.book.merged or other in self.book.merged or one == other:
            return
        both = self.book.account(one), self.book.account(other)
        self.book.merge(one, other)
        assert self.book.of(one) == Account(one)
        assert {**both[0].lots, **both[1].lots} == self.book.account(other).lots

    @precondition(lambda self: self.book.merged and not self.book.holds)
    @rule(data=st.data())
    def part(self, data: st.DataObject) -> None:
        source = data.draw(st.sampled_from(sorted(self.book.merged)))
        whole = self.book.account(source)
        self.book.part(source)
        one, other = self.book.account(source), self.book.of(whole.id)
        assert {**one.lots, **other.lots} == whole.lots
        assert not {lot.customer for lot in one.lots.values()} & {lot.customer for lot in other.lots.values()}

    @precondition(lambda self: not self.book.holds)
    @rule(one=st.sampled_from(PEOPLE), other=st.sampled_from(PEOPLE))
    def merging_and_parting_restores_both(self, one: str, other: str) -> None:
        if one in self.book.merged or other in self.book.merged or one == other:
            return
        before = self.book.account(one), self.book.account(other)
        self.book.merge(one, other)
        self.book.part(one)
        assert (self.book.account(one), self.book.account(other)) == before

    @invariant()
    def no_bucket_is_below_zero_but_debt(self) -> None:
        for who in PEOPLE:
            for lot in self.book.account(who).lots.values():
                assert min(lot.pending, lot.active, lot.held, lot.spent, lot.expired) >= 0 >= lot.debt

    @invariant()
    def what_is_held_is_what_the_holds_say(self) -> None:
        for who in PEOPLE:
            wanted = sum(sum(hold.parts.values()) for hold in self.book.holds.values() if hold.account == who)
            assert self.book.of(who).total("held") == wanted

    @invariant()
    def all_buckets_together_are_what_was_given_and_not_taken_back(self) -> None:
        kept = sum(row.points for rows in self.book.earned.values() for row in rows)
        there = sum(sum(self.book.of(who).totals.values()) for who in PEOPLE)
        assert there == kept + self.adjusted

    def teardown(self) -> None:
        """Everything is returned: nobody keeps a point, but those that a person gave."""
        for name in list(self.book.holds):
            self.book.void(name)
        for sale in self.book.burned:
            self.book.unspend(sale, 10**6)
        for sale in self.book.earned:
            self.book.bring_back(sale, 10**6)
        # What was brought along entry by entry is what the entries are from zero.
        for who in PEOPLE:
            assert fold(who, self.book.entries) == self.book.of(who)
        left = dict.fromkeys(("pending", "active", "held", "spent", "expired", "debt"), 0)
        for who in PEOPLE:
            for bucket, points in fold(who, self.book.entries).totals.items():
                left[bucket] += points
        assert (left["pending"], left["held"], left["spent"]) == (0, 0, 0)
        assert left["active"] + left["expired"] + left["debt"] == self.adjusted
        super().teardown()


TestPointsOfThreePeople = PointsOfThreePeople.TestCase
TestPointsOfThreePeople.settings = settings(max_examples=20, stateful_step_count=30)
