"""Put a scorer through one fault: before, during, after; and compare what its store holds with one that had none.

The same trials are tests and, as ``scripts/bench faults``, a table.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from signup_risk import Assessment, Policy, Scorer
from signup_risk.policy import Thresholds
from signup_risk.scorer.gate import StoreHealth
from signup_risk.stores.breaker import FAILURES
from tests.scorer.samples import FULL, touch_of

SECRET = "one secret for all trials"
START = datetime(2026, 6, 1, tzinfo=UTC)

#: What a sign-up may take beyond its deadline, in milliseconds.
ALLOWANCE_MS = 20.0

#: Milliseconds that a sign-up may wait for the store during the fault, and without one.
DEADLINE_MS = 150.0
PATIENT_MS = 60_000.0

#: Sign-ups before and during the fault.
BEFORE, DURING = 8, 24

#: Seconds after which a store that was mended has to have everything.
_RECOVERY = 40.0

#: It would block everybody, so that whatever is milder was bounded.
STRICT = Policy(thresholds=Thresholds(1.0, 1.0, 1.0))

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """Hold a store that something can happen to.

    Attributes:
        url: Of the store.
        begin: Lets it happen.
        end: Mends it.
    """

    url: str
    begin: Callable[[], object]
    end: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Fault:
    """Name something that happens to a store.

    Attributes:
        name: What happens.
        stage: Makes a store in a folder that it can happen to.
        says: Part of what the health of the scorer names as the problem.
        keeps: Whether the store still has afterwards what it had before.
        pace: Seconds between two sign-ups during the fault.
        has_nameless: Whether sign-ups without an id are among those; on a cluster such a one may count twice.
    """

    name: str
    stage: Callable[[Path], AbstractContextManager[Stage]]
    says: str
    keeps: bool = True
    pace: float = 0.0
    has_nameless: bool = True

    def sign_up(self, number: int) -> Event:
        """Return one sign-up of its stream."""
        return sign_up(number) if self.has_nameless else {**sign_up(number), "signup_id": f"day-{number}"}


@dataclass(slots=True)
class Trial:
    """Hold what a fault did.

    Attributes:
        fault: The fault.
        times: Milliseconds of each sign-up during it.
        told: Answers during it.
        healthy: Answers before it.
        known: Whether reports during it found their sign-up.
        during: How the scorer got on with its store at its end.
        health: And when everything had been made good.
        held: What the store holds of every sign-up's keys.
        wanted: What a store without a fault holds of them.
    """

    fault: Fault
    times: list[float] = field(default_factory=list)
    usual: list[float] = field(default_factory=list)
    told: list[Assessment] = field(default_factory=list)
    healthy: list[Assessment] = field(default_factory=list)
    known: list[bool] = field(default_factory=list)
    during: StoreHealth | None = None
    health: StoreHealth | None = None
    held: list[list[bytes | None]] = field(default_factory=list)
    wanted: list[list[bytes | None]] = field(default_factory=list)

    @property
    def longest(self) -> float:
        """Return the milliseconds of the slowest sign-up."""
        return max(self.times)

    @property
    def is_late(self) -> bool:
        """Say whether a sign-up took longer than it may."""
        return self.longest > DEADLINE_MS + ALLOWANCE_MS

    @property
    def is_starved(self) -> bool:
        """Say whether the machine alone explains it: without a fault sign-ups take their time here as well."""
        return self.longest <= DEADLINE_MS + ALLOWANCE_MS + max(self.usual[1:])


def sign_up(number: int) -> Event:
    """Return one sign-up of a stream; every sixth has no id."""
    return {
        **FULL,
        "signup_id": f"day-{number}" if number % 6 else None,
        "at": (START + timedelta(minutes=number)).isoformat(),
        "email": f"lena.{number % 9}@brightfjord.example",
        "ip_address": f"81.2.{number % 5}.{number % 7}",
        "username": f"lena{number}",
    }


Assess = Callable[[Event, float], Assessment]


def run(fault: Fault, folder: Path, *, using: Callable[[Scorer], AbstractContextManager[Assess]]) -> Trial:
    """Put a scorer through a fault.

    Args:
        fault: What happens.
        folder: Where files may be made.
        using: Gives the form in which sign-ups are assessed.
    """
    trial = Trial(fault)
    with fault.stage(folder) as stage:
        scorer = Scorer.open(stage.url, secret=SECRET, deadline_ms=DEADLINE_MS, policy=STRICT)
        with scorer, using(scorer) as assess:
            for number in range(BEFORE):
                started = time.perf_counter()
                trial.healthy.append(assess(trial.fault.sign_up(number), PATIENT_MS))
                trial.usual.append(1000 * (time.perf_counter() - started))
            stage.begin()
            try:
                _suffer(trial, scorer, assess)
            finally:
                stage.end()
            last = _recover(trial, scorer, assess)
            trial.held = _states(scorer, last)
    trial.wanted = _without_fault(fault, last)
    return trial


def _suffer(trial: Trial, scorer: Scorer, assess: Assess) -> None:
    for number in range(BEFORE, BEFORE + DURING):
        started = time.perf_counter()
        trial.told.append(assess(trial.fault.sign_up(number), DEADLINE_MS))
        trial.times.append(1000 * (time.perf_counter() - started))
        time.sleep(trial.fault.pace)
    trial.known = [scorer.report(name, "abusive", at=START + timedelta(days=1)) for name in _REPORTED]
    trial.during = scorer.health


#: Sign-ups of before and during the fault whose outcome becomes known during it.
_REPORTED = ("day-3", f"day-{BEFORE + 3}", f"day-{BEFORE + DURING - 1}")


def _recover(trial: Trial, scorer: Scorer, assess: Assess) -> int:
    """Go on until the store has everything; return the number of the last sign-up."""
    number, end = BEFORE + DURING, time.monotonic() + _RECOVERY
    while True:
        trial.told.append(assess(trial.fault.sign_up(number), PATIENT_MS))
        trial.health = health = scorer.health
        if health.state == "closed" and not health.pending:
            return number
        assert time.monotonic() < end, f"not made good: {health}"
        if "velocity" in trial.told[-1].degraded:
            time.sleep(0.05)
        number += 1


def _states(scorer: Scorer, last: int) -> list[list[bytes | None]]:
    found = []
    at = touch_of(scorer, sign_up(last + 1)).at
    for number in range(last + 1):
        touch = touch_of(scorer, sign_up(number))._replace(at=at, signup=0)
        states = scorer._store.peek(touch).states
        found.append([None if state is None else state.blob for state in states])
    return found


def _without_fault(fault: Fault, last: int) -> list[list[bytes | None]]:
    """Return what a store holds that had no fault; of one that lost what it had, without that."""
    with Scorer.open("memory://", secret=SECRET) as scorer:
        for number in range(0 if fault.keeps else BEFORE, last + 1):
            scorer.assess(fault.sign_up(number))
        for name in _REPORTED:
            scorer.report(name, "abusive", at=START + timedelta(days=1))
        return _states(scorer, last)


def judge(trial: Trial) -> None:
    """Assert what holds in every fault, but for how long it took."""
    during, after = trial.during, trial.health
    assert during is not None
    assert after is not None
    assert {one.degraded for one in trial.healthy} == {()}
    assert "block" in {one.decision for one in trial.healthy}
    assert [one.degraded for one in trial.told[:DURING]] == [("velocity",)] * DURING
    assert {one.decision for one in trial.told[:DURING]} == {"review"}
    assert trial.known == [False] * len(_REPORTED)
    assert during.state != "closed"
    assert trial.fault.says in str(during.problem), during.problem
    said = during.pending + during.recovered - DURING  # a slow store takes some late: an outcome by way of the ledger
    assert len(_REPORTED) <= said <= 2 * len(_REPORTED)
    assert FAILURES <= during.failures < DURING  # the breaker spared the others
    assert during.failures + during.spared == DURING
    missed = sum("velocity" in one.degraded for one in trial.told)
    late = after.recovered - missed  # an outcome is written to the ledger, and from there to velocity
    assert len(_REPORTED) <= late <= 2 * len(_REPORTED)
    assert after.dropped == 0
    assert trial.held == trial.wanted
