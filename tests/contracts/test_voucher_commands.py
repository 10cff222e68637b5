"""Coupons and gift cards from the command line, and the key that their codes hang on."""

import csv
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from talking_device import NOW
from vouchers_bench import STORE, asked, refusal

from sync_server.config import Settings, SetUpRefused
from sync_server.coupons import service
from sync_server.db import open_database
from sync_server.stored_value import cards
from sync_server.voucher_commands import vouchers
from sync_server.vouchers import key as keys
from sync_server.vouchers.service import Asker


@pytest.fixture
def folder(sqlite_shop: str, tmp_path: Path) -> Path:
    """The data folder of a hub with the sample shop."""
    assert sqlite_shop.endswith(str(tmp_path / "hub.sqlite"))
    return tmp_path


def run(folder: Path, *words: Any) -> Result:
    return CliRunner().invoke(vouchers, [*map(str, words), "--data", str(folder)])


def said(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return answer


def test_a_batch_is_made_written_for_its_owner_alone_and_made_once(folder: Path) -> None:
    words = ("coupons", "autumn", "--promotion", "ten", "--codes", 700, "--uses", 2, "--file", folder / "autumn.csv")
    assert said(run(folder, *words)) == {"batch": "autumn", "codes": 700, "file": str(folder / "autumn.csv")}
    first = (folder / "autumn.csv").read_text()
    assert stat.S_IMODE((folder / "autumn.csv").stat().st_mode) == 0o600
    assert said(run(folder, *words))["codes"] == 700
    assert (folder / "autumn.csv").read_text() == first
    refused = run(folder, *(*words[:5], 701))
    assert refused.exit_code == 1 and "There is a batch autumn with other terms." in refused.output
    [_, *rows] = csv.reader(first.splitlines())
    db = open_database(f"sqlite:///{folder / 'hub.sqlite'}")
    key = keys.load(Settings(data=folder))
    answer = db.write(lambda session: service.claim(session, key, asked(rows[699][1])))
    assert (answer["batch"], answer["promotion"]) == ("autumn", "ten")
    db.close()


def test_cards_are_made_in_the_currency_of_their_store_and_sealed_once_they_are_printed(folder: Path) -> None:
    words = ("cards", "xmas", "--store", STORE, "--codes", 5, "--pin", "--until", "2029-12-31T00:00")
    said(run(folder, *words, "--file", folder / "xmas.csv"))
    [_, code, pin] = list(csv.reader((folder / "xmas.csv").read_text().splitlines()))[5]
    db = open_database(f"sqlite:///{folder / 'hub.sqlite'}")
    key, asker = keys.load(Settings(data=folder)), Asker("till-1", STORE)
    found = db.write(lambda session: cards.find(session, key, code, asker, NOW, pin))
    assert (found["currency"], found["available"], found["expires_at"]) == ("EUR", 0, 1_893_362_400_000)
    db.close()
    assert said(run(folder, "seal", "cards", "xmas")) == {"sealed": "xmas"}
    refused = run(folder, *words, "--file", folder / "again.csv")
    assert refused.exit_code == 1 and "sealed" in refused.output
    assert not (folder / "again.csv").exists()


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = keys.load(Settings(data=tmp_path / "new"))
    assert keys.load(Settings(data=tmp_path / "new")) == first
    assert stat.S_IMODE((tmp_path / "new" / keys.KEY_NAME).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == [keys.KEY_NAME]
    assert keys.load(Settings(data=tmp_path / "other")).fingerprint != first.fingerprint
    assert first.secret.hex() not in repr(first)
    given = Settings(data=tmp_path / "third", code_key=SecretStr("ab" * 32))
    assert keys.load(given).secret == b"\xab" * 32
    assert not (tmp_path / "third").exists()


@pytest.mark.parametrize("text", ["", "a tale of two cities", "ab" * 31])
def test_a_key_that_is_none_is_refused_and_left_where_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / keys.KEY_NAME).write_text(text)
    refused = refusal(lambda: keys.load(Settings(data=tmp_path)))
    assert isinstance(refused, SetUpRefused) and refused.code == "hub.code_key"
    assert (tmp_path / keys.KEY_NAME).read_text() == text
