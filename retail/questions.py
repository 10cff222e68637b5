"""What is asked of the hub over HTTP alone, while somebody waits."""

from typing import Annotated

from pydantic import Field, StringConstraints

from retail.messages import CODE_TYPED_MAX, STORABLE, Key, MaybeKey, Message
from retail.tender import TENDER_MAX


class AllowanceWanted(Message):
    """`POST /v1/allowance`: points of the cart's shopper that this till may let be spent should the hub go away. The id
    `nonce` is made and stored by the till before it is sent; the same again is answered the same."""

    nonce: Key
    cart: Key
    card: Annotated[str, StringConstraints(pattern=r"^([0-9]{6,20})?$")] = ""


class SaleWanted(Message):
    """`POST /v1/sold`: a sale of which something comes back, by its id or by the number on its receipt."""

    sale: MaybeKey = ""
    number: MaybeKey = ""


class CardWanted(Message):
    """`POST /v1/card`: may so much be put on a gift card? Without a `code` the hub makes one, the same one for the same
    `load`, which is the id that the sale will have for it."""

    load: Key
    code: Annotated[str, StringConstraints(max_length=CODE_TYPED_MAX, pattern=STORABLE)] = ""
    amount: int = Field(ge=1, le=TENDER_MAX)
    currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] = ""


class BalanceWanted(Message):
    """`POST /v1/balance`: what is on a gift card, for whoever has its code."""

    code: Annotated[str, StringConstraints(max_length=CODE_TYPED_MAX, pattern=STORABLE)]
    pin: Annotated[str, StringConstraints(max_length=20, pattern=STORABLE)] = ""


class ApprovalGiven(Message):
    """`POST /v1/approve`: the shopper whose points `hold` has set aside allows them to be used, or does not."""

    hold: Key
    allow: bool
