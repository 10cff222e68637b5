"""The vectors of docs/vectors: our engine gives what they expect, from the files alone, and the checker agrees."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from engine import expected, sale_of
from make_vectors import FOLDER, text_of
from worlds import FILES

from receipt_checker.check import faults


def worlds(name: str) -> list[dict[str, Any]]:
    body = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert (body["format"], body["version"]) == ("omnitill-price-vectors", 1)
    found: list[dict[str, Any]] = body["worlds"]
    return found


@pytest.mark.parametrize("name", FILES)
def test_the_engine_gives_what_the_vectors_expect_and_the_checker_agrees(name: str) -> None:
    ran = 0
    for world in worlds(name):
        for case in world["cases"]:
            sale = sale_of(world, case)
            assert expected(sale) == case["expect"], (world["name"], case["name"])
            assert faults(json.loads(json.dumps(sale.as_dict()))) == []
            ran += 1
    assert ran > 5


@pytest.mark.parametrize("name", FILES)
def test_the_files_are_those_that_the_script_writes(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == text_of(name)


def test_the_folder_holds_no_other_files_and_its_page_names_each() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == set(FILES)
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}.json`" in page for name in FILES)
