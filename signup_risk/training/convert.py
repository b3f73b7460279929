"""Convert the values of other people's tables to what the fields of a sign-up take."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import IPv4Address
from typing import Any, Final

from signup_risk.errors import ConfigurationError
from signup_risk.events.kinds import is_absent
from signup_risk.events.values import plain
from signup_risk.files.csv_rows import typed

#: Reads a value; ``None`` says that it cannot be used.
Convert = Callable[[Any], Any]

_OFFSET: Final = re.compile(r"([+-])(\d\d):(\d\d)", re.ASCII)
_NAIVE: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?", re.ASCII)


def ipv4_number(value: Any) -> str | None:
    """Read an IPv4 address that is written as a number, a fraction behind it included.

    Examples:
        >>> ipv4_number("732758368.79972"), ipv4_number(3221225985), ipv4_number("5e9")
        ('43.173.1.96', '192.0.2.1', None)
    """
    found = number(value)
    return str(IPv4Address(int(found))) if found is not None and 0 <= found < 2**32 else None


def number(value: Any) -> float | None:
    """Read a number, of text too.

    Examples:
        >>> number("12.5"), number("many")
        (12.5, None)
    """
    try:
        found = float(plain(value))
    except (TypeError, ValueError, OverflowError):
        # A whole number of more than 308 digits overflows.
        return None
    return found if math.isfinite(found) else None


def as_json(value: Any) -> Any:
    """Read a text as JSON would hold it, and leave anything else as it is.

    Examples:
        >>> as_json("14"), as_json("gold"), as_json(True)
        (14, 'gold', True)
    """
    return typed(value) if isinstance(value, str) else value


def epoch_seconds(value: Any) -> datetime | None:
    """Read seconds since 1970.

    Examples:
        >>> epoch_seconds("1777636800").isoformat()
        '2026-05-01T12:00:00+00:00'
    """
    seconds = number(value)
    if seconds is None or not 0 <= seconds < 2**32:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)


def time_reader(offset: str, formats: Sequence[str] = ()) -> Convert:
    """Return the reader of times that may lack an offset.

    Args:
        offset: Offset of times that have none, such as ``+02:00``.
        formats: Further forms, as :meth:`datetime.datetime.strptime` takes them.

    Raises:
        ConfigurationError: The offset is none.

    Examples:
        >>> read = time_reader("+02:00", ["%d.%m.%Y"])
        >>> [read(text).isoformat() for text in ("2026-05-01 14:00:00", "2026-05-01T12:00:00Z", "01.05.2026")]
        ['2026-05-01T14:00:00+02:00', '2026-05-01T12:00:00+00:00', '2026-05-01T00:00:00+02:00']
    """
    zone = _zone(offset)

    def read(value: Any) -> datetime | str | None:
        if isinstance(value, datetime):
            return value if value.utcoffset() is not None else value.replace(tzinfo=zone)
        if not isinstance(value, str):
            return None
        found = _from_text(value.strip(), formats)
        return found if found is None or found.tzinfo is not None else found.replace(tzinfo=zone)

    return read


def _from_text(text: str, formats: Sequence[str]) -> datetime | None:
    if _NAIVE.fullmatch(text) or text[:4].isdigit():
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    for form in formats:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the offset is set by the caller
        except ValueError:
            continue
    return None


def _zone(offset: str) -> timezone:
    match = _OFFSET.fullmatch(offset)
    if match is None:
        raise ConfigurationError(f"offset {offset[:20]!r} is not of the form +HH:MM, such as +00:00 for UTC")
    length = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if length >= timedelta(hours=24):
        raise ConfigurationError(f"offset {offset!r} is a day or more; give hours and minutes from UTC")
    return timezone(length if match[1] == "+" else -length)


def absent(value: Any) -> bool:
    """Tell whether a cell is empty.

    Examples:
        >>> absent(""), absent(float("nan")), absent(0)
        (True, True, False)
    """
    return value == "" if isinstance(value, str) else bool(is_absent(value))


#: Conversions that a map may name, besides ``time``, which takes an offset.
CONVERSIONS: Final[dict[str, Convert]] = {
    "ipv4_number": ipv4_number,
    "number": number,
    "json": as_json,
    "epoch_seconds": epoch_seconds,
}
