"""The receipt checker stays somebody else: short enough to be read, and nothing in it is ours but itself."""

import ast
import sys

from checkout_tree import ROOT, text, with_ending

CHECKER_LINES_MAX = 200
FILES = [path for path in with_ending(".py") if path.parts[0] == "receipt_checker"]


def imported(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def test_the_checker_is_at_most_200_lines_and_imports_the_standard_library_alone() -> None:
    assert len(text((ROOT / "receipt_checker/check.py").relative_to(ROOT)).splitlines()) <= CHECKER_LINES_MAX
    assert FILES
    for path in FILES:
        assert imported(text(path)) <= sys.stdlib_module_names | {"receipt_checker"}, path


def test_code_of_the_shop_in_it_would_be_noticed() -> None:
    assert imported("from retail.money import split\nimport json") == {"retail", "json"}
