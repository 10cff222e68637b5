"""What the hub has not answered yet, as numbers: ten thousand sales that wait take no more memory than one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, case, func, select

from pos_terminal.store.tables import outbox

SALE = "sale.commit"


@dataclass(frozen=True, slots=True)
class Unsent:
    """One operation that waits: what the screen wants to know of it."""

    kind: str
    cart: str
    line: str
    at: int


@dataclass
class Backlog:
    """`count` operations wait, `sales` of them sales, the oldest since `oldest_at` (ms). `lines` are those of the
    visit that is open, each with how many of its operations wait."""

    count: int = 0
    sales: int = 0
    oldest_at: int | None = None
    cart: str = ""
    lines: Counter[str] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, rows: Iterable[Unsent]) -> None:
        """Operations were written."""
        for row in rows:
            self.count += 1
            self.sales += row.kind == SALE
            if self.oldest_at is None:
                self.oldest_at = row.at
            if row.cart and row.cart != self.cart:
                # Another visit: lines of the one before are on nobody's screen.
                self.cart, self.lines = row.cart, Counter()
            if row.line:
                self.lines[row.line] += 1

    def settle(self, rows: Iterable[Unsent], oldest_at: int | None) -> None:
        """The hub answered these; the oldest that still waits is of `oldest_at`."""
        for row in rows:
            self.count -= 1
            self.sales -= row.kind == SALE
            if row.line in self.lines:
                self.lines[row.line] -= 1
                if self.lines[row.line] <= 0:
                    del self.lines[row.line]
        # What was written between the look at the file and now has set its own time.
        self.oldest_at = oldest_at if oldest_at is not None or not self.count else self.oldest_at


def backlog(connection: Connection, cart: str) -> Backlog:
    """How it stands now, for the visit `cart`."""
    waiting = outbox.c.status == "waiting"
    # A sum of truths is said to be a truth; counted, ten sales are ten.
    sales = func.count().filter(outbox.c.kind == SALE)
    count, sold = connection.execute(select(func.count(), sales).where(waiting)).one()
    # A row that was changed by hand may be no JSON any more, and must not keep the till from starting.
    line = case((func.json_valid(outbox.c.body) == 1, func.json_extract(outbox.c.body, "$.line")))
    of_visit = select(line).where(waiting, outbox.c.cart == cart, line.is_not(None)) if cart else None
    lines = Counter(str(row[0]) for row in connection.execute(of_visit)) if of_visit is not None else Counter[str]()
    return Backlog(count, sold, oldest_at(connection), cart, lines)


def oldest_at(connection: Connection) -> int | None:
    """Since when (ms) the oldest operation waits."""
    query = select(outbox.c.at).where(outbox.c.status == "waiting").order_by(outbox.c.inc, outbox.c.seq).limit(1)
    return connection.execute(query).scalar()
