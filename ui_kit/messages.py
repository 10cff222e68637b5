"""Message catalogues: English sentences are the ids, `ru.po` files hold the Russian; no compiled files.

`python -m ui_kit.messages extract ROOM...` collects the sentences of a room (see extraction.py) and brings its
`ROOM/translations/ru.po` up to date, keeping what is translated. `... check ROOM...` lists what has no Russian.
"""

import hashlib
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from ui_kit.extraction import extract

SOURCE_LANGUAGE = "en"
# Which categories of Unicode's plural rules the forms of a list stand for, in the order of the .po file.
PLURAL_CATEGORIES = {"en": ("one", "other"), "ru": ("one", "few", "many")}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# A .po file that changes only when its sentences change makes for quiet diffs, so its dates stand still.
_FIXED_DATE = datetime(2026, 1, 1, tzinfo=UTC)

Text = str | list[str]


def fill_in(text: str, params: Mapping[str, object]) -> str:
    """`text` with `{name}` replaced from `params`; a name without a value stays as it is, so nothing is hidden."""
    return _PLACEHOLDER.sub(lambda found: str(params.get(found[1], found[0])), text)


class Catalogues:
    """All messages of an app, read from the `LANGUAGE.po` files of several rooms; a later room wins over an earlier."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._texts: dict[str, dict[str, Text]] = {"ru": {}}
        for folder in paths:
            for locale, texts in self._texts.items():
                file = Path(folder) / f"{locale}.po"
                if file.is_file():
                    texts.update(_texts(_read(file)))
        self.version = hashlib.sha256(repr(self._texts).encode()).hexdigest()[:12]

    def for_page(self, locale: str) -> dict[str, Text]:
        """The messages for the browser: msgid to text, or to the list of its plural forms; English needs none."""
        return self._texts.get(locale, {})

    def gettext(self, locale: str, msgid: str, **params: object) -> str:
        """`msgid` in the language `locale`, its `{name}` places filled; English where there is no translation."""
        found = self._texts.get(locale, {}).get(msgid, msgid)
        return fill_in(found[0] if isinstance(found, list) else found, params)

    def ngettext(self, locale: str, singular: str, plural: str, n: int, **params: object) -> str:
        """The form of a counted message that `n` asks for; `{n}` is filled without being passed again."""
        forms = self._texts.get(locale, {}).get(singular)
        if not isinstance(forms, list):
            locale, forms = SOURCE_LANGUAGE, [singular, plural]
        category = Locale(locale).plural_form(n)
        categories = PLURAL_CATEGORIES[locale]
        index = categories.index(category) if category in categories else len(forms) - 1
        return fill_in(forms[index], {"n": n, **params})


def _read(file: Path, locale: str = "ru") -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=locale)


def _texts(catalog: Catalog) -> dict[str, Text]:
    texts: dict[str, Text] = {}
    for message in catalog:
        forms = _forms(message.string)
        if not message.id or message.fuzzy or not all(forms):
            continue
        if isinstance(message.id, str):
            texts[message.id] = forms[0]
        else:
            texts[message.id[0]] = forms
    return texts


def _forms(string: object) -> list[str]:
    if isinstance(string, list | tuple):
        return [str(form) for form in string]
    return [str(string or "")]


def _template(room: Path) -> Catalog:
    catalog = Catalog(project=room.name, fuzzy=False, charset="utf-8")
    for file, msgid in extract(room):
        catalog.add(msgid, locations=[(file, 0)])
    return catalog


def update(room: Path) -> tuple[int, int]:
    """Bring `room/translations/ru.po` up to date with the sentences of the room; returns (sentences, untranslated)."""
    file = room / "translations" / "ru.po"
    catalog = _read(file) if file.is_file() else Catalog(locale="ru", project=room.name, charset="utf-8")
    template = _template(room)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    catalog.header_comment = f"# Russian messages of {room.name}."
    catalog.creation_date = catalog.revision_date = _FIXED_DATE
    catalog.project, catalog.version, catalog.last_translator = room.name, "1", "Omnitill"
    catalog.msgid_bugs_address, catalog.language_team = "", "ru"
    file.parent.mkdir(exist_ok=True)
    with file.open("wb") as target:
        write_po(target, catalog, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return len(template), len(missing(room))


def missing(room: Path) -> list[str]:
    """Sentences of a room that have no Russian (a counted one needs all three forms); a test expects none."""
    file = room / "translations" / "ru.po"
    known = _texts(_read(file)) if file.is_file() else {}
    wanted: dict[str, bool] = {}
    for _, msgid in extract(room):
        key = msgid if isinstance(msgid, str) else msgid[0]
        wanted[key] = wanted.get(key, False) or not isinstance(msgid, str)
    forms = len(PLURAL_CATEGORIES["ru"])
    return [
        msgid
        for msgid, counted in sorted(wanted.items())
        if (len(text) != forms if isinstance(text := known.get(msgid), list) else counted or text is None)
    ]


def main(arguments: list[str]) -> int:
    """`extract ROOM...` or `check ROOM...`; `check` exits 1 where a sentence has no Russian."""
    if len(arguments) < 2 or arguments[0] not in ("extract", "check"):
        print("Usage: python -m ui_kit.messages extract|check ROOM...", file=sys.stderr)
        return 2
    lacking = 0
    for room in map(Path, arguments[1:]):
        if arguments[0] == "extract":
            total, _ = update(room)
            print(f"{room}: {total} sentences")
        for msgid in missing(room):
            lacking += 1
            print(f"  no Russian: {msgid}")
    return 1 if lacking and arguments[0] == "check" else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
