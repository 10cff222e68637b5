"""What the bare servers keep of each message: one insert, one update, in one transaction with full sync."""

from typing import Any

from sqlalchemy import JSON, Column, Connection, Integer, String, Table, insert, update
from sqlalchemy.orm import Session

from sync_server.db import metadata

lines = Table("bare_lines", metadata, Column("id", String(64), primary_key=True), Column("body", JSON, nullable=False))
counts = Table("bare_counts", metadata, Column("dev", String(64), primary_key=True), Column("n", Integer))
TABLES = [lines, counts]


def keep(at: Session | Connection, dev: str, number: int, id: str, body: Any) -> None:
    at.execute(insert(lines), {"id": id, "body": body})
    changed: Any = at.execute(update(counts).where(counts.c.dev == dev).values(n=number))
    if not changed.rowcount:
        at.execute(insert(counts), {"dev": dev, "n": number})
