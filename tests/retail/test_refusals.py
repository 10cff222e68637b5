"""Every sentence of the trade can be shown: in English and Russian, with the same places to fill."""

import ast
import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import retail
from retail import errors
from retail.errors import CartRefused, RetailError

ROOM = Path(retail.__file__).parent


def sentences() -> set[str]:
    """What stands in `N_("…")` anywhere in the room."""
    found = set()
    for file in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                found.add(ast.literal_eval(node.args[0]))
    return found


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def russian() -> dict[str, str]:
    with (ROOM / "translations" / "ru.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="ru") if message.id}


@pytest.mark.parametrize("sentence", sorted(sentences()))
def test_each_sentence_has_its_russian_with_the_same_places(sentence: str) -> None:
    translated = russian()[sentence]
    assert re.search("[а-яё]", translated)
    assert places(translated) == places(sentence)


def test_the_catalogue_holds_no_sentence_that_nobody_says() -> None:
    assert set(russian()) == sentences()


@pytest.mark.parametrize("sentence", sorted(sentences()))
def test_each_sentence_ends_like_one_and_does_not_shout(sentence: str) -> None:
    assert sentence.endswith(".")
    assert "!" not in sentence


def test_a_refusal_tells_programs_a_code_and_people_a_template_with_its_values() -> None:
    refusal = CartRefused("cart.too_much", "One line holds {limit} at most.", limit=9999)
    assert refusal.as_dict() == {
        "code": "cart.too_much",
        "message": "One line holds {limit} at most.",
        "params": {"limit": 9999},
    }
    assert str(refusal) == refusal.sentence == "One line holds 9999 at most."


def test_a_value_with_braces_is_shown_and_not_filled() -> None:
    assert RetailError("x", "Code {code}.", code="{price}").sentence == "Code {price}."


def test_each_class_of_refusal_stands_in_the_tree_of_its_module_and_has_a_code_and_a_sentence() -> None:
    # Other rooms have refusals of their own, which stand here where their tests run in the same process.
    for kind in [one for one in RetailError.__subclasses__() if one.__module__ == errors.__name__]:
        assert kind.__name__ in (errors.__doc__ or "")
        assert kind().code == kind.code != RetailError.code
        assert kind().sentence == "That cannot be done."
