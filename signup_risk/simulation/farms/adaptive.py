"""Run the adaptive operator (A8): accounts are tried, decisions are seen later, and what was bought changes."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from signup_risk.prices import load_prices
from signup_risk.simulation.applicant import Applicant
from signup_risk.simulation.draw import log_normal, log_uniform
from signup_risk.simulation.farms.campaign import Member, make_account
from signup_risk.simulation.farms.levers import LEVERS, Choice, Toolbox
from signup_risk.simulation.farms.operator import Operator
from signup_risk.simulation.intake import CARD_FIELDS
from signup_risk.simulation.record import write_event
from signup_risk.simulation.scenario import FarmPriors
from signup_risk.simulation.source import Arrival
from signup_risk.simulation.world import Moment, World

#: Says whether a sign-up passes; it sees all of them in order of time.
Judge = Callable[[Mapping[str, Any]], bool]

_SECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """Hold one account that was tried.

    Attributes:
        choice: What was bought.
        cost: Its price in US dollars.
    """

    moment: Moment
    applicant: Applicant
    choice: Choice
    cost: float


@dataclass(frozen=True, slots=True)
class Commission:
    """Say what an operator sets out to do.

    Attributes:
        group: Name of the campaign.
        size: Accounts to try.
        start_us, end_us: When.
        budget: US dollars to spend.
        worth: US dollars that an account is worth that passes.
        delay_hours: Median time until a decision is seen; the first ones are seen in a few minutes at the least.
    """

    group: str
    size: int
    start_us: int
    end_us: int
    budget: float
    worth: float
    delay_hours: float


class AdaptiveFarm:
    """Yield attempts one by one and learn from what became of them."""

    def __init__(self, rng: Random, world: World, priors: FarmPriors, commission: Commission) -> None:
        self._rng = rng
        self._world = world
        self._commission = commission
        self._toolbox = Toolbox(rng, priors, commission.size)
        self.operator = Operator(
            rng, load_prices(), budget=commission.budget, accounts=commission.size, worth=commission.worth
        )
        # An operator who tests does not spend everything before the first decisions are in.
        self._most_pending = max(8, commission.size // 40)
        self._pending: list[tuple[int, int, Choice, bool]] = []
        self._number = 0
        self._next_us = commission.start_us

    def attempt(self, before_us: int) -> Attempt | None:
        """Make the next account, or return nothing if it would be made later, or not at all."""
        if self._next_us >= min(before_us, self._commission.end_us) or self.operator.spent_out:
            return None
        rng, at_us = self._rng, self._next_us
        self._see_decisions(at_us)
        moment = self._world.moment(rng, at_us)
        choice, cost = self.operator.buy(_needed(moment.form))
        self._number += 1
        member = Member(self._commission.group, self._number)
        applicant = make_account(rng, self._world, moment, self._toolbox.plan(choice), member)
        self._next_us = at_us + 1 + int(rng.expovariate(1 / self._toolbox.gap_seconds(choice)) * _SECOND)
        return Attempt(moment, applicant, choice, cost)

    def decided(self, attempt: Attempt, *, passed: bool) -> None:
        """Take the decision about an attempt; the operator sees it later."""
        wait = int(log_normal(self._rng, self._commission.delay_hours, 0.8) * 3600 * _SECOND)
        heapq.heappush(self._pending, (attempt.moment.at_us + wait, self._number, attempt.choice, passed))
        if len(self._pending) >= self._most_pending:
            self._next_us = max(self._next_us, self._pending[0][0])

    def _see_decisions(self, at_us: int) -> None:
        while self._pending and self._pending[0][0] <= at_us:
            _, _, choice, passed = heapq.heappop(self._pending)
            self.operator.learn(choice, passed=passed)


class AdaptiveCampaign:
    """Let an adaptive farm work against a judge of its own, as a source of traffic."""

    def __init__(self, farm: AdaptiveFarm, world: World, judge: Judge, size: int, rng: Random) -> None:
        self.size = size
        self._farm = farm
        self._judge = judge
        self._rng = rng
        self._world = world

    def part(self, number: int) -> Iterator[Arrival]:
        """Yield the accounts of one part."""
        _, end = self._world.span(number)
        while (made := self._farm.attempt(end)) is not None:
            moment = made.moment
            event = write_event(self._rng, made.applicant, moment.form, moment.period, moment.at_us, 0)
            self._farm.decided(made, passed=self._judge(event))
            yield Arrival(moment, made.applicant)


def draw_commission(rng: Random, group: str, size: int, start_us: int, end_us: int) -> Commission:
    """Draw the means of an operator."""
    return Commission(
        group=group,
        size=size,
        start_us=start_us,
        end_us=end_us,
        budget=size * log_uniform(rng, 0.3, 8.0),
        worth=log_uniform(rng, 1.0, 30.0),
        delay_hours=log_uniform(rng, 0.05, 12.0),
    )


def _needed(form: frozenset[str]) -> frozenset[str]:
    """Return the levers that a form leaves to buy: nobody pays for a card that nobody asks for."""
    absent = {"phone"} if "phone" not in form else set()
    if form.isdisjoint(CARD_FIELDS):
        absent.add("card")
    return frozenset(LEVERS) - absent
