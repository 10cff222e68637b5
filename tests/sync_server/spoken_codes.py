"""Which codes of errors the hub's own program can say, read from its source."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
OF_THE_TRADE = (
    "card_loads",
    "cart",
    "coupons",
    "guessing",
    "lease",
    "loyalty/approval",
    "loyalty/moves",
    "loyalty/velocity",
    "messages",
    "pricing",
    "returns",
    "sale",
    "staff",
    "stored_value",
    "tax",
    "upcasting",
    "voucher_codes",
)
"""The modules of `retail` whose rules the hub applies to what it is sent."""

BY_HAND = {
    "sync_server/changes.py",
    "sync_server/cli.py",
    "sync_server/config.py",
    "sync_server/copies.py",
    "sync_server/migrations/__init__.py",
    "sync_server/vouchers/key.py",
}
"""What answers a person who types a command, and no client."""

ONLY_BY_HAND = {
    "card.number_used",
    "card_load.too_many",
    "catalogue.department_unknown",
    "catalogue.pack_taken",
    "catalogue.price",
    "catalogue.rules",
    "catalogue.store_unknown",
    "catalogue.too_many_lists",
    "coupon.period",
    "coupon.time",
    "coupon.uses",
    "customer.groups",
    "sale.empty",
    "staff.not_a_manager",
    "staff.number_used",
    "staff.unknown_number",
    "stored_value.full",
    "terminal.unknown",
    "voucher.batch_used",
    "voucher.codes",
    "voucher.incomplete",
    "voucher.sealed",
}
"""Said by the same modules, but only at a till or to a person who types a command."""


def spoken() -> set[str]:
    """Every code that a client of the protocol can be told."""
    files = [*sorted((ROOT / "sync_server").glob("**/*.py")), ROOT / "storefront" / "account.py"]
    files += [ROOT / "retail" / f"{name}.py" for name in OF_THE_TRADE]
    found: set[str] = set()
    for file in files:
        place = str(file.relative_to(ROOT))
        if place not in BY_HAND:
            found.update(codes_of(file.read_text(encoding="utf-8")))
    return found - ONLY_BY_HAND


def codes_of(source: str) -> Iterator[str]:
    """The texts that stand before a sentence for translation, and those that a class or a function calls `code`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            for argument, following in zip(node.args, node.args[1:], strict=False):
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and _is_sentence(following):
                    yield argument.value
        elif isinstance(node, ast.Assign) and [t.id for t in node.targets if isinstance(t, ast.Name)] == ["code"]:
            yield from _results(node.value)


def _is_sentence(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_"


def _results(node: ast.expr) -> Iterator[str]:
    """The texts that an expression can be: of a choice both."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _results(node.body)
        yield from _results(node.orelse)
