"""A documented purchase of fake followers, fed into a month of ordinary sign-ups (synthetic).

Names plus two or three random letters, median gap 145 s, 40 % of the gaps within a minute, 1,100 accounts in a month,
hardly a digit. The record says nothing of devices and addresses, and they decide. Of eight sellers with some dozens of
set-ups and a few tunnels (seeds 1 to 8) all were opened, at account 19, 21, 26, 36, 46, 80, 266 and 844, and 98, 100,
95, 62, 95, 51, 34 and 17 % of the accounts were found, in one campaign to fifteen. Of eight who give every account a
device and a home of its own none was opened: their accounts score as ordinary ones do.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

import pytest

from signup_risk import Scorer
from signup_risk.training.coordination import CampaignJudgement, judge_campaigns, run_stream
from tests.campaigns.followers import ACCOUNTS, GROUP, stream

#: A seller of the middle, and the one that was opened last.
USUAL, LATE = 8, 4


def run(seed: int, *, careful: bool) -> CampaignJudgement:
    """Return the judgement of the month."""
    with Scorer.open("memory://", secret="x" * 32, explain="never") as scorer:
        return judge_campaigns([run_stream(stream(seed, careful=careful), scorer)])


@pytest.mark.parametrize("seed", [USUAL, LATE])
def test_stream_has_the_shape_of_the_record(seed: int) -> None:
    """Accounts, gaps and digits are those that were documented."""
    events = [event for event in stream(seed, careful=False) if event["group"] == GROUP]
    times = [datetime.fromisoformat(event["at"]).timestamp() for event in events]
    gaps = [late - early for early, late in pairwise(times)]
    digits = sum(any(char.isdigit() for char in event["email"].partition("@")[0]) for event in events)
    assert len(events) == ACCOUNTS
    assert statistics.median(gaps) == pytest.approx(145, rel=0.2)
    assert sum(gap <= 60 for gap in gaps) / len(gaps) == pytest.approx(0.4, abs=0.03)
    assert 27 < (times[-1] - times[0]) / 86_400 < 31
    assert digits / len(events) < 0.04


def test_purchase_is_opened_early_and_mostly_found(record_property: Callable[[str, object], None]) -> None:
    """The campaign opens by the 60th account; most of its members are found, and few others."""
    ours = run(USUAL, careful=False).ways[0]
    for name in ("median", "admitted", "coverage"):
        record_property(name, getattr(ours.overall, name))
        print(name, getattr(ours.overall, name))  # noqa: T201 - shown by pytest -s
    assert ours.overall.median is not None
    assert ours.overall.median <= 60
    assert ours.overall.coverage > 0.8
    assert ours.precision is not None
    assert ours.precision > 0.85
    assert ours.false_campaigns == 0


def test_even_purchase_is_opened(record_property: Callable[[str, object], None]) -> None:
    """A purchase that runs evenly for a month, so that no cell is hot any more, opens a campaign all the same, late."""
    ours = run(LATE, careful=False).ways[0]
    record_property("median", ours.overall.median)
    assert ours.overall.opened == 1
    assert ours.false_campaigns == 0


def test_careful_seller_does_not_drag_others_in() -> None:
    """Where accounts share too little to be seen, nobody else is taken for one of them."""
    assert run(USUAL, careful=True).ways[0].false_campaigns == 0
