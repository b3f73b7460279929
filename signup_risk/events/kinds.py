"""Tell what a value is without reading it: none at all, or of a kind that an error may name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sized
from datetime import datetime
from typing import Final

_SAFE_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", re.ASCII)

# The types of pandas.NaT and pandas.NA, which tell of themselves only by name unless pandas is imported.
_NO_VALUE: Final = frozenset({"NaTType", "NAType"})


def is_absent(value: object) -> bool:
    """Tell whether a value stands for none: ``None``, and the NaN, NaT and NA of tables.

    Examples:
        >>> is_absent(None), is_absent(float("nan")), is_absent("")
        (True, True, False)
    """
    if value is None:
        return True
    if isinstance(value, float):
        return value != value  # noqa: PLR0124 - NaN, without importing math
    return type(value).__name__ in _NO_VALUE


def kind_of(value: object) -> str:
    """Return the type and size of a value.

    Examples:
        >>> kind_of("secret"), kind_of({"a": 1}), kind_of(3.5), kind_of(3)
        ('a str of length 6', 'a dict of length 1', 'a float', 'an int')
    """
    if value is None:
        return "nothing"
    name = type(value).__name__
    if isinstance(value, datetime):
        return f"a naive {name}" if value.utcoffset() is None else f"an aware {name}"
    if isinstance(value, str | bytes | list | tuple | Mapping) and isinstance(value, Sized):
        return f"a {name} of length {len(value)}"
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"


def safe_name(key: object) -> str | None:
    """Return a key that is written as names of fields are; others may hold anything, so they are not shown.

    Examples:
        >>> safe_name("e_mail"), safe_name("ada@example.com"), safe_name("k4111111111111111")
        ('e_mail', None, None)
    """
    if not isinstance(key, str) or not _SAFE_NAME.fullmatch(key) or sum(map(str.isdigit, key)) > 6:
        return None
    return key
