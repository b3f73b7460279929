"""On legitimate traffic with every crowd that is simulated, campaigns are as rare as the contract says (synthetic)."""

from __future__ import annotations

import math
from itertools import islice

import pytest

from signup_risk import CampaignSettings, Scorer
from signup_risk.campaigns.cells import CELL_KINDS
from signup_risk.campaigns.evidence import chance_bar
from signup_risk.training.coordination import Stream, run_stream
from signup_risk.training.coordination.traffic import legitimate_events

DAILY, DAYS, SEED = 5_000, 2, 302


def run(allowed: float, most: int | None = None) -> Stream:
    """Return the stream of two days, or of so many sign-ups, under an allowance."""
    settings = CampaignSettings(false_alarms_weekly=allowed)
    events = islice(legitimate_events(DAILY, DAYS, SEED), most)
    with Scorer.open("memory://", secret="x" * 32, explain="never", campaigns=settings) as scorer:
        return run_stream(events, scorer)


def most_of(expected: float) -> int:
    """Return the count that a Poisson number of this mean exceeds once in a thousand."""
    count, below = 0, math.exp(-expected)
    while below < 0.999:
        count += 1
        below += math.exp(-expected) * expected**count / math.factorial(count)
    return count


@pytest.fixture(scope="module")
def strict() -> Stream:
    """Return the stream under the default allowance of one false campaign a week."""
    return run(1.0)


def test_traffic_holds_every_crowd_and_no_farm(strict: Stream) -> None:
    """Flash crowds, campus, roll-outs, hackathons, referral waves and gatherings are all there."""
    groups = {group.split(".")[1] for group in strict.groups}
    assert {"campus", "rollout", "hackathon", "referral", "gathering", "classroom", "launch"} <= groups
    assert not any(group.startswith("farm") for group in strict.groups)


def test_false_campaigns_are_within_the_bound(strict: Stream) -> None:
    """The campaigns found, all of them false, are no more than a mean of one a week allows in two days."""
    assert len(strict.members) <= most_of(DAYS / 7)


def test_looser_allowance_finds_no_fewer() -> None:
    """The allowance is a parameter that does something: a thousand a week lower the bar by ten bits."""
    bars = [chance_bar(7e5, len(CELL_KINDS), allowed) for allowed in (1.0, 1000.0)]
    assert bars[0] - bars[1] == pytest.approx(9.97, abs=0.01)
    assert len(run(1000.0, 3000).members) >= len(run(1.0, 3000).members)
