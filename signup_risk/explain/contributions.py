"""Say what each feature adds to a score, and make what they add equal the score to the bit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from signup_risk.errors import NoExplanation
from signup_risk.model.manifest import FeatureSummary
from signup_risk.results import Direction

#: Log-odds by which contributions may miss the raw score. Theirs are sums over all trees in another order than the
#: score's: 1e-12 is common with 1,000 trees. What misses it by more belongs to another score.
_ROUNDING = 1e-6
#: Weakest terms that are tried in pairs, where no single one can take the rounding.
_FEW = 6


@dataclass(frozen=True, slots=True)
class FeatureContribution:
    """Say what one feature adds to a score.

    Attributes:
        feature: Name of the feature; ``partner_indicator`` for what partners add.
        code: Reason code.
        family: Signal family.
        value: Its value; NaN says unknown.
        contribution: Log-odds that it adds.
        text: The value and what is usual, in the analyst's words.
        usual: What is usual among legitimate sign-ups, from the model's manifest; None for what is no feature of it.
    """

    feature: str
    code: str
    family: str
    value: float
    contribution: float
    text: str
    usual: FeatureSummary | None

    @property
    def direction(self) -> Direction:
        """Say whether it raises the score; what moves nothing counts as trust."""
        return _direction(self.contribution)

    def to_dict(self) -> dict[str, Any]:
        """Return the contribution as JSON values; an unknown value is null, an infinite one a text."""
        return {
            "feature": self.feature,
            "code": self.code,
            "family": self.family,
            "value": json_number(self.value),
            "contribution": self.contribution,
            "direction": self.direction,
            "text": self.text,
            "usual": None if self.usual is None else {name: getattr(self.usual, name) for name in _USUAL},
        }


_USUAL = ("p01", "p50", "p90", "p99", "p999", "share_nonzero", "missing_share")


@dataclass(frozen=True, slots=True)
class ContributionGroup:
    """Hold what several features add together.

    Attributes:
        name: The reason code or the family that they share.
        family: Signal family of the member that speaks.
        contribution: Log-odds that they add together.
        text: Words of the member that moves the score most in the direction of the group.
        members: Its features, strongest first.
    """

    name: str
    family: str
    contribution: float
    text: str
    members: tuple[FeatureContribution, ...]

    @property
    def direction(self) -> Direction:
        """Say whether they raise the score together; what moves nothing counts as trust."""
        return _direction(self.contribution)


def grouped(
    contributions: Iterable[FeatureContribution], name: Callable[[FeatureContribution], str]
) -> tuple[ContributionGroup, ...]:
    """Group contributions by a name of theirs, the group that moves the score most first."""
    members: dict[str, list[FeatureContribution]] = {}
    for one in contributions:
        members.setdefault(name(one), []).append(one)
    groups = [_group(told, held) for told, held in members.items()]
    return tuple(sorted(groups, key=lambda group: -abs(group.contribution)))


def _group(name: str, members: list[FeatureContribution]) -> ContributionGroup:
    total = math.fsum(one.contribution for one in members)
    sign = math.copysign(1.0, total)
    speaker = max(members, key=lambda one: sign * one.contribution)
    return ContributionGroup(name, speaker.family, total, speaker.text, tuple(members))


def exact(raw_score: float, base_value: float, contributions: Sequence[float]) -> tuple[float, list[float]]:
    """Return base value and contributions whose correctly rounded sum, ``math.fsum``, is the raw score to the bit.

    Contributions and score are sums of the same leaves in different orders, so they differ in the last bits. What is
    missing, some 1e-13, goes into the weakest contribution that can take it and keep its direction, else into the base
    value, else into two of them. What contributes nothing goes on doing so.

    Where every term is coarser than the last bit of the score, as 16.7 and -16.7 are for a score of 9e-13, no terms
    near them add up to it. The sum misses it by the rounding of the terms then; it takes few, large terms and a score
    near 0.

    Args:
        raw_score: The model's log-odds.
        base_value: Log-odds that the contributions start from.
        contributions: One number a feature.

    Raises:
        NoExplanation: They miss the score by more than rounding does: they belong to another score.

    Examples:
        >>> base, parts = exact(0.3, 0.1, [0.1, 0.1000000001, 0.0])
        >>> math.fsum([base, *parts]), parts[2]
        (0.3, 0.0)
    """
    parts = list(contributions)
    missing = math.fsum([raw_score, -base_value, *(-part for part in parts)])
    if not abs(missing) <= _ROUNDING:
        raise NoExplanation(
            f"the contributions miss the raw score by {missing:.3g} log-odds, more than rounding does; the assessment "
            "was changed after it was made, or is by another model of the same name: explain the one that the scorer "
            "gave, with the model that gave it"
        )
    terms = [base_value, *parts]
    if missing:
        order = [*sorted((i for i, term in enumerate(terms) if i and term), key=lambda i: abs(terms[i])), 0]
        terms = _in_one(raw_score, terms, order) or _in_two(raw_score, terms, order) or _filled(raw_score, terms, 0)
    return terms[0], terms[1:]


def _in_one(raw_score: float, terms: list[float], order: Iterable[int]) -> list[float] | None:
    """Return terms of which the first of an order that can has taken what is missing; None if none can."""
    for place in order:
        found = _filled(raw_score, terms, place)
        is_kept = not place or found[place] * math.copysign(1.0, terms[place]) > 0.0  # the base value has no direction
        if is_kept and math.fsum(found) == raw_score:
            return found
    return None


def _in_two(raw_score: float, terms: list[float], order: Sequence[int]) -> list[float] | None:
    """Return terms of which a coarse one has taken most of what is missing, a weak one the rest; None if none can."""
    weakest = [*order[:_FEW], *order[_FEW:][-1:]]  # all pairs would take 0.1 s; the base is last
    for coarse in weakest:
        most = _filled(raw_score, terms, coarse)
        if coarse and not most[coarse] * math.copysign(1.0, terms[coarse]) > 0.0:
            continue
        if found := _in_one(raw_score, most, [place for place in weakest if place != coarse]):
            return found
    return None


def _filled(raw_score: float, terms: Sequence[float], place: int) -> list[float]:
    """Return terms of which one is what the others lack of the score, correctly rounded."""
    found = math.fsum([raw_score, *(-term for index, term in enumerate(terms) if index != place)])
    return [*terms[:place], found, *terms[place + 1 :]]


def json_number(value: float) -> float | str | None:
    """Return a number as JSON can hold it: null for NaN, a text for the infinities.

    Examples:
        >>> json_number(2.5), json_number(math.nan), json_number(-math.inf)
        (2.5, None, '-Infinity')
    """
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return None if math.isnan(value) else value


def _direction(contribution: float) -> Direction:
    return "risk" if contribution > 0 else "trust"
