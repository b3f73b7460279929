"""Test whether a cell of sign-ups is honest, at any time, with a bound on false alarms.

A *mark* is a sign-up that scores so high that at most :data:`TAIL` of legitimate ones do. Whatever the model, that
share is known from its calibration; so the number of marks among the sign-ups of a cell needs no labels of the user's.

The test of one cell is a betting test (Shafer, JRSS A 184, 2021; Ramdas et al., Statistical Science 38, 2023): a bet
on each next member being marked, against the null hypothesis that in an honest cell at most a share ``bound`` are,
whatever came before. Averaged over all alternatives above the bound, the wealth after ``n`` members of which ``k`` are
marked is the e-value of :func:`evidence`, and by Ville's inequality the chance that it *ever* exceeds ``1 / alpha`` is
at most ``alpha``. Looking after every sign-up costs nothing.

Honest crowds are not drawn one by one, though: a campus shares a network, a domain and a season, and if one member
scores high, others do. Two nulls stand for that, and a cell has to beat both:

- *chance*: cells of ordinary people, bound :data:`CHANCE`, fifteen times the stated tail. Its bar grows with
  traffic: the expected number of false alarms is at most (cells begun) / (e-value), for however many cells and however
  they depend on each other, since expectations add up. That controls the expected *number* of false campaigns a week,
  which is stricter than a share of false discoveries.
- *crowd*: cells whose people have so much in common that the model misjudges them together, bound :data:`CROWD`.
  In the 28 simulated sites that set it 58 of 166,445 readings of honest cells of fifteen sign-ups or more had a larger
  share of marks (synthetic). Keys of one person or one desk (:data:`IDENTITY_KINDS`) need more: one tester's phone
  registers fifty accounts alike. How many such crowds there are grows with traffic, so the bar of this null does too.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

#: False-positive rate from which on a sign-up is a mark.
TAIL: Final = 0.003

#: Largest share of marks in an honest cell, if its people score independently.
CHANCE: Final = 0.05

#: Largest share of marks in a cell of an honest crowd, and on keys of one person or desk.
CROWD: Final = 0.35
CROWD_OF_ONE: Final = 0.55

#: Least evidence against a crowd that is asked for, in bits: whoever's model knows a crowd less well has more of them.
CROWD_BITS: Final = 4.0

#: Sign-ups among which one crowd is expected that the model misjudges as far as the bound.
PER_CROWD: Final = 1_250

#: Kinds of key that one person, family or desk has to itself.
IDENTITY_KINDS: Final = frozenset({"ip", "device", "card", "billing"})

#: Sign-ups a week below which the bar of the chance null does not fall.
LEAST_TRAFFIC: Final = 1_000


@lru_cache(maxsize=1 << 16)
def evidence(marked: int, size: int, bound: float) -> float:
    """Return the evidence that more than a share ``bound`` of a cell's members are marked, in bits.

    log2 of the likelihood averaged over shares from ``bound`` to 1, over the likelihood at ``bound``; below 0 where
    the members speak for an honest cell.

    Args:
        marked: Members that are marked.
        size: All members.
        bound: Largest share under the null hypothesis.

    Examples:
        >>> evidence(0, 10, 0.05) < 0 < evidence(3, 10, 0.05) < evidence(9, 10, 0.05)
        True
    """
    # Integral of q^k (1-q)^(n-k) from the bound to 1 is B(k+1, n-k+1) P(Binomial(n+1, bound) <= k).
    below = math.fsum(math.comb(size + 1, i) * bound**i * (1 - bound) ** (size + 1 - i) for i in range(marked + 1))
    average = below / ((size + 1) * math.comb(size, marked) * (1 - bound))
    return math.log2(average) - marked * math.log2(bound) - (size - marked) * math.log2(1 - bound)


def crowd_bound(kind: str) -> float:
    """Return the largest share of marks in an honest crowd that shares a kind of key."""
    return CROWD_OF_ONE if kind in IDENTITY_KINDS else CROWD


def crowd_bar(weekly: float, allowed: float) -> float:
    """Return the evidence against a crowd that is asked for, in bits: one more for each doubling of busy traffic.

    Args:
        weekly: Sign-ups a week.
        allowed: False campaigns allowed a week, in expectation.

    Examples:
        >>> crowd_bar(10_000, 1.0), round(crowd_bar(700_000, 1.0), 1)
        (4.0, 9.1)
    """
    return max(CROWD_BITS, math.log2(max(weekly, LEAST_TRAFFIC) / (PER_CROWD * allowed)))


def chance_bar(weekly: float, kinds: int, allowed: float) -> float:
    """Return the evidence against chance that keeps the contract, in bits.

    Args:
        weekly: Sign-ups a week.
        kinds: Kinds of cell; every sign-up begins at most one test of each.
        allowed: False campaigns allowed a week, in expectation.

    Examples:
        >>> round(chance_bar(700_000, 26, 1.0), 1)
        24.1
    """
    return math.log2(max(weekly, LEAST_TRAFFIC) * kinds / allowed)
