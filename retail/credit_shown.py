"""Store credit as its owner is shown it: what `GET /v1/credit` answers."""

from retail.messages import Milliseconds
from retail.told import Amount, Count, Told


class CreditEntry(Told):
    """One entry of the ledger: `available` is by how much it changed what can be spent, `amount` what it was about, in
    minor units. `kind` is `load`, `hold`, `void`, `capture`, `refund`, `adjust` or `expire`; `number` is of the
    receipt that it came from, and `sale` the sale's id, empty where it was none."""

    key: str
    at: Milliseconds
    kind: str
    amount: Amount
    available: Amount
    number: str
    sale: str


class CreditShown(Told):
    """One account: `available` can be spent, `held` is set aside for payments. `expires_at` is the first ms in which it
    does not count any more, 0 for never; `entries` are the newest."""

    id: str
    currency: str
    available: Amount
    held: Count
    expires_at: Milliseconds
    blocked: bool
    entries: list[CreditEntry]


class CreditAccounts(Told):
    """`GET /v1/credit`: the store credit of who is signed in, and of customers that were made one with them."""

    accounts: list[CreditShown]
