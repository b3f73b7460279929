"""Describe the characters of a short text: mailbox, user name or name.

All measures are language independent except the consonant and vowel ones, which are None where the text is
not written in ASCII letters: what is rare in English is ordinary elsewhere.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

VERSION: Final = 1

# As long as the longest field of the contract that is described (user name, 255); the rest is not read.
MAX_LENGTH: Final = 255

# "y" counts as a vowel: as a consonant it would stretch the runs of Welsh, Polish and Turkic names.
_VOWELS: Final = "aeiouy"
_CONSONANTS: Final = re.compile("[bcdfghjklmnpqrstvwxz]+")
_DIGITS: Final = re.compile("[0-9]+")
_SIGNS: Final = re.compile(r"[\W_]+")
_RUNS: Final = re.compile(r"\d+|\D+")
_KEYBOARD_ROWS: Final = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "qwertzuiop",
)
_ASCII_DIGITS: Final = "0123456789"
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
    return _describe_ascii(low) if low.isascii() else _describe_any(low)


def _describe_any(low: str) -> TextFacts:
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


def _describe_ascii(low: str) -> TextFacts:
    """Take the measures of :func:`_describe_any` from three translations of the bytes, in half of the time."""
    data = low.encode("ascii")
    kinds = data.translate(_ASCII_KINDS, _ASCII_SIGNS)
    letters = kinds.count(b"a")
    digits = len(kinds) - letters
    consonants = data.translate(_ASCII_CONSONANTS)
    repeats, keys = _ascii_runs(low)
    return TextFacts(
        length=len(low),
        letters=letters,
        digits=digits,
        digit_share=digits / (letters + digits) if digits else 0.0,
        entropy=entropy(low),
        trailing_digits=len(low) - len(low.rstrip(_ASCII_DIGITS)),
        year=year_suffix(low),
        repeat_run=repeats,
        step_run=step_run(low) if digits > 1 else digits,
        keyboard_run=keys,
        switches=kinds.count(b"a0") + kinds.count(b"0a"),
        consonant_run=max(map(len, consonants.split()), default=0) if letters else None,
        vowel_share=(letters - consonants.count(b"c")) / letters if letters else None,
    )


def _ascii_runs(low: str) -> tuple[int, int]:
    """Give :func:`repeat_run` and :func:`keyboard_run` of ASCII text in lower case in one pass.

    Standing still is one more direction of the walk, so that most pairs cost one look into one table: half of
    the time of two passes.
    """
    repeats = keys = run = 1
    walks = 0
    for pair in pairwise(low):
        possible = _ASCII_WALKS.get(pair, 0)
        if possible:
            going = walks & possible
            run = run + 1 if going else 2
            if possible == _SAME:
                repeats = max(repeats, run)
            else:
                keys = max(keys, run)
            walks = going or possible
        else:
            walks = 0
    return repeats, keys


def entropy(text: str) -> float:
    """Give the Shannon entropy of the characters in bits, 0 for an empty text.

    Examples:
        >>> entropy("aaaa"), entropy("abab")
        (0.0, 1.0)
    """
    text = text[:MAX_LENGTH]
    terms = _entropy_terms(len(text))
    return abs(sum(map(terms.__getitem__, map(text.count, dict.fromkeys(text)))))


# Texts are short, so a few lengths make up nearly all: 64 tables of up to 255 numbers.
@lru_cache(maxsize=64)
def _entropy_terms(total: int) -> tuple[float, ...]:
    """Give what a character adds to the entropy, by how often it occurs: a logarithm costs more than a look."""
    shares = (count / total for count in range(1, total + 1))
    return 0.0, *(-share * math.log2(share) for share in shares)


def trailing_digits(text: str) -> int:
    """Count the digits at the end of a text.

    Examples:
        >>> trailing_digits("word12345"), trailing_digits("r2d")
        (5, 0)
    """
    text = text[-MAX_LENGTH:]
    if text.isascii():
        return len(text) - len(text.rstrip(_ASCII_DIGITS))
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
        if previous == current:
            run += 1
            best = max(best, run)
        else:
            run = 1
    return best


def step_run(text: str) -> int:
    """Count the longest run of ASCII digits that rise by one or fall by one; a single digit counts 1.

    Examples:
        >>> step_run("mail12345"), step_run("x987"), step_run("a1b7"), step_run("none")
        (5, 3, 1, 0)
    """
    return max(map(_steps, _DIGITS.findall(text[:MAX_LENGTH])), default=0)


def _steps(digits: str) -> int:
    best = run = 1
    before = 0
    for previous, current in pairwise(digits.encode("ascii")):
        step = current - previous
        if step in (1, -1):
            run = run + 1 if step == before else 2
            best = max(best, run)
        before = step
    return best


def keyboard_run(text: str) -> int:
    """Count the longest run of keys that stand side by side in one row, in either direction.

    Examples:
        >>> keyboard_run("qwerty99"), keyboard_run("lkjh"), keyboard_run("maria")
        (6, 4, 1)
    """
    text = text[:MAX_LENGTH].lower()
    best = run = 1 if text else 0
    walks = 0
    for pair in pairwise(text):
        possible = _WALKS.get(pair, 0)
        # The run goes on only in a row and direction that it has followed so far.
        if walks & possible:
            walks, run = walks & possible, run + 1
        else:
            walks, run = possible, 2 if possible else 1
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
    return max(map(len, _CONSONANTS.findall(text)), default=0)


def vowel_share(text: str) -> float | None:
    """Give the share of vowels among the letters; None if a letter is outside ASCII or there is no letter.

    Examples:
        >>> vowel_share("anna"), vowel_share("1234")
        (0.5, None)
    """
    text = text[:MAX_LENGTH].lower()
    if not _is_latin(text):
        return None
    vowels = sum(map(text.count, _VOWELS))
    return vowels / sum(map(str.isalpha, text))


def _is_latin(text: str) -> bool:
    return text.isascii() and any(map(str.isalpha, text))


def _switches(text: str) -> int:
    """Count changes between letters and digits; other characters are passed over."""
    runs = _RUNS.findall(_SIGNS.sub("", text))
    return max(len(runs) - 1, 0)


def _walks() -> dict[tuple[str, str], int]:
    """Give, for each pair of neighbours, a bit for every keyboard row and direction that it goes along."""
    walks: dict[tuple[str, str], int] = {}
    rows = [row[::direction] for row in _KEYBOARD_ROWS for direction in (1, -1)]
    for number, row in enumerate(rows):
        for pair in pairwise(row):
            walks[pair] = walks.get(pair, 0) | 1 << number
    return walks


_WALKS: Final = _walks()
_SAME: Final = 1 << 2 * len(_KEYBOARD_ROWS)
_ASCII_WALKS: Final = _WALKS | {(chr(code), chr(code)): _SAME for code in range(128)}

# For ASCII text in lower case: letters become "a" and digits "0" once signs are dropped; consonants become
# "c" and everything else a blank.
_ASCII_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyz"
_ASCII_SIGNS: Final = bytes(code for code in range(128) if not chr(code).isalnum())
_ASCII_KINDS: Final = bytes.maketrans(_ASCII_LETTERS + _ASCII_DIGITS.encode(), b"a" * 26 + b"0" * 10)
_ASCII_CONSONANTS: Final = bytes(ord("c" if chr(code) in "bcdfghjklmnpqrstvwxz" else " ") for code in range(256))
