"""PostgreSQL with few round trips: what needs no answer yet waits here, and goes out with the first that does.

    tell, tell, ask ............... nothing is sent
    settle (somebody has to know) . all of it in one write, all answers in one wait
    commit ........................ what waits and the commit, together

The server carries out each statement by itself and in this order, with its own snapshot, as if they came one by one.
Where one fails, those behind it are not done. Statements are prepared once for a connection (docs/adr/0023).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
from psycopg import adapt, errors, generators, pq, waiting

WAIT_S = 0.1
"""So often does a thread that waits for PostgreSQL look whether the process is told to end."""

TEXT = adapt.PyFormat.TEXT
DONE = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """SQL with `$1`, `$2` …, under the name that each connection prepares it by."""

    sql: bytes
    name: bytes


@cache
def word(sql: str) -> Statement:
    """A statement without parameters."""
    return Statement(sql.encode(), sql.lower().encode())


BEGIN, COMMIT, ROLLBACK = word("BEGIN"), word("COMMIT"), word("ROLLBACK")


@dataclass(slots=True, eq=False)
class Told:
    """One statement on its way, and its rows once they are there."""

    statement: Statement
    parameters: Sequence[Any]
    rows: list[tuple[Any, ...]] | None = None
    status: bytes | None = None


class Piped(psycopg.Connection[Any]):
    """A connection for one real thread, which waits for the server in C and lets the others run.

    Under gevent psycopg would wait by a patched `select`, which costs more than most statements. Whoever takes a cursor
    speaks the usual way, after all that waits.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._waiting: list[Told] = []
        self._known: set[bytes] = set()
        self._adapting = adapt.Transformer(self)

    def wait(self, gen: Any, interval: float = WAIT_S, timeout: float | None = None) -> Any:
        # An interval of nothing, which is the C function's own, means to ask again and again.
        return waiting.wait_c(gen, self.pgconn.socket, interval=interval, timeout=timeout)

    def tell(self, statement: Statement, values: Sequence[Any] = ()) -> Told:
        """Have it carried out after all that was told before; an error of it comes with `settle`."""
        parameters = self._adapting.dump_sequence(values, [TEXT] * len(values)) if values else ()
        told = Told(statement, parameters)
        self._waiting.append(told)
        return told

    def take_back(self, told: Told) -> bool:
        """Forget what was told and not sent, from `told` on where that was not sent either; whether it was so."""
        if told not in self._waiting:
            self._waiting.clear()
            return False
        del self._waiting[self._waiting.index(told) :]
        return True

    def settle(self) -> None:
        """Send what waits and read what came of it; the first error is raised, and what follows it was not done."""
        if not self._waiting:
            return
        sent, self._waiting = self._waiting, []
        if self.pgconn.transaction_status == pq.TransactionStatus.IDLE:
            sent.insert(0, Told(BEGIN, ()))
        try:
            error = self._exchange(sent)
        except BaseException:
            # Half an answer may be on its way: nobody can say any more what the next one belongs to.
            self.close()
            raise
        if error is not None:
            raise error

    def _exchange(self, sent: Sequence[Told]) -> errors.Error | None:
        self.pgconn.enter_pipeline_mode()
        expected: list[tuple[Told, bool]] = []
        fresh = {told.statement.name: told for told in reversed(sent) if told.statement.name not in self._known}
        for told in sent:
            name = told.statement.name
            if fresh.get(name) is told:
                self.pgconn.send_prepare(name, told.statement.sql)
                expected.append((told, True))
            self.pgconn.send_query_prepared(name, told.parameters)
            expected.append((told, False))
        self.pgconn.pipeline_sync()
        error: errors.Error | None = self.wait(self._answers(expected))
        self.pgconn.exit_pipeline_mode()
        return error

    def _answers(self, expected: Sequence[tuple[Told, bool]]) -> Any:
        error: errors.Error | None = None
        yield from generators.send(self.pgconn)
        for told, prepared in expected:
            [result] = yield from generators.fetch_many(self.pgconn)
            if result.status not in DONE:
                error = error or errors.error_from_result(result)
            elif prepared:
                self._known.add(told.statement.name)
            else:
                told.status = result.command_status
                self._adapting.set_pgresult(result)
                told.rows = self._adapting.load_rows(0, result.ntuples, tuple)
        # The end of the pipeline, which is an answer too.
        yield from generators.fetch_many(self.pgconn)
        return error

    def cursor(self, *given: Any, **named: Any) -> Any:
        self.settle()
        return super().cursor(*given, **named)

    def _deallocate(self, name: bytes | None) -> Any:
        yield from super()._deallocate(name)
        if name is None:
            # Where a savepoint is undone psycopg has the server forget all prepared statements, ours too.
            self._known.clear()

    def commit(self) -> None:
        if self._waiting or self.pgconn.transaction_status != pq.TransactionStatus.IDLE:
            told = self.tell(COMMIT)
            self.settle()
            if told.status != b"COMMIT":
                # So the server answers where the transaction had failed before.
                raise errors.InFailedSqlTransaction("the transaction was undone")

    def rollback(self) -> None:
        self._waiting.clear()
        # Psycopg's own would have the server forget all prepared statements, ours too.
        if self.pgconn.transaction_status != pq.TransactionStatus.IDLE:
            self.tell(ROLLBACK)
            self.settle()
