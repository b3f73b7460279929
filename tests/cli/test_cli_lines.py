"""Split bytes into lines, whatever the blocks are that they come in."""

from __future__ import annotations

import tracemalloc
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.files.lines import LONGEST, Read, numbered_lines
from signup_risk.files.records import BadLine


def reads(blocks: list[bytes]) -> Read:
    """Return a reader that gives one block after another, as a slow pipe does."""
    waiting = [block for block in blocks if block]
    return lambda _size: waiting.pop(0) if waiting else b""


@given(st.lists(st.text("ab\r\n ", max_size=8).map(str.encode), max_size=12))
def test_blocks_do_not_matter(blocks: list[bytes]) -> None:
    """Lines are those of the whole content, however it is cut."""
    content = b"".join(blocks)
    expected = content.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert [line for _, line in numbered_lines(reads(blocks))] == expected


@pytest.mark.parametrize("ending", [b"", b"\n", b"\nlast"])
@pytest.mark.parametrize("length", [LONGEST + 1, 3 * LONGEST])
def test_long_lines_are_dropped(length: int, ending: bytes) -> None:
    """A line above the limit is a bad line, its neighbours are whole and keep their numbers."""
    found = list(numbered_lines(BytesIO(b"first\n" + b"x" * length + ending).read))
    assert found[0] == (1, b"first")
    assert found[1][0] == 2
    assert isinstance(found[1][1], BadLine)
    assert found[2:] == ([(3, b"last")] if ending == b"\nlast" else [])


def test_endless_line_takes_no_memory() -> None:
    """However long a line is, no more of it is held than the limit."""
    blocks = iter([b"x" * LONGEST] * 64)
    tracemalloc.start()
    found = list(numbered_lines(lambda _size: next(blocks, b"")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 1
    assert peak < 8 * LONGEST


def test_longest_line_is_kept() -> None:
    """A line of just the limit is kept."""
    assert list(numbered_lines(BytesIO(b"x" * LONGEST).read)) == [(1, b"x" * LONGEST)]


def test_byte_order_mark() -> None:
    """A byte order mark is dropped where the content begins, even if it comes in pieces, and nowhere else."""
    blocks = [b"\xef", b"\xbb", b"\xbfa\n", b"\xef\xbb\xbfb"]
    assert list(numbered_lines(reads(blocks))) == [(1, b"a"), (2, b"\xef\xbb\xbfb")]
