"""Let an adaptive operator work against any scorer, and say what an account cost that passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

from signup_risk.simulation.farms.adaptive import AdaptiveFarm, Commission, Judge
from signup_risk.simulation.farms.levers import evasions
from signup_risk.simulation.record import write_event
from signup_risk.simulation.scenario import Scenario
from signup_risk.simulation.setting import open_world
from signup_risk.simulation.world import DAY_US

# Numbers of accounts start here, so that their identifiers are not those of the traffic around them.
_FIRST_NUMBER: Final = 0x80000000


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """Hold what became of one account that was tried.

    Attributes:
        event: The sign-up, as the judge saw it.
        evasions: Level of each lever that was paid for or used, by lever.
        cost: US dollars, by usual prices.
        passed: Whether the judge let it pass.
    """

    event: Mapping[str, Any]
    evasions: Mapping[str, str]
    cost: float
    passed: bool


@dataclass(frozen=True, slots=True)
class AdaptiveRun:
    """Hold a run of the adaptive operator: synthetic, and at prices most of which are assumed."""

    accounts: tuple[AccountRecord, ...]

    @property
    def spent(self) -> float:
        """US dollars spent, on accounts that did not pass as well."""
        return sum(account.cost for account in self.accounts)

    @property
    def survivors(self) -> int:
        """How many accounts passed."""
        return sum(account.passed for account in self.accounts)

    @property
    def dollars_per_survivor(self) -> float | None:
        """US dollars for each account that passed; absent where none did."""
        return self.spent / self.survivors if self.survivors else None

    def pass_rate(self, begin: float = 0.0, end: float = 1.0) -> float:
        """Return the share that passed, of all or of a stretch of the accounts.

        Args:
            begin: Where the stretch begins, as a share of the accounts.
            end: Where it ends.
        """
        stretch = self.accounts[int(len(self.accounts) * begin) : int(len(self.accounts) * end)]
        return sum(account.passed for account in stretch) / len(stretch) if stretch else 0.0


def run_adaptive(  # noqa: PLR0913 - a farm and its surroundings, each with a usual value
    judge: Judge,
    scenario: Scenario,
    seed: int,
    *,
    size: int = 1000,
    budget: float = 2000.0,
    worth: float = 10.0,
    delay_hours: float = 0.5,
    start_day: float = 0.0,
    background: Iterable[Mapping[str, Any]] = (),
) -> AdaptiveRun:
    """Let one adaptive operator try accounts until they, the budget or the scenario end.

    Args:
        judge: Gets every sign-up in order of time as a contract event without label, and says whether it
            passes. The operator learns its answers with delay.
        scenario: Site, length and ranges that the farm is drawn from.
        seed: Decides everything but the judge.
        size: Accounts to try.
        budget: US dollars to spend.
        worth: US dollars that an account is worth that passes.
        delay_hours: Median time until the operator sees a decision.
        start_day: When the farm starts, in days from the start of the scenario.
        background: Other sign-ups in order of time, such as those of ``simulate`` with the same scenario and
            seed. They go to the judge between the accounts.
    """
    world = open_world(scenario, seed)
    rng = Random(f"{seed}:adaptive")
    start = world.start_us + int(start_day * DAY_US)
    end = world.start_us + scenario.days * DAY_US
    commission = Commission("farm.a8.1", size, start, end, budget, worth, delay_hours)
    farm = AdaptiveFarm(rng, world, scenario.farms, commission)
    others = _Others(background)
    accounts: list[AccountRecord] = []
    while (made := farm.attempt(end)) is not None:
        moment = made.moment
        for event in others.until(moment.at_us):
            judge(event)
        number = _FIRST_NUMBER + len(accounts)
        event = write_event(rng, made.applicant, moment.form, moment.period, moment.at_us, number)
        passed = judge(event)
        farm.decided(made, passed=passed)
        accounts.append(AccountRecord(event, evasions(made.choice), made.cost, passed))
    return AdaptiveRun(tuple(accounts))


class _Others:
    """Hand out the sign-ups of a background as time goes on, without what only the simulation knows."""

    def __init__(self, events: Iterable[Mapping[str, Any]]) -> None:
        self._events = iter(events)
        self._held: Mapping[str, Any] | None = next(self._events, None)

    def until(self, at_us: int) -> Iterator[dict[str, Any]]:
        while self._held is not None and _micros(self._held) <= at_us:
            yield {name: value for name, value in self._held.items() if name not in ("label", "label_at", "group")}
            self._held = next(self._events, None)


def _micros(event: Mapping[str, Any]) -> int:
    return int(datetime.fromisoformat(event["at"]).timestamp() * 1_000_000)
