"""Statements of the hot path: written in SQLAlchemy like all others, compiled once, then handed to the driver as text.

Looking a statement up in SQLAlchemy's cache, binding its values and wrapping its rows costs several times what SQLite
needs to carry it out (docs/adr/0010). Errors are SQLAlchemy's, and the transaction is the session's.
"""

import weakref
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

RAW = "raw"
"""Under this name a session's info keeps the driver's connection while its transaction is open."""

Processor = Callable[[Any], Any]


class _Form:
    """A statement as one dialect has it."""

    def __init__(self, statement: Any, names: Sequence[str], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(names))
        self.text = str(compiled)
        processors: Mapping[str, Processor] = compiled._bind_processors
        self.order = compiled.positiontup
        # Values that the statement itself brings along, such as the 1 of `version + 1`.
        self.constants = {
            name: processors[name](bound.value) if name in processors else bound.value
            for bound, name in compiled.bind_names.items()
            if name not in names
        }
        self.processors = [(name, processors[name]) for name in names if name in processors]
        columns = compiled._result_columns
        self.row: Any = namedtuple("Row", [column.keyname for column in columns]) if columns else None
        found = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self.of_rows = [(place, processor) for place, processor in enumerate(found) if processor]

    def values(self, given: Mapping[str, Any]) -> Any:
        bound = {**self.constants, **given}
        for name, processor in self.processors:
            bound[name] = processor(bound[name])
        return bound if self.order is None else [bound[name] for name in self.order]

    def read(self, values: Sequence[Any]) -> Any:
        if not self.of_rows:
            return self.row._make(values)
        cells = list(values)
        for place, processor in self.of_rows:
            cells[place] = processor(cells[place])
        return self.row._make(cells)


class Prepared:
    """One statement and the names of all its parameters. Rows are named tuples."""

    def __init__(self, statement: Executable, *names: str) -> None:
        self._statement, self._names = statement, names
        self._forms: weakref.WeakKeyDictionary[Dialect, _Form] = weakref.WeakKeyDictionary()

    def run(self, session: Session, **values: Any) -> None:
        """Carry it out; nothing is read."""
        self._execute(session, values)

    def first(self, session: Session, **values: Any) -> Any:
        """The first row, or None."""
        form, cursor = self._execute(session, values)
        row = cursor.fetchone()
        if row is not None:
            # SQLite finishes what it was told, and lets go of its statement, only when the last row was asked for.
            cursor.fetchall()
        return None if row is None else form.read(row)

    def all(self, session: Session, **values: Any) -> list[Any]:
        form, cursor = self._execute(session, values)
        return [form.read(row) for row in cursor.fetchall()]

    def _execute(self, session: Session, values: Mapping[str, Any]) -> tuple[_Form, Any]:
        dialect = session.get_bind().dialect
        form = self._forms.get(dialect)
        if form is None:
            form = self._forms[dialect] = _Form(self._statement, self._names, dialect)
        return form, _told(session, dialect, form.text, form.values(values))


def raw_connection(session: Session) -> Any:
    """The driver's own connection, inside the session's transaction."""
    raw = session.info.get(RAW)
    return raw if raw is not None else session.connection().connection.driver_connection


def _told(session: Session, dialect: Any, text: str, values: Any) -> Any:
    raw = raw_connection(session)
    try:
        return raw.execute(text, values)
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(
            text,
            None,
            error,
            dialect.loaded_dbapi.Error,
            connection_invalidated=dialect.is_disconnect(error, raw, None),
            dialect=dialect,
        ) from error


class Savepoint:
    """What fails inside is undone by itself; the transaction around it goes on."""

    def __init__(self, session: Session, name: str = "step") -> None:
        self._session, self._name = session, name

    def __enter__(self) -> None:
        self._say("SAVEPOINT")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._say("ROLLBACK TO SAVEPOINT")
        self._say("RELEASE SAVEPOINT")

    def _say(self, word: str) -> None:
        _told(self._session, self._session.get_bind().dialect, f"{word} {self._name}", ())
