"""Read single values of the input: one parser a kind of field.

A parser returns the value, or ``None`` where there is none (empty text, NaN), or raises :class:`Unusable`.
Numbers given as text and text given as numbers are read where there is one way to read them, as minFraud
does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final
from uuid import UUID

from signup_risk.errors import InvalidSignup
from signup_risk.events import warnings
from signup_risk.events.countries import COUNTRY_CODES
from signup_risk.events.custom import CustomValue
from signup_risk.events.kinds import is_absent, kind_of

Parser = Callable[[Any], Any]

# C0, DEL, C1 and unpaired surrogates. Format characters stay: joiners belong to Persian and Indic names.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NUMBER: Final = re.compile(r"[+-]?\d{1,20}(?:\.\d{0,20})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
# https://data.iana.org/time-zones/theory.html, "Timezone identifiers": parts of letters, digits, - + _ ; the
# longest name of tzdata 2024a has 32 characters and three parts.
_TIME_ZONE: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9_+-]{0,30}(?:/[A-Za-z][A-Za-z0-9_+-]{0,30}){0,2}", re.ASCII
)
_SCREEN: Final = re.compile(r"(\d{1,5}) ?[xX\u00d7] ?(\d{1,5})", re.ASCII)
# Beyond it floats are no longer exact, so numbers given as such may not be the ones meant.
_EXACT: Final = 2**53
# minFraud's bound for every number that it takes.
_LARGEST: Final = 1e13


class Unusable(Exception):  # noqa: N818 - not an error: it becomes a warning
    """Say that a value cannot be used.

    Attributes:
        code: One of the warning codes.
    """

    def __init__(self, code: str = warnings.INPUT_INVALID) -> None:
        super().__init__(code)
        self.code = code


def text(limit: int) -> Parser:
    """Return the parser of a text of at most so many characters; it is kept as typed.

    Examples:
        >>> text(10)("ada"), text(10)(42), text(10)("")
        ('ada', '42', None)
    """

    def parse(value: Any) -> str | None:
        # The printable text that nearly every value is, in one step.
        if type(value) is str and len(value) <= limit and value.isprintable():
            return value or None
        return _checked(_as_text(value), limit)

    return parse


def _checked(value: str | None, limit: int) -> str | None:
    if value and len(value) > limit:
        raise Unusable(warnings.INPUT_TOO_LONG)
    if value and _CONTROL.search(value):
        raise Unusable(warnings.INPUT_CONTROL_CHARACTER)
    return value or None


def _as_text(value: Any) -> str | None:
    if isinstance(value, str):
        return str.__str__(value)
    if is_absent(value):
        return None
    number = _python_number(value)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, int) and abs(number) < _EXACT:
        return str(number)
    if isinstance(value, UUID | IPv4Address | IPv6Address):
        return str(value)
    raise Unusable


def plain(value: Any) -> Any:
    """Return a value of numpy, of which tables are made, as the one of Python's that it stands for.

    Examples:
        >>> plain("ada")
        'ada'
    """
    return value.tolist() if hasattr(value, "tolist") else value


def _python_number(value: Any) -> int | float | None:
    """Return a number, a decimal too, as one of Python's; ``None`` for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() else None
    return None


def _number(value: Any) -> int | float | None:
    if isinstance(value, str):
        stripped = value.strip()
        if not stripped:
            return None
        if not _NUMBER.fullmatch(stripped):
            raise Unusable
        return float(stripped)
    if is_absent(value):
        return None
    number = _python_number(value)
    if number is None:
        raise Unusable
    return number


def number(least: float, most: float = _LARGEST) -> Parser:
    """Return the parser of a number within bounds.

    Examples:
        >>> number(0)("12.5"), number(0)(3)
        (12.5, 3.0)
    """

    def parse(value: Any) -> float | None:
        if type(value) is float and least <= value <= most:
            # Adding zero makes -0.0 plain 0.0.
            return value + 0.0
        found = _number(value)
        if found is None:
            return None
        if not least <= found <= most:
            raise Unusable
        return float(found) + 0.0

    return parse


def count(value: Any) -> int | None:
    """Read a whole number that is not negative.

    Examples:
        >>> count(3), count("3"), count(3.0)
        (3, 3, 3)
    """
    if type(value) is int and 0 <= value < _EXACT:
        return value
    found = _number(value)
    if found is None:
        return None
    if not 0 <= found < _EXACT or found != int(found):
        raise Unusable
    return int(found)


_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}


def flag(value: Any) -> bool | None:
    """Read a truth value, of text or numbers too.

    Examples:
        >>> flag(True), flag("False"), flag(1.0)
        (True, False, True)
    """
    if type(value) is bool:
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        if word and word not in _FLAGS:
            raise Unusable
        return _FLAGS.get(word)
    if is_absent(value):
        return None
    found = _python_number(value)
    if found not in (0, 1):
        raise Unusable
    return bool(found)


def country(value: Any) -> str | None:
    """Read an ISO 3166-1 alpha-2 code.

    Examples:
        >>> country("de")
        'DE'
    """
    if isinstance(value, str):
        if value in COUNTRY_CODES:
            return str.__str__(value)
        code = value.strip().upper()
        if code and code not in COUNTRY_CODES:
            raise Unusable(warnings.COUNTRY_INVALID)
        return code or None
    if is_absent(value):
        return None
    raise Unusable(warnings.COUNTRY_INVALID)


def time_zone(value: Any) -> str | None:
    """Read what is written as an IANA name; whether there is such a zone is for a reference to say.

    Examples:
        >>> time_zone("America/Argentina/Buenos_Aires")
        'America/Argentina/Buenos_Aires'
    """
    if isinstance(value, str):
        if value and not _TIME_ZONE.fullmatch(value):
            raise Unusable(warnings.TIME_ZONE_INVALID)
        return str.__str__(value) or None
    if is_absent(value):
        return None
    raise Unusable(warnings.TIME_ZONE_INVALID)


def screen(value: Any) -> tuple[int, int] | None:
    """Read width and height in pixels.

    Examples:
        >>> screen("1920x1080")
        (1920, 1080)
    """
    if isinstance(value, str):
        if not value:
            return None
        match = _SCREEN.fullmatch(value)
        if match:
            width, height = int(match[1]), int(match[2])
            # The largest side that fits the 16 bits of every display interface in use.
            if 1 <= width <= 65535 and 1 <= height <= 65535:
                return width, height
    elif is_absent(value):
        return None
    raise Unusable


def calendar_date(value: Any) -> date | None:
    """Read a real date, as text or as tables hold it.

    Examples:
        >>> calendar_date("1990-02-28")
        datetime.date(1990, 2, 28)
    """
    if isinstance(value, str):
        if not value:
            return None
        # `fromisoformat` also reads week dates and dates without hyphens; these places tell them apart.
        if len(value) == 10 and value[4] == value[7] == "-":
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise Unusable(warnings.DATE_INVALID) from None
    elif is_absent(value):
        return None
    elif isinstance(value, date):
        # A datetime, pandas' too, is a date with a time of day.
        return date(value.year, value.month, value.day)
    raise Unusable(warnings.DATE_INVALID)


def digits(*lengths: int) -> Parser:
    """Return the parser of a string of so many digits.

    A number may have lost leading zeros, so where two lengths are near it could be either: only the longer is
    taken.

    Examples:
        >>> digits(6, 8)("411111"), digits(2, 4)(1234)
        ('411111', '1234')
    """
    # An issuer's number never begins with zero in six digits, so its short form cannot come from a lost one.
    of_numbers = lengths if min(lengths) >= 6 else (max(lengths),)

    def parse(value: Any) -> str | None:
        if type(value) is str and len(value) in lengths and value.isascii() and value.isdigit():
            return value
        found = _as_text(value)
        if not found:
            return None
        allowed = lengths if isinstance(value, str) else of_numbers
        if len(found) not in allowed or not (found.isascii() and found.isdigit()):
            raise Unusable
        return found

    return parse


def one_of(*words: str) -> Parser:
    """Return the parser of one of a few words.

    Examples:
        >>> one_of("credit", "debit")("Credit")
        'credit'
    """
    allowed = frozenset(words)

    def parse(value: Any) -> str | None:
        if isinstance(value, str):
            word = value.strip().lower()
            if not word or word in allowed:
                return word or None
        elif is_absent(value):
            return None
        raise Unusable

    return parse


def result_code(value: Any) -> str | None:
    """Read the one character of a card check's result.

    Examples:
        >>> result_code("y")
        'Y'
    """
    found = _as_text(value)
    if not found:
        return None
    if len(found) != 1 or not (found.isascii() and found.isalnum()):
        raise Unusable
    return found.upper()


def label(value: Any) -> int | None:
    """Read a label; it is the analyst's, so a wrong one is an error.

    Examples:
        >>> label(1), label("0"), label(True)
        (1, 0, 1)
    """
    try:
        found = flag(plain(value))
    except Unusable:
        raise InvalidSignup(
            "label", kind_of(value), "1 (abusive), 0 (legitimate), or absent (unknown)"
        ) from None
    return None if found is None else int(found)


def share(name: str) -> Parser:
    """Return the parser of a share above 0, at most 1, that stands beside a label; a wrong one is an error as there.

    Examples:
        >>> share("propensity")("0.25")
        0.25
    """
    read = number(0, 1)

    def parse(value: Any) -> float | None:
        try:
            found = read(plain(value))
        except Unusable:
            found = 0.0
        if found == 0:
            raise InvalidSignup(name, kind_of(value), "a share above 0, at most 1, or absent (1)")
        return None if found is None else float(found)

    return parse


_CUSTOM_TEXT: Final = text(255)


def custom_value(value: Any) -> CustomValue | None:
    """Read one of the caller's own inputs: a number, a text or a truth value.

    Examples:
        >>> custom_value(14), custom_value("gold"), custom_value(False)
        (14, 'gold', False)
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _CUSTOM_TEXT(value)  # type: ignore[no-any-return]
    if is_absent(value):
        return None
    found = _python_number(value)
    if found is None or not -1e300 <= found <= 1e300:
        raise Unusable
    # Whole numbers beyond 2^53 are kept as the float that a model would read.
    return found if abs(found) < _EXACT else float(found)
