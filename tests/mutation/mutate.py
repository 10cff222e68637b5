"""Changes the trade's code line by line, one change at a time, and asks its tests (mutmut): `bin/mutate` says more.

The score is what the tests noticed, of all changes that were tried. A change that a test ran into for ever counts as
noticed. Of a sample, the score is an estimate, of the changes drawn and no others; the same seed draws the same sample.
"""

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
MUTMUT = Path(sys.executable).with_name("mutmut")
PARTS = {
    "money": ("retail.money.*", "retail.tender.*"),
    "tax": ("retail.tax.*",),
    "prices": ("retail.price_lists.*", "retail.pricing.*"),
    "promotions": ("retail.promotions.*",),
    "loyalty": ("retail.loyalty.*",),
}
SEED = 4
FIRST = "retail.money.x_extend__mutmut_1"
STATES = {0: "survived", 5: "untested", 33: "untested", 24: "timeout", 36: "timeout", 152: "timeout", 255: "timeout"}
"""mutmut's exit codes; any other one is a test that failed, and None a change that was not tried."""


def names(known: Iterable[str], patterns: Iterable[str]) -> list[str]:
    return sorted(name for name in known if any(fnmatch(name, pattern) for pattern in patterns))


def listed(patterns: tuple[str, ...]) -> list[str]:
    """All changes of a part. They are there once one of them was tried, and so is which tests run through what."""
    if FIRST not in outcomes():
        subprocess.run([MUTMUT, "run", "--max-children", "1", FIRST], cwd=ROOT, check=True)
    return names(outcomes(), patterns)


def outcomes() -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for meta in sorted((ROOT / "mutants").rglob("*.meta")):
        found |= json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def score(found: dict[str, int | None], patterns: tuple[str, ...]) -> Counter[str]:
    tried = [code for name, code in found.items() if code is not None and any(fnmatch(name, one) for one in patterns)]
    return Counter(STATES.get(code, "killed") for code in tried)


def told(part: str, counts: Counter[str]) -> str:
    whole = counts.total()
    noticed = counts["killed"] + counts["timeout"]
    share = f"{100 * noticed / whole:5.1f} %" if whole else "    -"
    rest = ", ".join(f"{counts[one]} {one}" for one in ("killed", "timeout", "survived", "untested") if counts[one])
    return f"{part:<11} {share}  of {whole:>5}   {rest}"


def main() -> None:
    words = argparse.ArgumentParser(prog="bin/mutate", description=__doc__)
    words.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all of them by itself")
    words.add_argument("--sample", type=int, default=0, help="so many changes of each part instead of all")
    words.add_argument("--seed", type=int, default=SEED, help="of the sample; another one draws other changes")
    words.add_argument("--show", action="store_true", help="print the changes that no test noticed")
    words.add_argument("--jobs", type=int, default=2)
    given = words.parse_args()
    parts = {part: PARTS[part] for part in given.parts or PARTS}
    for part, patterns in parts.items():
        if given.sample:
            known = listed(patterns)
            parts[part] = tuple(random.Random(given.seed).sample(known, min(given.sample, len(known))))
        subprocess.run([MUTMUT, "run", "--max-children", str(given.jobs), *parts[part]], cwd=ROOT, check=False)
    found = outcomes()
    print("\nnoticed by the tests, of the changes tried")
    for part, patterns in parts.items():
        print(told(part, score(found, patterns)))
    if given.show:
        for name in names(found, [one for patterns in parts.values() for one in patterns]):
            if STATES.get(found[name], "killed") in ("survived", "untested"):
                subprocess.run([MUTMUT, "show", name], cwd=ROOT, check=False)


if __name__ == "__main__":
    main()
