"""Say how a mailbox or user name was built from a person's names.

The relation is a property of the sign-up, not a virtue: most people do not use their name in every address.
What tells a generator is that hundreds of sign-ups show the *same* relation with the same rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from signup_risk.normalize.characters import kind_of
from signup_risk.normalize.names import CACHE_SIZE, fold_name

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION: Final = 1

MAX_LENGTH: Final = 128

# Shorter pieces occur in any text by chance, so they must be all the letters there are.
_MIN_INSIDE: Final = 4
_MIN_PARTIAL: Final = 3

_ASCII_DIGITS: Final = "0123456789"
_ASCII_SIGNS: Final = re.compile("[^a-z0-9]+")

# German and Nordic people write umlauts in two letters (DIN 5007-2), as well as without dots.
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

RELATIONS: Final = (
    "first_last",
    "last_first",
    "flast",
    "lastf",
    "firstl",
    "lfirst",
    "first",
    "last",
    "initials",
    "partial",
    "none",
    "unknown",
)
_INITIALS: Final = RELATIONS.index("initials")


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Hold the relation of a text to a name.

    Attributes:
        relation: One of :data:`RELATIONS`; ``unknown`` if there is no name or the two are in different
            scripts.
        rest: What the names leave over: empty, ``digits``, ``letters`` or ``mixed``.
        rest_length: Number of letters and digits left over.
    """

    relation: str
    rest: str
    rest_length: int

    @property
    def code(self) -> str:
        """Give relation and rest as one word.

        Examples:
            >>> NameMatch("first", "letters", 2).code
            'first+letters'
        """
        return f"{self.relation}+{self.rest}" if self.rest else self.relation


_UNKNOWN: Final = NameMatch("unknown", "", 0)


def matches_name(text: str, first: str | None, last: str | None) -> NameMatch:
    """Find how a local part or user name contains a name; case, marks, signs and ``+`` tag do not matter.

    Examples:
        >>> matches_name("john.smith42", "John", "Smith").code
        'first_last+digits'
        >>> matches_name("jsmith", "John", "Smith").code
        'flast'
        >>> matches_name("mathewstn", "Mathew", "Doe").code, matches_name("tiger7", "Ann", "Lee").code
        ('first+letters', 'none')
        >>> matches_name("ivan.petrov", "Иван", "Петров").code
        'unknown'
    """
    typed = _compact(text.partition("+")[0] or text)
    letters = _only_letters(typed)
    firsts = _spellings(first[:MAX_LENGTH]) if first else ()
    lasts = _spellings(last[:MAX_LENGTH]) if last else ()
    names = firsts + lasts
    if not letters or letters.isascii() not in map(str.isascii, names):
        return _UNKNOWN
    found = max(_hits(typed, letters, firsts, lasts), default=None)
    if found is not None:
        _, rank, rest = found
        return NameMatch(RELATIONS[-rank], *_rest(rest))
    if any(_shares_start(letters, name) for name in names):
        return NameMatch("partial", "", 0)
    return NameMatch("none", "", 0)


def _compact(text: str) -> str:
    """Fold and drop everything but letters and digits."""
    return _only_words(fold_name(text[:MAX_LENGTH]))


def _only_words(text: str) -> str:
    if text.isalnum():
        return text
    if text.isascii():
        return _ASCII_SIGNS.sub("", text)
    return "".join(char for char in text if kind_of(char) != "other")


def _only_letters(text: str) -> str:
    letters = text.strip(_ASCII_DIGITS)
    if letters.isalpha():
        return letters
    return "".join(char for char in letters if kind_of(char) == "letter")


@lru_cache(maxsize=CACHE_SIZE)
def _spellings(name: str) -> tuple[str, ...]:
    """List the ways a name may be written: whole, its first and last word, umlauts in two letters."""
    name = name.lower()
    variants: dict[str, None] = {}
    for text in dict.fromkeys((name, name.translate(_UMLAUTS))):
        words = fold_name(text).replace("-", " ").split()
        whole = _only_words("".join(words))
        variants[whole] = None
        if len(words) > 1:
            variants[_only_words(words[0])] = variants[_only_words(words[-1])] = None
    variants.pop("", None)
    return tuple(variants)


def _candidates(typed: str, letters: str, firsts: tuple[str, ...], lasts: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yield every text that a relation would give and that may be there, with the number of the relation.

    A relation holds only if the names that it writes out are there, which most are not: looking for them
    first takes half of the time.
    """
    for first in firsts:
        if first in typed or first in letters:
            yield first, 6
            for last in lasts:
                yield first + last, 0
                yield last + first, 1
                yield first + last[0], 4
                yield last[0] + first, 5
    for last in lasts:
        if last in typed or last in letters:
            yield last, 7
            for first in firsts:
                yield first[0] + last, 2
                yield last + first[0], 3
    if len(letters) == 2:
        yield from ((first[0] + last[0], _INITIALS) for first in firsts for last in lasts)


def _hits(typed: str, letters: str, firsts: tuple[str, ...], lasts: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Yield length, negated number and rest of every relation that holds: the longest explains most."""
    for text, number in _candidates(typed, letters, firsts, lasts):
        if letters == text or (len(text) >= _MIN_INSIDE and text in typed):
            yield len(text), -number, typed.replace(text, "", 1)


def _rest(rest: str) -> tuple[str, int]:
    if not rest:
        return "", 0
    kinds = {kind_of(char) for char in rest}
    if len(kinds) > 1:
        return "mixed", len(rest)
    return ("digits" if kinds == {"digit"} else "letters"), len(rest)


def _shares_start(letters: str, name: str) -> bool:
    return letters[:_MIN_PARTIAL] == name[:_MIN_PARTIAL] and len(name) >= _MIN_PARTIAL
