"""Search the smallest sets of facts that change a decision, by assessing the sign-up with each.

Sets of one fact first, then of two, and so on, so that a set is minimal if no part of it was found before. Within one
size the facts that move the score most by themselves come first, so that a bound on assessments cuts off the least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from signup_risk.errors import ConfigurationError
from signup_risk.policy.decision import OUTCOMES
from signup_risk.prices import Prices, load_prices
from signup_risk.results import Assessment
from signup_risk.what_if.draft import Draft
from signup_risk.what_if.facts import BOUGHT, TRUTHFUL, WORSE, Fact
from signup_risk.what_if.found import ChangeSet, Direction, WhatWouldChange, decided
from signup_risk.what_if.places import Place

#: Assesses a sign-up as it would be assessed, without recording it.
Rescore = Callable[[Mapping[str, Any]], Assessment]

_MOST_FACTS: Final = 5
_MOST_ASSESSMENTS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound a search.

    Attributes:
        largest: Most facts in a set.
        most: Sets to give of each list; the search of a list ends with them.
        budget: Assessments that each list may take.
        without: Levers (``card``) or facts (``card.own``) to leave out, such as what a form does not ask for.
    """

    largest: int = 3
    most: int = 5
    budget: int = 400
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, highest in (("largest", _MOST_FACTS), ("most", 1000), ("budget", _MOST_ASSESSMENTS)):
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= highest:
                raise ConfigurationError(f"{name} is {str(value)[:20]}; give a whole number from 1 to {highest:,}")
        known = {name for fact in (*TRUTHFUL, *BOUGHT, *WORSE) for name in (fact.name, *fact.levers)}
        if unknown := [name for name in self.without if name not in known]:
            raise ConfigurationError(f"without has {unknown[0][:40]!r}; use {', '.join(sorted(known))}")

    def keeps(self, fact: Fact) -> bool:
        """Say whether a fact is to be looked at."""
        return fact.levers.isdisjoint(self.without) and fact.name not in self.without


def search(  # noqa: PLR0913 - what is asked, of whom, and how far
    event: Mapping[str, Any],
    base: Assessment,
    rescore: Rescore,
    place: Place,
    direction: Direction,
    limits: Limits,
    prices: Prices | None = None,
) -> WhatWouldChange:
    """Return what would have changed a decision.

    Args:
        event: The sign-up as the input contract has it, nested.
        base: What it is assessed as.
        rescore: Assesses a changed sign-up.
        place: The applicant's country.
        direction: Whether a milder or a stricter decision is looked for.
        limits: How far to look.
        prices: A price list of your own.
    """
    drafts = _Drafts(event, base, place)
    sign = 1.0 if direction == "milder" else -1.0
    lists = (TRUTHFUL, BOUGHT) if direction == "milder" else (WORSE, ())
    runs = [_Run(drafts, rescore, direction, limits) for _ in lists]
    found = [run.found(facts) for run, facts in zip(runs, lists, strict=True)]
    priced = [_priced(one, prices or load_prices()) for one in found[1]]
    priced.sort(key=lambda one: (len(one.facts), one.cost.usual if one.cost else 0.0, _names(one.facts)))
    return WhatWouldChange(
        base,
        direction,
        tuple(sorted(found[0], key=lambda one: (len(one.facts), sign * one.raw_score, _names(one.facts)))),
        tuple(priced),
        limits.largest,
        sum(run.tried for run in runs),
        all(run.is_complete for run in runs),
    )


@dataclass(frozen=True, slots=True)
class _Drafts:
    """Make changed sign-ups."""

    event: Mapping[str, Any]
    base: Assessment
    place: Place

    def changed(self, facts: Iterable[Fact]) -> dict[str, Any]:
        draft = Draft(self.event, self.place, self.base.at.date())
        for fact in facts:
            fact.edit(draft)
        return draft.event


class _Run:
    """Search one list of facts."""

    def __init__(self, drafts: _Drafts, rescore: Rescore, direction: Direction, limits: Limits) -> None:
        self._drafts = drafts
        self._rescore = rescore
        self._direction = direction
        self._limits = limits
        self.tried = 0
        self.is_complete = True

    def found(self, facts: Sequence[Fact]) -> list[ChangeSet]:
        """Return the minimal sets of a list."""
        found: list[ChangeSet] = []
        effects = self._alone(facts, found)
        ranked = [fact for fact in facts if fact.name in effects]  # in the order in which they are made so
        for size in range(2, self._limits.largest + 1):
            for chosen in _ordered(ranked, size, effects):
                if any(set(one.facts) <= set(chosen) for one in found):
                    continue
                if len(found) >= self._limits.most or self.tried >= self._limits.budget:
                    self.is_complete = False
                    return found[: self._limits.most]
                self._try(chosen, found)
        if len(found) > self._limits.most:
            self.is_complete = False
        return found[: self._limits.most]

    def _alone(self, facts: Sequence[Fact], found: list[ChangeSet]) -> dict[str, float]:
        """Try every fact by itself; return by how much each moves the score towards what is looked for."""
        base = self._drafts.base.raw_score or 0.0
        sign = 1.0 if self._direction == "milder" else -1.0
        effects: dict[str, float] = {}
        unchanged = self._drafts.changed(())
        for fact in filter(self._limits.keeps, facts):
            if self._drafts.changed((fact,)) == unchanged:
                continue
            if self.tried >= self._limits.budget:
                self.is_complete = False
                break
            assessment = self._try((fact,), found)
            effects[fact.name] = sign * (base - (assessment.raw_score or 0.0))
        found.sort(key=lambda one: sign * one.raw_score)
        return effects

    def _try(self, facts: tuple[Fact, ...], found: list[ChangeSet]) -> Assessment:
        self.tried += 1
        assessment = self._rescore(self._drafts.changed(facts))
        now, was = OUTCOMES.index(decided(assessment)), OUTCOMES.index(decided(self._drafts.base))
        if now < was if self._direction == "milder" else now > was:
            raw, fpr = assessment.raw_score or 0.0, 1.0 if assessment.fpr is None else assessment.fpr
            found.append(ChangeSet(facts, decided(assessment), raw, fpr))
        return assessment


def _ordered(facts: Sequence[Fact], size: int, effects: Mapping[str, float]) -> Iterator[tuple[Fact, ...]]:
    """Yield the sets of a size that can go together, those that should move the score most first."""
    sets = [chosen for chosen in combinations(facts, size) if _go_together(chosen)]
    yield from sorted(sets, key=lambda chosen: (-sum(effects[fact.name] for fact in chosen), _names(chosen)))


def _go_together(facts: tuple[Fact, ...]) -> bool:
    return len(frozenset().union(*(fact.levers for fact in facts))) == sum(len(fact.levers) for fact in facts)


def _priced(found: ChangeSet, prices: Prices) -> ChangeSet:
    evasions = [fact.evasion for fact in found.facts if fact.evasion is not None]
    assumed = any(prices.of(evasion).assumed for evasion in evasions)
    return ChangeSet(found.facts, found.decision, found.raw_score, found.fpr, prices.account(evasions), assumed)


def _names(facts: Iterable[Fact]) -> tuple[str, ...]:
    return tuple(fact.name for fact in facts)
