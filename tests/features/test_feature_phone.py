"""Check the features of the telephone number."""

from __future__ import annotations

import pytest

from signup_risk.events import Signup
from signup_risk.features.base import Feature, Value
from signup_risk.features.context import Context
from signup_risk.features.phone import FEATURES
from signup_risk.normalize import PhoneFacts

AT = 1_780_000_000_000_000
BY_NAME = {entry.name: entry for entry in FEATURES}


def context(line: str = "mobile", *, valid: bool = True, extension: str | None = None) -> Context:
    """Return what is known of a number with the line type."""
    facts = PhoneFacts("+12025550143", "US", 1, line, valid, True, "+1202555", extension, 3, 2)
    return Context(Signup(), AT, phone=facts)


@pytest.mark.parametrize(
    ("name", "c", "expected"),
    [
        ("phone_valid", context(), True),
        ("phone_valid", context("unknown", valid=False), False),
        ("phone_voip", context("voip"), True),
        ("phone_voip", context("mobile"), False),
        ("phone_voip", context("unknown"), None),
        ("phone_service_line", context("toll_free"), True),
        ("phone_service_line", context("fixed_line"), False),
        ("phone_service_line", context("unknown"), None),
        ("phone_mobile", context("fixed_line_or_mobile"), True),
        ("phone_mobile", context("fixed_line"), False),
        ("phone_mobile", context("unknown"), None),
        ("phone_same_digit_run", context(), 3),
        ("phone_step_digit_run", context(), 2),
        ("phone_extension", context(extension="7"), True),
        ("phone_extension", context(), False),
    ],
)
def test_value(name: str, c: Context, expected: Value) -> None:
    """Each feature says what its text says."""
    assert BY_NAME[name].compute(c) == expected


@pytest.mark.parametrize("entry", FEATURES, ids=lambda entry: entry.name)
def test_nothing_known(entry: Feature) -> None:
    """Without a number every answer is unknown."""
    assert entry.compute(Context(Signup(), AT)) is None
