"""The hub's side of the shop's port."""

from typing import Any


class HubShop:
    def __init__(self, *args: Any) -> None: ...
