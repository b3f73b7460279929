"""Turn what a reader found in one place of a file into a sign-up, or into the reason why it is none.

A reader yields numbered payloads: the bytes of a line for JSON Lines, a mapping for CSV and Parquet. Parsing
is kept apart from reading, since it costs more and depends on one payload alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from signup_risk.errors import InvalidSignup
from signup_risk.events import Signup
from signup_risk.events.kinds import kind_of
from signup_risk.scorer.times import timely, utc_now


@dataclass(frozen=True, slots=True)
class BadLine:
    """Say why a line or row could not be scored, without a word of what it holds.

    Attributes:
        reason: What is wrong and what is allowed.
    """

    reason: str


Payload = bytes | Mapping[str, Any] | BadLine
Records = Iterator[tuple[int, Payload]]


def signup_of(payload: Payload) -> Signup | BadLine:
    """Read the sign-up in a payload.

    Examples:
        >>> signup_of(b'{"at": "2026-05-01T12:00:00Z"}').at_us
        1777636800000000
        >>> signup_of(b'{"email": "ada@example.com"}')
        BadLine(reason='at: found nothing; allowed: an RFC 3339 time with offset; it is required here')
    """
    if isinstance(payload, BadLine):
        return payload
    event = object_of(payload) if isinstance(payload, bytes) else payload
    if isinstance(event, BadLine):
        return event
    try:
        return timely(Signup.from_mapping(event, require_at=True), utc_now())
    except InvalidSignup as problem:
        return BadLine(str(problem))


def object_of(line: bytes) -> dict[str, Any] | BadLine:
    """Read one JSON object; no error of the parser is passed on, since some quote what they choked on.

    Examples:
        >>> object_of(b'{"email": "ada@example.com"}'), object_of(b"[1]").reason
        ({'email': 'ada@example.com'}, 'a list of length 1 instead of an object; write one object a line')
    """
    try:
        value = _DECODER.decode(line.decode("utf-8"))
    except UnicodeDecodeError as problem:
        return BadLine(f"not UTF-8 at byte {problem.start + 1}; write the file in UTF-8")
    except json.JSONDecodeError as problem:
        return BadLine(f"not valid JSON at character {problem.pos + 1}; write one whole object a line")
    except _Refused as problem:
        return BadLine(str(problem))
    except RecursionError:
        return BadLine("nested too deeply; a sign-up is an object of objects at most")
    except ValueError:
        # Python refuses to read integers of more than 4,300 digits.
        return BadLine("a number of too many digits")
    if isinstance(value, dict):
        return value
    return BadLine(f"{kind_of(value)} instead of an object; write one object a line")


class _Refused(ValueError):  # noqa: N818 - becomes a bad line, not an error
    """Refuse what Python reads as JSON though RFC 8259 does not allow it, or leaves it open."""


def _refuse_constant(_name: str) -> NoReturn:
    raise _Refused("NaN or Infinity, which JSON does not have; write null for unknown")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # RFC 8259 section 4 leaves open which value counts; a checked one could hide another that is used.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("an object that has one key twice; keep one of them")
    return found


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_without_doubles)
