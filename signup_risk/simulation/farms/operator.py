"""Choose what to buy for the next account from what became of the others: a bandit over evasions."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from signup_risk.prices import Prices
from signup_risk.simulation.farms.levers import LEVERS, Choice, evasions

# Verdicts from one look at the figures to the next, and how much old ones count for after it: defences change.
_REVIEW: Final = 24
_KEPT: Final = 0.7
_ENOUGH: Final = 4
# Below this share of passed accounts something has to change, whatever looks best.
_HOPELESS: Final = 0.25


@dataclass(slots=True)
class Tally:
    """Count verdicts, old ones for less."""

    passed: float = 0.0
    failed: float = 0.0

    @property
    def rate(self) -> float:
        """Share of passed accounts, as far as it can be told."""
        return (1.0 + self.passed) / (2.0 + self.passed + self.failed)


class Operator:
    """Hold what an operator buys at present, what else is tried, and what is left of the money.

    What is tried is what is bought at present with one lever a level up or down. Each account goes to the
    choice that promises most by a draw from what is known of it (Thompson sampling): the worth of an account
    times its chance to pass, less its price. At each review the best choice becomes the present one.
    """

    def __init__(self, rng: Random, prices: Prices, *, budget: float, accounts: int, worth: float) -> None:
        """Start with cheap choices, as farms of the kinds A0 to A2 do.

        Args:
            rng: Source of randomness.
            prices: Price list.
            budget: Dollars to spend.
            accounts: Accounts wanted for it.
            worth: Dollars that an account is worth that passes.
        """
        self._rng = rng
        self._worth = worth
        self._left = budget
        self._wanted = accounts
        self._prices = prices
        self._costs: dict[tuple[Choice, frozenset[str]], float] = {}
        self._needed = frozenset(LEVERS)
        self._tallies: dict[Choice, Tally] = {}
        self._verdicts = 0
        self.present: Choice = tuple(0 if rng.random() < 0.7 else 1 for _ in LEVERS)
        self._arms = self._neighbours()

    @property
    def spent_out(self) -> bool:
        """Whether the money is not enough for the cheapest of the choices, or all accounts are made."""
        return self._wanted <= 0 or min(map(self.cost, self._arms)) > self._left

    def cost(self, choice: Choice) -> float:
        """Return the usual price of an account, of what the last form asked for."""
        key = (choice, self._needed)
        if key not in self._costs:
            names = [f"{lever}.{level}" for lever, level in evasions(choice).items() if lever in self._needed]
            self._costs[key] = self._prices.account(names).usual
        return self._costs[key]

    def buy(self, needed: frozenset[str]) -> tuple[Choice, float]:
        """Choose for the next account and pay for it.

        Args:
            needed: Levers that the form leaves to buy: nobody pays for a card that nobody asks for.
        """
        self._needed = needed
        allowance = max(self._left / max(1, self._wanted) * 1.5, min(map(self.cost, self._arms)))
        affordable = [arm for arm in self._arms if self.cost(arm) <= min(allowance, self._left)]
        choice = max(affordable, key=self._promise)
        self._left -= self.cost(choice)
        self._wanted -= 1
        return choice, self.cost(choice)

    def learn(self, choice: Choice, *, passed: bool) -> None:
        """Take a verdict into account."""
        tally = self._tallies.setdefault(choice, Tally())
        if passed:
            tally.passed += 1
        else:
            tally.failed += 1
        self._verdicts += 1
        if self._verdicts % _REVIEW == 0:
            self._review()

    def _promise(self, choice: Choice) -> float:
        tally = self._tallies.get(choice, Tally())
        chance = self._rng.betavariate(1.0 + tally.passed, 1.0 + tally.failed)
        return self._worth * chance - self.cost(choice)

    def _review(self) -> None:
        known = [arm for arm in self._arms if arm in self._tallies and self._seen(arm) >= _ENOUGH]
        best = max(known, key=lambda arm: self._worth * self._tallies[arm].rate - self.cost(arm), default=self.present)
        if self._tallies.get(best, Tally()).rate < _HOPELESS:
            # Nothing helps by itself, as two rules may both be against it: go on with the cheapest change.
            raised = [arm for arm in self._arms if sum(arm) > sum(self.present)]
            best = min(raised, key=lambda arm: (self._seen(arm), self.cost(arm)), default=best)
        if best != self.present:
            self.present = best
            self._arms = self._neighbours()
        for tally in self._tallies.values():
            tally.passed *= _KEPT
            tally.failed *= _KEPT

    def _seen(self, arm: Choice) -> float:
        tally = self._tallies.get(arm, Tally())
        return tally.passed + tally.failed

    def _neighbours(self) -> list[Choice]:
        """Return the present choice and all that are one level away from it."""
        found = [self.present]
        for place, levels in enumerate(LEVERS.values()):
            near = (self.present[place] - 1, self.present[place] + 1)
            found += [
                (*self.present[:place], level, *self.present[place + 1 :]) for level in near if 0 <= level < len(levels)
            ]
        return found
