"""CSV and JSON Lines: rows with the number of their line, and back. A value that is not a word or a number is JSON."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

LINE_CHARS_MAX = 256 * 1024
"""Of one row; a promotion that names thousands of goods is one."""
ROWS_MAX = 2_000_000


class FileRefused(ValueError):
    """The file as a whole cannot be read; the text is a sentence for a person."""


class Unread(str):
    """Why a row could not be read."""


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


def is_csv(path: Path) -> bool:
    if path.suffix in (".csv", ".jsonl", ".ndjson"):
        return path.suffix == ".csv"
    raise FileRefused("The name of the file has to end in .csv or .jsonl.")


def _lines(file: IO[str]) -> Iterator[tuple[int, Row]]:
    for line, text in enumerate(file, 1):
        if not text.strip():
            continue
        try:
            row = json.loads(text) if len(text) <= LINE_CHARS_MAX else Unread("the line is too long")
        except (ValueError, RecursionError):
            row = Unread("this is no JSON")
        yield line, row if isinstance(row, dict | Unread) else Unread("this is no JSON object")


def _csv(file: IO[str], columns: Sequence[str], nested: frozenset[str]) -> Iterator[tuple[int, Row]]:
    csv.field_size_limit(LINE_CHARS_MAX)
    first = file.readline()
    # Spreadsheets of countries with a decimal comma write semicolons.
    sign = ";" if first.count(";") > first.count(",") else ","
    names = next(csv.reader([first], delimiter=sign), [])
    unknown = [name for name in names if name.partition(".")[0] not in columns]
    if unknown or not names:
        raise FileRefused(f"There is no column {', '.join(unknown) or 'at all'}. There are: {', '.join(columns)}.")
    reader = csv.reader(file, delimiter=sign)
    line = 2
    for cells in reader:
        if cells:
            yield line, _row(names, cells, nested) if len(cells) == len(names) else Unread(_count(names, cells))
        line = reader.line_num + 2


def _count(names: Sequence[str], cells: Sequence[str]) -> str:
    return f"there are {len(cells)} cells for {len(names)} columns"


def _row(names: Sequence[str], cells: Sequence[str], nested: frozenset[str]) -> Row:
    """Cells by the names of their columns: `names.en` is a part of `names`; an empty cell says nothing."""
    row: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=True):
        whole, _, part = name.partition(".")
        if not cell:
            continue
        if part:
            row.setdefault(whole, {})[part] = cell
        elif whole in nested:
            try:
                row[whole] = json.loads(cell)
            except (ValueError, RecursionError):
                return Unread(f"{whole}: this is no JSON")
        else:
            row[whole] = cell
    return row


def write(path: Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str], languages: Sequence[str]) -> int:
    """Write rows, and how many they were; a text in several languages has a column for each."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        if not is_csv(path):
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
                written += 1
            return written
        heads = [head for name in columns for head in _heads(name, languages)]
        writer = csv.writer(file)
        writer.writerow(heads)
        for row in rows:
            writer.writerow([_cell(row, head) for head in heads])
            written += 1
    return written


def _heads(name: str, languages: Sequence[str]) -> list[str]:
    return [f"{name}.{language}" for language in languages] if name.endswith("names") else [name]


def _cell(row: Mapping[str, Any], head: str) -> Any:
    whole, _, part = head.partition(".")
    value = row.get(whole)
    if part:
        return (value or {}).get(part, "")
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict | list | tuple) else value
