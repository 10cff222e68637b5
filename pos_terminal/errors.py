"""What a terminal refuses beside what the trade refuses.

RetailError
├── TillRefused       the terminal's state does not allow it now
├── StoreRefused      the disk does not take it, or the folder is not ours
├── LinkRefused       the hub is needed and is not there, or said no
└── EnrolRefused      a code does not set this terminal up
"""

from retail.errors import RetailError

__all__ = ["EnrolRefused", "LinkRefused", "StoreRefused", "TillRefused"]


class TillRefused(RetailError):
    code = "till"


class StoreRefused(RetailError):
    """`exit_code` is what the process ends with where this happens at its start."""

    code = "store"
    EXIT_CODES = {"store.held": 3, "store.newer": 4, "store.read_only": 5, "store.full": 5}

    @property
    def exit_code(self) -> int:
        return self.EXIT_CODES.get(self.code, 5)


class LinkRefused(RetailError):
    code = "link"


class EnrolRefused(RetailError):
    code = "enrol"
