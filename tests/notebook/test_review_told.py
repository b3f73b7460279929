"""A review queue tells what the campaign adds to a score, and what velocity could not learn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest

from signup_risk import Campaign, Scorer
from signup_risk.notebook import review_queue
from tests.notebook.test_review_queue import AT, SECRET, assessed


@pytest.fixture
def scorer() -> Iterator[Scorer]:
    """Return an open scorer that knows the sign-up s0."""
    with Scorer.open("memory://", secret=SECRET) as opened:
        opened.assess({"signup_id": "s0", "at": AT.isoformat(), "email": "a0@example.com"})
        yield opened


def test_what_the_campaign_adds_stands_beside_the_score(scorer: Scorer) -> None:
    """A member of a campaign has the joint probability in a column, whoever is in none has nothing there."""
    member = replace(assessed("in"), campaign=Campaign("c", 9, AT, (), probability=0.93))
    frame = review_queue([member, assessed("out")], scorer).frame.set_index("signup_id")
    assert frame["campaign_probability"]["in"] == 0.93
    assert pd.isna(frame["campaign_probability"]["out"])


def test_a_store_that_does_not_know_the_sign_up_is_told(scorer: Scorer) -> None:
    """What velocity could not learn is written to the ledger, and the problem says what to do."""
    queue = review_queue([assessed("s0"), assessed("assessed elsewhere")], scorer)
    queue.decide(["s0", "assessed elsewhere"], "abusive", by="ada")
    written = queue.commit().set_index("signup_id")
    assert written["state"].tolist() == ["written"] * 2
    assert written["known"].to_dict() == {"s0": True, "assessed elsewhere": False}
    assert written["problem"]["s0"] == ""
    assert "this store does not know the sign-up" in written["problem"]["assessed elsewhere"]
