"""Choose a language by tags as browsers send them (RFC 9110, 12.5.4), looked up as RFC 4647, 3.4 says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

#: What is looked at of a header; browsers send less, and it comes from the applicant.
_LONGEST: Final = 1024
_MOST: Final = 32

_RANGE: Final = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?")


def choose(wanted: str | None, known: Collection[str], otherwise: str) -> str:
    """Return the known language that is wanted most.

    A range is looked up as it is and then shortened from its end: ``de-AT`` finds ``de``. What cannot be read is passed
    over, since an applicant may have typed it.

    Args:
        wanted: A tag, or a header ``Accept-Language``.
        known: Tags of the languages there are.
        otherwise: The language if none of them is known.

    Examples:
        >>> choose("de-AT, en;q=0.5", {"en", "de"}, "en"), choose("ja", {"en", "de"}, "en")
        ('de', 'en')
        >>> choose("en;q=0.2, fr-CA;q=0.9", {"en", "fr"}, "en"), choose("!", {"en"}, "en")
        ('fr', 'en')
    """
    by_lower = {tag.lower(): tag for tag in known}
    for tag in _ranges(wanted or ""):
        parts = tag.lower().split("-")
        while parts:
            if found := by_lower.get("-".join(parts)):
                return found
            parts.pop()
            if parts and len(parts[-1]) == 1:  # a singleton begins an extension and says nothing without it
                parts.pop()
    return otherwise


def _ranges(header: str) -> Iterator[str]:
    """Yield the ranges of a header, the one wanted most first; quality 0 is not wanted."""
    found: list[tuple[float, int, str]] = []
    for text in header[:_LONGEST].split(",")[:_MOST]:
        read = _RANGE.fullmatch(text)
        if read is not None and (quality := float(read[2] or 1.0)) > 0.0 and read[1] != "*":
            found.append((-quality, len(found), read[1]))
    return (tag for _, _, tag in sorted(found))
