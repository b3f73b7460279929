"""Take in what an analyst types, and put it out, so that a terminal shows it and obeys nothing in it."""

from __future__ import annotations

import math
import unicodedata
from typing import Final

from signup_risk.errors import ConfigurationError

#: Longest title, note, reason or name that is kept.
LONGEST: Final = 200

#: Longest confirmation, in days.
MOST_DAYS: Final = 3650

# Control characters, unpaired surrogates, and breaks of lines and paragraphs.
_CONTROL: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})

# Marks that turn the direction of the text after them (UAX 9); joiners are of the same category but spell words.
_TURNS: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def cleaned(what: str, text: str) -> str:
    r"""Return a text without control characters, cut at :data:`LONGEST`.

    Args:
        what: What it is, for the error.
        text: The text.

    Raises:
        ConfigurationError: It is no text.

    Examples:
        >>> cleaned("title", "Winter\n\x1b[31mfarm ")
        'Winter [31mfarm'
    """
    if not isinstance(text, str):
        raise ConfigurationError(f"{what} is of type {type(text).__name__}; give a text")
    spaced = "".join(" " if char in "\n\r\t\u2028\u2029" else char for char in text)
    return "".join(char for char in spaced if not _is_control(char)).strip()[:LONGEST]


def who(text: str) -> str:
    """Return who rules or acts.

    Raises:
        ConfigurationError: It is no text, or nobody.
    """
    found = cleaned("by", text)
    if not found:
        raise ConfigurationError("a ruling needs somebody who makes it, for the record; say who")
    return found


def checked_days(days: float) -> float:
    """Return for how many days a confirmation holds.

    Raises:
        ConfigurationError: They are no number, or not above 0 and at most :data:`MOST_DAYS`.
    """
    is_number = isinstance(days, int | float) and not isinstance(days, bool)
    if not is_number or not math.isfinite(days) or not 0 < days <= MOST_DAYS:
        told = repr(days) if is_number else f"of type {type(days).__name__}"
        raise ConfigurationError(f"days is {told}, which is not possible; give more than 0, at most {MOST_DAYS}")
    return days


def printable(text: str) -> str:
    r"""Return a text as it may be printed: what a terminal would obey stands as an escape.

    Examples:
        >>> print(printable("Winter\x1b[31m farm"))
        Winter\x1b[31m farm
    """
    return "".join(char.encode("unicode_escape").decode() if _is_control(char) else char for char in text)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples:
        >>> counted(1, "member"), counted(1200, "member")
        ('1 member', '1,200 members')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _is_control(char: str) -> bool:
    return char in _TURNS or unicodedata.category(char) in _CONTROL
