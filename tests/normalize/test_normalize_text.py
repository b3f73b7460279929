"""Measures of a text are those a person would count."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.normalize import describe_text
from signup_risk.normalize.text import (
    MAX_LENGTH,
    _describe_any,
    _describe_ascii,
    consonant_run,
    entropy,
    keyboard_run,
    repeat_run,
    step_run,
    trailing_digits,
    vowel_share,
    year_suffix,
)


def test_every_measure_of_one_text() -> None:
    """All measures of a mailbox, counted by hand."""
    facts = describe_text("Qwerty.Anna1234")
    assert facts is not None
    assert (facts.length, facts.letters, facts.digits, facts.digit_share) == (
        15,
        10,
        4,
        pytest.approx(4 / 14),
    )
    assert (facts.trailing_digits, facts.year, facts.repeat_run, facts.step_run) == (4, None, 2, 4)
    assert (facts.keyboard_run, facts.switches, facts.consonant_run) == (6, 1, 2)
    assert facts.vowel_share == pytest.approx(4 / 10)


def test_blank_is_none() -> None:
    """A blank text has no measures."""
    assert describe_text("") is describe_text(" \t") is None


@pytest.mark.parametrize("text", ["Иван", "李小龍", "محمد", "अनिल", "Łódź", "12345", "---"])
def test_consonants_are_not_judged_outside_ascii(text: str) -> None:
    """What has a letter outside ASCII, or no letter at all, gets no consonant or vowel measure."""
    assert consonant_run(text) is None
    assert vowel_share(text) is None
    facts = describe_text(text)
    assert facts is not None
    assert (facts.consonant_run, facts.vowel_share) == (None, None)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("anna1930", 1930),
        ("anna2029", 2029),
        ("anna1929", None),
        ("anna2030", None),
        ("19871987", None),
        ("1987a", None),
    ],
)
def test_years(text: str, year: int | None) -> None:
    """Exactly four last digits inside the bounds are a year."""
    assert year_suffix(text) == year


@pytest.mark.parametrize(
    ("text", "expected"),
    [("123456", 6), ("654321", 6), ("12321", 3), ("1a2b3c", 1), ("135", 1), ("", 0), ("٣٤٥", 0)],
)
def test_step_runs(text: str, expected: int) -> None:
    """Rising and falling runs count, a turn begins anew."""
    assert step_run(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("asdfg", 5),
        ("gfdsa", 5),
        ("azerty", 6),
        ("asdsa", 3),
        ("qmz", 1),
        ("azertz", 5),
        ("", 0),
        ("qwert1234", 5),
    ],
)
def test_keyboard_runs(text: str, expected: int) -> None:
    """A walk keeps its row and direction."""
    assert keyboard_run(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("", 0), ("abc", 1), ("aabbb", 3), ("aabaa", 2)])
def test_repeat_runs(text: str, expected: int) -> None:
    """The longest run of one character."""
    assert repeat_run(text) == expected


@given(st.text(max_size=300))
def test_measures_stay_within_their_bounds(text: str) -> None:
    """Shares lie between 0 and 1, counts within the part that is read, entropy within the possible."""
    facts = describe_text(text)
    if facts is None:
        return
    assert 0 <= facts.digit_share <= 1
    assert 0 <= (facts.vowel_share or 0) <= 1
    assert 0 <= facts.entropy <= math.log2(max(facts.length, 2)) + 1e-9
    for count in (
        facts.trailing_digits,
        facts.repeat_run,
        facts.step_run,
        facts.keyboard_run,
        facts.switches,
    ):
        assert 0 <= count <= 3 * MAX_LENGTH


@given(st.text("ab1", max_size=40), st.integers(0, 30))
def test_trailing_digits_are_counted(text: str, count: int) -> None:
    """Digits behind a letter are counted exactly."""
    assert trailing_digits(text + "z" + "7" * count) == count


@given(st.permutations("aabbccdd"))
def test_entropy_ignores_order(letters: list[str]) -> None:
    """Entropy depends on counts only."""
    assert entropy("".join(letters)) == pytest.approx(2.0)


@given(st.text("abcxyzqwertyasdf0123456789._-+ '\x00\x1c\x7f", min_size=1, max_size=60))
def test_fast_reading_of_ascii_gives_the_general_measures(typed: str) -> None:
    """Plain text is measured another way, with the same result to the last bit."""
    low = typed.lower()
    assert _describe_ascii(low) == _describe_any(low)
