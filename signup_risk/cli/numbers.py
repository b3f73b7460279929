"""Read numbers of the command line, refusing what could not be used later."""

from __future__ import annotations

import argparse
import os
from typing import Final

#: LightGBM keeps its seed in 32 bits with a sign, NumPy takes none below zero.
_LARGEST_SEED: Final = 2**31 - 1


#: Sign-ups from which on several processes are worth the seconds that they take to start, and the most of them: the
#: process that keeps the store becomes the narrow place.
_LARGE: Final = 3000
_MOST_JOBS: Final = 4


def positive(text: str) -> int:
    """Return a whole number above 0; argparse says so of any other.

    Examples:
        >>> positive("3")
        3
    """
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def jobs_for(wanted: int | None, count: int) -> int:
    """Return how many processes work on a history: those wanted, or as many as are worth it."""
    if wanted is not None:
        return wanted
    return min(os.cpu_count() or 1, _MOST_JOBS) if count >= _LARGE else 1


def seed(text: str) -> int:
    """Return a seed.

    Raises:
        argparse.ArgumentTypeError: It is no whole number that can seed.

    Examples:
        >>> seed("7")
        7
    """
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not 0 <= number <= _LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no seed; give a whole number from 0 to {_LARGEST_SEED}")
    return number
