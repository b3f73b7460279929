"""Read numbers of the command line, refusing what could not be used later."""

from __future__ import annotations

import argparse
from typing import Final

#: LightGBM keeps its seed in 32 bits with a sign, NumPy takes none below zero.
_LARGEST_SEED: Final = 2**31 - 1


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
