"""Try to read lists of domains and local parts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from signup_risk.errors import ReferenceProblem
from signup_risk.references.texts import parse_list, read_list


def test_forms_of_a_line() -> None:
    """Comments, blank lines, groups, and the ways in which other lists write a domain are all read."""
    text = "# head\n\nExample.COM  # tail\n@at.example\n*.star.example\n.dot.example\nmine: a.example b.example\n"
    assert parse_list(text, "list", domains=True).entries == {
        "example.com": "",
        "at.example": "",
        "star.example": "",
        "dot.example": "",
        "a.example": "mine",
        "b.example": "mine",
    }


def test_idn_is_read_in_the_form_that_the_normalizer_gives() -> None:
    """A domain in Unicode is kept in ASCII, since look-ups come in ASCII."""
    assert list(parse_list("bücher.example", "list", domains=True).entries) == ["xn--bcher-kva.example"]


def test_header() -> None:
    """A list may say of which day it is, and until when it is to be believed."""
    content = parse_list("# as_of: 2026-05-01\n# stale_after: 2026-08-01\nexample.com", "list", domains=True)
    assert (content.as_of, content.stale_after) == (date(2026, 5, 1), date(2026, 8, 1))
    assert parse_list("example.com", "list", domains=True).stale_after is None


@pytest.mark.parametrize(
    "line", ["<html>", "nodots", "a..b", "-", "exa mple", "example.com/path", "a@b.example"]
)
def test_a_line_that_is_no_domain_is_refused_with_its_number(line: str) -> None:
    """A web page or another kind of list is not taken for a list of domains."""
    with pytest.raises(ReferenceProblem, match=r"mine\.txt, line 2"):
        parse_list(f"example.com\n{line}\n", "mine.txt", domains=True)


def test_a_date_that_is_none_is_refused() -> None:
    """A mistyped date is the user's to mend, not to be passed over."""
    with pytest.raises(ReferenceProblem, match="YYYY-MM-DD"):
        parse_list("# stale_after: tomorrow\nexample.com", "mine.txt", domains=True)


def test_local_parts_need_no_dot() -> None:
    """A list of roles is not held to the form of domains."""
    assert list(parse_list("no-reply postmaster", "list", domains=False).entries) == [
        "no-reply",
        "postmaster",
    ]


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 give an error that names the file."""
    path = tmp_path / "list.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReferenceProblem, match=r"list\.txt"):
        read_list(path, domains=True)
