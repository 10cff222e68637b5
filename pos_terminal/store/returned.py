"""Returns in this till's own journal: their numbers, what came back of each sale, and the receipts of the day."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from pos_terminal.store import tables
from pos_terminal.store.journal import setting
from retail.returns import Return, return_from
from retail.sale import Sale, sale_from
from retail.stock import moves_back

FIRST_RETURN = "first_return"
"""The setting that holds the lowest counter that the hub allowed at the last enrolment."""

RECEIPTS_SHOWN_MAX = 60
_R = tables.returns.c
_S = tables.sales.c


def next_counter(connection: Connection, first: int) -> int:
    """The next number of this terminal's own series of returns; see `journal.next_sale_counter`."""
    last = connection.execute(select(func.max(_R.counter))).scalar()
    return max(first, (last or 0) + 1, int(setting(connection, FIRST_RETURN) or 1))


def keep(connection: Connection, document: Return, counter: int) -> None:
    """A return that is asked for; no money has been given for it."""
    body = json.dumps(document.as_dict(), ensure_ascii=False, separators=(",", ":"))
    row = {"id": document.id, "counter": counter, "number": document.number, "sale": document.sale, "at": document.at}
    row |= {"total": document.total, "currency": document.currency, "body": body, "state": "asked"}
    connection.execute(insert(tables.returns).values(**row))


def given(connection: Connection, document: Return, sale: Sale, cash: int, slip: str) -> None:
    """Its money was given: the goods are here, of a bundle what it consists of."""
    connection.execute(update(tables.returns).where(_R.id == document.id).values(state="given", cash=cash, slip=slip))
    moves = [
        {"source": move.source, "line": move.line, "store": move.store, "item": move.item, "quantity": move.quantity}
        for move in moves_back(document, {line.id: line.parts for line in sale.lines})
    ]
    if moves:
        connection.execute(insert(tables.stock_moves), moves)


def refused(connection: Connection, document: str) -> bool:
    """The hub refused it, and its number stands for nothing. False where the money was given all the same."""
    done = update(tables.returns).where(_R.id == document, _R.state == "asked").values(state="refused")
    return bool(connection.execute(done).rowcount)


def find(connection: Connection, document: str) -> Return | None:
    row = connection.execute(select(_R.body).where(_R.id == document)).first()
    return None if row is None else return_from(json.loads(row.body))


def cash_of(connection: Connection, document: str) -> int:
    """What was paid out by hand; nothing as long as it waits."""
    return connection.execute(select(_R.cash).where(_R.id == document, _R.state == "given")).scalar() or 0


def slip_of(connection: Connection, document: str) -> str | None:
    """The slip of a return as the JSON of its paper document."""
    row = connection.execute(select(_R.slip).where(_R.id == document)).first()
    return None if row is None or row.slip is None else str(row.slip)


def sale(connection: Connection, text: str) -> Sale | None:
    """A sale of this till, by its id or number."""
    row = connection.execute(select(_S.body).where((_S.id == text) | (_S.number == text))).first()
    return None if row is None else sale_from(json.loads(row.body))


def came_back(connection: Connection, sale: str, unheard: bool = False) -> Counter[str]:
    """What came back here of a sale, by line in thousandths; with `unheard` only that of which the hub cannot know."""
    counted = Counter[str]()
    rows = connection.execute(select(_R.id, _R.body).where(_R.sale == sale, _R.state != "refused")).all()
    waiting = _unheard(connection) if unheard and rows else set()
    for row in rows:
        if not unheard or row.id in waiting:
            for line in json.loads(row.body)["lines"]:
                counted[line["line"]] += line["quantity"]
    return counted


def _unheard(connection: Connection) -> set[str]:
    waiting = select(tables.outbox.c.body).where(
        tables.outbox.c.status == "waiting", tables.outbox.c.kind == "sale.return"
    )
    return {json.loads(row.body)["document"]["id"] for row in connection.execute(waiting)}


def receipts(connection: Connection, since: int, like: str = "") -> dict[str, Any]:
    """The newest sales since a moment (ms) with what was given back for each, the newest returns, and what all of the
    day left in the drawer. With `like` every sale of this till whose number ends
    so, from any day."""
    wanted = _S.number.endswith(like, autoescape=True) if like else _S.at >= since
    rows = connection.execute(
        select(_S.id, _S.number, _S.at, _S.total, _S.currency, _S.body)
        .where(wanted)
        .order_by(_S.counter.desc())
        .limit(RECEIPTS_SHOWN_MAX)
    ).all()
    back = dict(
        connection.execute(
            select(_R.sale, func.sum(_R.total))
            .where(_R.state == "given", _R.sale.in_([row.id for row in rows]))
            .group_by(_R.sale)
        ).all()
    )
    sold = [_receipt(row, back.get(row.id, 0)) for row in rows]
    return {"sales": sold, "returns": _slips(connection, since, like), **day(connection, since)}


def _slips(connection: Connection, since: int, like: str) -> list[dict[str, Any]]:
    """The newest returns whose slip can be printed again, found as the sales are."""
    wanted = _R.number.endswith(like, autoescape=True) if like else _R.at >= since
    asked = select(_R.id, _R.number, _R.at, _R.total).where(wanted, _R.state == "given", _R.slip.is_not(None))
    return [
        dict(row._mapping) for row in connection.execute(asked.order_by(_R.counter.desc()).limit(RECEIPTS_SHOWN_MAX))
    ]


def _receipt(row: Any, back: int) -> Mapping[str, Any]:
    body = json.loads(row.body)
    lines, cards = body["lines"], body.get("loads", [])
    head = {"id": row.id, "number": row.number, "at": row.at, "total": _due(body), "currency": row.currency}
    # A receipt may be of gift cards alone: those have no names, and do not come back.
    names = lines[0]["names"] if lines else {}
    return {**head, "lines": len(lines) + len(cards), "names": names, "returned": int(back)}


def _due(body: Mapping[str, Any]) -> int:
    """What a receipt has as its total: the goods and what was put on gift cards, in minor units."""
    return int(body["total"]) + sum(int(load["amount"]) for load in body.get("loads", []))


def day(connection: Connection, since: int) -> dict[str, Any]:
    """Sales and returns since a moment, added up, and what they left in the drawer."""
    sold = [json.loads(row.body) for row in connection.execute(select(_S.body).where(_S.at >= since))]
    cash = sum(sum(one["amount"] for one in sale["tenders"] if one["kind"] == "cash") - sale["change"] for sale in sold)
    asked = select(func.count(), func.sum(_R.total), func.sum(_R.cash)).where(_R.at >= since, _R.state == "given")
    count, total, paid_out = connection.execute(asked).one()
    return {
        "sold": {"count": len(sold), "total": sum(_due(sale) for sale in sold)},
        "returned": {"count": count, "total": total or 0},
        "cash": cash - (paid_out or 0),
    }
