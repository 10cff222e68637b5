"""What the double of the till does with coupons and cards: the hub behind it answers nothing but balances."""

from typing import Any

from retail.errors import RetailError

MANAGER_PIN = "5501"


class Vouchers:
    state: dict[str, Any]
    put: Any

    def do_coupon(self, code: str) -> None:
        self.put(asking="coupon")

    def do_coupon_remove(self, claim: str) -> None:
        self.put(coupons=[one for one in self.state["coupons"] if one["claim"] != claim])

    def do_pay_from(self, kind: str, code: str = "", pin: str = "") -> None:
        """The hub does not answer."""

    def do_points_approve(self, number: str, pin: str) -> None:
        if pin != MANAGER_PIN:
            raise RetailError("staff.wrong_pin", "That PIN is not right. Tries left: {left}.", left=4)
        self.put(approval=self.state["approval"] | {"by_manager": True})

    def do_points_without(self) -> None:
        self.put(approval=None, asking=None)

    def do_gift_card(self, code: str, pin: str = "") -> dict[str, Any]:
        return {"amount": 2500, "currency": "EUR", "expires_at": 1_790_000_000_000, "hint": f"…{code[-4:]}"}
