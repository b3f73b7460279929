# ruff: noqa: RUF001, RUF002 - letters that resemble others are what this module is about
"""Read a personal name without judging it.

A name is compared and counted, never scored for its script, length or number of parts. The only oddity that
is reported is one that no keyboard layout produces by itself: look-alike letters of two alphabets inside
one word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final
from unicodedata import category, combining, normalize

from confusable_homoglyphs import categories, confusables

from signup_risk.normalize.characters import kind_of

VERSION: Final = 1

# The contract allows 255 characters a name; the rest of longer text is not read.
MAX_LENGTH: Final = 255

# Names repeat: most sign-ups bear one that was seen shortly before, and reading one takes 6 us, looking it up
# 0.1. The names live in this process only, the oldest make room.
CACHE_SIZE: Final = 8192

# Alphabets that share letter forms with Latin. Han, kana, Hangul and all other scripts mix freely in
# ordinary names (a Japanese name mixes three) and are never compared.
_LOOKALIKE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})
# Ukrainian, Belarusian, Kazakh and Serbian names typed on a Russian layout borrow these from Latin by hand.
_BORROWED: Final = frozenset("iIjJhH")
_NO_SCRIPT: Final = frozenset({"COMMON", "INHERITED", "Unknown"})

# Letters of Latin names that have no canonical decomposition; ASCII spellings as in ICAO Doc 9303-3 section
# 6, save that umlauts lose their marks (both spellings are tried where a mailbox is compared with a name).
_LATIN_ASCII: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
    | {"ŋ": "n", "ə": "e", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y"}
)
_JOINERS: Final = "\u200c\u200d"
_NO_JOINERS: Final = str.maketrans("", "", _JOINERS)
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’‘ʼʻ`´ʹʾʿ＇", "'"))


@dataclass(frozen=True, slots=True)
class _Part:
    """Hold what one of the two names says; see :class:`NameFacts`."""

    clean: str
    folded: str
    scripts: tuple[str, ...]
    mixed_script: bool
    shape: str
    digits: int
    letters: int


@dataclass(frozen=True, slots=True)
class NameFacts:
    """Hold what a name says about itself.

    Attributes:
        first: Given name as typed, in NFC and trimmed, or None.
        last: Family name likewise.
        folded_first: Given name for comparison: :func:`fold_name`; empty if there is none.
        folded_last: Family name likewise.
        scripts: Scripts of the letters, sorted, as ``("CYRILLIC",)``.
        mixed_script: True if one word mixes look-alike letters of two alphabets.
        shape: Coarse form that members of one generator share: :func:`name_shape` of both, joined by ``|``.
        digit_share: Share of digits among letters and digits.
        letters: Number of letters.
        repeated: True if both names are the same.
        has_single: True if only one of the two was given, as in many cultures.
    """

    first: str | None
    last: str | None
    folded_first: str
    folded_last: str
    scripts: tuple[str, ...]
    mixed_script: bool
    shape: str
    digit_share: float
    letters: int
    repeated: bool
    has_single: bool


def normalize_name(first: str | None, last: str | None) -> NameFacts | None:
    """Read a name of one or two parts; None if both are blank.

    Examples:
        >>> normalize_name("Søren", "Ødegård").folded_last
        'odegard'
        >>> facts = normalize_name("Иван", "Петров")
        >>> facts.scripts, facts.mixed_script, facts.shape
        (('CYRILLIC',), False, 'cyrillic|cyrillic')
        >>> normalize_name("Pаul", None).mixed_script  # with a Cyrillic a
        True
    """
    given, family = _part((first or "")[:MAX_LENGTH]), _part((last or "")[:MAX_LENGTH])
    if not (given.clean or family.clean):
        return None
    letters, digits = given.letters + family.letters, given.digits + family.digits
    return NameFacts(
        first=given.clean or None,
        last=family.clean or None,
        folded_first=given.folded,
        folded_last=family.folded,
        scripts=given.scripts if given.scripts == family.scripts else _union(given.scripts, family.scripts),
        mixed_script=given.mixed_script or family.mixed_script,
        shape=f"{given.shape}|{family.shape}",
        digit_share=digits / (letters + digits) if digits else 0.0,
        letters=letters,
        repeated=bool(given.folded) and given.folded == family.folded,
        has_single=not (given.clean and family.clean),
    )


def _union(scripts: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*scripts, *others}))


@lru_cache(maxsize=CACHE_SIZE)
def _part(text: str) -> _Part:
    clean = clean_name(text)
    return _Part(
        clean=clean,
        folded=_fold(clean),
        scripts=scripts_of(clean),
        mixed_script=has_mixed_script(clean),
        shape=name_shape(clean),
        digits=sum(map(str.isdecimal, clean)),
        letters=sum(map(str.isalpha, clean)),
    )


def clean_name(text: str) -> str:
    """Bring a name to NFKC with single blanks, without control characters and lone surrogates.

    Examples:
        >>> clean_name("  Ｊａｎｅ   Doe ")
        'Jane Doe'
    """
    text = text[:MAX_LENGTH]
    if not text.isascii():
        text = normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(c if _is_kept(c) else " " for c in text)
    return " ".join(text.split())


def _is_kept(char: str) -> bool:
    """Keep the joiners U+200C and U+200D, which Persian and Indic names are written with."""
    return char in _JOINERS or category(char)[0] not in "CZ"


def fold_name(text: str) -> str:
    """Fold a name for comparison: compatibility forms, case, apostrophes, and the marks of Latin letters.

    Marks of other scripts carry the spelling and stay.

    Examples:
        >>> fold_name("Nguyễn"), fold_name("O’Brien"), fold_name("İlkay"), fold_name("हिन्दी") == "हिन्दी"
        ('nguyen', "o'brien", 'ilkay', True)
    """
    return _fold(clean_name(text))


def _fold(text: str) -> str:
    text = text.casefold()
    if text.isascii():
        return text.replace("`", "'")
    text = text.translate(_APOSTROPHES).translate(_NO_JOINERS)
    kept: list[str] = []
    latin = False
    for char in normalize("NFD", text):
        if combining(char):
            if not latin:
                kept.append(char)
            continue
        latin = script_of(char) == "LATIN"
        kept.append(char)
    folded = "".join(kept).translate(_LATIN_ASCII)
    return " ".join(normalize("NFC", folded).split())


@lru_cache(maxsize=8192)
def script_of(char: str) -> str:
    """Name the Unicode script of a character in capitals, ``COMMON`` for signs that belong to none.

    Examples:
        >>> script_of("я"), script_of("李"), script_of("-")
        ('CYRILLIC', 'HAN', 'COMMON')
    """
    return str(categories.alias(char))


def scripts_of(text: str) -> tuple[str, ...]:
    """List the scripts of the letters of a text, sorted.

    Examples:
        >>> scripts_of("高橋 みなみ")
        ('HAN', 'HIRAGANA')
    """
    if text.isascii():
        return ("LATIN",) if any(map(str.isalpha, text)) else ()
    return tuple(sorted({script_of(c) for c in text if c.isalpha()} - _NO_SCRIPT))


def has_mixed_script(text: str) -> bool:
    """Find look-alike letters of two alphabets inside one word.

    Words are told apart at anything that is not a letter or a mark: a name in two alphabets is somebody's
    transliteration, a word in two alphabets is somebody's disguise.

    Examples:
        >>> has_mixed_script("gооgle"), has_mixed_script("Иван Smith"), has_mixed_script("東京タワー")
        (True, False, False)
    """
    if text.isascii():
        return False
    return any(map(_is_disguised, _words(text)))


def _words(text: str) -> list[str]:
    return "".join(c if kind_of(c) == "letter" else " " for c in text).split()


def _is_disguised(word: str) -> bool:
    if word.isascii():
        return False
    by_script: dict[str, set[str]] = {}
    for char in word:
        script = script_of(char)
        if script in _LOOKALIKE:
            by_script.setdefault(script, set()).add(char)
    if "CYRILLIC" in by_script and by_script.get("LATIN", set()) <= _BORROWED:
        by_script.pop("LATIN", None)
    if len(by_script) < 2:
        return False
    return any(_resembles(char, set(by_script) - {script}) for script, chars in by_script.items() for char in chars)


@lru_cache(maxsize=2048)
def _lookalike_scripts(char: str) -> frozenset[str]:
    """List the scripts that have a look-alike of a character (Unicode confusables.txt)."""
    found = confusables.confusables_data.get(char) or ()
    return frozenset(script_of(c) for entry in found for c in entry["c"] if len(c) == 1)


def _resembles(char: str, scripts: set[str]) -> bool:
    return not scripts.isdisjoint(_lookalike_scripts(char))


# Lengths are named by the lower bound of a bucket: names of one generator differ in length, their kind does
# not.
_BUCKETS: Final = (13, 8, 4, 1)
_MAX_DIGITS: Final = 9
_MAX_PARTS: Final = 16
_NAME_SIGNS: Final = frozenset(" -'.")


def name_shape(text: str) -> str:
    """Reduce a name to case pattern and rough length of its words, other scripts to their names.

    Examples:
        >>> name_shape("Mary-Jane"), name_shape("SMITH"), name_shape("kqzvxw7"), name_shape("李小龍")
        ('Xx4-Xx4', 'X4', 'x4d1', 'han')
    """
    parts: list[str] = []
    for kind, group in groupby(text[:MAX_LENGTH].translate(_APOSTROPHES), kind_of):
        run = "".join(group)
        parts.append(_signs(run) if kind == "other" else _run_shape(kind, run))
    return "".join(parts[:_MAX_PARTS])


def _signs(run: str) -> str:
    return "".join(dict.fromkeys(char if char in _NAME_SIGNS else "?" for char in run))


def _run_shape(kind: str, run: str) -> str:
    if kind == "digit":
        return f"d{min(len(run), _MAX_DIGITS)}"
    script = next((name for name in map(script_of, run) if name not in _NO_SCRIPT), "other")
    if script != "LATIN":
        return script.lower()
    size = next(low for low in _BUCKETS if len(run) >= low)
    return f"{_case(run)}{size}"


def _case(word: str) -> str:
    if word.islower():
        return "x"
    if word.isupper():
        return "X"
    return "Xx" if word[0].isupper() and word[1:].islower() else "xX"
