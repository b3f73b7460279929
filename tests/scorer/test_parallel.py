"""Assess on several cores what was assessed on one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from signup_risk import Assessment, InvalidSignup, Policy, Scorer, Signup, SignupRiskError
from signup_risk.policy import ListEntry
from signup_risk.scorer.parallel import CHUNK, assess_parallel
from signup_risk.simulation import load_scenario, simulate


def read(event: dict[str, Any]) -> Signup | str:
    """Read an event, or say why not."""
    try:
        return Signup.from_mapping(event, require_at=True)
    except InvalidSignup as problem:
        return str(problem)


def write(assessment: Assessment) -> dict[str, Any]:
    """Return an assessment as JSON values, without what differs from run to run."""
    return {key: value for key, value in assessment.to_dict().items() if key != "latency_ms"}


def events(count: int) -> Iterator[dict[str, Any]]:
    """Return simulated sign-ups, some of them unreadable."""
    for number, event in enumerate(islice(simulate(load_scenario("demo-1"), 5), count)):
        yield {"email": "no time"} if number % 97 == 13 else event


def end_process(assessment: Assessment) -> None:
    """Kill the process that should write an answer."""
    del assessment
    os.kill(os.getpid(), signal.SIGKILL)


def test_parallel_equals_sequential(tmp_path: Path) -> None:
    """Two workers over a SQLite store answer to the bit what one process over memory answers, in order."""
    policy = Policy(block=(ListEntry("ip", "192.0.2.7"),))
    history = list(events(10 * CHUNK + 5))
    with Scorer.open("memory://", policy=policy) as one:
        wanted = [found if isinstance(found, str) else write(one.assess(found)) for found in map(read, history)]
    with Scorer.open(f"sqlite:///{tmp_path}/velocity.db", policy=policy) as many:
        found = list(assess_parallel(many, enumerate(history), read, write, workers=2, timeout=60))
    assert [number for number, _ in found] == list(range(len(history)))
    assert [answer for _, answer in found] == wanted


def test_nothing_gives_nothing() -> None:
    """An empty list ends at once."""
    with Scorer.open("memory://") as scorer:
        assert list(assess_parallel(scorer, [], read, write, workers=1, timeout=1)) == []


def test_a_dead_worker_is_an_error() -> None:
    """If a worker dies, the caller is told, and nothing hangs."""
    with Scorer.open("memory://") as scorer, pytest.raises(SignupRiskError, match="status -9"):
        list(assess_parallel(scorer, enumerate(events(200)), read, end_process, workers=2, timeout=1))
