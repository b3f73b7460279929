"""Say how unlikely it is that chance draws so many, exactly, and how many times as often something is seen.

If sign-ups were drawn from the background without looking at them, the number of those that show a value would be
hypergeometric (Fisher 1935): no approximation, and no assumption about the traffic. Tails are summed in log space,
since a farm's are far below the smallest float.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: 97.5 % quantile of the normal distribution.
_Z: Final = 1.959963984540054

#: What a term has to add to a sum, of 1, for the sum to go on.
_NEGLIGIBLE: Final = 1e-17


class HypergeometricTails:
    """Work out tails of hypergeometric distributions over at most so many sign-ups.

    Args:
        most: The largest background.

    Examples:
        >>> tails = HypergeometricTails(10)
        >>> one = np.array([1])
        >>> round(float(np.exp(tails.log_tail(3 * one, 3 * one, 4 * one, 10 * one))[0]) * 120, 9)  # C(4,3) / C(10,3)
        4.0
    """

    def __init__(self, most: int) -> None:
        self._log_factorial = np.fromiter(map(math.lgamma, range(1, most + 2)), np.float64, most + 1)

    def log_tail(self, hits: Ints, drawn: Ints, marked: Ints, total: Ints) -> Floats:
        """Return the logarithm of the probability of at least so many hits.

        Args:
            hits: Drawn ones that show a value.
            drawn: How many are drawn.
            marked: How many of all show it.
            total: How many there are in all.
        """
        least, most = np.maximum(0, drawn + marked - total), np.minimum(drawn, marked)
        answer = np.zeros(len(hits))
        answer[hits > most] = -np.inf
        # Beyond the mean the terms fall at once; below it they are summed from the other side.
        above = (hits > least) & (hits <= most) & (hits * total > drawn * marked)
        below = (hits > least) & (hits <= most) & ~above
        answer[above] = self._summed(*(part[above] for part in (hits, drawn, marked, total)), step=1)
        lower = self._summed(*(part[below] for part in (hits - 1, drawn, marked, total)), step=-1)
        answer[below] = np.log1p(-np.exp(np.minimum(lower, 0.0)))
        return np.minimum(answer, 0.0)

    def _log_probability(self, hits: Ints, drawn: Ints, marked: Ints, total: Ints) -> Floats:
        log = self._log_factorial
        ways = log[marked] - log[hits] - log[marked - hits]
        ways += log[total - marked] - log[drawn - hits] - log[total - marked - drawn + hits]
        told: Floats = ways - (log[total] - log[drawn] - log[total - drawn])
        return told

    def _summed(self, hits: Ints, drawn: Ints, marked: Ints, total: Ints, *, step: int) -> Floats:
        """Return the logarithm of the sum of the probabilities of these hits and of all beyond, in one direction."""
        first = self._log_probability(hits, drawn, marked, total)
        summed, term = np.ones(len(hits)), np.ones(len(hits))
        at = hits.astype(np.float64)
        going = np.arange(len(hits))
        while len(going):
            x, n, m, size = at[going], drawn[going], marked[going], total[going]
            if step > 0:
                ratio = (m - x) * (n - x) / ((x + 1) * (size - m - n + x + 1))
            else:
                ratio = x * (size - m - n + x) / ((m - x + 1) * (n - x + 1))
            term[going] *= ratio
            summed[going] += term[going]
            at[going] += step
            going = going[term[going] > _NEGLIGIBLE * summed[going]]
        told: Floats = first + np.log(summed)
        return told


def lift(hits: Ints, drawn: Ints, others: Ints, rest: Ints) -> tuple[Floats, Floats, Floats]:
    """Return how many times as often the chosen show a value as the others do, with the ends of a 95 % interval.

    The number expected is that of the others' share, which is taken as ``(others + 1/2) / (rest + 1)`` (Jeffreys), and
    half a sign-up is added to what was seen and to what was expected: ``(O + 1/2) / (E + 1/2)``. So a value that three
    chosen ones show and nobody else is 7 times as often, not infinitely often (Noren, Hopstadius and Bate 2013,
    Stat. Methods Med. Res. 22:57). The interval is that of the logarithm by the delta method: both counts vary.

    Args:
        hits: Chosen ones that show the value.
        drawn: Chosen ones of whom it is known.
        others: Others that show it.
        rest: Others of whom it is known.

    Examples:
        >>> told = lift(np.array([40, 3]), np.array([400, 400]), np.array([196, 0]), np.array([19_600, 19_600]))
        >>> [[round(float(number), 1) for number in row] for row in zip(*told)]
        [[9.0, 6.4, 12.5], [6.9, 2.4, 19.6]]
    """
    expected = drawn * (others + 0.5) / (rest + 1.0)
    ratio = (hits + 0.5) / (expected + 0.5)
    weight = expected / (expected + 0.5)
    spread = _Z * np.sqrt(1.0 / (hits + 0.5) + weight * weight / (others + 0.5))
    return ratio, ratio * np.exp(-spread), ratio * np.exp(spread)
