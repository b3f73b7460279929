"""Keep chance findings among very many tests below a stated rate.

A background has tens of thousands of values and pairs, and a set of sign-ups shares many of them by chance. What is
listed is chosen by the procedure of Benjamini and Yekutieli (2001, Ann. Statist. 29:1165), which bounds the expected
share of false findings **whatever the dependence** of the tests. That of Benjamini and Hochberg needs tests that depend
on each other positively at most, and values, shapes and pairs of the same sign-ups exclude each other as well. The
price is a factor of about ``ln(tests) + 0.58``, some ten, which a farm's evidence of dozens of bits never misses. If
the set was drawn by chance, every finding is false, so the rate then bounds the probability that anything is listed.

Most values are so rare, or so common, that no set could make them significant. They are left out before anything is
known of the set, by what they could reach at best (Tarone 1990, Biometrics 46:515; with a false discovery rate, Gilbert
2005, Appl. Statist. 54:143): they would only blunt the other tests.
"""

from __future__ import annotations

import math

import numpy as np

from signup_risk.notebook.common.comparison import Comparison
from signup_risk.notebook.common.tails import Floats, Ints


def within_reach(sizes: Ints, counts: Ints, comparison: Comparison) -> Ints:
    """Return which sizes can be significant at all.

    Args:
        sizes: Different numbers of sign-ups, in the background, that show a value.
        counts: How many values are shown by so many.
        comparison: How many are chosen of how many, and the rate of false findings.

    Returns:
        The sizes.
    """
    drawn, total = (np.full(len(sizes), size, dtype=np.int64) for size in (comparison.drawn, comparison.total))
    best = comparison.tails.log_tail(np.minimum(sizes, drawn), drawn, sizes, total)
    order = np.argsort(best, kind="stable")
    reached, number = best[order], np.concatenate([[0], np.cumsum(counts[order])])

    def within(tests: int) -> int:
        return int(np.searchsorted(reached, math.log(comparison.level / tests), side="right"))

    low, high = 1, int(number[-1]) + 1  # the smallest number of tests that no more values than it can reach
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if number[within(middle)] <= middle else (middle + 1, high)
    kept: Ints = np.sort(sizes[order[: within(low)]])
    return kept


def log_q_values(log_p: Floats, tests: int) -> Floats:
    """Return the smallest rate of false findings, as a logarithm, at which each would be listed.

    Args:
        log_p: Logarithms of the p-values that are below 1; all other tests count as 1.
        tests: Number of tests, at least as many.

    Examples:
        >>> [round(float(q), 3) for q in np.exp(log_q_values(np.log([0.001, 0.02, 0.011]), 3))]
        [0.006, 0.037, 0.03]
    """
    if not len(log_p):
        return np.zeros(0)
    order = np.argsort(log_p, kind="stable")
    harmonic = math.fsum(1.0 / rank for rank in range(1, tests + 1))
    ranked = log_p[order] + math.log(tests) + math.log(harmonic) - np.log(np.arange(1, len(log_p) + 1))
    told = np.empty(len(log_p))
    told[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 0.0)
    return told
