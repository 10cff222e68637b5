"""A hub with a fault built in: `python -m omnitill.blackbox.planted FAULT WORDS` is `python -m sync_server WORDS`.

`no_seq_check`: the hub forgets which numbers it has seen. `emit_before_commit`: events leave before the transaction
that makes them true. `ack_before_commit`: the answer leaves while the disk has yet to be asked. Each makes the moment
between the two long enough for a `kill -9` to fall into it.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

PLANTS = ("ack_before_commit", "emit_before_commit", "no_seq_check")
GAP_S = 0.4


class _NotYet(Exception):
    """Undoes what was only tried."""


def no_seq_check() -> None:
    import gevent

    from omnitill.simulation.hub import forget
    from sync_server.db import Database
    from sync_server.inbox import service

    kept, write = service.accept, Database.write

    def forgetful(
        session: Any, device: Any, batch: Any, carry: Any, now: int, pause: Callable[[], bool] = service.never
    ) -> Any:
        forget(session, device, batch.seq0)
        return kept(session, device, batch, carry, now, pause)

    def slow(self: Database, command: Callable[[Any], Any], patient: bool = False) -> Any:
        done = write(self, command, patient)
        # The answer is late, and whoever lost it sends the same again.
        gevent.sleep(GAP_S)
        return done

    service.accept = forgetful
    Database.write = slow  # type: ignore[method-assign]


def emit_before_commit() -> None:
    import gevent

    from sync_server.db import Database

    kept = Database.write

    def early(self: Database, command: Callable[[Any], Any], patient: bool = False) -> Any:
        told: dict[Any, Any] = {}

        def tried(session: Any) -> None:
            command(session)
            told.update(session.info)
            raise _NotYet

        try:
            kept(self, tried)
        except _NotYet:
            for listener in self.after_commit:
                listener(told)
            if told.get("events"):
                gevent.sleep(GAP_S)
        return kept(self, command, patient)

    Database.write = early  # type: ignore[method-assign]


def ack_before_commit() -> None:
    from sync_server.transactions import Transactions

    begin, commit = Transactions.begin, Transactions.commit
    last = time.monotonic()

    def lazy(transactions: Transactions) -> None:
        nonlocal last
        if time.monotonic() - last > GAP_S:
            last = time.monotonic()
            commit(transactions)

    def again(transactions: Transactions) -> Any:
        if transactions.raw is None or not transactions.raw.in_transaction:
            return begin(transactions)
        transactions.clear()
        return transactions._session

    Transactions.commit = lazy  # type: ignore[method-assign, assignment]
    Transactions.begin = again  # type: ignore[method-assign, assignment]


def main() -> None:
    from gevent import monkey

    # As sync_server itself does it, before anything that opens a socket or makes a lock is imported.
    monkey.patch_all()
    fault = sys.argv.pop(1)
    if fault not in PLANTS:
        sys.exit(f"There is no such fault: {fault}")
    globals()[fault]()
    from sync_server.cli import main as hub

    hub()


if __name__ == "__main__":
    main()
