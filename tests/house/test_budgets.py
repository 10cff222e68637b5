"""Sizes past which nobody reads any more: refused, unless the line itself says why (`# budget: reason`)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout_tree import text, with_ending

FUNCTION_LINES_MAX = 70
PYTHON_FILE_LINES_MAX = 400
JS_MODULE_LINES_MAX = 300
EXCUSE = re.compile(r"(?:#|//) budget: \S+")
"""On the line of `def` for a function, on the first line for a file."""


def long_functions(source: str) -> Iterator[str]:
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        assert node.end_lineno is not None
        length = node.end_lineno - node.lineno + 1
        if length > FUNCTION_LINES_MAX and not EXCUSE.search(lines[node.lineno - 1]):
            yield f"{node.name}: {length} lines"


def too_long(source: str, limit: int) -> bool:
    lines = source.splitlines()
    return len(lines) > limit and not EXCUSE.search(lines[0])


@pytest.mark.parametrize("path", with_ending(".py"), ids=str)
def test_a_python_file_and_its_functions_keep_their_budget(path: Path) -> None:
    source = text(path)
    assert not list(long_functions(source))
    assert not too_long(source, PYTHON_FILE_LINES_MAX), f"{len(source.splitlines())} lines"


@pytest.mark.parametrize("path", with_ending(".js", ".mjs"), ids=str)
def test_a_javascript_module_keeps_its_budget(path: Path) -> None:
    source = text(path)
    assert not too_long(source, JS_MODULE_LINES_MAX), f"{len(source.splitlines())} lines"


def test_a_function_of_71_lines_is_refused_and_one_of_70_is_not() -> None:
    body = "    pass\n" * 69
    assert not list(long_functions(f"def wide():\n{body}"))
    assert list(long_functions(f"class Till:\n  def wide():\n{body}    pass\n")) == ["wide: 71 lines"]
    assert list(long_functions(f"async def wide():\n{body}    pass\n"))
    assert not list(long_functions(f"def wide():  # budget: one table, read as one\n{body}    pass\n"))
    assert list(long_functions(f"def wide():  # budget:\n{body}    pass\n"))


def test_a_file_past_its_limit_is_refused() -> None:
    assert not too_long("\n" * 300, 300)
    assert too_long("\n" * 301, 300)
    assert not too_long("// budget: generated from the standard" + "\n" * 301, 300)
