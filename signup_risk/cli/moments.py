"""Read times of the command line."""

from __future__ import annotations

from datetime import date

from signup_risk.errors import ConfigurationError, InvalidSignup
from signup_risk.events.moments import moment


def time_of(option: str, text: str) -> int:
    """Return a time in microseconds; a day means its first moment, in UTC.

    Args:
        option: The option that it was given to, for the message.
        text: The time.

    Raises:
        ConfigurationError: It is empty, cannot be read, or has no offset.

    Examples:
        >>> time_of("--until", "2026-05-01") == time_of("--until", "2026-05-01T02:00:00+02:00")
        True
    """
    from signup_risk.scorer.times import microseconds  # loads what most commands do not need

    try:
        found = moment(option)(_whole(text.strip()))
    except InvalidSignup:
        found = None
    if found is None:
        said = f"is {text.strip()[:40]!r}" if text.strip() else "is empty"
        raise ConfigurationError(
            f"{option} {said}; give a time with its offset such as 2026-05-01T12:00:00Z, from 1970 to 2100, or a day "
            f"such as 2026-05-01, or leave {option} out"
        )
    return microseconds(found)


def _whole(text: str) -> str:
    try:
        return f"{date.fromisoformat(text).isoformat()}T00:00:00Z"
    except ValueError:
        return text
