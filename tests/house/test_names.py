"""Names that say nothing, things that do not belong into the repository, and words of one machine."""

import re
import subprocess
from pathlib import Path

import pytest
from checkout_tree import ROOMS, ROOT, ours, text, with_ending

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "managers", "manager", "common", "misc", "lib"}
READABLE = (
    ".py",
    ".js",
    ".mjs",
    ".md",
    ".sh",
    ".toml",
    ".json",
    ".html",
    ".css",
    ".po",
    ".txt",
    ".lock",
    ".cfg",
    ".yml",
)
# Written in pieces, so that this file does not hold what it looks for.
OF_ONE_MACHINE = re.compile(
    r"(?<![\w.}-])/(?:wor" + r"k|tm" + r"p|roo" + r"t|op" + r"t)/|pypi\.o" + r"rg|pythonhosted\.o" + r"rg|registry\.npm"
    r"js|npmjs\.o" + r"rg"
)
THIRD_PARTY = re.compile(r"(?i)@license|copyright \(c\)|sourceMappingURL|__esModule|webpackJsonp")
SCRIPT_LINE_MAX = 400
"""Code that a person wrote has no longer lines; bundles and minified files do."""


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty = [str(path) for path in ours() if EMPTY_NAMES & {part.split(".")[0].lower() for part in path.parts}]
    assert not empty


@pytest.mark.parametrize("name", ["retail/utils.py", "sync_server/helpers/money.py", "ui_kit/static/common.js"])
def test_such_a_name_would_be_noticed(name: str) -> None:
    assert EMPTY_NAMES & {part.split(".")[0].lower() for part in Path(name).parts}


def written_elsewhere(source: str) -> bool:
    return bool(THIRD_PARTY.search(source)) or max(map(len, source.splitlines()), default=0) > SCRIPT_LINE_MAX


def test_no_third_party_javascript_or_font_is_committed() -> None:
    scripts = with_ending(".js", ".mjs", ".cjs", ".ts")
    assert scripts
    assert not [str(path) for path in scripts if written_elsewhere(text(path))]
    assert not [str(path) for path in ours() if path.suffix in {".woff", ".woff2", ".ttf", ".otf", ".map"}]
    assert not [str(path) for path in ours() if {"node_modules", "vendor"} & set(path.parts)]


def test_a_bundle_would_be_noticed() -> None:
    assert written_elsewhere("/** @license MIT */\nvar x;")
    assert written_elsewhere("var a=1;" * 60)
    assert not written_elsewhere("export const PREFIX = 952;\n")


def of_one_machine(source: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if OF_ONE_MACHINE.search(line)]


@pytest.mark.parametrize("path", [path for path in ours() if path.suffix in READABLE or not path.suffix], ids=str)
def test_nothing_names_a_folder_or_a_package_index_of_one_machine(path: Path) -> None:
    assert not of_one_machine(text(path))


def test_a_folder_of_one_machine_would_be_noticed() -> None:
    assert of_one_machine('open("' + "/wor" + 'k/main/x")')
    assert of_one_machine("see https://pypi" + ".org/simple")
    assert not of_one_machine("docs/work/notes and http://127.0.0.1:8400/opt/in")


def test_no_code_of_ours_is_ignored_by_git() -> None:
    command = ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "--", *ROOMS, "tests", "benchmarks"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    lost = [name for name in listed if name.endswith((".py", ".js", ".html", ".css", ".po")) and "/vendor/" not in name]
    assert not lost, "it runs here and is missing in every clone"


def test_the_doors_of_the_house_stand() -> None:
    for name in ("bin/run", "bin/test", "bin/bench", "bin/setup", ".ci/run"):
        assert (ROOT / name).stat().st_mode & 0o111, f"{name} must be executable"
