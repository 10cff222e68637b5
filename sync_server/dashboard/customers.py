"""The doors of the page "customers": find one, see the account, lost and new cards, points put right, two made one."""

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row
from sqlalchemy.orm import Session

from retail.errors import N_, LoyaltyRefused
from retail.loyalty.programme import NEVER
from retail.messages import Key, Message
from sync_server.catalogue import reference
from sync_server.customers import queries, service
from sync_server.dashboard.doors import Doors
from sync_server.loyalty import merging, shown, telling
from sync_server.loyalty import queries as loyalty
from sync_server.loyalty import service as points
from sync_server.staff import queries as staff
from sync_server.stored_value import queries as values

POINTS_MAX = 1_000_000
CARD = Annotated[str, Field(min_length=4, max_length=20, pattern=r"^[0-9A-Z-]+$")]


class Sought(Message):
    """Posted, because addresses are written into logs, and these are people."""

    q: Annotated[str, Field(max_length=60)] = ""


class Older(Message):
    before: int = Field(default=0, ge=0, le=NEVER)


class Card(Message):
    number: CARD


class Adjusted(Message):
    """`key` makes it once, however often it is sent; `points` below zero to take some away."""

    key: Key
    points: int = Field(ge=-POINTS_MAX, le=POINTS_MAX)
    reason: Annotated[str, Field(min_length=3, max_length=60)]


class Other(Message):
    other: Key


class Merged(Other):
    """The points of the customer at whose address it is said count in the account of `other` from now on."""

    key: Key


class Parted(Message):
    key: Key


def add_customers(doors: Doors) -> None:
    """`/manage/customers`, and what is below it."""

    def found(_: Row[Any]) -> dict[str, Any]:
        sought = doors.given(Sought).q.strip()
        return doors.read(lambda session: {"customers": [_row(session, one) for one in queries.find(session, sought)]})

    def one(_: Row[Any], shopper: str) -> dict[str, Any]:
        before, now = doors.asked(Older).before, doors.clock()
        return doors.read(lambda session: _one(session, shopper, now, before))

    def give_card(member: Row[Any], shopper: str) -> None:
        number = doors.given(Card).number

        def command(session: Session, now: int) -> tuple[None, dict[str, Any]]:
            service.issue_card(session, number, shopper, now)
            return None, {"customer": shopper, "card": number}

        doors.write(member, "customer.card_given", command)

    def block_card(member: Row[Any], shopper: str) -> None:
        number = doors.given(Card).number

        def command(session: Session, now: int) -> tuple[None, dict[str, Any]]:
            if number not in queries.card_numbers(session, [shopper]):
                raise service.unknown_card(number)
            service.block_card(session, number, now)
            return None, {"customer": shopper, "card": number}

        doors.write(member, "customer.card_blocked", command)

    def adjust(member: Row[Any], shopper: str) -> dict[str, Any]:
        given = doors.given(Adjusted)

        def command(session: Session, now: int) -> tuple[dict[str, Any], dict[str, Any]]:
            queries.profile(session, shopper)
            answer = points.adjust(session, given.key, shopper, given.points, member.id, now)
            telling.tell(session, shopper, now)
            return answer, {"customer": shopper, "points": given.points, "reason": given.reason}

        return doors.write(member, "loyalty.adjusted", command)

    doors.post("/customers/find", found)
    doors.get("/customers/of/<shopper>", one)
    doors.post("/customers/of/<shopper>/give-card", give_card)
    doors.post("/customers/of/<shopper>/block-card", block_card)
    doors.post("/customers/of/<shopper>/adjust", adjust)
    _add_merging(doors)


def _add_merging(doors: Doors) -> None:
    def previewed(_: Row[Any], shopper: str) -> dict[str, Any]:
        other = doors.given(Other).other
        return doors.read(lambda session: _preview(session, shopper, other))

    def merge(member: Row[Any], shopper: str) -> dict[str, Any]:
        given = doors.given(Merged)

        def command(session: Session, now: int) -> tuple[dict[str, Any], dict[str, Any]]:
            for name in (shopper, given.other):
                queries.person(session, name)
            answer = merging.merge(session, given.key, shopper, given.other, member.id, now)
            _tell_all(session, [shopper], now)
            return answer, {"customer": shopper, "into": given.other}

        return doors.write(member, "customer.merged", command)

    def part(member: Row[Any], shopper: str) -> dict[str, Any]:
        given = doors.given(Parted)

        def command(session: Session, now: int) -> tuple[dict[str, Any], dict[str, Any]]:
            before = loyalty.people(session, shopper)
            answer = merging.part(session, given.key, shopper, member.id, now)
            _tell_all(session, before, now)
            return answer, {"customer": shopper, "from": [name for name in before if name != shopper]}

        return doors.write(member, "customer.parted", command)

    doors.post("/customers/of/<shopper>/preview", previewed)
    doors.post("/customers/of/<shopper>/merge", merge)
    doors.post("/customers/of/<shopper>/part", part)


def _tell_all(session: Session, shoppers: list[str], now: int) -> None:
    """Their own screens hear of the balance, and the tills of what their cards stand for."""
    everybody = sorted({name for shopper in shoppers for name in loyalty.sharing(session, shopper)})
    for shopper in sorted({loyalty.resolved(session, name) for name in everybody}):
        telling.tell(session, shopper, now)
    reference.changed(session, {"cards": queries.card_numbers(session, everybody)}, now)


def _row(session: Session, row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "names": row.names,
        "email": row.email,
        "phone": row.phone,
        "cards": queries.card_numbers(session, [row.id]),
        "points": loyalty.balance(session, row.id),
    }


def _one(session: Session, shopper: str, now: int, before: int) -> dict[str, Any]:
    person = queries.person(session, shopper)
    account = shown.account(session, shopper, now, before)
    joined = loyalty.joined(session, shopper)
    names = staff.names_of(session, {row.by for row in joined})
    others = [name for name in loyalty.sharing(session, shopper) if name != shopper]
    return {
        "customer": _row(session, person) | {"groups": person.groups, "language": person.language},
        "cards": queries.cards_ever(session, shopper),
        "account": account,
        "values": [row for name in (shopper, *others) for row in values.of_customer(session, name)],
        "others": [_row(session, queries.person(session, name)) for name in others],
        # Who was joined to another may leave that account again; whoever has the account keeps it.
        "merged_into": joined[0].target if joined else "",
        "merged_at": joined[0].at if joined else 0,
        "merged_by": names[joined[0].by] if joined else {},
    }


def _preview(session: Session, shopper: str, other: str) -> dict[str, Any]:
    """What merging would make of two customers; refused where it would make nothing."""
    both = [_row(session, queries.person(session, name)) for name in (shopper, other)]
    if loyalty.resolved(session, shopper) == loyalty.resolved(session, other) or loyalty.joined(session, shopper):
        raise LoyaltyRefused("loyalty.merged", N_("These customers share one account already. Nothing was changed."))
    sums = [shown.points(session, name) for name in (shopper, other)]
    figures = ("active", "pending", "held", "debt")
    together = {name: sum(one[name] for one in sums) for name in figures}
    return {"customers": [one | {"sums": found} for one, found in zip(both, sums, strict=True)], "together": together}
