"""Two customers are one person: all lots of one account count in the other, and go back exactly when they part."""

from collections.abc import Collection

from retail.loyalty.draft import Cause, Draft
from retail.loyalty.ledger import BUCKETS, Account, Entry, Place


def merge(source: Account, target: Account, cause: Cause) -> list[Entry]:
    """Everything of `source` counts in `target`: entries out of the one and into the other. A lot keeps whose it is."""
    return _transfer(source, target, [source.id, *{lot.customer for lot in source.lots.values()}], cause)


def part(target: Account, source: Account, customers: Collection[str], cause: Cause) -> list[Entry]:
    """The lots that the cards of `customers` earned go back from `target` to `source`, with what is left of them, and
    with those that they earned meanwhile."""
    return _transfer(target, source, customers, cause)


def _transfer(giver: Account, taker: Account, customers: Collection[str], cause: Cause) -> list[Entry]:
    out, into = Draft(giver, cause), Draft(taker, Cause(f"{cause.key}+", cause.source, cause.at))
    for lot in giver.in_order():
        if lot.customer not in customers:
            continue
        dates = {"active_from": lot.active_from, "expires_at": lot.expires_at}
        for bucket in BUCKETS:
            points = getattr(lot, bucket)
            # A debt is a bucket below zero: it leaves by going up to zero.
            places: tuple[Place, Place] = ("", bucket) if points < 0 else (bucket, "")
            src, dst = places
            out.move(lot, "transfer", src, dst, abs(points))
            into.move(lot, "transfer", dst, src, abs(points), **dates)
    return out.entries + into.entries
