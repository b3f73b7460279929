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
    return " ".join(_mask(word) for word in address_text(text).split())


def billing_shape(text: str) -> str:
    """Give the form of an address: ``W`` for a word, ``D`` and the number of digits for a number.

    Examples:
        >>> billing_shape("12 Main Street, Apt. 4"), billing_shape("221B Baker Street")
        ('D2 W W W D1', 'D3W W W')
        >>> billing_shape("Гоголя 5")
        'W D1'
    """
    return " ".join("".join(map(_run, *zip(*_kinds(word), strict=True))) for word in _words(text))


def postal_text(text: str) -> str:
    """Write a postal code without case, blanks and punctuation.

    Examples:
        >>> postal_text("sw1a 1aa"), postal_text("12345-6789")
        ('SW1A1AA', '123456789')
    """
    return normalize("NFKC", "".join(_words(text)).upper())


def _words(text: str) -> list[str]:
    text = normalize("NFKC", text[:MAX_LENGTH])[:MAX_LENGTH].casefold()
    text = normalize("NFKC", text).replace("'", "").replace("\u2019", "")
    spaced = "".join(char if kind_of(char) != "other" else " " for char in text)
    return spaced.split()[:MAX_WORDS]


def _kinds(word: str) -> list[tuple[str, str]]:
    return [(kind, "".join(group)) for kind, group in groupby(word, kind_of)]


def _run(kind: str, text: str) -> str:
    return f"D{min(len(text), _MAX_COUNT)}" if kind == "digit" else "W"


def _mask(word: str) -> str:
    return "".join("#" if kind == "digit" else text for kind, text in _kinds(word))
