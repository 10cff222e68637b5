"""A batch that lets others go first: carried out in several transactions, answered once."""

from collections.abc import Callable
from typing import Any

from retail import chain
from retail.codec import digest
from retail.messages import Batch


def in_parts(batch: Batch, accepted: Callable[[Batch], dict[str, Any]]) -> dict[str, Any]:
    """The answer to all of a batch of which `accepted` may carry out only the beginning, at least one operation.

    Each part is committed by itself. One that is refused refuses what is left; what was done before is a repeat when
    the device sends it again.
    """
    results: list[dict[str, Any]] = []
    while True:
        answer = accepted(batch)
        if "error" in answer:
            return answer
        done = len(answer["results"])
        results += answer["results"]
        if done == len(batch.ops):
            return {**answer, "results": results}
        batch = _after(batch, done)


def _after(batch: Batch, done: int) -> Batch:
    """What is left of a batch: a batch again, and the signature that is under all of it is under its end."""
    left: dict[str, Any] = {"seq0": batch.seq0 + done, "ops": batch.ops[done:]}
    if batch.prev:
        left["prev"] = chain.links(batch.prev, map(digest, batch.ops[:done]))[-1]
    return batch.model_copy(update=left)
