"""Promotions as JSON, and back."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from retail.codec import canonical
from retail.errors import N_, PromotionError
from retail.messages import faults_of
from retail.promotions.benefits import Multibuy, Together, Unknown
from retail.promotions.promotion import Promotion

_PROMOTION: TypeAdapter[Promotion] = TypeAdapter(Promotion)


def as_dict(promotion: Promotion) -> dict[str, Any]:
    body: dict[str, Any] = _PROMOTION.dump_python(promotion, mode="json")
    return {name: _sorted(value) for name, value in body.items()}


def _sorted(value: Any) -> Any:
    """Sets of names come out in any order; two machines must write the same bytes."""
    if isinstance(value, dict):
        return {
            key: sorted(one) if key in _SETS and isinstance(one, list) else _sorted(one) for key, one in value.items()
        }
    return [_sorted(one) for one in value] if isinstance(value, list) else value


_SETS = {"items", "departments", "families", "but"}


def promotion_from(body: Mapping[str, Any]) -> Promotion:
    """The promotion that `as_dict` wrote; `PromotionError` names each field that is wrong."""
    try:
        promotion = _PROMOTION.validate_json(canonical(body), strict=True, extra="forbid")
    except (ValidationError, TypeError, ValueError) as error:
        raise _malformed(faults_of(error) if isinstance(error, ValidationError) else str(error)) from None
    fault = _contradiction(promotion)
    if fault:
        raise _malformed(fault)
    return promotion


def kept_promotion(body: Mapping[str, Any]) -> Promotion:
    """The same for one that was accepted elsewhere: what this version cannot read is kept, and gives nothing here.

    A till goes on selling whatever a newer hub, or a damaged row, says of one promotion.
    """
    try:
        return _PROMOTION.validate_json(canonical(body), strict=True, extra="forbid")
    except (ValidationError, TypeError, ValueError):
        names, version = body.get("names"), body.get("version")
        return Promotion(
            str(body.get("id", "")),
            version if isinstance(version, int) else 0,
            {str(key): str(name) for key, name in names.items()} if isinstance(names, dict) else {},
            Unknown(),
        )


def _contradiction(promotion: Promotion) -> str:
    benefit = promotion.benefit
    if isinstance(benefit, Multibuy) and benefit.pay >= benefit.take:
        return "benefit.pay: less than benefit.take"
    if promotion.end and promotion.begin >= promotion.end:
        return "end: later than begin"
    if isinstance(benefit, Together) and len({step.spend for step in benefit.steps}) < len(benefit.steps):
        return "benefit.steps: two begin at the same amount"
    return ""


def _malformed(reason: str) -> PromotionError:
    return PromotionError(
        "promotion.malformed", N_("This is not a promotion that we can read: {reason}."), reason=reason
    )
