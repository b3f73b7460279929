"""Generate local parts and user names as account generators do, in many styles.

The same bank serves every farm, and a few per cent of ordinary people, so that no style is guilt. A template
takes the persona's ASCII names and the running number of the account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from signup_risk.simulation.draw import digits, letters
from signup_risk.simulation.tables import words


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold what a template may use."""

    rng: Random
    first: str
    last: str
    number: int


Template = Callable[[Draft], str]

_ALNUM: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
_CONSONANTS: Final = "bcdfghjklmnprstvwz"
_VOWELS: Final = "aeiou"
_KEYBOARD: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedc", "poiuytrewq", "lkjhgfdsa")


def _syllables(rng: Random, count: int) -> str:
    return "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) + rng.choice(("", "", "n", "r")) for _ in range(count))


def _word(rng: Random) -> str:
    return rng.choice(words().words)


def _dotted(rng: Random, text: str) -> str:
    cut = rng.randint(1, max(1, len(text) - 1))
    return f"{text[:cut]}.{text[cut:]}" if len(text) > 2 else text


def _slide(rng: Random) -> str:
    row = rng.choice(_KEYBOARD)
    start = rng.randrange(len(row) - 3)
    return row[start : start + rng.randint(3, 5)] + digits(rng, rng.randint(1, 4))


def _leet(text: str) -> str:
    return text.translate(str.maketrans("aeios", "43105"))


# What patterns are put together from: the parts of a name, words, random letters, numbers.
_PARTS: Final[dict[str, Template]] = {
    "first": lambda d: d.first,
    "last": lambda d: d.last,
    "initial": lambda d: d.first[:1],
    "last_initial": lambda d: d.last[:1],
    "stem": lambda d: d.first[:4],
    "last_stem": lambda d: d.last[:5],
    "word": lambda d: _word(d.rng),
    "syllables": lambda d: _syllables(d.rng, 2),
    "letters_2": lambda d: letters(d.rng, 2),
    "letters_4": lambda d: letters(d.rng, 4),
    "alnum_6": lambda d: letters(d.rng, 6, _ALNUM),
    "year": lambda d: str(d.rng.randint(1965, 2008)),
}


def draw_pattern(rng: Random) -> Template:
    """Draw a way of writing that is on no list: two or three parts, separators, digits.

    Examples:
        >>> draw_pattern(Random(3))(Draft(Random(1), "maria", "lopez", 7)).isascii()
        True
    """
    parts = [_PARTS[rng.choice(tuple(_PARTS))] for _ in range(rng.choice((1, 2, 2, 2, 3)))]
    joint, count = rng.choice(("", "", "", ".", "_", "-")), rng.choice((0, 0, 1, 2, 2, 3, 4, 5, 6))
    fixed = rng.choice(("", "", "", "", "x", "the", "mr", "real", "my"))

    def write(draft: Draft) -> str:
        tail = digits(draft.rng, count) if len(parts) > 1 or count > 2 else digits(draft.rng, 4)
        return fixed + joint.join(part(draft) for part in parts) + tail

    return write


TEMPLATES: Final[dict[str, Template]] = {
    "first_last_letters": lambda d: d.first + d.last[:1] + letters(d.rng, d.rng.randint(1, 2)),
    "firstlast_2letters": lambda d: d.first + d.last + letters(d.rng, 2),
    "firstlast_3letters": lambda d: d.first + d.last + letters(d.rng, 3),
    "word_5digits": lambda d: _word(d.rng) + digits(d.rng, 5),
    "word_3digits": lambda d: _word(d.rng) + digits(d.rng, 3),
    "first.last_2digits": lambda d: f"{d.first}.{d.last}{digits(d.rng, 2)}",
    "firstlast_3digits": lambda d: d.first + d.last + digits(d.rng, 3),
    "firstlast_4digits": lambda d: d.first + d.last + digits(d.rng, 4),
    "random_8": lambda d: letters(d.rng, 8),
    "random_10_alnum": lambda d: letters(d.rng, 10, _ALNUM),
    "random_12_alnum": lambda d: letters(d.rng, 1) + letters(d.rng, 11, _ALNUM),
    "random_mixed": lambda d: letters(d.rng, d.rng.randint(6, 14), _ALNUM),
    "hex_8": lambda d: f"{d.rng.getrandbits(32):08x}",
    "hex_16": lambda d: f"{d.rng.getrandbits(64):016x}",
    "uuid_prefix": lambda d: f"{d.rng.getrandbits(32):08x}-{d.rng.getrandbits(16):04x}",
    "syllables_3": lambda d: _syllables(d.rng, 3),
    "syllables_digits": lambda d: _syllables(d.rng, d.rng.randint(2, 4)) + digits(d.rng, 2),
    "two_words": lambda d: _word(d.rng) + _word(d.rng),
    "two_words_digits": lambda d: _word(d.rng) + _word(d.rng) + digits(d.rng, d.rng.randint(1, 4)),
    "word.word": lambda d: f"{_word(d.rng)}.{_word(d.rng)}",
    "adjacent_words_dash": lambda d: f"{_word(d.rng)}-{_word(d.rng)}{digits(d.rng, 2)}",
    "first_last_year": lambda d: f"{d.first}_{d.last}_{d.rng.randint(1965, 2006)}",
    "first_year": lambda d: f"{d.first}{d.rng.randint(1970, 2007)}",
    "last.first_digits": lambda d: f"{d.last}.{d.first}{digits(d.rng, d.rng.randint(1, 3))}",
    "initials_digits": lambda d: d.first[:1] + d.last[:1] + digits(d.rng, 6),
    "initials_letters": lambda d: d.first[:1] + d.last + letters(d.rng, 3),
    "random_dots": lambda d: _dotted(d.rng, d.first + d.last),
    "leet": lambda d: _leet(d.first + d.last) + digits(d.rng, 1),
    "keyboard": lambda d: _slide(d.rng) + letters(d.rng, 2),
    "sequential": lambda d: f"user{1000 + d.number}",
    "first_sequential": lambda d: f"{d.first}{100 + d.number}",
    "word_sequential": lambda d: f"{_word(d.rng)}{d.number:04d}",
    "date_suffix": lambda d: f"{d.first}{d.rng.randint(1, 28):02d}{d.rng.randint(1, 12):02d}",
    "doubled_name": lambda d: f"{d.first}{d.first[:3]}{digits(d.rng, 2)}",
    "reversed": lambda d: (d.last + d.first)[::-1][: d.rng.randint(7, 12)],
    "letters_digits_letters": lambda d: letters(d.rng, 4) + digits(d.rng, 3) + letters(d.rng, 2),
    "x_name_x": lambda d: f"xx{d.first}{digits(d.rng, 2)}xx",
    "name_underscore_digits": lambda d: f"{d.first}_{digits(d.rng, 4)}",
    "first.word": lambda d: f"{d.first}.{_word(d.rng)}{digits(d.rng, d.rng.randint(0, 2))}",
    "first_plain_last": lambda d: f"{d.first}.{d.last}",
}
