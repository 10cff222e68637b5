"""An old copy of the hub's or of a till's data is put back: it is noticed, shown and made good, and nothing is lost."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from real_shop import Hub, Till

from pos_terminal import copies
from pos_terminal.store.engine import Store

SALES = "SELECT count(*), count(DISTINCT id) FROM sales"
CASES = [("fork", 1), ("rejected", 1)]


def at_the_till(*words: str) -> Result:
    return CliRunner().invoke(copies.main, words)


@pytest.mark.timeout(300)
def test_a_hub_that_was_put_back_begins_a_new_life_and_gets_again_what_it_lost(
    hub: Hub, till: Till, tmp_path: Path
) -> None:
    till.sell()
    till.all_sent()
    made = hub.command("backup", str(tmp_path / "monday.sqlite"))
    assert made.returncode == 0, made.stderr
    for _ in range(2):
        till.sell()
    till.all_sent()
    ((epoch,),) = hub.rows("SELECT max(epoch) FROM streams")
    held = hub.command("restore", str(tmp_path / "monday.sqlite"))
    assert held.returncode == 5 and "Stop it" in held.stderr
    hub.stop()
    done = hub.command("restore", str(tmp_path / "monday.sqlite"))
    assert done.returncode == 0, done.stderr
    aside = Path(json.loads(done.stdout)["aside"])
    assert sqlite_rows(aside, SALES) == [(3, 3)] and hub.rows(SALES) == [(1, 1)]
    hub.start()
    till.wait(lambda view: view["link"]["online"])
    till.sell()
    till.all_sent()
    assert hub.rows(SALES) == [(4, 4)]
    assert hub.rows("SELECT count(*) FROM operations WHERE dev = 'till-1'") == [(till.given(),)]
    assert hub.rows("SELECT min(epoch) FROM streams")[0][0] > epoch
    stores = hub.rows("SELECT count(*) FROM stores")
    assert hub.rows("SELECT count(*) FROM exceptions WHERE kind = 'restored'") == stores
    assert hub.rows("SELECT copied_at FROM lives") == [(None,)]


def test_a_backup_that_somebody_copies_into_place_by_hand_is_noticed_too(hub: Hub, tmp_path: Path) -> None:
    assert hub.command("backup", str(tmp_path / "monday.sqlite")).returncode == 0
    hub.stop()
    shutil.rmtree(hub.folder)
    hub.folder.mkdir()
    shutil.copy(tmp_path / "monday.sqlite", hub.folder / "hub.sqlite")
    hub.start()
    assert hub.rows("SELECT count(*) FROM exceptions WHERE kind = 'restored'") == hub.rows(
        "SELECT count(*) FROM stores"
    )


def test_a_till_that_was_put_back_is_quarantined_sells_on_and_is_set_up_anew(
    hub: Hub, till: Till, tmp_path: Path
) -> None:
    backup = tmp_path / "till-monday.sqlite"
    till.sell()
    till.all_sent()
    made = at_the_till("backup", str(backup), "--data", str(till.folder))
    assert made.exit_code == 0, made.stderr
    key = (till.folder / "key").read_text()
    assert key.encode() not in backup.read_bytes() and bytes.fromhex(key) not in backup.read_bytes()
    highest = till.sell()
    till.all_sent()
    held = at_the_till("restore", str(backup), "--data", str(till.folder))
    assert held.exit_code == 3 and "Another till works with" in held.stderr
    till.stop()
    done = at_the_till("restore", str(backup), "--data", str(till.folder))
    assert done.exit_code == 0, done.stderr
    assert sqlite_rows(Path(json.loads(done.stdout)["aside"]), SALES) == [(2, 2)]
    till.start()
    till.wait(lambda view: (view["link"]["refused"] or {}).get("code") == "device.forked")
    till.sell()
    assert till.view["link"]["unsent_sales"] == 1
    assert hub.rows("SELECT kind, count(*) FROM exceptions GROUP BY kind") == [("fork", 1)]
    till.ok("set_up_open")
    till.ok("set_up", hub=hub.url, code=hub.code("till-1"))
    till.wait(lambda view: view["set_up"] is None)
    till.all_sent()
    above = till.sell()
    till.all_sent()
    assert till.rows("SELECT max(inc) FROM outbox") == [(2,)]
    # What was sold while two copies had the same numbers is kept beside the first one, for a person.
    assert hub.rows(SALES) == [(3, 3)] and above > highest
    assert hub.rows("SELECT kind, count(*) FROM exceptions GROUP BY kind ORDER BY kind") == CASES


def test_a_till_that_was_put_back_on_another_machine_asks_to_be_set_up(hub: Hub, till: Till, tmp_path: Path) -> None:
    till.sell()
    backup = tmp_path / "till-monday.sqlite"
    assert at_the_till("backup", str(backup), "--data", str(till.folder)).exit_code == 0
    other = Till(tmp_path / "another machine", hub)
    done = at_the_till("restore", str(backup), "--data", str(other.folder))
    assert done.exit_code == 0 and json.loads(done.stdout)["aside"] == "", done.stderr
    other.start()
    assert other.view["link"]["refused"]["code"] == "enrol.key_missing"
    other.stop()


def sqlite_rows(file: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    found = connection.execute(query).fetchall()
    connection.close()
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A till's folder and a good backup of it."""
    Store(tmp_path / "till").close()
    assert at_the_till("backup", str(tmp_path / "good"), "--data", str(tmp_path / "till")).exit_code == 0
    return tmp_path


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("missing", "There is no file"),
        ("no database", "is not a database"),
        ("damaged", "is damaged"),
        ("newer", "of a newer program"),
        ("another kind", "not of this kind"),
    ],
)
def test_what_is_no_good_backup_is_refused_in_a_sentence_and_changes_nothing(
    folder: Path, fault: str, sentence: str
) -> None:
    bad = folder / "bad"
    if fault != "missing":
        shutil.copy(folder / "good", bad)
    if fault == "no database":
        bad.write_bytes(b"a shopping list " * 400)
    elif fault == "damaged":
        whole = bytearray(bad.read_bytes())
        for page in range(4096, len(whole), 4096):
            whole[page : page + 12] = b"\xff" * 12
        bad.write_bytes(whole)
    elif fault in ("newer", "another kind"):
        connection = sqlite3.connect(bad)
        change = "UPDATE alembic_version SET version_num = '9999'" if fault == "newer" else "DROP TABLE outbox"
        connection.execute(change)
        connection.commit()
        connection.close()
    before = (folder / "till" / "till.sqlite").read_bytes()
    done = at_the_till("restore", str(bad), "--data", str(folder / "till"))
    assert done.exit_code == 1 and sentence in " ".join(done.stderr.split()) and "Traceback" not in done.stderr
    assert (folder / "till" / "till.sqlite").read_bytes() == before
    assert not list((folder / "till").glob("*.part")) and not list((folder / "till").glob("till.sqlite.*"))


def test_a_backup_never_overwrites(folder: Path) -> None:
    twice = at_the_till("backup", str(folder / "good"), "--data", str(folder / "till"))
    assert twice.exit_code == 1 and "is there already" in " ".join(twice.stderr.split())


def test_a_disk_that_is_full_is_a_sentence_and_no_half_a_backup_is_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(copies, "_nothing", full)
    done = at_the_till("backup", str(folder / "new"), "--data", str(folder / "till"))
    assert done.exit_code == 1 and "is full" in " ".join(done.stderr.split())
    assert not (folder / "new").exists() and not (folder / "new.part").exists()
