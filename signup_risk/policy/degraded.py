"""Bound decisions that were made without some of the signals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from signup_risk.errors import ConfigurationError
from signup_risk.policy.decision import OUTCOMES, milder, stricter
from signup_risk.results import DecisionName


@dataclass(frozen=True, slots=True)
class DegradedRule:
    """Bound the decision while a signal cannot be looked up.

    Attributes:
        signal: Name of the signal as in ``degraded``; it covers the names below it too (``references`` covers
            ``references.domains``).
        floor: The mildest decision that is given.
        ceiling: The strictest decision that is given.
    """

    signal: str
    floor: DecisionName = "allow"
    ceiling: DecisionName = "block"

    def __post_init__(self) -> None:
        for name in ("floor", "ceiling"):
            if getattr(self, name) not in OUTCOMES:
                raise ConfigurationError(
                    f"{name} of the degraded rule for {self.signal!r} is {getattr(self, name)!r}; "
                    f"use one of {', '.join(OUTCOMES)}"
                )
        if not self.signal or milder(self.floor, self.ceiling) != self.floor:
            raise ConfigurationError(
                f"the degraded rule for {self.signal!r} goes from {self.floor} to {self.ceiling}; name a "
                "signal and give a floor that is not stricter than the ceiling"
            )

    def covers(self, signals: Iterable[str]) -> bool:
        """Say whether one of the signals that could not be looked up is this one or below it."""
        return any(signal == self.signal or signal.startswith(f"{self.signal}.") for signal in signals)


#: Half the evidence is too little to block on, and no evidence is too little to hold anybody up for long.
#: Missing reference data leave their features unknown, which the model has learnt, so they bound nothing.
DEFAULT_RULES: Final = (
    DegradedRule("velocity", ceiling="review"),
    DegradedRule("model", ceiling="step_up"),
)


def bound(
    outcome: DecisionName, rules: Sequence[DegradedRule], degraded: Sequence[str]
) -> tuple[DecisionName, DecisionName, tuple[str, ...]]:
    """Return the bounded outcome, the ceiling that holds and the codes of what changed.

    With several rules the highest floor and the lowest ceiling hold, and a ceiling wins over a floor.
    """
    floor: DecisionName = "allow"
    ceiling: DecisionName = "block"
    for rule in rules:
        if degraded and rule.covers(degraded):
            floor, ceiling = stricter(floor, rule.floor), milder(ceiling, rule.ceiling)
    raised = stricter(outcome, floor)
    bounded = milder(raised, ceiling)
    if bounded == outcome:
        return outcome, ceiling, ()
    return (
        bounded,
        ceiling,
        ("DEGRADED_FLOOR" if bounded == stricter(bounded, outcome) else "DEGRADED_CEILING",),
    )
