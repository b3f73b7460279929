"""Say the shapes of what people type (:mod:`signup_risk.normalize.shapes`) in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final

#: Explains what shapes look like, for whoever has not read this file.
LEGEND: Final = (
    "In braces stands a kind of text, not the text itself: {first} and {last} are the names given, {f} and {l} their "
    "first letters, {word} is four letters or more, {consonants} letters that nobody can say, {3 digits} any three. In "
    "shapes of names X stands for capitals, x for small letters, Xx for a word that begins with a capital, d for "
    "digits, and the number for the least length (1, 4, 8 or 13; of digits the exact one)."
)

_RUNS: Final[Mapping[str, str]] = {"i": "letter", "s": "2-3 letters", "w": "word", "k": "consonants", "y": "year"}
_COUNTED: Final[Mapping[str, str]] = {"d": "digit", "l": "letter", "m": "letters and digits", "hex": "hex digits"}
_COARSE: Final = re.compile(r"(hex|[dm])(\d+)|(uuid)|([iswky])|(.)", re.DOTALL)
_FINE: Final = re.compile(r"([ld])(\d+)|(.)", re.DOTALL)
_BILLING: Final = re.compile(r"D(\d+)|(W)")
# Longer runs are all counted as this many.
_MOST: Final = 20


def coarse_in_words(shape: str) -> str:
    """Say the coarse shape of a mailbox.

    Examples:
        >>> coarse_in_words("w.wd2"), coarse_in_words("hex8"), coarse_in_words("uuid"), coarse_in_words("m8_i")
        ('{word}.{word}{2 digits}', '{8 hex digits}', '{UUID}', '{8 letters and digits}_{letter}')
    """
    return "".join(_coarse(*found.groups()) for found in _COARSE.finditer(shape))


def fine_in_words(shape: str) -> str:
    """Say the fine shape of a mailbox or user name.

    Examples:
        >>> fine_in_words("l4.l1d2"), fine_in_words("l20~")
        ('{4 letters}.{1 letter}{2 digits}', '{20+ letters}…')
    """
    return "".join(_fine(*found.groups()) for found in _FINE.finditer(shape))


def billing_in_words(shape: str) -> str:
    """Say the form of a billing address, words that follow one another as one.

    Examples:
        >>> billing_in_words("D1 W W W D3"), billing_in_words("D3W W")
        ('{1 digit} {3 words} {3 digits}', '{3 digits}{word} {word}')
    """
    said = []
    for part, run in groupby(shape.split(" ")):
        count = len(list(run))
        if part == "W" and count > 1:
            said.append(f"{{{count} words}}")
        else:
            said += [_BILLING.sub(lambda found: "{word}" if found[2] else _many(int(found[1]), "digit"), part)] * count
    return " ".join(said)


def legend(texts: Iterable[str]) -> str:
    """Return the explanation if any of the texts holds a shape, else nothing.

    Examples:
        >>> legend(["domain example.com"]), legend(["mailboxes like {word}"]) == LEGEND
        ('', True)
    """
    return LEGEND if any("{" in text or "names of shape" in text for text in texts) else ""


def _coarse(counted: str | None, count: str, uuid: str | None, run: str | None, sign: str) -> str:
    if counted:
        return _many(int(count), _COUNTED[counted])
    if uuid:
        return "{UUID}"
    return f"{{{_RUNS[run]}}}" if run else _sign(sign)


def _fine(kind: str | None, count: str, sign: str) -> str:
    return _many(int(count), _COUNTED[kind]) if kind else _sign(sign)


def _many(count: int, noun: str) -> str:
    end = "" if count == 1 or noun.endswith("s") else "s"
    return f"{{{count}{'+' if count == _MOST else ''} {noun}{end}}}"


def _sign(sign: str) -> str:
    """Return a sign as it stands; a tilde says that more followed than a shape holds."""
    return "…" if sign == "~" else sign
