"""Points as their owner is shown them: the balance in `ShopperState`, and the account that `GET /v1/points` answers."""

from typing import Literal

from retail.catalogue import Names
from retail.messages import Milliseconds
from retail.told import Count, Told


class TierHad(Told):
    """The loyalty tier that somebody has, and since when; `step` is its place from the lowest, which is 1."""

    id: str
    names: Names
    step: Count
    since: Milliseconds


class Points(Told):
    """`active` can be spent now; `pending` will count, `held` is set aside for payments, `debt` is owed. `expiring` are
    the active ones that end first, at `expires_at` (0 for never). Where they come from says `GET /v1/points`."""

    active: Count
    pending: Count = 0
    held: Count = 0
    debt: Count = 0
    expiring: Count = 0
    expires_at: Milliseconds = 0
    tier: TierHad | None = None


class LotShown(Told):
    """The points of one purchase; `number` is of its receipt, empty where it was none. `expires_at` is the first ms in
    which they do not count any more, null for never."""

    lot: str
    number: str
    pending: Count
    active: Count
    held: Count
    active_from: Milliseconds
    expires_at: Milliseconds | None


class EntryShown(Told):
    """One entry of the ledger: `points` of a lot go from the bucket `src` to `dst`, empty for outside. `number` is of
    the receipt that it came from; `more` is where older ones go on."""

    key: str
    at: Milliseconds
    kind: str
    lot: str
    src: str
    dst: str
    points: Count
    source: str
    number: str
    line: str
    rule: str
    more: Count


class OutlookShown(Told):
    """What counts for tiers now, in what `metric` says (minor units, points or visits); what is missing to the `next`
    tier, and to keep the present one beyond `keep_until` (0 without one)."""

    metric: Literal["spend", "points", "visits"]
    value: Count
    floor: Count
    next: Names | None
    next_floor: Count
    to_reach: Count
    to_keep: Count
    keep_until: Milliseconds


class PointsAccount(Told):
    """`GET /v1/points`: the account of who is signed in. `zone` is the programme's, in which its days begin; `entries`
    are the newest, of one lot with `?lot=`, older ones with `?before=` the `more` of the last."""

    points: Points
    zone: str
    currency: str
    lots: list[LotShown]
    outlook: OutlookShown | None
    entries: list[EntryShown]
