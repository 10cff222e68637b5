"""The locks: every version and hash, no address, and in step with what the project asks for."""

import json
import re
import tomllib
from typing import Any

import pytest
from checkout_tree import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<rest>[^\n]*(?:\n    --hash=[^\n]*)*)", re.M)


@pytest.fixture(scope="module")
def python_lock() -> str:
    return (ROOT / "requirements.lock").read_text()


@pytest.fixture(scope="module")
def npm_lock() -> dict[str, Any]:
    lock: dict[str, Any] = json.loads((ROOT / "package-lock.json").read_text())
    return lock


def wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    return [Requirement(line) for line in (*project["dependencies"], *extras)]


def test_the_python_lock_pins_every_package_by_hash(python_lock: str) -> None:
    pins = list(PIN.finditer(python_lock))
    starts = [line for line in python_lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(pins) == len(starts) > 50
    assert not [pin["name"] for pin in pins if "--hash=sha256:" not in pin["rest"]]


def test_no_lock_holds_an_address(python_lock: str) -> None:
    assert "http" not in re.sub(r"^(httpx|httpcore|[\w-]*http[\w-]*)==", "", python_lock, flags=re.M)
    npm = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in npm
    assert "registry" not in npm
    assert "--index" not in python_lock and "--find-links" not in python_lock


def test_the_python_lock_is_in_step_with_pyproject(python_lock: str) -> None:
    versions: dict[str, list[str]] = {}
    for pin in PIN.finditer(python_lock):
        versions.setdefault(canonicalize_name(pin["name"]), []).append(pin["version"])
    for requirement in wanted():
        pinned = versions.get(canonicalize_name(requirement.name))
        assert pinned, f"{requirement.name} is not in requirements.lock"
        assert all(requirement.specifier.contains(version) for version in pinned), f"{requirement} but {pinned}"


def test_the_npm_lock_is_in_step_with_package_json_and_holds_hashes(npm_lock: dict[str, Any]) -> None:
    wishes = json.loads((ROOT / "package.json").read_text())
    assert npm_lock["packages"][""]["dependencies"] == wishes["dependencies"]
    assert npm_lock["packages"][""].get("devDependencies", {}) == wishes.get("devDependencies", {})
    for name, version in {**wishes["dependencies"], **wishes.get("devDependencies", {})}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is not an exact version"
        assert npm_lock["packages"][f"node_modules/{name}"]["version"] == version
    for place, package in npm_lock["packages"].items():
        assert not place or package["integrity"].startswith("sha512-"), place
