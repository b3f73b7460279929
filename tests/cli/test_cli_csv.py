"""Read CSV: rows whole, numbered by their first line, none lost to a broken neighbour."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.files.csv_rows import csv_records
from signup_risk.files.errors import UnreadableFile
from signup_risk.files.lines import numbered_lines
from signup_risk.files.records import BadLine

HEADER = "at,email,billing.address\n"


def read(content: str | bytes) -> list[tuple[int, Any]]:
    """Read CSV; a bad row is told by its reason alone."""
    data = content if isinstance(content, bytes) else content.encode()
    rows = csv_records(numbered_lines(io.BytesIO(data).read))
    return [(number, row.reason if isinstance(row, BadLine) else row) for number, row in rows]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6))
def test_what_was_written_is_read(rows: list[tuple[str, str, str]]) -> None:
    """Any cells that a CSV writer writes come back, commas, quotes and line breaks included."""
    content = io.StringIO()
    csv.writer(content, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([HEADER.strip().split(","), *rows])
    names = HEADER.strip().split(",")
    expected = [{name: cell for name, cell in zip(names, row, strict=True) if cell} for row in rows]
    assert [row for _, row in read(content.getvalue())] == expected


def test_numbers_are_of_lines() -> None:
    """A row has the number of the line that it begins on, though the one before has several and one is blank."""
    found = read(HEADER + 'a,b,"1 Elm St\nUnit 2"\n\nc,d,e\r\n')
    assert found == [
        (2, {"at": "a", "email": "b", "billing.address": "1 Elm St\nUnit 2"}),
        (5, {"at": "c", "email": "d", "billing.address": "e"}),
    ]


def test_open_quote_loses_no_row() -> None:
    """A quote that is never closed spoils its own line, not the hundreds after it."""
    found = read(HEADER + 'a,"secret,c\n' + "a,b,c\n" * 300)
    assert [number for number, _ in found] == list(range(2, 303))
    assert "not a row of CSV" in found[0][1]
    assert "secret" not in found[0][1]
    assert all(row == {"at": "a", "email": "b", "billing.address": "c"} for _, row in found[1:])


def test_open_quote_that_a_later_one_closes() -> None:
    """Two broken rows that look like one long row together leave the rows between them whole."""
    found = read(HEADER + 'a,"b,c\na,b,c\na,x","c\na,b,c\n')
    assert [number for number, row in found if isinstance(row, dict)] == [3, 5]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"a,b", "2 columns where the header has 3"),
        (b"a,b,c,d", "4 columns where the header has 3"),
        (b'a,"b"x,c', "not a row of CSV"),
        (b"a,\xff,c", "not UTF-8 at byte 3"),
        (b"a,b\rb,c", "not a row of CSV"),
        (b"a," + b"x" * (1 << 21) + b",c", "longer than"),
        (b"a," + b"x" * 200_000 + b",c", "not a row of CSV"),
    ],
)
def test_bad_rows(row: bytes, reason: str) -> None:
    """A bad row is reported with its line, and the next is read."""
    found = read(HEADER.encode() + row + b"\na,b,c\n")
    assert found[0][0] == 2
    assert reason in found[0][1]
    assert found[1:] == [(3, {"at": "a", "email": "b", "billing.address": "c"})]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("ada,ada@example.com\n", "not a header"),
        ("email,country\n", "no column at"),
        ("at,email,email\n", "twice"),
        ("at,e_mail\n", "e_mail: found an unknown field; allowed: email is the closest"),
        ('at,"email\n', "the header is not a row"),
        ("at;email\n", "not a header"),
    ],
)
def test_bad_headers(content: str, reason: str) -> None:
    """A header that cannot be used is refused once, before any row, without showing what may be data."""
    with pytest.raises(UnreadableFile) as caught:
        read(content)
    assert reason in str(caught.value)
    assert "ada" not in str(caught.value)


def test_custom_cells_have_kinds() -> None:
    """Cells of the caller's own inputs are numbers and truth values where JSON would have them."""
    found = read("at,custom.a,custom.b,custom.c,custom.d,custom.e\nx,14,-2.5e1,True,007,gold\n")
    assert found == [
        (2, {"at": "x", "custom.a": 14, "custom.b": -25.0, "custom.c": True, "custom.d": "007", "custom.e": "gold"})
    ]


def test_nothing() -> None:
    """An empty file and one with a header alone have no rows."""
    assert read("") == []
    assert read(HEADER) == []
