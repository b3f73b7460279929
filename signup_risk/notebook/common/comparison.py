"""Hold what the chosen sign-ups are compared on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from signup_risk.notebook.common.background import Column
from signup_risk.notebook.common.chosen import Bools
from signup_risk.notebook.common.tails import HypergeometricTails


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold one comparison.

    Attributes:
        columns: What each sign-up shows.
        chosen: Which are chosen.
        level: Expected share of false findings, at most.
        least: Fewest of the chosen that make something shared.
        tails: Works out tails.
    """

    columns: Sequence[Column]
    chosen: Bools
    level: float
    least: int
    tails: HypergeometricTails = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tails", HypergeometricTails(len(self.chosen)))

    @property
    def drawn(self) -> int:
        """Return the number of chosen sign-ups."""
        return int(self.chosen.sum())

    @property
    def total(self) -> int:
        """Return the number of all sign-ups."""
        return len(self.chosen)
