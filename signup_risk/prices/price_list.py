"""Say what evasions cost, so that the cost of an account that survives can be worked out.

Prices stand in a dated file, each with its source. Few are published: what is assumed says so, and so must every
figure that is worked out from it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from signup_risk.errors import ConfigurationError

PRICES_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Price:
    """Hold what one evasion adds to the cost of an account, in US dollars.

    Attributes:
        evasion: Lever and level, such as ``mail.catch_all``, or a kind of farm as a whole, such as ``kind.a4``.
        low, high: Range.
        source: Where it is from, or what it is worked out from.
        assumed: Whether nobody has published it.
    """

    evasion: str
    low: float
    high: float
    source: str
    assumed: bool

    @property
    def usual(self) -> float:
        """The middle of the range on the scale of factors, or its half where it begins at nothing."""
        return math.sqrt(self.low * self.high) if self.low > 0.0 else self.high / 2


@dataclass(frozen=True, slots=True)
class Cost:
    """Hold the cost of an account in US dollars: the range, and the sum of usual prices."""

    low: float
    usual: float
    high: float


@dataclass(frozen=True, slots=True)
class Prices:
    """Hold a price list.

    Attributes:
        as_of: Day it holds for.
        entries: Prices by evasion.
    """

    as_of: date
    entries: Mapping[str, Price]

    def of(self, evasion: str) -> Price:
        """Return one price.

        Raises:
            ConfigurationError: The list has none.
        """
        if evasion not in self.entries:
            raise ConfigurationError(f"no price for {evasion!r}; the list has {', '.join(sorted(self.entries))}")
        return self.entries[evasion]

    def account(self, evasions: Iterable[str]) -> Cost:
        """Return what an account costs that uses these evasions.

        Examples:
            >>> round(load_prices().account(["mail.catch_all", "phone.rented"]).usual, 2)
            0.3
        """
        prices = [self.of(evasion) for evasion in evasions]
        return Cost(
            low=sum(price.low for price in prices),
            usual=sum(price.usual for price in prices),
            high=sum(price.high for price in prices),
        )


def load_prices(source: str | Path | None = None) -> Prices:
    """Read a price list, the bundled one by default.

    Raises:
        ConfigurationError: The version is unknown, or a price is negative or upside down.
    """
    return _bundled() if source is None else _prices(json.loads(Path(source).read_text(encoding="utf-8")))


@cache
def _bundled() -> Prices:
    return _prices(json.loads((files("signup_risk.prices") / "prices.json").read_text(encoding="utf-8")))


def _prices(row: Mapping[str, Any]) -> Prices:
    if row.get("version") != PRICES_VERSION:
        raise ConfigurationError(
            f"price list version {row.get('version')!r} cannot be read; this release reads {PRICES_VERSION}"
        )
    prices = [Price(**entry) for entry in row["prices"]]
    for price in prices:
        if not 0.0 <= price.low <= price.high:
            raise ConfigurationError(f"price of {price.evasion}: {price.low} to {price.high} is no range from 0 up")
    return Prices(date.fromisoformat(row["as_of"]), {price.evasion: price for price in prices})
