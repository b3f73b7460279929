"""Name the moments that the tests of the references ask at."""

from __future__ import annotations

from datetime import UTC, datetime


def at(text: str) -> int:
    """Return an ISO date or time in UTC as microseconds since the epoch."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


# The bundled data is in date at NOW, and all of it is out of date at LATER.
NOW = at("2027-01-15")
LATER = at("2060-01-01")
