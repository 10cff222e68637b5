"""Reading terminals."""

import hashlib
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from sync_server.catalogue.tables import stores
from sync_server.terminals.tables import terminals


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(session: Session, token: str) -> Row[Any] | None:
    """The terminal that this token was given to."""
    return session.execute(select(terminals).where(terminals.c.token_hash == token_hash(token))).first()


def known_tokens(session: Session, hashes: list[str]) -> set[str]:
    """Those of the hashes whose tokens belong to terminals now."""
    return set(session.scalars(select(terminals.c.token_hash).where(terminals.c.token_hash.in_(hashes))))


def store_of(session: Session) -> dict[str, str]:
    """The id of the store in which each terminal stands; kept until the book is newer."""
    kept = session.info.setdefault("kept", {})
    if "store_of" not in kept:
        rows = session.execute(select(terminals.c.id, terminals.c.store))
        kept["store_of"] = {row.id: row.store for row in rows}
    found: dict[str, str] = kept["store_of"]
    return found


def places(session: Session) -> dict[str, dict[str, Any]]:
    """Where each terminal stands: `{device, kind, names, store}` by its id; kept until the book is newer."""
    kept = session.info.setdefault("kept", {})
    if "places" not in kept:
        rows = session.execute(select(terminals, stores.c.body).join(stores, stores.c.id == terminals.c.store))
        kept["places"] = {
            row.id: {"device": row.id, "kind": row.kind, "names": row.names, "store": row.body["names"]} for row in rows
        }
    found: dict[str, dict[str, Any]] = kept["places"]
    return found
