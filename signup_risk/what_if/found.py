"""Hold what would have changed a decision, and show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from signup_risk.prices import Cost
from signup_risk.results import Assessment, DecisionName
from signup_risk.what_if.facts import Fact

_CUT: Final = (
    "not all sets were looked at, since a bound on assessments or on sets given came first: a larger budget= or most= "
    "looks further"
)

Direction = Literal["milder", "stricter"]


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Hold facts that, had they been so, would have changed the decision; no smaller set of them does.

    Attributes:
        facts: The facts.
        decision: What would have been decided: the sign-up was assessed with them.
        raw_score: Log-odds that it would have had.
        fpr: Share of legitimate sign-ups that score at least as high.
        cost: What they cost an attacker in US dollars an account; None where nothing is bought.
        is_assumed: Whether a price in it was never published.
    """

    facts: tuple[Fact, ...]
    decision: DecisionName
    raw_score: float
    fpr: float
    cost: Cost | None = None
    is_assumed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the set as JSON values."""
        cost = self.cost
        return {
            "facts": [{"name": fact.name, "text": fact.text} for fact in self.facts],
            "decision": self.decision,
            "raw_score": self.raw_score,
            "fpr": self.fpr,
            "cost": None if cost is None else {"low": cost.low, "usual": cost.usual, "high": cost.high},
            "is_assumed": self.is_assumed,
        }

    def __str__(self) -> str:
        said = " + ".join(fact.text for fact in self.facts)
        score = f"{self.decision}, raw score {self.raw_score:+.3f}"
        if self.cost is None:
            return f"{said}: {score}"
        assumed = ", partly assumed" if self.is_assumed else ""
        return f"{said}: {score}; ${self.cost.low:.3g} to ${self.cost.high:.3g} an account{assumed}"


@dataclass(frozen=True, slots=True, repr=False)
class WhatWouldChange:
    """Say which facts would have changed a decision.

    Attributes:
        base: The sign-up assessed as it is, without recording it.
        direction: Whether a milder or a stricter decision was looked for.
        truthful: Sets of facts that an applicant could truthfully have, smallest first.
        bought: Sets of facts that an attacker could buy, smallest first and then cheapest; none for a stricter one.
        largest: Most facts that a set was allowed.
        tried: Sign-ups that were assessed for it.
        is_complete: Whether every set up to that size was looked at, of facts that change something in this sign-up by
            themselves or beside one other fact. Otherwise the bound on assessments, or on sets given, came first.
    """

    base: Assessment
    direction: Direction
    truthful: tuple[ChangeSet, ...]
    bought: tuple[ChangeSet, ...]
    largest: int
    tried: int
    is_complete: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON values."""
        return {
            "signup_id": self.base.signup_id,
            "decision": decided(self.base),
            "raw_score": self.base.raw_score,
            "fpr": self.base.fpr,
            "direction": self.direction,
            "truthful": [one.to_dict() for one in self.truthful],
            "bought": [one.to_dict() for one in self.bought],
            "largest": self.largest,
            "tried": self.tried,
            "is_complete": self.is_complete,
        }

    def to_text(self) -> str:
        """Return the answer as lines for a terminal."""
        lists = (line for title, sets in self.sections() for line in (title, *_items(sets)))
        return "\n".join([self.headline(), *lists, self.note()])

    def headline(self) -> str:
        """Return what was asked."""
        base = self.base
        score = "" if base.raw_score is None else f", raw score {base.raw_score:+.3f}"
        return f"decided: {decided(base)}{score}; what would have made it {self.direction}"

    def note(self) -> str:
        """Return how far it was looked."""
        bound = "all sets were looked at" if self.is_complete else _CUT
        return f"sets of up to {self.largest} facts, {self.tried} assessments without recording; {bound}"

    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the sets in words, by who could have them."""
        honest = "what an applicant could truthfully have", tuple(map(str, self.truthful)) or (self._nothing(),)
        if self.direction == "stricter":
            return (("what an honest applicant may have as well", honest[1]),)
        return honest, ("what an attacker could buy", tuple(map(str, self.bought)) or (self._nothing(),))

    def _nothing(self) -> str:
        if self.is_complete:
            return f"nothing: no set of up to {self.largest} of the listed facts does"
        return "nothing was found within the bound; larger sets or a larger budget may show something"

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        found = f"{len(self.truthful)} truthful and {len(self.bought)} bought sets"
        return f"<WhatWouldChange of {self.base.signup_id!r}: {found}, {self.direction} than {decided(self.base)}>"

    def _repr_html_(self) -> str:
        from signup_risk.explain.card import framed  # shown in notebooks alone

        return framed(self.headline(), self.sections(), self.note())


def decided(assessment: Assessment) -> DecisionName:
    """Return what a policy calls for, in shadow and where chance had a part as well."""
    return "block" if assessment.explored else assessment.policy.shadow_decision or assessment.decision


def _items(sets: tuple[str, ...]) -> list[str]:
    return [f"  - {one}" for one in sets]
