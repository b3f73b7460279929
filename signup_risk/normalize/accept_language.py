"""Read an Accept-Language header (RFC 9110 12.5.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

VERSION: Final = 1

# The contract allows 255 characters; browsers send at most about ten languages.
MAX_LENGTH: Final = 512
MAX_TAGS: Final = 20
# Browsers send few distinct headers; a busy site sees some hundreds.
CACHE_SIZE: Final = 1024

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}")
_REGION: Final = re.compile(r"[A-Za-z]{2}")
_SUBTAG: Final = re.compile(r"[A-Za-z0-9]{1,8}")
_WEIGHT: Final = re.compile(r"q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LanguageFacts:
    """Hold the languages a browser asks for.

    Attributes:
        primary: Language that is preferred, ``en``.
        region: Alpha-2 region of the first tag of that language that names one, or None.
        tags: Tags in order of preference, in canonical case (``zh-Hant-TW``), without repeats.
        count: Number of tags.
    """

    primary: str
    region: str | None
    tags: tuple[str, ...]
    count: int


def normalize_languages(text: str) -> LanguageFacts | None:
    """Read a header; None if it names no language.

    A region is taken from the preferred language only: ``de, en-US;q=0.8`` is a German browser with the usual
    English fallback and says nothing about the United States.

    Examples:
        >>> normalize_languages("de,en-US;q=0.7,en;q=0.3").tags
        ('de', 'en-US', 'en')
        >>> normalize_languages("en, en-gb;q=0.9").region
        'GB'
        >>> normalize_languages("*") is None
        True
    """
    return _read(text[:MAX_LENGTH])


@lru_cache(maxsize=CACHE_SIZE)
def _read(text: str) -> LanguageFacts | None:
    weighted = [pair for pair in map(_item, text.split(",")[:MAX_TAGS]) if pair is not None]
    weighted.sort(key=lambda pair: -pair[0])
    tags = tuple(dict.fromkeys(tag for _, tag in weighted))
    if not tags:
        return None
    primary = tags[0].partition("-")[0]
    own = (tag for tag in tags if tag.partition("-")[0] == primary)
    region = next(filter(None, map(_region, own)), None)
    return LanguageFacts(primary, region, tags, len(tags))


def _item(item: str) -> tuple[float, str] | None:
    """Read one ``tag;q=weight``; an unreadable weight counts as 1, a weight of 0 refuses the language."""
    text, _, parameter = item.partition(";")
    tag = _canonical(text.strip().replace("_", "-"))
    if tag is None:
        return None
    match = _WEIGHT.fullmatch(parameter.strip())
    weight = float(match[1]) if match else 1.0
    return (weight, tag) if weight > 0 else None


def _canonical(tag: str) -> str | None:
    """Write a tag as RFC 5646 2.1.1 recommends: language lower, script title, region upper case."""
    language, *rest = tag.split("-")
    if not _LANGUAGE.fullmatch(language) or not all(map(_SUBTAG.fullmatch, rest)):
        return None
    return "-".join([language.lower(), *map(_subtag, rest)])


def _subtag(text: str) -> str:
    if len(text) == 2 and text.isalpha():
        return text.upper()
    return text.title() if len(text) == 4 and text.isalpha() else text.lower()


def _region(tag: str) -> str | None:
    return next((part for part in tag.split("-")[1:] if _REGION.fullmatch(part)), None)
