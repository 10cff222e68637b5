"""Goods in lists: a department's, or those whose names or codes have every word that somebody searches for.

SQLite has a full-text index (FTS5), PostgreSQL one over vectors; both look up the beginnings of the same folded words
(`retail.search`), so both find the same.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, case, func, select, text
from sqlalchemy.orm import Session

from retail.catalogue import Product, product_from
from retail.search import asked
from sync_server.catalogue.reference import in_parts
from sync_server.catalogue.tables import products

CODES_AT_ONCE = 100

IN_WORDS = text("products.ordinal IN (SELECT rowid FROM product_words WHERE product_words MATCH :words)")
IN_VECTORS = text("array_to_tsvector(string_to_array(products.words, ' ')) @@ CAST(:words AS tsquery)")


def page_of(session: Session, department: str, search: str, number: int, size: int) -> tuple[list[Product], int]:
    """One page (from 1) of what a department holds that has every word of the search, and how much there is in all.

    Variants count once, by the first of them that fits. A search without a single letter or digit finds everything.
    """
    words = asked(search)
    start = (max(number, 1) - 1) * size
    if words:
        found, total = _searched(session, department, words, start, size)
    else:
        found, total = _listed(session, department, start, size)
    rows = session.scalars(select(products.c.body).where(products.c.ordinal.in_(found)).order_by(products.c.ordinal))
    return [product_from(body) for body in rows], total


def _listed(session: Session, department: str, start: int, size: int) -> tuple[list[int], int]:
    # Where nothing is searched for the lead of each family is known beforehand, and an index has the whole list.
    fits: Any = products.c.lead
    if department:
        fits &= products.c.department == department
    total = session.scalar(select(func.count()).select_from(products).where(fits)) or 0
    page = select(products.c.ordinal).where(fits).order_by(products.c.ordinal).offset(start).limit(size)
    return list(session.scalars(page)), total


def _searched(session: Session, department: str, words: list[str], start: int, size: int) -> tuple[list[int], int]:
    leads = _leads(session.get_bind().dialect.name, department).subquery()
    page = select(leads.c.lead, func.count().over()).order_by(leads.c.lead).offset(start).limit(size)
    given = {"words": _query(session.get_bind().dialect.name, words)}
    rows = session.execute(page, given).all()
    if not rows and start:
        return [], session.scalar(select(func.count()).select_from(leads), given) or 0
    return [row[0] for row in rows], rows[0][1] if rows else 0


def _leads(dialect: str, department: str) -> Select[Any]:
    """The first variant of each family that has every word; goods without variants are a family of their own."""
    family = case((products.c.family == "", products.c.id), else_=products.c.family)
    found = select(func.min(products.c.ordinal).label("lead")).where(~products.c.withdrawn).group_by(family)
    found = found.where(IN_VECTORS if dialect == "postgresql" else IN_WORDS)
    return found.where(products.c.department == department) if department else found


def with_codes(session: Session, codes: Collection[str]) -> list[Product]:
    """The products on sale that are asked for by one of these numbers."""
    found: dict[str, Product] = {}
    in_vectors = session.get_bind().dialect.name == "postgresql"
    sign, mark = (" | ", "'") if in_vectors else (" OR ", '"')
    fits = (IN_VECTORS if in_vectors else IN_WORDS, ~products.c.withdrawn)
    # Digits only, so that no quote in one can end the quotation.
    for some in in_parts(sorted(code for code in codes if code.isascii() and code.isdecimal()), CODES_AT_ONCE):
        words = {"words": sign.join(f"{mark}{code}{mark}" for code in some)}
        rows = session.scalars(select(products.c.body).where(*fits), words)
        found |= {body["id"]: product_from(body) for body in rows}
    return list(found.values())


def _query(dialect: str, words: list[str]) -> str:
    # Folded words are letters and digits only, so no quote in them can end the quotation.
    if dialect == "postgresql":
        return " & ".join(f"'{word}':*" for word in words)
    return " ".join(f'"{word}"*' for word in words)
