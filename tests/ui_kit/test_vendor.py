"""Third-party files come from the npm lock, once, and a failing step says what to do."""

import re
import shutil
import socket
from pathlib import Path

import pytest

from ui_kit import vendor
from ui_kit.icons import ICONS
from ui_kit.importmap import BARE_NAMES


def test_every_file_of_the_import_map_and_every_icon_is_there(libraries: Path) -> None:
    assert {file for file in BARE_NAMES.values() if not (vendor.VENDOR / file).is_file()} == set()
    sprite = (vendor.VENDOR / "icons.svg").read_text()
    assert re.findall(r'<symbol id="([^"]+)"', sprite) == ICONS
    assert "Inter Variable" in (vendor.VENDOR / "inter.css").read_text()
    assert "MIT" in (vendor.VENDOR / "LICENSES.txt").read_text()


def test_development_packages_are_copied_nowhere_public(libraries: Path) -> None:
    assert (libraries / "axe-core" / "axe.min.js").is_file()
    assert [file.name for file in vendor.VENDOR.iterdir() if "axe" in file.name] == []


def test_a_second_fill_touches_no_network(libraries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(vendor, "_npm_ci", refuse)
    monkeypatch.setattr(socket, "socket", refuse)
    assert vendor.fill(libraries.parent, dev=True) is False


def test_a_missing_lock_is_named(tmp_path: Path) -> None:
    with pytest.raises(vendor.VendorError, match="Reading the npm lock"):
        vendor.fill(tmp_path)


def test_a_failed_install_says_the_step_and_what_to_do(
    libraries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(libraries.parent / name, tmp_path)
    (tmp_path / "package.json").write_text("{ not json")
    monkeypatch.setattr(vendor, "VENDOR", tmp_path / "static" / "vendor")
    with pytest.raises(vendor.VendorError, match=r"Installing with npm failed .* start again") as caught:
        vendor.fill(tmp_path, echo=lambda _: None)
    assert caught.value.code == "vendor_failed"
    assert not (tmp_path / "static" / "vendor").exists()


def test_a_broken_copy_leaves_the_old_folder_whole(
    libraries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "static" / "vendor"
    shutil.copytree(vendor.VENDOR, old)
    monkeypatch.setattr(vendor, "VENDOR", old)
    with pytest.raises(vendor.VendorError, match="Delete node_modules"):
        vendor._copy_all(tmp_path / "no_modules", "stamp")
    assert (old / "preact.js").is_file()
    assert [p.name for p in old.parent.iterdir()] == ["vendor"]
