"""A replay on several processes gives the very table of a replay on one."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest

from signup_risk.errors import SignupRiskError
from signup_risk.extract.custom import custom_feature
from signup_risk.features.catalog import CATALOG
from signup_risk.references import open_references
from signup_risk.simulation import load_scenario, simulate
from signup_risk.training.replay import UNKNOWN, replay
from signup_risk.training.replay_parallel import CHUNK, replay_parallel

REFERENCES = open_references()
FEATURES = (*CATALOG, custom_feature("trial_days"))


@pytest.fixture(scope="module")
def history() -> list[dict[str, Any]]:
    """Return sign-ups with outcomes, a repeated id, and some without a label; no whole number of chunks."""
    events = list(islice(simulate(load_scenario("demo-1"), seed=3), 6 * CHUNK + 17))
    for number, event in enumerate(events):
        event["custom"] = {"trial_days": number % 7}
        event["label_at"] = events[min(number + 40, len(events) - 1)]["at"]
        if number % 5 == 0:
            event.pop("label", None)
    events[50]["signup_id"] = events[20]["signup_id"]
    return events


def test_parallel_equals_serial(history: list[dict[str, Any]]) -> None:
    """Rows are equal to the bit, and so is all that a table keeps beside them, outcomes in velocity included."""
    alone = replay(history, REFERENCES, FEATURES)
    shared = replay_parallel(history, REFERENCES, FEATURES, workers=2)
    assert np.array_equal(alone.rows, shared.rows, equal_nan=True)
    for name in ("names", "groups", "ids"):
        assert getattr(alone, name) == getattr(shared, name)
    for name in ("labels", "times", "known_at"):
        assert np.array_equal(getattr(alone, name), getattr(shared, name))
    outcomes = alone.columns([name for name in alone.names if "_abusive_" in name])
    assert np.nansum(outcomes.rows) > 0


def test_unlabelled_sign_ups_feed_velocity_only(history: list[dict[str, Any]]) -> None:
    """Leaving sign-ups without a label out of the table changes no other row, on one process or on two."""
    whole = replay(history, REFERENCES, FEATURES)
    wanted = whole.rows[whole.labels != UNKNOWN]
    assert 0 < len(wanted) < len(whole)
    alone = replay(history, REFERENCES, FEATURES, labelled_only=True)
    shared = replay_parallel(history, REFERENCES, FEATURES, workers=2, labelled_only=True)
    assert np.array_equal(alone.rows, wanted, equal_nan=True)
    assert np.array_equal(shared.rows, wanted, equal_nan=True)
    assert UNKNOWN not in shared.labels


def test_a_process_that_ends_is_noticed() -> None:
    """A sign-up that no worker can read ends in an error, not in a wait or in a table with holes."""
    with pytest.raises(SignupRiskError, match="a replaying process ended"):
        replay_parallel([{"email": "ada@example.com"}], REFERENCES, FEATURES, workers=1)
