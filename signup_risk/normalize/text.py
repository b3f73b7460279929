"""Describe the characters of a short text: mailbox, user name or name.

All measures are language independent except the consonant and vowel ones, which are None where the text is not
written in ASCII letters: what is rare in English is ordinary elsewhere.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

VERSION: Final = 1

# As long as the longest field of the contract that is described (user name, 255); the rest is not read.
MAX_LENGTH: Final = 255

# "y" counts as a vowel: as a consonant it would stretch the runs of Welsh, Polish and Turkic names.
_VOWELS: Final = frozenset("aeiouy")
_KEYBOARD_ROWS: Final = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "qwertzuiop")
_FIRST_YEAR: Final = 1930
_LAST_YEAR: Final = 2029


@dataclass(frozen=True, slots=True)
class TextFacts:
    """Hold measures of a text, taken on its lower-case form.

    Attributes:
        length: Number of characters.
        letters: Number of letters.
        digits: Number of digits.
        digit_share: Digits among letters and digits.
        entropy: Shannon entropy of the characters in bits.
        trailing_digits: Digits at the end.
        year: Year that the last digits may stand for (1930 to 2029), or None.
        repeat_run: Longest run of one character.
        step_run: Longest run of digits that rise or fall by one.
        keyboard_run: Longest run of neighbours in a row of a QWERTY, QWERTZ or AZERTY keyboard.
        switches: Changes between letters and digits.
        consonant_run: Longest run of ASCII consonants, None if a letter is outside ASCII or there is none.
        vowel_share: Share of vowels among the letters, None likewise.
    """

    length: int
    letters: int
    digits: int
    digit_share: float
    entropy: float
    trailing_digits: int
    year: int | None
    repeat_run: int
    step_run: int
    keyboard_run: int
    switches: int
    consonant_run: int | None
    vowel_share: float | None


def describe_text(text: str) -> TextFacts | None:
    """Measure a text; None if it is blank.

    Examples:
        >>> facts = describe_text("anna1987")
        >>> facts.digit_share, facts.trailing_digits, facts.year, facts.consonant_run
        (0.5, 4, 1987, 2)
        >>> describe_text("Иван").vowel_share is None
        True
    """
    low = text[:MAX_LENGTH].strip().lower()
    if not low:
        return None
    letters = sum(map(str.isalpha, low))
    digits = sum(map(str.isdecimal, low))
    return TextFacts(
        length=len(low),
        letters=letters,
        digits=digits,
        digit_share=digits / (letters + digits) if digits else 0.0,
        entropy=entropy(low),
        trailing_digits=trailing_digits(low),
        year=year_suffix(low),
        repeat_run=repeat_run(low),
        step_run=step_run(low),
        keyboard_run=keyboard_run(low),
        switches=_switches(low),
        consonant_run=consonant_run(low),
        vowel_share=vowel_share(low),
    )


def entropy(text: str) -> float:
    """Give the Shannon entropy of the characters in bits, 0 for an empty text.

    Examples:
        >>> entropy("aaaa"), entropy("abab")
        (0.0, 1.0)
    """
    text = text[:MAX_LENGTH]
    total = len(text)
    shares = (count / total for count in Counter(text).values())
    return abs(sum(-share * math.log2(share) for share in shares))


def trailing_digits(text: str) -> int:
    """Count the digits at the end of a text.

    Examples:
        >>> trailing_digits("word12345"), trailing_digits("r2d")
        (5, 0)
    """
    text = text[-MAX_LENGTH:]
    count = 0
    for char in reversed(text):
        if not char.isdecimal():
            break
        count += 1
    return count


def year_suffix(text: str) -> int | None:
    """Read exactly four last digits as a year from 1930 to 2029, as people put their birth year there.

    Examples:
        >>> year_suffix("anna1987"), year_suffix("anna19871"), year_suffix("anna8199")
        (1987, None, None)
    """
    tail = text[-4:]
    if trailing_digits(text) != 4 or not tail.isascii():
        return None
    return int(tail) if _FIRST_YEAR <= int(tail) <= _LAST_YEAR else None


def repeat_run(text: str) -> int:
    """Count the longest run of one character.

    Examples:
        >>> repeat_run("baaad")
        3
    """
    text = text[:MAX_LENGTH]
    best = run = 1 if text else 0
    for previous, current in pairwise(text):
        run = run + 1 if previous == current else 1
        best = max(best, run)
    return best


def step_run(text: str) -> int:
    """Count the longest run of digits that rise by one or fall by one; single digits count 1.

    Examples:
        >>> step_run("mail12345"), step_run("x987"), step_run("a1b7"), step_run("none")
        (5, 3, 1, 0)
    """
    best = run = step = 0
    previous: int | None = None
    for char in text[:MAX_LENGTH]:
        digit = ord(char) - 48
        if not 0 <= digit <= 9:
            previous, run = None, 0
            continue
        change = digit - previous if previous is not None else 0
        if change in (1, -1):
            run = run + 1 if change == step or run == 1 else 2
        else:
            run = 1
        previous, step, best = digit, change, max(best, run)
    return best


def keyboard_run(text: str) -> int:
    """Count the longest run of keys that stand side by side in one row, in either direction.

    Examples:
        >>> keyboard_run("qwerty99"), keyboard_run("lkjh"), keyboard_run("maria")
        (6, 4, 1)
    """
    text = text[:MAX_LENGTH].lower()
    best = 1 if text else 0
    for walks in _WALKS:
        run = 1
        for pair in pairwise(text):
            run = run + 1 if pair in walks else 1
            best = max(best, run)
    return best


def consonant_run(text: str) -> int | None:
    """Count the longest run of ASCII consonants; None if a letter is outside ASCII or there is no letter.

    Examples:
        >>> consonant_run("mathewstn"), consonant_run("Łódź")
        (4, None)
    """
    text = text[:MAX_LENGTH].lower()
    if not _is_latin(text):
        return None
    best = run = 0
    for char in text:
        run = run + 1 if char.isalpha() and char not in _VOWELS else 0
        best = max(best, run)
    return best


def vowel_share(text: str) -> float | None:
    """Give the share of vowels among the letters; None if a letter is outside ASCII or there is no letter.

    Examples:
        >>> vowel_share("anna"), vowel_share("1234")
        (0.5, None)
    """
    text = text[:MAX_LENGTH].lower()
    if not _is_latin(text):
        return None
    letters = [char for char in text if char.isalpha()]
    return sum(char in _VOWELS for char in letters) / len(letters)


def _is_latin(text: str) -> bool:
    return text.isascii() and any(map(str.isalpha, text))


def _switches(text: str) -> int:
    """Count changes between letters and digits; other characters are passed over."""
    kinds = [char.isdecimal() for char in text if char.isdecimal() or char.isalpha()]
    return sum(a != b for a, b in pairwise(kinds))


def _walks() -> tuple[frozenset[tuple[str, str]], ...]:
    """Give the neighbours of each keyboard in each direction; a walk keeps its direction."""
    return tuple(
        frozenset(pairwise(row[::direction])) for row in _KEYBOARD_ROWS for direction in (1, -1)
    )


_WALKS: Final = _walks()
