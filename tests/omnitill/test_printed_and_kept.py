"""What the demonstration prints for people, and what it keeps of what its processes say."""

import io
import socket
import struct
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from omnitill import invitation, logfile
from omnitill.control import ControlSocket
from omnitill.datafolder import DataFolder
from omnitill.logfile import LogFile
from omnitill.processes import Event, exit_text
from omnitill.supervisor import Supervisor
from sample_shop import build

ADDRESSES = {page: f"http://127.0.0.1:840{n}/" for n, page in enumerate(invitation.PAGES)}


def printed(lan_url: str | None, width: int = 120) -> str:
    paper = io.StringIO()
    invitation.show(Console(file=paper, width=width), ADDRESSES, "here", lan_url)
    return paper.getvalue()


def test_the_invitation_holds_what_a_newcomer_needs_to_sign_in() -> None:
    said = printed(None)
    shop = build(seed=1)
    roles = {member.role for member in shop.staff if f"PIN {member.pin}" in said}
    assert roles == {"cashier", "manager"}
    shopper = shop.shoppers[0]
    for fact in (shopper.email, shopper.password, shopper.phone, shopper.card):
        assert fact in said
    assert all(address in said for address in ADDRESSES.values())
    assert "▀" not in said and "█" not in said


def test_a_narrow_terminal_cuts_no_address_short() -> None:
    assert "…" not in printed(None, width=80)


def test_a_phone_on_the_network_gets_a_code_to_scan() -> None:
    said = printed("http://192.0.2.7:8400/")
    assert "http://192.0.2.7:8400/" in said
    assert "▀" in said or "█" in said


def test_the_address_for_phones_is_never_one_that_only_this_machine_knows() -> None:
    address = invitation.lan_address()
    assert address is None or (not address.startswith("127.") and struct.pack("4s", socket.inet_aton(address)))


def test_a_death_is_told_with_the_last_words() -> None:
    paper = io.StringIO()
    event = Event("died", "till", "till died (SIGKILL)", {"stderr": ["[red]disk full[/red]"]})
    invitation.tell(Console(file=paper, width=120), event)
    assert "till died (SIGKILL)" in paper.getvalue()
    assert "| [red]disk full[/red]" in paper.getvalue()


@pytest.mark.parametrize(
    ("code", "text"), [(3, "exit code 3"), (0, "exit code 0"), (-9, "SIGKILL"), (-200, "signal 200")]
)
def test_the_end_of_a_process_is_named(code: int, text: str) -> None:
    assert exit_text(code) == text


def test_a_log_has_a_limit_and_keeps_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logfile, "LOG_LIMIT_BYTES", 100)
    log = LogFile(tmp_path / "logs" / "hub.log")
    for number in range(30):
        log.write(f"line {number:03}\n".encode())
    log.close()
    files = sorted((tmp_path / "logs").iterdir())
    assert [file.name for file in files] == ["hub.log", "hub.log.1"]
    assert all(file.stat().st_size <= 110 for file in files)
    assert list(log.tail) == [f"line {number:03}" for number in range(10, 30)]


def test_a_full_disk_does_not_stop_the_shop(tmp_path: Path) -> None:
    full = Path("/dev/full")
    log = LogFile(tmp_path / "hub.log")
    log._file.close()
    log._file = full.open("ab")
    log.write(b"still here\n")
    log.close()
    assert log.tail[0] == "still here"
    assert "could not be written" in log.tail[1]


async def _opened_and_closed(folder: Path) -> tuple[Path, bool]:
    supervisor: Any = Supervisor([], folder, lambda event: None)
    control = ControlSocket(folder, supervisor)
    await control.open()
    there = control.path.is_socket()
    await control.close()
    return control.path, there


def test_a_folder_with_a_long_path_has_its_control_socket_in_a_short_place(tmp_path: Path) -> None:
    import asyncio

    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    path, there = asyncio.run(_opened_and_closed(folder))
    assert there and len(str(path)) < 100
    assert not path.parent.exists()


def test_a_folder_that_was_only_seeded_is_opened_with_what_is_in_it(tmp_path: Path) -> None:
    seeded = tmp_path / "hub.sqlite"
    seeded.write_bytes(b"a large shop")
    DataFolder(tmp_path).release()
    assert seeded.read_bytes() == b"a large shop"
