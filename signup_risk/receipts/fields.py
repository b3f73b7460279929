"""Read the parts of a receipt: each name is there, of the kind that it has to be, and no other name is."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar, cast

from signup_risk.errors import ReceiptRefused
from signup_risk.policy.decision import OUTCOMES
from signup_risk.results import DecisionName, Direction

_LONGEST: Final = 1000
_MOST: Final = 4000
_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]*")

_DIRECTIONS: Final = ("risk", "trust")

T = TypeVar("T")


class Fields:
    """Hold one object of a receipt while it is read.

    Args:
        told: The object.
        where: What it is, for errors.
    """

    def __init__(self, told: Any, where: str) -> None:
        if not isinstance(told, Mapping) or len(told) > _MOST:
            raise _refused(where, told, f"an object of at most {_MOST:,} names")
        self._told = told
        self._where = where
        self._read: set[str] = set()

    def text(self, name: str) -> str:
        """Return a text."""
        return self._get(name, str, self._size(name) <= _LONGEST, f"a text of at most {_LONGEST:,} characters")

    def line(self, name: str) -> str:
        """Return a text that can be shown on a terminal: one line without controls."""
        value = self._told.get(name)
        is_shown = isinstance(value, str) and value.isprintable()
        return self._get(name, str, is_shown and self._size(name) <= _LONGEST, "a text on one line without controls")

    def code(self, name: str) -> str:
        """Return a reason code."""
        value = self._told.get(name)
        is_code = isinstance(value, str) and _CODE.fullmatch(value) is not None
        return self._get(name, str, is_code and self._size(name) <= _LONGEST, "a code of A-Z, 0-9 and _")

    def number(self, name: str) -> float:
        """Return a finite number with a fraction, as floats are written."""
        value = self._told.get(name)
        return self._get(name, float, isinstance(value, float) and math.isfinite(value), "a number such as 1.0")

    def count(self, name: str) -> int:
        """Return a whole number from 0."""
        value = self._told.get(name)
        return self._get(name, int, type(value) is int and value >= 0, "a whole number from 0")

    def flag(self, name: str) -> bool:
        """Return a truth value."""
        return self._get(name, bool, True, "true or false")

    def decision(self, name: str) -> DecisionName:
        """Return the name of a decision."""
        return cast("DecisionName", self._get(name, str, self._told.get(name) in OUTCOMES, " or ".join(OUTCOMES)))

    def direction(self, name: str) -> Direction:
        """Return the direction of a reason."""
        return cast("Direction", self._get(name, str, self._told.get(name) in _DIRECTIONS, "risk or trust"))

    def part(self, name: str) -> Fields:
        """Return an object."""
        return Fields(self._get(name, Mapping, True, "an object"), f"{self._where}.{name}")  # type: ignore[type-abstract]

    def parts(self, name: str) -> list[Fields]:
        """Return a list of objects."""
        return [Fields(one, f"{self._where}.{name}[{place}]") for place, one in enumerate(self._list(name))]

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        found = self._list(name)
        if not all(isinstance(one, str) and len(one) <= _LONGEST for one in found):
            raise _refused(f"{self._where}.{name}", found, "a list of texts")
        return tuple(found)

    def is_null(self, name: str) -> bool:
        """Say whether a name is there and has no value."""
        if name in self._told and self._told[name] is None:
            self._read.add(name)
            return True
        return False

    def names(self) -> list[str]:
        """Return the names of the object, sorted."""
        return sorted(self._told)

    def raw(self, name: str) -> Any:
        """Return a value as it stands."""
        self._read.add(name)
        return self._told.get(name)

    def close(self) -> None:
        """Refuse names that nobody asked for.

        Raises:
            ReceiptRefused: There is one.
        """
        if unknown := sorted(set(self._told) - self._read):
            raise ReceiptRefused(
                f"the receipt's {self._where} has {unknown[0][:40]!r}, which this version does not know; install the "
                "version of signup-risk that made it"
            )

    def _list(self, name: str) -> list[Any]:
        return self._get(name, list, self._size(name) <= _MOST, f"a list of at most {_MOST:,}")

    def _size(self, name: str) -> int:
        value = self._told.get(name)
        return len(value) if isinstance(value, str | list) else 0

    def _get(self, name: str, kind: type[T], sound: bool, wanted: str) -> T:
        self._read.add(name)
        value = self._told.get(name)
        if not isinstance(value, kind) or not sound:
            raise _refused(f"{self._where}.{name}", value, wanted)
        return value


def _refused(where: str, value: Any, wanted: str) -> ReceiptRefused:
    where = where[:100] if where.isprintable() else ascii(where[:100])  # names in it may be a stranger's
    kind = "nothing" if value is None else f"a {type(value).__name__}"
    return ReceiptRefused(f"the receipt has {kind} as {where}, wanted {wanted}; get the original")
