"""Check that moments are read as RFC 3339 says, kept in UTC, and refused when they cannot be read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from signup_risk.errors import InvalidSignup
from signup_risk.events import Signup


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-05-01T14:00:00+02:00", datetime(2026, 5, 1, 12, tzinfo=UTC)),
        ("2026-05-01t12:00:00z", datetime(2026, 5, 1, 12, tzinfo=UTC)),
        ("2026-05-01 12:00:00.123456789Z", datetime(2026, 5, 1, 12, 0, 0, 123456, UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, 999999, UTC)),
        ("2016-12-31T23:59:60.5-00:00", datetime(2016, 12, 31, 23, 59, 59, 999999, UTC)),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2101-01-01T00:30:00+01:00", datetime(2100, 12, 31, 23, 30, tzinfo=UTC)),
        (datetime(2026, 5, 1, 14, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 5, 1, 12, tzinfo=UTC)),
    ],
)
def test_moments(value: Any, expected: datetime) -> None:
    """Moments are kept in UTC, to the microsecond."""
    signup = Signup.from_mapping({"at": value})
    assert signup.at == expected
    assert signup.at is not None
    assert signup.at.tzinfo is UTC
    assert signup.at_us == round(expected.timestamp() * 1_000_000)


@pytest.mark.parametrize(
    "value",
    [
        "2026-05-01T12:00:00",
        "2026-05-01",
        "20260501T120000Z",
        "2026-W18-5T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-05-01T25:00:00Z",
        "2026-05-01T12:00:00+25:00",
        "2026-05-01T12:00:00Z\n",
        "٢٠٢٦-05-01T12:00:00Z",
        "1969-12-31T23:59:59Z",
        "2101-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "yesterday",
        1777636800,
        True,
        date(2026, 5, 1),
        datetime(2026, 5, 1),  # noqa: DTZ001 - naive on purpose
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))),
    ],
)
@pytest.mark.parametrize("field", ["at", "label_at"])
def test_wrong_moments_are_the_callers_error(field: str, value: Any) -> None:
    """A moment that cannot be read raises, naming the field, and not repeating the value."""
    with pytest.raises(InvalidSignup) as caught:
        Signup.from_mapping({field: value})
    assert caught.value.field == field
    told = str(caught.value).replace("such as 2026-05-01T12:00:00Z", "")
    assert str(value) not in told
