"""Statements of the hot path: written in SQLAlchemy like all others, compiled once, then handed to the driver as text.

Looking a statement up in SQLAlchemy's cache, binding its values and wrapping its rows costs several times what SQLite
needs to carry it out (docs/adr/0010). Errors are SQLAlchemy's, and the transaction is the session's.
"""

import weakref
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from types import TracebackType
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from sync_server.piped import Piped, Statement, Told, word

RAW = "raw"
"""Under this name a session's info keeps the driver's connection while its transaction is open."""

Processor = Callable[[Any], Any]

NUMBERS = count(1)


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
        if dialect.name == "postgresql":
            self.numbered = {name: f"${number}" for number, name in enumerate((*names, *self.constants), 1)}
            self.piped = Statement((self.text % self.numbered).encode(), b"hot %d" % next(NUMBERS))

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


Rows = list[tuple[Any, ...]]


class Answer:
    """The rows of a statement that was asked; over a `Piped` connection they come when somebody looks."""

    __slots__ = ("_form", "_found", "_session")

    def __init__(self, session: Session, form: _Form, found: Rows | Told) -> None:
        self._session, self._form, self._found = session, form, found

    def first(self) -> Any:
        """The first row, or None."""
        rows = _rows(self._session, self._found)
        return self._form.read(rows[0]) if rows else None

    def all(self) -> list[Any]:
        return [self._form.read(row) for row in _rows(self._session, self._found)]


class Prepared:
    """One statement and the names of all its parameters. Rows are named tuples."""

    def __init__(self, statement: Executable, *names: str) -> None:
        self._statement, self._names = statement, names
        self._forms: weakref.WeakKeyDictionary[Dialect, _Form] = weakref.WeakKeyDictionary()

    def run(self, session: Session, **values: Any) -> None:
        """Carry it out; nothing is read. Over a `Piped` connection its error comes with the next answer."""
        self._carry_out(session, values)

    def ask(self, session: Session, **values: Any) -> Answer:
        """Carry it out, and look at the answer later: what is asked before anybody looks travels together."""
        return Answer(session, *self._carry_out(session, values))

    def first(self, session: Session, **values: Any) -> Any:
        """The first row, or None."""
        form, found = self._carry_out(session, values)
        rows = _rows(session, found)
        return form.read(rows[0]) if rows else None

    def all(self, session: Session, **values: Any) -> list[Any]:
        form, found = self._carry_out(session, values)
        return [form.read(row) for row in _rows(session, found)]

    def _carry_out(self, session: Session, values: Mapping[str, Any]) -> tuple[_Form, Rows | Told]:
        dialect = session.get_bind().dialect
        form = self._forms.get(dialect)
        if form is None:
            form = self._forms[dialect] = _Form(self._statement, self._names, dialect)
        raw, bound = raw_connection(session), form.values(values)
        try:
            if isinstance(raw, Piped):
                return form, raw.tell(form.piped, [bound[name] for name in form.numbered])
            cursor = raw.execute(form.text, bound)
            # SQLite finishes what it was told, and lets go of its statement, only when the last row was asked for.
            return form, [] if form.row is None else cursor.fetchall()
        except dialect.loaded_dbapi.Error as error:
            raise as_sqlalchemy(session, error, form.text) from error


def _rows(session: Session, found: Rows | Told) -> Rows:
    if not isinstance(found, Told):
        return found
    if found.rows is None:
        settle(session)
    assert found.rows is not None, "what was taken back is not asked for"
    return found.rows


def settle(session: Session) -> None:
    """Wait until all that was told so far is done, or raise the error of what could not be."""
    raw = raw_connection(session)
    if isinstance(raw, Piped):
        try:
            raw.settle()
        except raw.Error as error:
            raise as_sqlalchemy(session, error) from error


def raw_connection(session: Session) -> Any:
    """The driver's own connection, inside the session's transaction."""
    raw = session.info.get(RAW)
    return raw if raw is not None else session.connection().connection.driver_connection


def as_sqlalchemy(session: Session, error: Any, text: str = "") -> BaseException:
    """The driver's error as SQLAlchemy would have raised it."""
    raw, dialect = raw_connection(session), session.get_bind().dialect
    found: BaseException = DBAPIError.instance(
        text,
        None,
        error,
        dialect.loaded_dbapi.Error,
        connection_invalidated=dialect.is_disconnect(error, raw, None),
        dialect=dialect,
    )
    return found


class Savepoint:
    """What fails inside is undone by itself; the transaction around it goes on. Whoever leaves it knows that all of it
    was done."""

    def __init__(self, session: Session, name: str = "step") -> None:
        self._session, self._name = session, name

    def __enter__(self) -> None:
        self._begun = self._say("SAVEPOINT")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._undo()
            return
        try:
            settle(self._session)
        except Exception:
            self._undo()
            raise
        self._say("RELEASE SAVEPOINT")

    def _undo(self) -> None:
        raw = raw_connection(self._session)
        if isinstance(raw, Piped) and raw.take_back(self._begun):
            # Nothing of it had been sent yet.
            return
        self._say("ROLLBACK TO SAVEPOINT")
        self._say("RELEASE SAVEPOINT")

    def _say(self, words: str) -> Any:
        return say(self._session, f"{words} {self._name}")


def say(session: Session, words: str) -> Any:
    """Have the driver carry out a word about the transaction itself."""
    raw = raw_connection(session)
    if isinstance(raw, Piped):
        return raw.tell(word(words))
    try:
        return raw.execute(words)
    except raw.Error as error:
        raise as_sqlalchemy(session, error, words) from error
