"""Finding the sentences of a room: Python by its syntax tree, templates by Jinja, JavaScript by a small scanner.

Babel's JavaScript lexer does not follow templates inside templates (``html`${a && html`${t("Pay")}`}` ``), which is how
our screens are written; hence a scanner of our own, which knows just enough of the language to find calls.
"""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2.ext import babel_extract

MsgId = str | tuple[str, str]

SINGLE = frozenset({"_", "N_", "t", "gettext"})
COUNTED = frozenset({"tn", "ngettext"})
# An error class states its sentence as a class attribute; `retail` may not import a marker for it.
SENTENCE_ATTRIBUTES = frozenset({"template", "sentence", "message"})
SKIPPED_FOLDERS = frozenset({"vendor", "node_modules", "__pycache__", "translations"})


def extract(room: Path) -> Iterator[tuple[str, MsgId]]:
    """(file relative to the room, msgid) for every sentence of a room; a counted one is (singular, plural)."""
    readers = {".py": from_python, ".html": from_template, ".js": from_javascript}
    for file in sorted(room.rglob("*")):
        relative = file.relative_to(room)
        if file.suffix not in readers or SKIPPED_FOLDERS & set(relative.parts):
            continue
        for msgid in readers[file.suffix](file.read_text(encoding="utf-8")):
            yield relative.as_posix(), msgid


def from_python(source: str) -> Iterator[MsgId]:
    """Sentences of `_("…")`, `N_("…")`, `ngettext("…", "…", n)`, and of class attributes such as `template = "…"`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _from_call(node)
        elif isinstance(node, ast.ClassDef):
            for statement in node.body:
                yield from _from_attribute(statement)


def _from_call(node: ast.Call) -> Iterator[MsgId]:
    function = node.func
    method = isinstance(function, ast.Attribute)
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    # `catalogues.gettext(locale, "…")` carries the language first; a plain `gettext("…")` does not.
    arguments = node.args[1:] if method and name in ("gettext", "ngettext") else node.args
    texts = [a.value for a in arguments[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if name in SINGLE and texts:
        yield texts[0]
    elif name in COUNTED and len(texts) == 2:
        yield texts[0], texts[1]


def _from_attribute(statement: ast.stmt) -> Iterator[MsgId]:
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    else:
        return
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    value = statement.value
    if names & SENTENCE_ATTRIBUTES and isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
        yield value.value


def from_template(source: str) -> Iterator[MsgId]:
    """Sentences of a Jinja template: `{{ _("…") }}`, `{{ ngettext("…", "…", n) }}`."""
    found = babel_extract(io.BytesIO(source.encode()), ["_", "gettext", "ngettext"], (), {"encoding": "utf-8"})
    for _line, function, message, _comments in found:
        texts = [part for part in (message if isinstance(message, tuple) else (message,)) if part is not None]
        if function == "ngettext" and len(texts) == 2:
            yield texts[0], texts[1]
        elif texts:
            yield texts[0]


_STRING = r'"(?:[^"\\\n]|\\.)*"|' + r"'(?:[^'\\\n]|\\.)*'"
_CALL = re.compile(
    rf"(?<![\w$.])(?P<name>{'|'.join(sorted(SINGLE | COUNTED))})\(\s*(?P<first>{_STRING})(?:\s*,\s*"
    rf"(?P<second>{_STRING}))?"
)
_SKIPPED = re.compile(rf"//[^\n]*|/\*.*?\*/|{_STRING}", re.DOTALL)
_WORD = re.compile(r"[\w$]+")
_REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r"}
_BEFORE_REGEX_WORDS = frozenset({"return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "await"})


def from_javascript(source: str) -> Iterator[MsgId]:
    """Sentences of `t("…")`, `tn("…", "…", n)` and their kin, at any depth of nested template literals."""
    # Each entry counts the open braces of one `${…}`; an empty stack is the top level of the module.
    depths: list[int] = []
    position, before = 0, ""
    while position < len(source):
        char = source[position]
        if char == "`":
            position = _template_text(source, position + 1, depths)
            before = "`"
        elif char == "}" and depths and depths[-1] == 0:
            depths.pop()
            position = _template_text(source, position + 1, depths)
            before = "`"
        elif call := _CALL.match(source, position):
            yield from _from_match(call)
            position = call.start("first")
            before = "("
        elif skipped := _SKIPPED.match(source, position):
            before = before if char == "/" else '"'
            position = skipped.end()
        elif char == "/" and _may_start_regex(before) and (regex := _REGEX.match(source, position)):
            position, before = regex.end(), '"'
        elif word := _WORD.match(source, position):
            position, before = word.end(), word[0]
        else:
            if depths and char in "{}":
                depths[-1] += 1 if char == "{" else -1
            before = before if char.isspace() else char
            position += 1


def _may_start_regex(before: str) -> bool:
    return not before or before in _BEFORE_REGEX_WORDS or not (before[-1].isalnum() or before[-1] in "_$)]\"'`")


def _template_text(source: str, position: int, depths: list[int]) -> int:
    """Skip template text from `position`; returns where code goes on: after the closing backtick or inside `${`."""
    while position < len(source):
        if source[position] == "\\":
            position += 2
        elif source[position] == "`":
            return position + 1
        elif source.startswith("${", position):
            depths.append(0)
            return position + 2
        else:
            position += 1
    return position


def _from_match(call: re.Match[str]) -> Iterator[MsgId]:
    first = _unquoted(call["first"])
    if call["name"] in SINGLE:
        yield first
    elif call["second"]:
        yield first, _unquoted(call["second"])


def _unquoted(literal: str) -> str:
    def letter(found: re.Match[str]) -> str:
        code = found[1] or found[2] or found[3]
        return chr(int(code, 16)) if code else _LETTERS.get(found[4], found[4])

    return _ESCAPE.sub(letter, literal[1:-1])
