"""Operations of older versions, made into the present ones when they arrive.

A till may bring what it wrote weeks ago, by a program that has been replaced since. Each step is pure and goes from one
version of one kind to the next; `PRESENT` of `retail.messages` is where they end.

    cart.add 1 -> step -> cart.add 2 -> step -> cart.add 3

No kind has changed yet, so `STEPS` is empty: an entry is added with the change that needs it, never before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from retail.errors import N_, MessageError

OLD_VERSIONS_READ_DAYS = 90
"""So long an older version is read at least, from the day on which its successor came."""

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """From one version to the next. `shape` is the model that a body of the older version has to fit, `since` the day
    on which the newer one came, `change` makes the newer body of the older."""

    shape: Any
    since: date
    change: Callable[[Body], Body]

    @property
    def read_until(self) -> date:
        """The step may be taken out of the program after this day."""
        return self.since + timedelta(days=OLD_VERSIONS_READ_DAYS)


Steps = Mapping[tuple[str, int], Step]

STEPS: Steps = {}
"""By kind and older version, without gaps up to the present one."""


def present(kind: str, steps: Steps = STEPS) -> int:
    """The version of this kind that the program speaks itself."""
    return 1 + max((older for name, older in steps if name == kind), default=0)


def served(kind: str, steps: Steps = STEPS) -> list[int]:
    """The versions of this kind that are read, the present one last."""
    return [*sorted(older for name, older in steps if name == kind), present(kind, steps)]


def upcast(kind: str, version: int, body: Body, check: Callable[[Any, Any], Any], steps: Steps = STEPS) -> Body:
    """The body as one of the present version. `check(shape, body)` raises where it does not fit its own version.

    A newer version than ours is refused, and so is one that is read no more: the operation is kept for a person.
    """
    newest = present(kind, steps)
    if version > newest:
        raise MessageError(
            "message.unknown_version",
            N_("Operation {kind} of version {version} is newer than this hub. Update the hub first."),
            kind=kind,
            version=version,
        )
    for older in range(version, newest):
        step = steps.get((kind, older))
        if step is None:
            raise MessageError(
                "message.old_version",
                N_("Operation {kind} of version {version} is too old to be read. It is kept for a person."),
                kind=kind,
                version=version,
            )
        check(step.shape, body)
        body = step.change(body)
    return body
