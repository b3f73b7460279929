"""Recognise what could be a full card number, so that it is refused before anything keeps it.

A number is 13 to 19 digits that pass the Luhn check (ISO/IEC 7812-1), written with or without separators, in
any script's digits, alone or inside longer text. A token that is nothing but 12 to 19 digits is refused even
if the check fails: format-preserving tokens look like that, and nobody can tell them from mistyped numbers
(minFraud refuses them too). Short numeric tokens are let in, and separate fields are not glued together: the
first 8 and last 4 digits may be stored, and gluing a short token between them would refuse one honest token
in ten by chance.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

SHORTEST: Final = 12
# Known fields hold at most 255 characters and unknown ones are never kept, so no more has to be searched.
_SEARCHED: Final = 512
_NODES: Final = 256

_DIGIT: Final = re.compile(r"\d")
# Digits with anything but letters between them; \d and [\W_] are disjoint, so matching is linear.
_RUN: Final = re.compile(r"\d(?:[\W_]{0,8}\d)+")
# Random identifiers in hexadecimal: one in some hundred holds 13 digits in a row that pass the check by
# chance. They are told by their form, with several of its letters among the digits.
_HEX_IDENTIFIER: Final = re.compile(
    r"(?:[a-z]{1,12}[_-])?(?=(?:[^a-f]*[a-f]){2})"
    r"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})",
    re.IGNORECASE | re.ASCII,
)

# First digits by length, for numbers inside a longer run of digits (a number followed by its expiry date,
# say). There, Luhn alone would hit by chance. Schemes' own ranges: Visa 4; Mastercard 51-55 and 2221-2720;
# American Express 34, 37; Diners 30, 36, 38, 39; Discover, UnionPay, JCB, Maestro, RuPay, Mir, Troy in 2, 3,
# 5, 6, 8, 9 at 16.
_STARTS: Final[Mapping[int, tuple[str, ...]]] = {
    13: ("4",),
    14: ("30", "36", "38", "39"),
    15: ("34", "37"),
    16: ("2", "35", "36", "4", "5", "6", "8", "9"),
    19: ("4", "6"),
}
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def could_be_card_number(value: object, *, is_token: bool = False) -> bool:
    """Tell whether a value, or anything inside it, could be a full card number.

    Args:
        value: Any value, nested ones too.
        is_token: Whether it stands where a token belongs.

    Examples:
        >>> could_be_card_number("4111 1111 1111 1111"), could_be_card_number({"a": [4111111111111111.0]})
        (True, True)
        >>> could_be_card_number("tok_1a2b3c"), could_be_card_number("411111")
        (False, False)
    """
    if type(value) is str:
        return len(value) >= SHORTEST and _in_text(value, is_token=is_token)
    if value is None or type(value) is bool:
        return False
    return any(_in_text(text, is_token=is_token) for text in _texts(value))


def _texts(value: object) -> Iterable[str]:
    """Yield every text and number inside a value, keys included, up to a bound that also ends cycles."""
    waiting: list[object] = [value]
    for _ in range(_NODES):
        if not waiting:
            return
        item = waiting.pop()
        if isinstance(item, Mapping):
            waiting += [*item.keys(), *item.values()][:_NODES]
        elif isinstance(item, list | tuple | set | frozenset):
            waiting += list(item)[:_NODES]
        elif hasattr(item, "tolist"):
            # numpy's values and arrays, of which tables are made.
            waiting.append(item.tolist())
        else:
            yield _text_of(item)


def _text_of(item: Any) -> str:
    """Return the text of a scalar; floats without exponent, as tables turn numbers into floats."""
    if isinstance(item, str):
        return item
    if isinstance(item, bytes | bytearray):
        return item[:_SEARCHED].decode("latin-1")
    if isinstance(item, float):
        return f"{item:.0f}" if abs(item) < 1e20 else ""
    if isinstance(item, int):
        return str(item) if abs(item) < 10**40 else ""
    if isinstance(item, Decimal):
        return f"{item:.0f}" if item.is_finite() and item.adjusted() < 40 else ""  # abs() itself can overflow
    return ""


def _in_text(text: str, *, is_token: bool) -> bool:
    text = text[:_SEARCHED]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)[:_SEARCHED]
    if len(_DIGIT.findall(text)) < SHORTEST or _HEX_IDENTIFIER.fullmatch(text):
        return False
    return any(_is_number(match.group(), text, is_token=is_token) for match in _RUN.finditer(text))


def _is_number(run: str, text: str, *, is_token: bool) -> bool:
    digits = "".join(str(int(digit)) for digit in _DIGIT.findall(run))
    if is_token and SHORTEST <= len(digits) <= 19 and not any(map(str.isalpha, text)):
        return True
    # Milliseconds since the epoch, common inside tokens; no scheme issues 13 digits that begin with 1.
    is_timestamp = len(digits) == 13 and digits[0] == "1"
    if 13 <= len(digits) <= 19 and not is_timestamp and _passes_luhn(digits):
        return True
    return any(
        digits.startswith(starts, place) and _passes_luhn(digits[place : place + length])
        for length, starts in _STARTS.items()
        for place in range(len(digits) - length + 1)
    )


def _passes_luhn(digits: str) -> bool:
    backwards = [int(digit) for digit in reversed(digits)]
    return (sum(backwards[::2]) + sum(_DOUBLED[digit] for digit in backwards[1::2])) % 10 == 0
