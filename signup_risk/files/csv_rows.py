"""Read the rows of a CSV file as mappings, losing no row to a broken one.

Every cell stays text, since the parsers of the event read numbers given as text and keep the leading zeros of
texts that look like numbers. Only the caller's own inputs (``custom.*``) have no parser that knows their
kind.
"""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from signup_risk.errors import InvalidSignup
from signup_risk.events import Signup
from signup_risk.events.fields import BY_NAME
from signup_risk.files.errors import UnreadableFile
from signup_risk.files.lines import LONGEST
from signup_risk.files.records import BadLine, Records

NumberedLines = Iterator[tuple[int, bytes | BadLine]]

#: Refuses the columns of a table, by raising ``UnreadableFile``.
CheckColumns = Callable[[Sequence[str]], None]

# An address of many lines has a dozen. A quote that is never closed is noticed after so many lines, not at
# the end.
_MOST_LINES: Final = 100
_FORM: Final = 'comma-separated, quoted with " where needed, every row with as many columns as the header'
# As RFC 8259 writes numbers: one with a leading zero is a text, such as a postal code.
_JSON_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_TRUTH: Final = {"true": True, "True": True, "false": False, "False": False}


def check_columns(columns: Sequence[str]) -> None:
    """Refuse columns that are no fields once, rather than in every row.

    Raises:
        UnreadableFile: A column is unknown or stands twice, or ``at`` is missing.
    """
    if not any(name in BY_NAME for name in columns):
        # Without a header the first line is somebody's data, so it is not shown.
        raise UnreadableFile("the first line is not a header: none of its columns is a field; add one that names them")
    check_names(columns)
    if "at" not in columns:
        raise UnreadableFile("there is no column at; it is required in files, an RFC 3339 time with offset")
    try:
        Signup.from_mapping(dict.fromkeys(columns))
    except InvalidSignup as problem:
        raise UnreadableFile(f"column {problem}; rename or drop it") from None


def check_names(columns: Sequence[str]) -> None:
    """Refuse columns of which two have one name.

    Raises:
        UnreadableFile: A column stands twice.
    """
    if len(set(columns)) != len(columns):
        raise UnreadableFile("the header names a column twice; keep one of them")


def csv_records(lines: NumberedLines, check: CheckColumns = check_columns) -> Records:
    r"""Yield the rows below the header, numbered by the line that they begin on; empty cells are left out.

    Args:
        lines: Numbered lines.
        check: Refuses columns that nobody wants.

    Raises:
        UnreadableFile: The header is none, or has columns that are no fields.

    Examples:
        >>> lines = [(1, b"at,card.last_digits"), (2, b"2026-05-01T12:00:00Z,0042")]
        >>> list(csv_records(iter(lines)))
        [(2, {'at': '2026-05-01T12:00:00Z', 'card.last_digits': '0042'})]
    """
    feed = _Feed(lines)
    rows = _rows(feed)
    columns = _header(rows, check)
    for number, row in rows:
        yield number, row if isinstance(row, BadLine) else _record(columns, row)


class _Feed:
    """Give lines as text to the CSV reader, and take back those of a row that turned out to be broken."""

    def __init__(self, lines: NumberedLines) -> None:
        self._lines = lines
        self._waiting: deque[tuple[int, bytes | BadLine]] = deque()
        self.taken: list[tuple[int, bytes | BadLine]] = []
        self._size = 0

    def begin_row(self) -> None:
        """Forget the lines of the last row."""
        self.taken.clear()
        self._size = 0

    def give_back(self) -> None:
        """Put all lines of the row but its first back, so that they are read as rows of their own."""
        self._waiting.extendleft(reversed(self.taken[1:]))

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MOST_LINES or self._size > LONGEST:
            raise StopIteration
        found = self._waiting.popleft() if self._waiting else next(self._lines)
        self.taken.append(found)
        line = found[1]
        if isinstance(line, BadLine):
            raise _Broken(line.reason)
        self._size += len(line)
        try:
            return line.decode("utf-8") + "\n"
        except UnicodeDecodeError as problem:
            raise _Broken(f"not UTF-8 at byte {problem.start + 1}; write the file in UTF-8") from None


class _Broken(Exception):  # noqa: N818 - becomes a bad line, not an error
    """Say why a row ends where it does."""


def _rows(feed: _Feed) -> Iterator[tuple[int, list[str] | BadLine]]:
    # Strict: a quote that is not closed ends in an error instead of a row that holds the lines after it.
    reader = csv.reader(feed, strict=True)
    while True:
        feed.begin_row()
        try:
            row: list[str] | BadLine = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = BadLine(f"not a row of CSV; {_FORM}")
        except _Broken as problem:
            row = BadLine(str(problem))
        number = feed.taken[0][0]
        if isinstance(row, BadLine):
            feed.give_back()
        if row:
            yield number, row


def _header(rows: Iterator[tuple[int, list[str] | BadLine]], check: CheckColumns) -> list[str]:
    for _, row in rows:
        if isinstance(row, BadLine):
            raise UnreadableFile(f"the header is {row.reason}")
        columns = [name.strip() for name in row]
        check(columns)
        return columns
    return []


def _record(columns: list[str], row: list[str]) -> dict[str, Any] | BadLine:
    if len(row) != len(columns):
        return BadLine(f"{len(row)} columns where the header has {len(columns)}; {_FORM}")
    return {
        name: typed(cell) if name.startswith("custom.") else cell
        for name, cell in zip(columns, row, strict=True)
        if cell
    }


def typed(cell: str) -> str | float | bool:
    """Read a cell as JSON would hold it, so that a table gives the model what JSON Lines give it.

    Examples:
        >>> typed("14"), typed("true"), typed("007")
        (14, True, '007')
    """
    if cell in _TRUTH:
        return _TRUTH[cell]
    if _JSON_NUMBER.fullmatch(cell):
        number: float = json.loads(cell)
        return number
    return cell
