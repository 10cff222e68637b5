"""Who made what of a promotion, and when: its versions with what each of them changed."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.errors import NotFound
from sync_server.promotions.tables import promotion_versions, promotions
from sync_server.staff import queries as staff

VERSIONS_SHOWN_MAX = 100
OF_THE_SHOP = ""
"""Who made the promotions that the shop was opened with."""

NOT_SAID = {"version", "id"}


def listed(session: Session) -> list[dict[str, Any]]:
    """All promotions that are not withdrawn: `{body, version, by, at}`, of whose last change `by` is a name or null."""
    columns = promotion_versions.c
    last = (columns.promotion == promotions.c.id) & (columns.version == promotions.c.version)
    rows = session.execute(
        select(promotions.c.body, promotions.c.version, columns.changed_by, columns.at)
        .join(promotion_versions, last)
        .where(~promotions.c.withdrawn)
        .order_by(promotions.c.id)
    ).all()
    names = staff.names_of(session, {row.changed_by for row in rows} - {OF_THE_SHOP})
    return [{"body": row.body, "version": row.version, "by": names.get(row.changed_by), "at": row.at} for row in rows]


def history(session: Session, promotion: str) -> dict[str, Any]:
    """`{body, version, withdrawn, versions}`, of versions the newest first: `{version, by, at, changes, body}`, with
    `changes` as `{what, from, to}` against the version before."""
    row = session.execute(select(promotions).where(promotions.c.id == promotion)).first()
    if row is None:
        raise NotFound()
    columns = promotion_versions.c
    found = session.execute(
        select(promotion_versions)
        .where(columns.promotion == promotion)
        .order_by(columns.version.desc())
        .limit(VERSIONS_SHOWN_MAX + 1)
    ).all()
    names = staff.names_of(session, {one.changed_by for one in found} - {OF_THE_SHOP})
    older: list[Any] = [*found[1:], None]
    versions = [
        {
            "version": one.version,
            "by": names.get(one.changed_by),
            "at": one.at,
            "changes": changes(before.body if before is not None else {}, one.body),
            "body": one.body,
        }
        for one, before in zip(found, older, strict=True)
    ]
    return {
        "body": row.body,
        "version": row.version,
        "withdrawn": row.withdrawn,
        "versions": versions[:VERSIONS_SHOWN_MAX],
    }


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """What differs between two versions of a promotion, part by part; nothing for the first one."""
    if not before:
        return []
    return [
        {"what": what, "from": before.get(what), "to": after.get(what)}
        for what in sorted((before.keys() | after.keys()) - NOT_SAID)
        if before.get(what) != after.get(what)
    ]
