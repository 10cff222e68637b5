"""CSV and JSON Lines: rows with the number of their line, and back. A value that is not a word or a number is JSON."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import IO, Any

from retail.errors import N_

LINE_CHARS_MAX = 256 * 1024
"""Of one row; a promotion that names thousands of goods is one."""
ROWS_MAX = 2_000_000


class FileRefused(ValueError):
    """The file as a whole cannot be read; the text is a sentence for a person."""


class Unread(str):
    """Why a row is refused: the English sentence, with what it takes to say it in another language."""

    message: str
    params: dict[str, Any]

    def __new__(cls, message: str, **params: Any) -> "Unread":
        made = super().__new__(cls, message.format(**params))
        made.message, made.params = message, params
        return made


FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""A text with which a spreadsheet would begin to calculate. An export puts an apostrophe before it, also where it has
some already, and an import takes one away."""
DEFUSED = re.compile(r"'+[=+\-@\t\r]")

Row = dict[str, Any] | Unread
"""A row as it stands in the file, or why it could not be read."""


def read(path: Path, columns: Sequence[str], nested: frozenset[str]) -> Iterator[tuple[int, Row]]:
    """The rows of a file with their line numbers; `nested` are the columns whose CSV cells are JSON.

    Raises `FileRefused` where the file is of another kind, or has a column that is not known.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            rows = _csv(file, columns, nested) if is_csv(path) else _lines(file)
            for n, (line, row) in enumerate(rows):
                if n >= ROWS_MAX:
                    raise FileRefused(f"The file has more than {ROWS_MAX} rows. Divide it.")
                yield line, row
        except UnicodeDecodeError:
            raise FileRefused("The file is not UTF-8 text. Save it as UTF-8.") from None
        except csv.Error as error:
            raise FileRefused(f"The file is no CSV that we can read: {error}.") from None


def row_of_line(text: str) -> Row:
    """The row in a line of JSON Lines."""
    try:
        row = json.loads(text) if len(text) <= LINE_CHARS_MAX else Unread(N_("the line is too long"))
    except (ValueError, RecursionError):
        row = Unread(N_("this is no JSON"))
    return row if isinstance(row, dict | Unread) else Unread(N_("this is no JSON object"))


def is_csv(path: PurePath) -> bool:
    if path.suffix in (".csv", ".jsonl", ".ndjson"):
        return path.suffix == ".csv"
    raise FileRefused("The name of the file has to end in .csv or .jsonl.")


def _lines(file: IO[str]) -> Iterator[tuple[int, Row]]:
    for line, text in enumerate(file, 1):
        if not text.strip():
            continue
        yield line, row_of_line(text)


def _csv(file: IO[str], columns: Sequence[str], nested: frozenset[str]) -> Iterator[tuple[int, Row]]:
    names, sign = heads(file.readline(), columns)
    reader = csv.reader(file, delimiter=sign)
    line = 2
    for cells in reader:
        if cells:
            yield line, row_of_cells(names, cells, nested)
        line = reader.line_num + 2


def heads(first: str, columns: Sequence[str]) -> tuple[list[str], str]:
    """The names of the columns by the first line of a CSV, and the sign between them."""
    csv.field_size_limit(LINE_CHARS_MAX)
    # Spreadsheets of countries with a decimal comma write semicolons.
    sign = ";" if first.count(";") > first.count(",") else ","
    names = next(csv.reader([first], delimiter=sign), [])
    unknown = [name for name in names if name.partition(".")[0] not in columns]
    if unknown or not names:
        raise FileRefused(f"There is no column {', '.join(unknown) or 'at all'}. There are: {', '.join(columns)}.")
    return names, sign


def row_of_cells(names: Sequence[str], cells: Sequence[str], nested: frozenset[str]) -> Row:
    """Cells by the names of their columns: `names.en` is a part of `names`; an empty cell says nothing."""
    if len(cells) != len(names):
        return Unread(N_("there are {found} cells for {wanted} columns"), found=len(cells), wanted=len(names))
    row: dict[str, Any] = {}
    for name, text in zip(names, cells, strict=True):
        cell = text[1:] if DEFUSED.match(text) else text
        whole, _, part = name.partition(".")
        if not cell:
            continue
        if part:
            row.setdefault(whole, {})[part] = cell
        elif whole in nested:
            try:
                row[whole] = json.loads(cell)
            except (ValueError, RecursionError):
                return Unread(N_("{column}: this is no JSON"), column=whole)
        else:
            row[whole] = cell
    return row


def write(path: Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str], languages: Sequence[str]) -> int:
    """Write rows, and how many they were; a text in several languages has a column for each."""
    with path.open("w", encoding="utf-8", newline="") as file:
        return write_into(file, is_csv(path), rows, columns, languages)


def write_into(
    file: IO[str], as_csv: bool, rows: Iterable[Mapping[str, Any]], columns: Sequence[str], languages: Sequence[str]
) -> int:
    """As `write`, into a file that is open."""
    written = 0
    if not as_csv:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
            written += 1
        return written
    names = [head for name in columns for head in _heads(name, languages)]
    writer = csv.writer(file)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row, head) for head in names])
        written += 1
    return written


def _heads(name: str, languages: Sequence[str]) -> list[str]:
    return [f"{name}.{language}" for language in languages] if name.endswith("names") else [name]


def _cell(row: Mapping[str, Any], head: str) -> Any:
    whole, _, part = head.partition(".")
    value = row.get(whole)
    if part:
        value = (value or {}).get(part, "")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}" if FORMULA.match(value) else value
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict | list | tuple) else value
