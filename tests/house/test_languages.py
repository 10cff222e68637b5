"""Every sentence that a person can read stands in both languages."""

import re

import pytest
from checkout_tree import ROOMS, ROOT

from ui_kit.messages import missing

PLACE = re.compile(r"\{(\w+)\}")
ENTRY = re.compile(r'^msgid ((?:".*"\s*)+)^msgstr ((?:".*"\s*)+)', re.M)


@pytest.mark.parametrize("room", ROOMS)
def test_every_message_has_its_russian(room: str) -> None:
    assert not missing(ROOT / room)


@pytest.mark.parametrize("room", [room for room in ROOMS if (ROOT / room / "translations/ru.po").exists()])
def test_the_russian_fills_the_same_places(room: str) -> None:
    source = (ROOT / room / "translations/ru.po").read_text()
    entries = [match.groups() for match in ENTRY.finditer(source)]
    assert entries
    wrong = [english for english, russian in entries if set(PLACE.findall(english)) != set(PLACE.findall(russian))]
    assert not [english for english in wrong if english.strip() != '""']
