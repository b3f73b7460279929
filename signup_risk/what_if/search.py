"""Search the smallest sets of facts that change a decision, by assessing the sign-up with each.

Sets of one fact first, then of two, and so on, so that a set is minimal if no part of it was found before. Within one
size come first, of facts that an applicant has, those that move the score most by themselves, and of facts that are
bought, the cheapest: what a bound cuts off is then the least of interest.
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
    drafts, known = _Drafts(event, base, place), prices or load_prices()
    sign = 1.0 if direction == "milder" else -1.0
    honest = _Run(drafts, rescore, direction, limits)
    truthful = honest.found(TRUTHFUL if direction == "milder" else WORSE)
    buying = _Run(drafts, rescore, direction, limits, known)
    bought = buying.found(BOUGHT if direction == "milder" else ())
    return WhatWouldChange(
        base,
        direction,
        tuple(sorted(truthful, key=lambda one: (len(one.facts), sign * one.raw_score, _names(one.facts)))),
        tuple(_priced(one, known) for one in sorted(bought, key=lambda one: _by_price(one.facts, known))),
        limits.largest,
        honest.tried + buying.tried,
        honest.is_complete and buying.is_complete,
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
    """Search one list of facts; with prices, the cheapest of each size first."""

    def __init__(
        self,
        drafts: _Drafts,
        rescore: Rescore,
        direction: Direction,
        limits: Limits,
        prices: Prices | None = None,
    ) -> None:
        self._prices = prices
        self._drafts = drafts
        self._rescore = rescore
        self._direction = direction
        self._limits = limits
        self._dependent: set[str] = set()
        self.tried = 0
        self.is_complete = True

    def found(self, facts: Sequence[Fact]) -> list[ChangeSet]:
        """Return the minimal sets of a list."""
        found: list[ChangeSet] = []
        effects = self._alone(facts, found)
        ranked = [fact for fact in facts if fact.name in effects]  # in the order in which they are made so
        for size in range(2, self._limits.largest + 1):
            for chosen in self._ordered(ranked, size, effects):
                if any(set(one.facts) <= set(chosen) for one in found) or self._has_idle(chosen):
                    continue
                if len(found) >= self._limits.most or self.tried >= self._limits.budget:
                    self.is_complete = False
                    return found[: self._limits.most]
                self._try(chosen, found)
        if len(found) > self._limits.most:
            self.is_complete = False
        return found[: self._limits.most]

    def _alone(self, facts: Sequence[Fact], found: list[ChangeSet]) -> dict[str, float]:
        """Try every fact by itself; return by how much each moves the score towards what is looked for.

        Facts that change nothing here but do so beside another one, such as a mailbox with the applicant's name once
        there is a name, move nothing by themselves; what changes nothing beside any other is left out.
        """
        base = self._drafts.base.raw_score or 0.0
        sign = 1.0 if self._direction == "milder" else -1.0
        effects: dict[str, float] = {}
        unchanged = self._drafts.changed(())
        kept = [fact for fact in facts if self._limits.keeps(fact)]
        for fact in kept:
            if self._drafts.changed((fact,)) == unchanged:
                if any(self._changes_beside(fact, other, kept) for other in kept):
                    effects[fact.name] = 0.0
                    self._dependent.add(fact.name)
                continue
            if self.tried >= self._limits.budget:
                self.is_complete = False
                break
            assessment = self._try((fact,), found)
            effects[fact.name] = sign * (base - (assessment.raw_score or 0.0))
        found.sort(key=lambda one: self._rank(one.facts, effects))
        return effects

    def _changes_beside(self, fact: Fact, other: Fact, order: Sequence[Fact]) -> bool:
        """Tell whether a fact changes something in a sign-up of which another one holds."""
        pair = tuple(one for one in order if one in (fact, other))
        return len(pair) > 1 and _go_together(pair) and self._drafts.changed(pair) != self._drafts.changed((other,))

    def _has_idle(self, chosen: tuple[Fact, ...]) -> bool:
        """Tell whether a fact of a set changes nothing beside the others, so that the set is no smallest one."""
        idle = [fact for fact in chosen if fact.name in self._dependent]
        whole = self._drafts.changed(chosen) if idle else {}
        return any(self._drafts.changed(one for one in chosen if one is not fact) == whole for fact in idle)

    def _ordered(
        self, facts: Sequence[Fact], size: int, effects: Mapping[str, float]
    ) -> Iterator[tuple[Fact, ...]]:
        """Yield the sets of a size that can go together, those of most interest first."""
        sets = [chosen for chosen in combinations(facts, size) if _go_together(chosen)]
        yield from sorted(sets, key=lambda chosen: self._rank(chosen, effects))

    def _rank(self, facts: tuple[Fact, ...], effects: Mapping[str, float]) -> tuple[Any, ...]:
        if self._prices is not None:
            return _by_price(facts, self._prices)
        return (-sum(effects[fact.name] for fact in facts), _names(facts))

    def _try(self, facts: tuple[Fact, ...], found: list[ChangeSet]) -> Assessment:
        self.tried += 1
        assessment = self._rescore(self._drafts.changed(facts))
        now, was = OUTCOMES.index(decided(assessment)), OUTCOMES.index(decided(self._drafts.base))
        if now < was if self._direction == "milder" else now > was:
            raw, fpr = assessment.raw_score or 0.0, 1.0 if assessment.fpr is None else assessment.fpr
            found.append(ChangeSet(facts, decided(assessment), raw, fpr))
        return assessment


def _go_together(facts: tuple[Fact, ...]) -> bool:
    return len(frozenset().union(*(fact.levers for fact in facts))) == sum(len(fact.levers) for fact in facts)


def _priced(found: ChangeSet, prices: Prices) -> ChangeSet:
    evasions = _evasions(found.facts)
    assumed = any(prices.of(evasion).assumed for evasion in evasions)
    return ChangeSet(found.facts, found.decision, found.raw_score, found.fpr, prices.account(evasions), assumed)


def _evasions(facts: Iterable[Fact]) -> list[str]:
    return [fact.evasion for fact in facts if fact.evasion is not None]


def _by_price(facts: tuple[Fact, ...], prices: Prices) -> tuple[int, float, tuple[str, ...]]:
    return len(facts), prices.account(_evasions(facts)).usual, _names(facts)


def _names(facts: Iterable[Fact]) -> tuple[str, ...]:
    return tuple(fact.name for fact in facts)
