"""Read labels in other people's words, and name the values that mean nothing."""

from __future__ import annotations

import numpy as np
import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.training.label_values import LabelReader, LabelValues

LONG = "confirmed fraudulent by the review team of the second line"


def test_long_values_are_matched_whole() -> None:
    """A value of more characters than a message shows is read, and two of one beginning are told apart."""
    reader = LabelReader(LabelValues.of({LONG: 1, f"{LONG}, reversed": 0}))
    assert [reader.read(value) for value in (LONG, f" {LONG}, reversed ", f"{LONG}?")] == [1, 0, None]
    assert reader.odd == {f"{LONG}?": 1}
    with pytest.raises(ConfigurationError) as problem:
        reader.check("outcome")
    assert f"{LONG[:32]!r}... of {len(LONG) + 1} characters (1)" in str(problem.value)
    assert LONG not in str(problem.value)


@pytest.mark.parametrize("value", [1, 1.0, "1", " 1 ", np.int64(1), np.float64(1.0)])
def test_numbers_are_matched_however_tables_hold_them(value: object) -> None:
    """A one is a one, of text, floats or numpy."""
    assert LabelReader(LabelValues.of({"1": 1, "0": 0})).read(value) == 1
    assert LabelReader(None).read(value) == 1


def test_meanings_are_read_without_the_blanks_around_them() -> None:
    """Values are read without blanks, so the map's are too."""
    assert LabelReader(LabelValues.of({" fraud": 1, "legit ": "unknown"})).read("fraud") == 1


@pytest.mark.parametrize("said", [{}, [], "fraud=1", {"fraud": 2}, {"fraud": [1]}, {LONG: LONG}])
def test_other_meanings_are_refused(said: object) -> None:
    """A meaning is 1, 0 or unknown."""
    with pytest.raises(ConfigurationError, match="meaning"):
        LabelValues.of(said)


@pytest.mark.parametrize("text", ["", "fraud", "fraud=1,legit"])
def test_other_forms_are_refused(text: str) -> None:
    """The command line takes value=meaning, separated by commas."""
    with pytest.raises(ConfigurationError, match="form"):
        LabelValues.parse(text)


def test_a_column_of_something_else_is_told_in_short() -> None:
    """Of many values, eight are shown and the rest is counted."""
    reader = LabelReader(None)
    for value in range(2, 200):
        assert reader.read(f"value {value}") is None
    with pytest.raises(ConfigurationError, match=r"50 values .* and 42 more"):
        reader.check("label")
