"""Reduce a billing address to comparable text, to a template and to a shape.

Farms fill billing forms from one template and change the house number. The text finds the same address
again, the template finds the same street with other numbers, the shape finds the same form of address.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final
from unicodedata import normalize

from signup_risk.normalize.characters import kind_of

VERSION: Final = 1

# The longest address field of the contract; the rest is not read.
MAX_LENGTH: Final = 255
MAX_WORDS: Final = 32
_MAX_COUNT: Final = 9

# For ASCII text in lower case: apostrophes vanish, all other signs part words.
_ASCII_SIGNS: Final = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()} | {"'": ""})

# USPS Publication 28, appendices B and C1: the forms that people abbreviate most. Other languages keep their
# words as written.
_ABBREVIATIONS: Final[dict[str, str]] = {
    "apartment": "apt",
    "avenue": "ave",
    "av": "ave",
    "boulevard": "blvd",
    "building": "bldg",
    "circle": "cir",
    "court": "ct",
    "drive": "dr",
    "east": "e",
    "floor": "fl",
    "highway": "hwy",
    "lane": "ln",
    "north": "n",
    "parkway": "pkwy",
    "place": "pl",
    "road": "rd",
    "south": "s",
    "square": "sq",
    "street": "st",
    "str": "st",
    "suite": "ste",
    "terrace": "ter",
    "west": "w",
}


def address_text(text: str) -> str:
    """Write an address without case, punctuation and the usual differences of abbreviation.

    Examples:
        >>> address_text("12 Main Street, Apt. 4") == address_text("12 MAIN ST  apt 4")
        True
    """
    return " ".join(_ABBREVIATIONS.get(word, word) for word in _words(text))


def address_template(text: str) -> str:
    """Write an address like :func:`address_text`, with ``#`` for every number.

    Examples:
        >>> address_template("12 Main Street, Apt. 4"), address_template("907 Main St Apt 33")
        ('# main st apt #', '# main st apt #')
    """
    return describe_address(text)[1]


def billing_shape(text: str) -> str:
    """Give the form of an address: ``W`` for a word, ``D`` and the number of digits for a number.

    Examples:
        >>> billing_shape("12 Main Street, Apt. 4"), billing_shape("221B Baker Street")
        ('D2 W W W D1', 'D3W W W')
        >>> billing_shape("Гоголя 5")
        'W D1'
    """
    return describe_address(text)[0]


def describe_address(text: str) -> tuple[str, str]:
    """Give the shape and the template of an address, from one reading of it.

    Examples:
        >>> describe_address("12 Main Street, Apt. 4")
        ('D2 W W W D1', '# main st apt #')
    """
    words = _words(text)
    return " ".join(map(_shape, words)), " ".join(_mask(_ABBREVIATIONS.get(word, word)) for word in words)


def postal_text(text: str) -> str:
    """Write a postal code without case, blanks and punctuation.

    Examples:
        >>> postal_text("sw1a 1aa"), postal_text("12345-6789")
        ('SW1A1AA', '123456789')
    """
    return normalize("NFKC", "".join(_words(text)).upper())


def _words(text: str) -> list[str]:
    if text.isascii():
        return text[:MAX_LENGTH].lower().translate(_ASCII_SIGNS).split()[:MAX_WORDS]
    text = normalize("NFKC", text[:MAX_LENGTH])[:MAX_LENGTH].casefold()
    text = normalize("NFKC", text).replace("'", "").replace("\u2019", "")
    spaced = "".join(char if kind_of(char) != "other" else " " for char in text)
    return spaced.split()[:MAX_WORDS]


def _kinds(word: str) -> list[tuple[str, str]]:
    return [(kind, "".join(group)) for kind, group in groupby(word, kind_of)]


def _shape(word: str) -> str:
    # Nearly all words are letters or digits throughout, which saves taking them apart: a fifth of the time.
    if word.isalpha():
        return "W"
    if word.isdecimal():
        return _number(word)
    return "".join(_number(run) if kind == "digit" else "W" for kind, run in _kinds(word))


def _number(digits: str) -> str:
    return f"D{min(len(digits), _MAX_COUNT)}"


def _mask(word: str) -> str:
    if word.isalpha():
        return word
    if word.isdecimal():
        return "#"
    return "".join("#" if kind == "digit" else run for kind, run in _kinds(word))
