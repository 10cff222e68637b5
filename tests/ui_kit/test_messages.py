"""Catalogues are read from .po files, and no sentence of a room is forgotten."""

from pathlib import Path

import pytest

from ui_kit.extraction import from_javascript, from_python, from_template
from ui_kit.messages import Catalogues, main, missing, update
from ui_kit.vendor import KIT

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20)"
" ? 1 : 2);\\n"

msgid "Pay {amount}"
msgstr "Оплатить {amount}"

msgid "{n} line"
msgid_plural "{n} lines"
msgstr[0] "{n} строка"
msgstr[1] "{n} строки"
msgstr[2] "{n} строк"

#, fuzzy
msgid "Hold"
msgstr "Держать"
"""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    made = tmp_path / "room"
    (made / "translations").mkdir(parents=True)
    (made / "translations" / "ru.po").write_text(PO, encoding="utf-8")
    (made / "screen.js").write_text('html`<p>${t("Pay {amount}", { amount })} ${tn("{n} line", "{n} lines", n)}</p>`;')
    return made


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('html`<b>${t("Pay")}</b>`', ["Pay"]),
        ('html`<b>${open && html`<i>${t("Deep")} ${t("Deeper")}</i>`}</b> ${t("After")}`', ["Deep", "Deeper", "After"]),
        ('html`${rows.map((r) => html`<${Row} title=${t("In {a}", { a: `${r.x}` })} />`)}`', ["In {a}"]),
        ("t('it\\'s') + t(\"\\u20ac\")", ["it's", "€"]),
        ('tn("{n} line", "{n} lines", n)', [("{n} line", "{n} lines")]),
        ('// t("no")\n/* t("no") */ const s = "t(\\"no\\")"; t("yes")', ["yes"]),
        ('const r = /[`"/]/g; t("after a regular expression")', ["after a regular expression"]),
        ("const half = total / 2; t('after') / 3", ["after"]),
        ('start("no"); this.t("no"); t(name); N_("later")', ["later"]),
        ('html`text t("no") ${ {a: {b: 1}}.a.b } ${t("yes")}`', ["yes"]),
        ('t(\n  "on its own line",\n  { a })', ["on its own line"]),
    ],
)
def test_sentences_are_found_in_javascript(source: str, found: list[object]) -> None:
    assert list(from_javascript(source)) == found


def test_sentences_are_found_in_python() -> None:
    source = (
        '_("One")\nN_("Two " "halves")\nngettext("{n} a", "{n} b", 3)\ncatalogues.gettext(locale, "Three")\n_(name)\n'
        'class WrongPin(Exception):\n    code = "wrong_pin"\n    template: str = "The PIN is wrong."\n'
    )
    assert set(from_python(source)) == {"One", "Two halves", ("{n} a", "{n} b"), "Three", "The PIN is wrong."}


def test_sentences_are_found_in_templates() -> None:
    assert list(from_template('<p>{{ _("Hello, {name}", name=who) }}</p>')) == ["Hello, {name}"]
    assert list(from_template('{{ ngettext("{n} a", "{n} b", 2) }}')) == [("{n} a", "{n} b")]


@pytest.mark.parametrize(
    ("n", "text"),
    [(1, "1 строка"), (3, "3 строки"), (5, "5 строк"), (11, "11 строк"), (21, "21 строка"), (0, "0 строк")],
)
def test_russian_counts_in_three_forms(room: Path, n: int, text: str) -> None:
    assert Catalogues([room / "translations"]).ngettext("ru", "{n} line", "{n} lines", n) == text


def test_what_has_no_russian_is_english_and_what_has_no_value_stays_visible(room: Path) -> None:
    catalogues = Catalogues([room / "translations"])
    assert catalogues.gettext("ru", "Pay {amount}", amount="9,41 €") == "Оплатить 9,41 €"
    assert catalogues.gettext("ru", "Pay {amount}") == "Оплатить {amount}"
    assert catalogues.gettext("ru", "Hold") == "Hold", "a guess of the tool is not a translation"
    assert catalogues.gettext("en", "Pay {amount}", amount="€9.41") == "Pay €9.41"
    assert catalogues.ngettext("ru", "{n} tin", "{n} tins", 2) == "2 tins"


def test_a_value_with_braces_is_not_filled_again(room: Path) -> None:
    assert Catalogues([room / "translations"]).gettext("ru", "Pay {amount}", amount="{secret}") == "Оплатить {secret}"


def test_a_new_sentence_is_missing_until_it_is_translated(room: Path) -> None:
    assert missing(room) == []
    (room / "more.js").write_text('t("Hold"); tn("{n} tin", "{n} tins", n)')
    assert missing(room) == ["Hold", "{n} tin"]
    assert main(["check", str(room)]) == 1


def test_updating_keeps_translations_and_drops_what_is_gone(room: Path) -> None:
    (room / "more.js").write_text('t("New")')
    assert update(room) == (3, 1)
    text = (room / "translations" / "ru.po").read_text(encoding="utf-8")
    assert "Оплатить {amount}" in text
    assert "{n} строки" in text
    assert 'msgid "New"' in text
    assert "Hold" not in text
    update(room)
    assert (room / "translations" / "ru.po").read_text(encoding="utf-8") == text


def test_a_later_room_wins(room: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "ru.po").write_text(PO.replace("Оплатить", "К оплате"), encoding="utf-8")
    first, second = Catalogues([room / "translations", other]), Catalogues([room / "translations"])
    assert first.gettext("ru", "Pay {amount}", amount="1") == "К оплате 1"
    assert first.version != second.version


def test_the_kit_speaks_russian() -> None:
    assert missing(KIT) == []
