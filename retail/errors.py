"""Everything that the trade refuses, each with a code that never changes and a sentence for a person.

RetailError
├── MoneyError        currencies mixed, an amount that is not whole
├── BarcodeError      a code that cannot be read as anything we know
├── CatalogueError    a product, a tax rate or a store that is not known
├── CartRefused       an operation that the cart's rules do not allow
├── TenderRefused     a payment that does not add up
├── PromotionError    a promotion that nobody could apply
├── SaleError         a sale whose figures contradict each other
├── ReturnRefused     goods that cannot come back, or not like this
├── LoyaltyRefused    points that are not there, a limit, a programme or an allowance that does not hold
├── StaffRefused      a PIN or a role that does not open this door
├── VoucherError      a code of a coupon or gift card that cannot be right, or is tried too often
├── CouponRefused     a coupon that cannot be used here and now
├── StoredValueRefused  a gift card or store credit that does not give what is asked
└── MessageError      a message that is not of the protocol
"""

from typing import Any


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's extractors know
    """Mark a sentence for translation without translating it here."""
    return message


class RetailError(Exception):
    """A refusal: `code` for logs and programs, `message` a template and `params` its values, for people.

    The template is English and is the key of the message catalogues; `{name}` places are filled from `params`.
    """

    code = "refused"
    message = N_("That cannot be done.")

    def __init__(self, code: str | None = None, message: str | None = None, /, **params: Any) -> None:
        self.code = code or self.code
        self.message = message or self.message
        self.params = params
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The English sentence with its values, for logs."""
        return self.message.format(**self.params)

    def as_dict(self) -> dict[str, Any]:
        """`{"code", "message", "params"}` as it goes over a wire; the screen translates `message`."""
        return {"code": self.code, "message": self.message, "params": self.params}


class MoneyError(RetailError):
    code = "money"


class BarcodeError(RetailError):
    code = "barcode"


class CatalogueError(RetailError):
    code = "catalogue"


class CartRefused(RetailError):
    code = "cart"


class TenderRefused(RetailError):
    code = "tender"


class PromotionError(RetailError):
    code = "promotion"


class SaleError(RetailError):
    code = "sale"


class ReturnRefused(RetailError):
    code = "return"


class LoyaltyRefused(RetailError):
    code = "loyalty"


class StaffRefused(RetailError):
    code = "staff"


class VoucherError(RetailError):
    code = "voucher"


class CouponRefused(RetailError):
    code = "coupon"


class StoredValueRefused(RetailError):
    code = "stored_value"


class MessageError(RetailError):
    code = "message"
