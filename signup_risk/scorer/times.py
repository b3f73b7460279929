"""Read the times that a caller gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from signup_risk.errors import InvalidSignup
from signup_risk.events import Signup

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

#: How far a sign-up, or what becomes of it, may lie ahead of the clock: more than any time zone mistaken for another.
_AHEAD: Final = timedelta(days=1)
_FUTURE: Final = "a time more than a day ahead of this machine's clock"


def utc_now() -> datetime:
    """Return the present moment, for sign-ups that come without ``at``."""
    return datetime.now(UTC)


def timely(event: Signup, now: datetime) -> Signup:
    """Return the sign-up with a time, the present one if it has none.

    The clock has no part in a score. It only keeps out times that cannot be: one sign-up dated to the year 2100
    would make all that the store knows look ninety days silent, and so forgotten.

    Raises:
        InvalidSignup: It lies more than a day ahead.

    Examples:
        >>> timely(Signup(), datetime(2026, 6, 1, tzinfo=UTC)).at.isoformat()
        '2026-06-01T00:00:00+00:00'
    """
    if event.at is None:
        return replace(event, at=now)
    if event.at - now > _AHEAD:
        raise InvalidSignup("at", _FUTURE, "a time that has come")
    return event


def moment_of(at: datetime | str | None, clock: Callable[[], datetime]) -> datetime:
    """Return a time that was given, now by default.

    Raises:
        InvalidSignup: It cannot be read, or has no offset.
    """
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at)
        except ValueError:
            raise InvalidSignup("at", "an unreadable string", "RFC 3339 with an offset") from None
    moment = clock() if at is None else at
    if moment.tzinfo is None:
        raise InvalidSignup("at", "a time without an offset", "an aware datetime, or RFC 3339 with an offset")
    return moment


def moment_come(at: datetime | str | None, clock: Callable[[], datetime]) -> datetime:
    """Return a time that is not yet to come, now by default.

    Of outcomes the one that became known last counts, so one of the year 2090 would stand against all that follow.

    Raises:
        InvalidSignup: It cannot be read, has no offset, or lies more than a day ahead of the clock.
    """
    moment = moment_of(at, clock)
    if at is not None and moment - clock() > _AHEAD:
        raise InvalidSignup("at", _FUTURE, "a time that has come")
    return moment


def microseconds(moment: datetime) -> int:
    """Return microseconds since the epoch.

    Examples:
        >>> microseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
        1000000
    """
    return (moment - _EPOCH) // timedelta(microseconds=1)
