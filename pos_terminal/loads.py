"""A gift card of the open visit: what of it survives the end of the process."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """Money for a gift card in this visit: `account` as the hub named it, or `code` where the hub could not be asked.
    `paper` is the code that the hub has made for it and that is to be printed."""

    id: str
    amount: int
    hint: str
    account: str = ""
    code: str = ""
    paper: str = ""
    fresh: bool = True
