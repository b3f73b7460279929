"""A documented purchase of fake followers, fed into a month of ordinary sign-ups, is recognised (synthetic).

Names plus two or three random letters, median gap 145 s, 40 % of the gaps within a minute, 1,100 accounts in a month,
hardly a digit. The record says nothing of devices and addresses, and they decide: a seller with some dozens of set-ups
and a few tunnels is seen at the 21st account, one who gives every account a device and a home of its own is not.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

import pytest

from signup_risk import Scorer
from signup_risk.training.coordination import Stream, judge_campaigns, run_stream
from tests.campaigns.followers import ACCOUNTS, GROUP, stream


def run(*, careful: bool) -> Stream:
    """Return the month as it was assessed."""
    with Scorer.open("memory://", secret="x" * 32, explain="never") as scorer:
        return run_stream(stream(5, careful=careful), scorer, workers=2)


def test_stream_has_the_shape_of_the_record() -> None:
    """Accounts, gaps and digits are those that were documented."""
    events = [event for event in stream(5, careful=False) if event["group"] == GROUP]
    times = [datetime.fromisoformat(event["at"]).timestamp() for event in events]
    gaps = [late - early for early, late in pairwise(times)]
    digits = sum(any(char.isdigit() for char in event["email"].partition("@")[0]) for event in events)
    assert len(events) == ACCOUNTS
    assert statistics.median(gaps) == pytest.approx(145, rel=0.15)
    assert sum(gap <= 60 for gap in gaps) / len(gaps) == pytest.approx(0.4, abs=0.03)
    assert 27 < (times[-1] - times[0]) / 86_400 < 31
    assert digits / len(events) < 0.04


def test_purchase_is_opened_early_and_found_nearly_whole(record_property: Callable[[str, object], None]) -> None:
    """The campaign opens by the 40th account; most of its members are found, and few others."""
    ours = judge_campaigns([run(careful=False)]).ways[0]
    for name in ("median", "admitted", "coverage"):
        record_property(name, getattr(ours.overall, name))
    assert ours.overall.median is not None
    assert ours.overall.median <= 40
    assert ours.overall.coverage > 0.9
    assert ours.precision is not None
    assert ours.precision > 0.85
    assert ours.false_campaigns == 0


def test_careful_seller_does_not_drag_others_in() -> None:
    """Where accounts share too little to be seen, nobody else is taken for one of them."""
    assert judge_campaigns([run(careful=True)]).ways[0].false_campaigns == 0
