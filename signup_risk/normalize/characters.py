"""Sort characters into letters, digits and the rest, alike for every script."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal
from unicodedata import category

Kind = Literal["letter", "digit", "other"]


@lru_cache(maxsize=8192)
def kind_of(char: str) -> Kind:
    """Say whether a character is part of a word, a decimal digit, or neither.

    Marks count as letters: the vowel signs of Indic scripts and the dots of Hebrew and Arabic belong to the
    word.

    Examples:
        >>> kind_of("ж"), kind_of("ि"), kind_of("٣"), kind_of("_")
        ('letter', 'letter', 'digit', 'other')
    """
    if char.isdecimal():
        return "digit"
    return "letter" if char.isalpha() or category(char)[0] == "M" else "other"
