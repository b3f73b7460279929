"""The way a mailbox was built from a name is named, and other scripts are not guilt."""
# ruff: noqa: RUF001 - letters and digits that resemble others are typed on purpose

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.normalize import matches_name
from signup_risk.normalize.name_match import RELATIONS

NAME = st.from_regex(r"[a-z]{4,9}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "first", "last", "code"),
    [
        ("john.smith", "John", "Smith", "first_last"),
        ("JohnSmith42", "John", "Smith", "first_last+digits"),
        ("smith_john", "John", "Smith", "last_first"),
        ("jsmith", "John", "Smith", "flast"),
        ("j.smith77", "John", "Smith", "flast+digits"),
        ("smithj", "John", "Smith", "lastf"),
        ("johns", "John", "Smith", "firstl"),
        ("sjohn", "John", "Smith", "lfirst"),
        ("john1987", "John", "Smith", "first+digits"),
        ("smith", "John", "Smith", "last"),
        ("js99", "John", "Smith", "initials+digits"),
        ("mathewstn", "Mathew", "Doe", "first+letters"),
        ("carlotazh", "Carlota", "Doe", "first+letters"),
        ("annaleexk", "Anna", "Lee", "first_last+letters"),
        ("xx.john.smith.42", "John", "Smith", "first_last+mixed"),
        ("alex77", "Alexander", "Smith", "partial"),
        ("tiger48213", "John", "Smith", "none"),
        ("john.smith+news", "John", "Smith", "first_last"),
        ("juergen.gross", "Jürgen", "Groß", "first_last"),
        ("jurgen.gross", "Jürgen", "Groß", "first_last"),
        ("soeren.odegard", "Søren", "Ødegård", "first_last"),
        ("sobrien", "Sinéad", "O’Brien", "flast"),
        ("mary.jones", "Mary-Jane", "Jones", "first_last"),
        ("maryjane.jones", "Mary-Jane", "Jones", "first_last"),
        ("nguyen.anh", "Ánh", "Nguyễn", "last_first"),
        ("li.wu", "Li", "Wu", "first_last"),
        ("oliver7", "Li", "Wu", "none"),
        ("annabel", "Ann", "Wu", "partial"),
        ("tjsx", "John", "Smith", "none"),
        ("suharto88", "Suharto", None, "first+digits"),
        ("suharto", None, "Suharto", "last"),
        ("иван.петров", "Иван", "Петров", "first_last"),
        ("ivan.petrov", "Иван", "Петров", "unknown"),
        ("xiaolong.li", "小龍", "李", "unknown"),
        ("иван", "John", "Smith", "unknown"),
        ("123456", "John", "Smith", "unknown"),
        ("john", None, None, "unknown"),
        ("john", "", " ", "unknown"),
        ("john", "---", "🙂", "unknown"),
        ("", "John", "Smith", "unknown"),
    ],
)
def test_known_relations(text: str, first: str | None, last: str | None, code: str) -> None:
    """Spellings, umlauts, double names, single names and foreign scripts."""
    assert matches_name(text, first, last).code == code


def test_a_generator_shows_one_code() -> None:
    """First name, last name and two random letters give one code in nearly all draws."""
    rng = random.Random(3)
    names = [("Oliver", "Walker"), ("Hannah", "Fisher"), ("Marcus", "Keller")]
    codes = [
        matches_name(f"{first}{last}{''.join(rng.choices('bcdfghjk', k=2))}", first, last)
        for first, last in names * 20
    ]
    assert {match.code for match in codes} == {"first_last+letters"}
    assert {match.rest_length for match in codes} == {2}


@given(NAME, NAME, st.integers(0, 10**6))
def test_full_name_and_number_are_found(first: str, last: str, number: int) -> None:
    """Both names and a number leave exactly the number, whatever the names."""
    match = matches_name(f"{first}.{last}{number}", first.title(), last.upper())
    assert match.relation in {"first_last", "last_first"}
    assert (match.rest, match.rest_length) == ("digits", len(str(number)))


@given(st.text(max_size=20), st.text(max_size=10), st.text(max_size=10))
def test_relation_is_always_one_of_the_list(text: str, first: str, last: str) -> None:
    """Whatever is typed, the relation is a documented one."""
    match = matches_name(text, first, last)
    assert match.relation in RELATIONS
    assert match.rest in {"", "digits", "letters", "mixed"}
    assert (match.rest_length == 0) == (match.rest == "")
