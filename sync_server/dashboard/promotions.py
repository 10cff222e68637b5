"""The doors of the page "promotions": the list, one with its versions, changing, switching, trying a cart."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import Row
from sqlalchemy.orm import Session

from retail.cart import LINE_QUANTITY_MAX
from retail.catalogue import Product
from retail.errors import N_, PromotionError
from retail.messages import Key, Message
from retail.promotions.conditions import Groups
from retail.promotions.kinds import as_dict, promotion_from
from retail.promotions.promotion import Promotion, WallClock
from retail.wall_clock import reached
from sync_server.catalogue import queries as catalogue
from sync_server.catalogue import search
from sync_server.dashboard.doors import Doors
from sync_server.dashboard.naming import free_id
from sync_server.errors import NotFound
from sync_server.loyalty import queries as loyalty
from sync_server.promotions import histories, preview, queries, service
from sync_server.promotions.tables import promotions

GOODS_SHOWN = 12
NEW = ""


class Draft(Message):
    """A promotion as `retail.promotions.kinds.as_dict` writes it; `version` is the one that was looked at, and the id
    of a new one is empty."""

    promotion: dict[str, Any]


class Switch(Message):
    """`version` is the one that was looked at."""

    version: int = Field(ge=1)
    to: Literal["paused", "running", "ended", "withdrawn"]


class TriedLine(Message):
    item: Key
    quantity: Annotated[int, Field(ge=1, le=LINE_QUANTITY_MAX)]


class Trial(Draft):
    """A cart to try a draft with; `at` is the wall clock of the store, empty for now."""

    lines: Annotated[list[TriedLine], Field(max_length=preview.LINES_MAX)]
    at: WallClock = ""
    channel: Literal["till", "kiosk", "online"] = "till"
    known: bool = False
    first: bool = False
    tier: str = ""
    groups: list[str] = Field(default=[], max_length=20)
    coupon: bool = True


NAMED_MAX = 200


class Wanted(Message):
    q: str | int = ""
    ids: str | int = ""
    families: str | int = ""


def add_promotions(doors: Doors) -> None:
    """`/manage/promotions`, and what is below it."""

    def listed(member: Row[Any]) -> dict[str, Any]:
        now = doors.clock()
        return doors.read(lambda session: {"promotions": _with_states(session, member.store, now)})

    def one(_: Row[Any], promotion: str) -> dict[str, Any]:
        return doors.read(lambda session: histories.history(session, promotion))

    def save(member: Row[Any]) -> dict[str, Any]:
        draft = doors.given(Draft).promotion

        def command(session: Session, now: int) -> tuple[dict[str, Any], dict[str, Any]]:
            given = promotion_from(_named(session, draft))
            if not given.names.get("en", "").strip():
                raise PromotionError("promotion.name", N_("A promotion needs a name, in English at least."))
            return _put(session, given, member.id, now)

        return doors.write(member, "promotion.saved", command)

    def switch(member: Row[Any], promotion: str) -> dict[str, Any]:
        given = doors.given(Switch)

        def command(session: Session, now: int) -> tuple[dict[str, Any], dict[str, Any]]:
            return _switch(session, promotion, given, member, now)

        return doors.write(member, f"promotion.{given.to}", command)

    def goods(member: Row[Any]) -> dict[str, Any]:
        asked = doors.asked(Wanted)
        return doors.read(lambda session: _goods(session, str(asked.q), str(asked.ids), str(asked.families)))

    def words(member: Row[Any]) -> dict[str, Any]:
        now = doors.clock()
        return doors.read(lambda session: _words(session, member.store, now))

    def tried(member: Row[Any]) -> dict[str, Any]:
        given, now = doors.given(Trial), doors.clock()
        return doors.read(lambda session: _tried(session, member.store, given, now))

    doors.get("/promotions", listed)
    doors.post("/promotions", save)
    doors.get("/promotions/words", words)
    doors.get("/promotions/goods", goods)
    doors.post("/promotions/try", tried)
    doors.get("/promotions/of/<promotion>", one)
    doors.post("/promotions/of/<promotion>/switch", switch)


def drafted(body: dict[str, Any]) -> Promotion:
    """What a manager has put together so far, also before it has an id or a name."""
    return promotion_from({**body, "id": body.get("id") or "draft", "names": body.get("names") or {"en": ""}})


def _with_states(session: Session, store: str, now: int) -> list[dict[str, Any]]:
    local = _local(session, store, now)
    rows = histories.listed(session)
    return [{**row, "id": row["body"]["id"], "state": _state(row["body"], local)} for row in rows]


def _local(session: Session, store: str, now: int) -> str:
    return reached(now, ZoneInfo(catalogue.store(session, store).zone)).isoformat()[:16]


def _state(body: dict[str, Any], local: str) -> str:
    if body.get("end") and body["end"] <= local:
        return "ended"
    if body.get("paused"):
        return "paused"
    return "waiting" if body.get("begin", "") > local else "running"


def _named(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """With an id, where it has none yet: from its English name, and one that no other ever had."""
    if body.get("id"):
        return body
    names = body.get("names")
    given = names.get("en", "") if isinstance(names, dict) else ""
    return {**body, "id": free_id(session, promotions.c.id, str(given), "promotion"), "version": 0}


def _put(session: Session, given: Promotion, by: str, now: int) -> tuple[dict[str, Any], dict[str, Any]]:
    before = queries.find(session, given.id)
    after = service.put(session, given, by, now)
    changed = histories.changes(as_dict(before) if before else {}, as_dict(after))
    detail = {"promotion": after.id, "version": after.version, "changes": changed}
    return {"id": after.id, "version": after.version}, detail


def _switch(
    session: Session, promotion: str, given: Switch, member: Row[Any], now: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    found = queries.find(session, promotion)
    if found is None:
        raise NotFound()
    seen = replace(found, version=given.version)
    if given.to == "withdrawn":
        # The version that was looked at has to be the one that goes: somebody may have changed it meanwhile.
        service.check_seen(session, seen)
        service.withdraw(session, promotion, member.id, now)
        return {"id": promotion, "version": found.version + 1}, {"promotion": promotion, "version": found.version + 1}
    if given.to == "ended":
        local = _local(session, member.store, now)
        begun = seen.begin < local
        return _put(session, replace(seen, end=local, begin=seen.begin if begun else ""), member.id, now)
    return _put(session, replace(seen, paused=given.to == "paused"), member.id, now)


def _goods(session: Session, words: str, ids: str, families: str) -> dict[str, Any]:
    """Products for the fields in which goods are named: those that a search finds, or those with these ids and the
    first of each of these families."""
    if ids or families:
        named = [catalogue.product(session, item) for item in ids.split(",")[:NAMED_MAX] if item]
        found = [product for product in named if product is not None]
        found += [
            one for name in families.split(",")[:NAMED_MAX] if name for one in catalogue.family(session, name)[:1]
        ]
    else:
        found = search.page_of(session, "", words, 1, GOODS_SHOWN)[0]
    return {"goods": [_good(product) for product in found]}


def _good(product: Product) -> dict[str, Any]:
    return {
        "id": product.id,
        "names": product.names,
        "department": product.department,
        "family": product.family,
        "family_names": product.family_names,
        "unit": product.unit,
        "weighed": product.measured,
        "price": product.price,
    }


def _words(session: Session, store_id: str, now: int) -> dict[str, Any]:
    """What the fields of a promotion are chosen from, and the store's money and clock."""
    store = catalogue.store(session, store_id)
    programme, rules = loyalty.programme(session, now), queries.rules(session, 0)
    held = [condition for one in rules.promotions for condition in one.conditions]
    groups = {name for one in held if isinstance(one, Groups) for name in one.any_of}
    groups |= {name for one in catalogue.all_lists(session) for name in one.groups}
    return {
        "currency": store.currency,
        "zone": store.zone,
        "local": _local(session, store_id, now),
        "departments": [{"id": one.id, "names": one.names} for one in catalogue.all_departments(session)],
        "stores": [{"id": one.id, "names": one.names} for one in catalogue.all_stores(session)],
        "tiers": [{"id": one.id, "names": one.names} for one in (programme.tiers.tiers if programme.tiers else ())],
        "groups": sorted(groups),
    }


def _tried(session: Session, store: str, given: Trial, now: int) -> dict[str, Any]:
    at = datetime.fromisoformat(given.at or _local(session, store, now))
    wanted = preview.Wanted(
        [(line.item, line.quantity) for line in given.lines],
        at,
        given.channel,
        given.known,
        given.first,
        given.tier,
        frozenset(given.groups),
        given.coupon,
    )
    return preview.try_cart(session, store, drafted(given.promotion), wanted, now)
