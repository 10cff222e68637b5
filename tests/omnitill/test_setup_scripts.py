"""The scripts in bin/ on machines that lack something, played with a PATH that holds only what such a machine has."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "bin").iterdir())
TOOLS = (
    "dirname",
    "basename",
    "id",
    "sed",
    "awk",
    "cat",
    "date",
    "cut",
    "sha256sum",
    "ls",
    "grep",
    "mkdir",
    "rm",
    "env",
)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A checkout with the scripts and locks but no .venv, and beside it a folder of the few programs it has."""
    (tmp_path / "checkout").mkdir()
    shutil.copytree(ROOT / "bin", tmp_path / "checkout" / "bin")
    for name in ("requirements.lock", "pyproject.toml", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path / "checkout" / name)
    programs = tmp_path / "programs"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (programs / tool).symlink_to(found)
    return tmp_path


def program(machine: Path, name: str, text: str) -> None:
    path = machine / "programs" / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def set_up(machine: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(machine / "checkout/bin/setup"), *words],
        env={"PATH": str(machine / "programs"), "HOME": str(machine)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_scripts_are_executable_plain_posix_sh(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!/bin/sh\n")
    for shell in filter(None, (shutil.which("sh"), shutil.which("dash"))):
        subprocess.run([shell, "-n", str(script)], check=True)


def test_without_python_the_set_up_names_what_to_install(machine: Path) -> None:
    done = set_up(machine)
    assert done.returncode == 1
    assert "no Python 3.11" in done.stderr
    assert "apt-get install -y python3 python3-venv" in done.stderr
    assert done.stdout == ""


def test_a_python_that_is_too_old_is_not_taken(machine: Path) -> None:
    program(machine, "python3", "exit 1")
    assert "no Python 3.11" in set_up(machine).stderr


def test_without_venv_a_user_who_may_not_install_is_told_the_package(machine: Path) -> None:
    program(machine, "python3", 'case "$2" in *ensurepip*) exit 1;; esac')
    program(machine, "id", "echo 1000")
    program(machine, "apt-get", "echo must not be called >&2")
    done = set_up(machine)
    assert done.returncode == 1
    assert "sudo apt-get install -y python3-venv" in done.stderr
    assert "must not be called" not in done.stderr


def test_without_venv_root_installs_it(machine: Path) -> None:
    program(machine, "python3", f'case "$2" in *ensurepip*) exit 1;; esac; echo "$@" >>{machine}/python.log')
    program(machine, "id", "echo 0")
    program(machine, "apt-get", f'echo "$@" >>{machine}/apt.log')
    set_up(machine)
    assert (machine / "apt.log").read_text().splitlines() == [
        "update -qq",
        "install -y -qq --no-install-recommends python3-venv",
    ]
    assert "-m venv --clear" in (machine / "python.log").read_text()


def test_without_venv_a_user_with_sudo_installs_it(machine: Path) -> None:
    program(machine, "python3", 'case "$2" in *ensurepip*) exit 1;; esac')
    program(machine, "id", "echo 1000")
    program(machine, "sudo", 'shift; exec "$@"')
    program(machine, "true", "exit 0")
    program(machine, "apt-get", f'echo "$@" >>{machine}/apt.log')
    set_up(machine)
    assert "python3-venv" in (machine / "apt.log").read_text()


def test_a_failed_step_says_what_to_do(machine: Path) -> None:
    program(machine, "python3", 'case "$1" in -m) echo no space left >&2; exit 1;; esac')
    done = set_up(machine)
    assert done.returncode == 1
    assert "no space left" in done.stderr
    assert "What to do: remove the folder .venv" in done.stderr


def ready_checkout(machine: Path) -> None:
    """As after a whole set-up: a .venv whose python answers, the front end's files, and the stamp."""
    checkout = machine / "checkout"
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/bin/python").symlink_to(shutil.which("true") or "/bin/true")
    (checkout / "ui_kit/static/vendor").mkdir(parents=True)
    (checkout / "ui_kit/static/vendor/preact.js").touch()
    (checkout / "node_modules").mkdir()
    (checkout / "node_modules/.dev-stamp").touch()
    text = (checkout / "bin/setup").read_text()
    tool = text[text.index("fingerprint() {") : text.index("ready() {")]
    shell = f'root={checkout}; cd "$root"; {tool}\nfingerprint >.venv/stamp'
    subprocess.run(["/bin/sh", "-c", shell], check=True)


def test_a_second_start_does_nothing_and_needs_no_network(machine: Path) -> None:
    ready_checkout(machine)
    done = set_up(machine)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("changed", ["requirements.lock", "package-lock.json", "pyproject.toml"])
def test_a_changed_lock_brings_a_new_set_up(machine: Path, changed: str) -> None:
    ready_checkout(machine)
    with (machine / "checkout" / changed).open("a") as file:
        file.write("\n")
    assert "==>" in set_up(machine).stderr or "no Python" in set_up(machine).stderr


def test_two_set_ups_at_once_wait_for_one_another(machine: Path) -> None:
    ready_checkout(machine)
    flock = shutil.which("flock")
    if flock is None:
        pytest.skip("this machine has no flock")
    (machine / "programs/flock").symlink_to(flock)
    holder = subprocess.Popen(
        [flock, str(machine / "checkout"), "sh", "-c", "echo held; read line"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdin is not None and holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        second = subprocess.Popen(
            ["/bin/sh", str(machine / "checkout/bin/setup")],
            env={"PATH": str(machine / "programs"), "HOME": str(machine)},
            stderr=subprocess.PIPE,
        )
        with second:
            assert second.stderr is not None
            assert b"waiting for it" in second.stderr.readline()
            assert second.poll() is None
            holder.communicate(b"done\n", timeout=20)
            assert second.wait(timeout=20) == 0


def test_a_machine_without_chromium_is_told_what_to_install(machine: Path) -> None:
    ready_checkout(machine)
    program(machine, "id", "echo 1000")
    done = set_up(machine, "--chromium")
    assert done.returncode == 1
    assert "OMNITILL_CHROMIUM" in done.stderr
    assert "chromium" in done.stderr.split("What to do:")[1]


def test_a_chromium_that_starts_is_taken_and_a_stub_is_not(machine: Path) -> None:
    ready_checkout(machine)
    program(machine, "chromium", "echo please install the snap >&2; exit 1")
    program(machine, "google-chrome", "echo Google Chrome 150")
    for server in ("initdb", "redis-server", "nginx"):
        program(machine, server, "exit 0")
    assert set_up(machine, "--chromium").returncode == 0
    chosen = (machine / "checkout/.venv/chromium").read_text().strip()
    assert chosen == str(machine / "programs/google-chrome")
