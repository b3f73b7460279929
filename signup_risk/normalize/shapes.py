"""Reduce what a person typed to the form that a generator would give it.

A farm draws names and numbers at random but not their arrangement: ``word12345``, ``first.lastNN``, eight
random characters. A *shape* keeps the arrangement and forgets the words, so that the members of one
generator meet under one velocity key. A shape accuses nobody: most shapes are shared by thousands of
ordinary people, and only an unusual *rate* of one is news.

Two grains are given. The coarse one (:func:`local_shape`, :func:`username_shape`) names the kinds of runs:

======  ==================================================================
``i``   one letter
``s``   two or three letters
``w``   a word: four letters or more, or any letters outside ASCII
``k``   four letters or more without a vowel, or with seven consonants in a row
``y``   four digits that read as a year from 1930 to 2029
``d5``  five digits; exact up to six, then ``d7`` (7 to 9) and ``d10`` (10 and more)
``m8``  eight letters and digits in disorder
``hex16``  sixteen hexadecimal digits in disorder; ``uuid`` a UUID
======  ==================================================================

Separators stand for themselves. The fine one (:func:`text_shape`) counts every run: ``l4.l5d2``.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Final
from unicodedata import normalize

from signup_risk.normalize.characters import kind_of
from signup_risk.normalize.text import year_suffix

VERSION: Final = 1

# Twice the longest local part of RFC 5321; what follows does not change a shape.
MAX_LENGTH: Final = 128
# A shape is a key: it stays short whatever was typed. More runs than this end in "~".
MAX_RUNS: Final = 24
_MAX_COUNT: Final = 20

_WORD: Final = 4
_SHORT: Final = 2
_HEX_MIN: Final = 8
_CONSONANTS: Final = 7
_DISORDER: Final = 2
_EXACT_DIGITS: Final = 6
_MANY_DIGITS: Final = 10

_UUID_MIN: Final = 32
_UUID: Final = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_HEX: Final = re.compile(r"[0-9a-f]+")
_ASCII_RUNS: Final = re.compile(r"[a-zA-Z]+|[0-9]+|.", re.DOTALL)
_NO_LETTERS: Final = re.compile(r"[^a-z]+")
# In words in lower case; "y" is a vowel, as it is for the consonant runs of the text measures.
_UNREADABLE: Final = re.compile(rf"[^aeiouy]+|[a-z]*[^aeiouy]{{{_CONSONANTS}}}[a-z]*")
_CAMEL: Final = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")

Run = tuple[str, str]


def text_shape(text: str) -> str:
    """Give the fine shape of a text: kinds and lengths of its runs, lengths counted up to 20.

    Examples:
        >>> text_shape("john.smith42"), text_shape("word12345"), text_shape("Иван_77")
        ('l4.l5d2', 'l4d5', 'l4_d2')
    """
    return _fine(_runs(_prepare(text).lower()))


def coarse_shape(text: str) -> str:
    """Give the coarse shape of a text without regard to case; see the table above.

    Examples:
        >>> [coarse_shape(text) for text in ("tiger48213", "anna1987", "9lives", "a3f9-x1b")]
        ['wd5', 'wy', 'd1w', 'm4-m3']
    """
    return describe_shape(text)[1]


def describe_shape(text: str) -> tuple[str, str]:
    """Give the fine and the coarse shape of a text, from one reading of it.

    Examples:
        >>> describe_shape("tiger48213") == (text_shape("tiger48213"), coarse_shape("tiger48213"))
        True
    """
    low = _prepare(text).lower()
    runs = _runs(low)
    return _fine(runs), _coarse(low, runs, camel=False)


def describe_local(local: str) -> tuple[str, str, str]:
    """Give the fine shape, the coarse shape and the stem of a local part, from one reading of it.

    Examples:
        >>> describe_local("mary.jones07+news")
        ('l4.l5d2', 'w.wd2', 'maryjones')
    """
    base = _without_tag(local)
    fine, coarse = describe_shape(base)
    return fine, coarse, stem(base)


def local_shape(local: str) -> str:
    """Give the coarse shape of the local part of an address, its ``+`` tag cut off.

    Examples:
        >>> [local_shape(x) for x in ("river48213", "stone90177")]  # one generator, one shape
        ['wd5', 'wd5']
        >>> [local_shape(x) for x in ("mary.jones07", "j.doe", "x7k2m9q4", "qkzmvtpl")]
        ['w.wd2', 'i.s', 'm8', 'k']
        >>> local_shape("3f2504e0-4f89-41d3-9a0c-0305e82c3301"), local_shape("9f86d081884c7d65")
        ('uuid', 'hex16')
    """
    return coarse_shape(_without_tag(local))


def local_shape_fine(local: str) -> str:
    """Give the fine shape of a local part, its ``+`` tag cut off.

    Examples:
        >>> local_shape_fine("mary.jones07+news")
        'l4.l5d2'
    """
    return text_shape(_without_tag(local))


def username_shape(text: str) -> str:
    """Give the coarse shape of a user name; capitals begin words and are written as capitals.

    Examples:
        >>> username_shape("BraveTiger42"), username_shape("bravetiger42"), username_shape("J_Doe")
        ('WWd2', 'wd2', 'I_S')
    """
    text = _prepare(text)
    return _coarse(text, _runs(text), camel=True)


def stem(text: str) -> str:
    """Keep the letters only, without case and ``+`` tag: what ``word`` plus digits has in common.

    Examples:
        >>> stem("Tiger48213"), stem("mary.jones07"), stem("12345")
        ('tiger', 'maryjones', '')
    """
    folded = _prepare(_without_tag(text)).casefold()
    if folded.isascii():
        return _NO_LETTERS.sub("", folded)
    letters = "".join(char for char in folded if kind_of(char) == "letter")
    return letters if letters.isascii() else normalize("NFKC", letters)


def _without_tag(local: str) -> str:
    """Cut the ``+`` tag of a local part, unless nothing would be left."""
    base, _, _ = local.partition("+")
    return base or local


def _prepare(text: str) -> str:
    text = text[:MAX_LENGTH].strip()
    return text if text.isascii() else normalize("NFKC", text)[:MAX_LENGTH]


def _runs(text: str) -> list[Run]:
    """Split into runs of letters, runs of digits and single other characters."""
    if text.isascii():
        return [(kind_of(run[0]), run) for run in _ASCII_RUNS.findall(text)]
    runs: list[Run] = []
    for kind, group in groupby(text, kind_of):
        if kind == "other":
            runs.extend((kind, char) for char in group)
        else:
            runs.append((kind, "".join(group)))
    return runs


def _fine(runs: list[Run]) -> str:
    return _join([_sign(run) if kind == "other" else f"{kind[0]}{min(len(run), _MAX_COUNT)}" for kind, run in runs])


def _sign(char: str) -> str:
    """Keep printable ASCII signs; everything else is one sign, a key holds no control characters or emoji."""
    if char == " ":
        return "_"
    return char if char.isascii() and char.isprintable() else "?"


def _join(parts: list[str]) -> str:
    return "".join(parts) if len(parts) <= MAX_RUNS else "".join(parts[:MAX_RUNS]) + "~"


def _coarse(text: str, runs: list[Run], *, camel: bool) -> str:
    if len(text) >= _UUID_MIN and _UUID.fullmatch(text.lower()):
        return "uuid"
    parts: list[str] = []
    piece: list[Run] = []
    for run in runs:
        if run[0] != "other":
            piece.append(run)
            continue
        parts += _token(piece, camel=camel)
        parts.append(_sign(run[1]))
        piece = []
    return _join(parts + _token(piece, camel=camel))


def _token(runs: list[Run], *, camel: bool) -> list[str]:
    """Name one piece between separators; disorder is named as a whole, order run by run."""
    if len(runs) > _DISORDER:
        words = [text for kind, text in runs if kind == "letter"]
        whole = "".join(text for _, text in runs)
        if len(whole) >= _HEX_MIN and _HEX.fullmatch(whole.lower()):
            return [f"hex{min(len(whole), 2 * _MAX_COUNT)}"]
        if any(len(word) < _WORD and word.isascii() for word in words):
            return [f"m{min(len(whole), _MAX_COUNT)}"]
    return [name for run in runs for name in _names(run, camel=camel)]


def _names(run: Run, *, camel: bool) -> list[str]:
    kind, text = run
    if kind == "digit":
        return [_number(text)]
    if not camel:
        return [_word(text)]
    return [_word(part.lower()).upper() if part[0].isupper() else _word(part) for part in _CAMEL.split(text)]


def _number(text: str) -> str:
    length = len(text)
    if length == 4 and year_suffix(text) is not None:
        return "y"
    if length <= _EXACT_DIGITS:
        return f"d{length}"
    return "d10" if length >= _MANY_DIGITS else "d7"


def _word(text: str) -> str:
    if not text.isascii():
        return "w"
    if len(text) < _WORD:
        return "s" if len(text) >= _SHORT else "i"
    return "k" if _UNREADABLE.fullmatch(text) else "w"
