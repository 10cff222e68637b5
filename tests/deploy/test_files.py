"""The files of deploy/ are read by the programs that they are for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nginx_server import Nginx

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
INSTALLED = "/srv/omnitill/.venv/bin/omnitill"


def test_nginx_reads_its_configuration_without_a_warning(tmp_path: Path) -> None:
    Nginx(tmp_path, 8400).check()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd to ask")
def test_systemd_reads_the_units_without_a_complaint(tmp_path: Path) -> None:
    command = shutil.which("omnitill", path=str(Path(sys.executable).parent)) or sys.executable
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8")
        assert INSTALLED in text, unit.name
        # The program and the folder are those of this checkout: systemd looks whether they are there.
        text = text.replace(INSTALLED, command).replace(
            "WorkingDirectory=/srv/omnitill", f"WorkingDirectory={tmp_path}"
        )
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = sorted(str(path) for path in tmp_path.glob("*.service"))
    assert len(units) == 3
    said = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")
