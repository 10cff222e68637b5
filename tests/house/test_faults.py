"""The table of faults tells the truth: every test that it names is there."""

import ast
import re

import pytest
from checkout_tree import ROOT

NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
TABLE = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?!fault \||---)(.+?) \| (.+?) \|$", re.M)


def functions_of(file: str) -> set[str]:
    source = ROOT / file
    tree = ast.parse(source.read_text(encoding="utf-8")) if source.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def missing(where: str) -> list[str]:
    """What a cell names and is not there."""
    named = NAMED.findall(where)
    return [
        f"{file}::{test}" for file, test in named if not functions_of(file) or (test and test not in functions_of(file))
    ]


@pytest.mark.parametrize(("fault", "where"), ROW.findall(TABLE), ids=[fault for fault, _ in ROW.findall(TABLE)])
def test_a_fault_is_tested_where_the_table_says(fault: str, where: str) -> None:
    assert NAMED.search(where), "a fault without a test"
    assert not missing(where)


def test_a_test_that_is_gone_would_be_noticed() -> None:
    assert len(ROW.findall(TABLE)) > 20
    assert missing("`tests/house/test_faults.py::test_that_nobody_wrote`")
    assert missing("`tests/house/test_nothing.py`")
    assert not missing("`tests/house/test_faults.py::test_a_test_that_is_gone_would_be_noticed`")
