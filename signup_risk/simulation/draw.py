"""Draw from the few distributions that the simulation needs, from a generator that the caller passes in.

Explicit generators keep every source of traffic reproducible on its own: adding a farm changes nothing in the
stream of the others.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Pick values in proportion to their weights.

    Examples:
        >>> Weighted({"a": 1, "b": 0}).pick(Random(1))
        'a'
    """

    __slots__ = ("_cumulative", "_total", "values")

    def __init__(self, weights: Mapping[T, float] | Iterable[tuple[T, float]]) -> None:
        pairs = list(weights.items()) if isinstance(weights, Mapping) else list(weights)
        self.values: list[T] = [value for value, _ in pairs]
        self._cumulative = list(accumulate(float(weight) for _, weight in pairs))
        self._total = self._cumulative[-1]

    def pairs(self) -> list[tuple[T, float]]:
        """Return the values with their weights."""
        before = [0.0, *self._cumulative[:-1]]
        weights = [end - begin for begin, end in zip(before, self._cumulative, strict=True)]
        return list(zip(self.values, weights, strict=True))

    def pick(self, rng: Random) -> T:
        """Return one value."""
        return self.values[min(bisect_right(self._cumulative, rng.random() * self._total), len(self.values) - 1)]


def weighted_text(text: str) -> Weighted[str]:
    """Read the table form ``name:weight name:weight``.

    Examples:
        >>> weighted_text("com:3 net:1").values
        ['com', 'net']
    """
    pairs = (item.rsplit(":", 1) for item in text.split())
    return Weighted([(name, float(weight)) for name, weight in pairs])


def log_normal(rng: Random, median: float, sigma: float) -> float:
    """Draw a heavy-tailed positive number by its median."""
    return median * math.exp(rng.gauss(0.0, sigma))


def log_uniform(rng: Random, low: float, high: float) -> float:
    """Draw a number whose order of magnitude is uniform: the prior of a scale nobody has measured."""
    return float(low * math.pow(high / low, rng.random()))


def poisson(rng: Random, mean: float) -> int:
    """Draw a count; from 30 on the normal approximation is exact enough for traffic."""
    if mean <= 0.0:
        return 0
    if mean > 30.0:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def skewed_index(rng: Random, size: int, skew: float = 2.0) -> int:
    """Return an index below ``size`` that favours the low ones, as popular exits and offices are favoured."""
    return int(size * rng.random() ** skew)


def letters(rng: Random, count: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz") -> str:
    """Return random characters of an alphabet."""
    return "".join(rng.choices(alphabet, k=count))


def digits(rng: Random, count: int) -> str:
    """Return random decimal digits."""
    return str(rng.randrange(10**count)).zfill(count) if count else ""


def fill_pattern(rng: Random, pattern: str) -> str:
    """Replace ``#`` by a digit and ``@`` by an upper-case letter.

    Examples:
        >>> len(fill_pattern(Random(1), "SW## #@@"))
        8
    """
    return "".join(
        rng.choice("0123456789") if c == "#" else rng.choice("ABCDEFGHJKLMNPRSTUWXY") if c == "@" else c
        for c in pattern
    )


def some(rng: Random, values: Sequence[T], low: int, high: int) -> list[T]:
    """Return between ``low`` and ``high`` different members of a sequence."""
    return rng.sample(list(values), min(len(values), rng.randint(low, high)))
