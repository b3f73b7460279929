"""Read and write moments: RFC 3339 with an offset, kept in UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from signup_risk.errors import InvalidSignup
from signup_risk.events.kinds import is_absent, kind_of

# RFC 3339 section 5.6. `datetime.fromisoformat` reads more than that (week dates, basic format, no offset).
_RFC3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,32})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_FORM: Final = (
    "an RFC 3339 time with offset, such as 2026-05-01T12:00:00Z, or an aware datetime, 1970 to 2100"
)
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_END: Final = datetime(2101, 1, 1, tzinfo=UTC)
# Wide enough for any offset, so that the conversion to UTC cannot overflow before the range is looked at.
_YEARS: Final = range(1969, 2102)


def moment(field: str) -> Callable[[Any], datetime | None]:
    """Return the parser of a moment.

    A moment comes from the caller's clock, never from an applicant: one that cannot be read is the caller's
    error.

    Examples:
        >>> moment("at")("2026-05-01T14:00:00.123456789+02:00")
        datetime.datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=datetime.timezone.utc)
    """

    def parse(value: Any) -> datetime | None:
        if type(value) is str:
            if not value:
                return None
            found = _from_text(value)
        elif is_absent(value):
            return None
        else:
            found = _from_datetime(value)
        if found is None or not _FIRST <= found < _END:
            raise InvalidSignup(field, kind_of(value), _FORM)
        return found

    return parse


def _from_text(text: str) -> datetime | None:
    if not _RFC3339.fullmatch(text):
        return None
    # A leap second is the last moment of its minute: `datetime` has no second 60, and order is all that
    # matters.
    if text[17:19] == "60":
        text = f"{text[:17]}59.999999{text[-1:] if text[-1] in 'Zz' else text[-6:]}"
    try:
        return _to_utc(datetime.fromisoformat(text if text[-1] != "z" else text[:-1] + "Z"))
    except ValueError:
        return None


def _from_datetime(value: Any) -> datetime | None:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        return None
    return _to_utc(value)


def _to_utc(value: datetime) -> datetime | None:
    if value.year not in _YEARS:
        return None
    if value.tzinfo is UTC and type(value) is datetime:
        return value
    there = value.astimezone(UTC)
    # Rebuilt, because pandas.Timestamp is a datetime too, and would bring pandas into every pickle.
    return datetime(
        there.year, there.month, there.day, there.hour, there.minute, there.second, there.microsecond, UTC
    )


def write_moment(value: datetime) -> str:
    """Write a moment of UTC as RFC 3339.

    Examples:
        >>> write_moment(datetime(2026, 5, 1, 12, tzinfo=UTC))
        '2026-05-01T12:00:00Z'
    """
    return value.replace(tzinfo=None).isoformat() + "Z"
