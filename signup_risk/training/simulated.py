"""Tell sign-ups of the simulation by the names of their groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

#: Groups that the simulation names so.
_SIMULATED: Final = ("farm.", "legit.")


def simulated_count(groups: Sequence[str]) -> int:
    """Return how many sign-ups were simulated. One is enough to call every figure that it is part of synthetic.

    Examples:
        >>> simulated_count(["legit.everyday", "farm.a1.3", "", "spring"])
        2
    """
    return sum(group.startswith(_SIMULATED) for group in groups)
