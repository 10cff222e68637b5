"""The score of bin/mutate is counted right."""

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from mutate import PARTS, ROOT, names, score, told

FOUND = {
    "retail.tax.x_taken__mutmut_1": 1,
    "retail.tax.x_taken__mutmut_2": 0,
    "retail.tax.x_taken__mutmut_3": 36,
    "retail.tax.x_taken__mutmut_4": 33,
    "retail.tax.x_taken__mutmut_5": None,
    "retail.money.x_split__mutmut_1": 3,
}


def test_what_ran_for_ever_was_noticed_and_what_no_test_runs_through_was_not() -> None:
    assert score(FOUND, PARTS["tax"]) == Counter(killed=1, survived=1, timeout=1, untested=1)
    assert told("tax", score(FOUND, PARTS["tax"])).split()[:5] == ["tax", "50.0", "%", "of", "4"]
    assert "-" in told("prices", score(FOUND, PARTS["prices"]))


def test_only_the_changes_of_a_part_are_drawn_from() -> None:
    assert names(FOUND, PARTS["money"]) == ["retail.money.x_split__mutmut_1"]
    assert names(FOUND, PARTS["prices"]) == []


def test_every_part_is_code_that_is_there() -> None:
    for patterns in PARTS.values():
        for pattern in patterns:
            path = ROOT / pattern.removesuffix(".*").replace(".", "/")
            assert path.is_dir() or path.with_suffix(".py").is_file()
