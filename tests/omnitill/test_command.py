"""The installed command: every word of it explains itself, and says so quickly."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from omnitill import benchmarks
from omnitill.cli import main

FIGURE = """\
\"\"\"How fast a penny falls.

More.\"\"\"
import json, sys
print("measuring", file=sys.stderr)
figures, limits = {{"p50_ms": 3}}, {{"p50_ms": {limit}}}
print(json.dumps({{"name": "penny", "figures": figures, "limits": limits, "holds": 3 <= {limit}, "ran": "9 pennies"}}))
"""


def omnitill(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "omnitill", *words], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_with_an_example(name: str) -> None:
    said = omnitill(name, "--help").stdout
    assert "Example:" in said
    assert f"omnitill {name}" in said.split("Example:")[1]


def test_the_version_is_told() -> None:
    said = omnitill("version").stdout
    assert said.startswith("omnitill 0.")
    assert "SQLite 3." in said


def test_the_help_loads_no_room() -> None:
    code = "import sys, omnitill.cli; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    rooms = {
        "retail",
        "hardware",
        "ui_kit",
        "pos_terminal",
        "storefront",
        "sync_server",
        "sample_shop",
        "rich",
        "flask",
    }
    assert rooms.isdisjoint(loaded)


def test_the_doctor_answers_in_json_with_an_advice_for_each_trouble() -> None:
    answer = json.loads(omnitill("doctor", "--json").stdout)
    findings = {finding["what"]: finding for finding in answer["findings"]}
    assert findings["Libraries"]["trouble"] is False, findings["Libraries"]
    assert findings["SQLite"]["trouble"] is False
    assert all(finding["advice"] for finding in findings.values() if finding["trouble"])


def test_the_doctor_finds_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = omnitill("doctor", "--json", "--data", str(tmp_path / "file"))
    folder = next(finding for finding in json.loads(done.stdout)["findings"] if finding["what"] == "Data folder")
    assert done.returncode == 1
    assert folder["trouble"] and "--data" in folder["advice"]


def test_benchmarks_are_listed_with_the_first_line_of_their_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "penny.py").write_text(FIGURE.format(limit=5))
    (tmp_path / "_shared.py").write_text("")
    assert benchmarks.main(tmp_path, None) == 0
    said = capsys.readouterr().out
    assert "penny" in said and "How fast a penny falls." in said
    assert "_shared" not in said


@pytest.mark.parametrize(("limit", "code"), [(5, 0), (2, 1)])
def test_a_benchmark_prints_one_line_and_exits_by_its_limits(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], limit: int, code: int
) -> None:
    (tmp_path / "penny.py").write_text(FIGURE.format(limit=limit))
    assert benchmarks.main(tmp_path, "penny") == code
    (line,) = capfd.readouterr().out.splitlines()
    answer = json.loads(line)
    assert {"name", "figures", "limits", "holds", "ran", "seconds"} <= set(answer)
    assert answer["holds"] is (code == 0)


def test_what_follows_the_name_of_a_benchmark_is_passed_on(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    program = FIGURE.format(limit=5).replace("import json, sys", "import json, sys\nassert sys.argv[1:] == ['--grow']")
    (tmp_path / "penny.py").write_text(program)
    assert benchmarks.main(tmp_path, "penny", ["--grow"]) == 0, capfd.readouterr()


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("import signal; signal.pause()", "not done within"),
        ("print('fast')", "printed no JSON line"),
        ("print('[1]')", "printed no JSON line"),
        ("print('{}')", "its line lacks"),
        ("raise SystemExit(7)", "exit code 7"),
    ],
)
def test_a_benchmark_that_goes_wrong_does_not_hold_and_says_why(tmp_path: Path, program: str, why: str) -> None:
    path = tmp_path / "lazy.py"
    path.write_text(program)
    answer = benchmarks.measure(path, limit_s=1 if "pause" in program else 30)
    assert answer["holds"] is False
    assert why in answer["why"]


def test_an_unknown_benchmark_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmarks.main(tmp_path, "guess") == 2
    assert "'guess'" in capsys.readouterr().err
