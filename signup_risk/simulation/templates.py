"""Generate local parts and user names as account generators do, in many styles.

The same bank serves every farm, and a few per cent of ordinary people, so that no style is guilt. A template takes the
persona's ASCII names and the running number of the account.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from signup_risk.simulation.draw import digits, letters
from signup_risk.simulation.tables import words

Template = Callable[[Random, str, str, int], str]

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


TEMPLATES: Final[dict[str, Template]] = {
    "first_last_letters": lambda r, f, l, n: f + l[:1] + letters(r, r.randint(1, 2)),
    "firstlast_2letters": lambda r, f, l, n: f + l + letters(r, 2),
    "firstlast_3letters": lambda r, f, l, n: f + l + letters(r, 3),
    "word_5digits": lambda r, f, l, n: _word(r) + digits(r, 5),
    "word_3digits": lambda r, f, l, n: _word(r) + digits(r, 3),
    "first.last_2digits": lambda r, f, l, n: f"{f}.{l}{digits(r, 2)}",
    "firstlast_3digits": lambda r, f, l, n: f + l + digits(r, 3),
    "firstlast_4digits": lambda r, f, l, n: f + l + digits(r, 4),
    "random_8": lambda r, f, l, n: letters(r, 8),
    "random_10_alnum": lambda r, f, l, n: letters(r, 10, _ALNUM),
    "random_12_alnum": lambda r, f, l, n: letters(r, 1) + letters(r, 11, _ALNUM),
    "random_mixed": lambda r, f, l, n: letters(r, r.randint(6, 14), _ALNUM),
    "hex_8": lambda r, f, l, n: f"{r.getrandbits(32):08x}",
    "hex_16": lambda r, f, l, n: f"{r.getrandbits(64):016x}",
    "uuid_prefix": lambda r, f, l, n: f"{r.getrandbits(32):08x}-{r.getrandbits(16):04x}",
    "syllables_3": lambda r, f, l, n: _syllables(r, 3),
    "syllables_digits": lambda r, f, l, n: _syllables(r, r.randint(2, 4)) + digits(r, 2),
    "two_words": lambda r, f, l, n: _word(r) + _word(r),
    "two_words_digits": lambda r, f, l, n: _word(r) + _word(r) + digits(r, r.randint(1, 4)),
    "word.word": lambda r, f, l, n: f"{_word(r)}.{_word(r)}",
    "adjacent_words_dash": lambda r, f, l, n: f"{_word(r)}-{_word(r)}{digits(r, 2)}",
    "first_last_year": lambda r, f, l, n: f"{f}_{l}_{r.randint(1965, 2006)}",
    "first_year": lambda r, f, l, n: f"{f}{r.randint(1970, 2007)}",
    "last.first_digits": lambda r, f, l, n: f"{l}.{f}{digits(r, r.randint(1, 3))}",
    "initials_digits": lambda r, f, l, n: f[:1] + l[:1] + digits(r, 6),
    "initials_letters": lambda r, f, l, n: f[:1] + l + letters(r, 3),
    "random_dots": lambda r, f, l, n: _dotted(r, f + l),
    "leet": lambda r, f, l, n: _leet(f + l) + digits(r, 1),
    "keyboard": lambda r, f, l, n: _slide(r) + letters(r, 2),
    "sequential": lambda r, f, l, n: f"user{1000 + n}",
    "first_sequential": lambda r, f, l, n: f"{f}{100 + n}",
    "word_sequential": lambda r, f, l, n: f"{_word(r)}{n:04d}",
    "date_suffix": lambda r, f, l, n: f"{f}{r.randint(1, 28):02d}{r.randint(1, 12):02d}",
    "doubled_name": lambda r, f, l, n: f"{f}{f[:3]}{digits(r, 2)}",
    "reversed": lambda r, f, l, n: (l + f)[::-1][: r.randint(7, 12)],
    "letters_digits_letters": lambda r, f, l, n: letters(r, 4) + digits(r, 3) + letters(r, 2),
    "x_name_x": lambda r, f, l, n: f"xx{f}{digits(r, 2)}xx",
    "name_underscore_digits": lambda r, f, l, n: f"{f}_{digits(r, 4)}",
    "first.word": lambda r, f, l, n: f"{f}.{_word(r)}{digits(r, r.randint(0, 2))}",
    "first_plain_last": lambda r, f, l, n: f"{f}.{l}",
}
