"""Statements of every scan: written in SQLAlchemy like all others, compiled once, then handed to the driver as text.

Looking a statement up in SQLAlchemy's cache, binding its values and wrapping its rows costs several times what SQLite
needs to carry it out (docs/adr/0010). The transaction stays the connection's; errors are the driver's own, and
`refusals` knows both.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects import sqlite

DIALECT = sqlite.dialect(paramstyle="named")


def driver(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection, inside the open transaction."""
    found: Any = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


class Prepared:
    """One statement with the names of its parameters. Only for columns of text and whole numbers: values go to the
    driver as they are. Rows are named tuples."""

    def __init__(self, statement: ClauseElement, *names: str) -> None:
        compiled: Any = statement.compile(dialect=DIALECT, column_keys=list(names) or None)
        self._text = str(compiled)
        # Values that the statement itself brings along, such as the 1 of `LIMIT 1`.
        self._constants = {name: value for name, value in compiled.params.items() if name not in names}
        columns = compiled._result_columns
        self._row: Any = namedtuple("Row", [column.keyname for column in columns]) if columns else None

    def run(self, connection: Connection, **values: Any) -> int:
        """Carry it out; the number of the row that it wrote, where it wrote one."""
        return driver(connection).execute(self._text, {**self._constants, **values}).lastrowid or 0

    def run_all(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Carry it out for each of the rows."""
        driver(connection).executemany(self._text, [{**self._constants, **row} for row in rows])

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        found = driver(connection).execute(self._text, {**self._constants, **values})
        return [self._row._make(row) for row in found.fetchall()]

    def first(self, connection: Connection, **values: Any) -> Any:
        """The first row, or None. SQLite lets go of its statement only when the last row was asked for."""
        rows = self.all(connection, **values)
        return rows[0] if rows else None
