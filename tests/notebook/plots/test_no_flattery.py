"""Titles claim nothing that what is left out contradicts, and values that no share can have are refused."""

from __future__ import annotations

import numpy as np
import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.notebook import plots
from tests.notebook.plots.made import assessed


def test_small_groups_that_are_stopped_are_told() -> None:
    """Where all who are stopped are in groups too small to be drawn, nobody reads that nobody is stopped."""
    frame = assessed(900)
    frame["decision"] = "allow"
    assert plots.group_rates(frame).finding.startswith("Nobody is stopped")
    few = frame.index[frame["label"] == 0][:20]
    frame.loc[few, ["group", "decision"]] = ["legit.few", "block"]
    finding = plots.group_rates(frame).finding
    assert "Nobody" not in finding
    assert "too small" in finding


def test_sign_ups_without_a_value_are_a_group() -> None:
    """Whoever has no value in the column is drawn as well, and the note counts those that are in no group drawn."""
    frame = assessed(900, abusive=0.0).assign(country="DE")
    frame.loc[frame.index[:300], "country"] = None
    frame.loc[frame.index[300:320], "country"] = "FR"
    plot = plots.group_rates(frame, "block", by="country")
    assert plot.data["count"].to_dict() == {"DE": 580, "(no value)": 300}
    assert "1 group of fewer than 50 left out, 20 sign-ups together" in plot.note


def test_a_saving_within_chance_is_not_promised() -> None:
    """With two campaigns, of which one is not found, the title does not claim that stopping pays."""
    frame = assessed(600).assign(fpr=0.5)
    abusive = frame["label"] == 1
    place = abusive.cumsum()
    frame.loc[abusive, "group"] = np.where(place[abusive] % 2, "farm.a0.1", "farm.a1.1")
    frame.loc[abusive & (place % 2 == 1), "fpr"] = 0.001
    frame.loc[frame.index[~abusive][:40], "fpr"] = 0.001
    plot = plots.threshold_cost(frame, plots.Costs(abusive=10, friction=5), repeats=200)
    assert "not sure" in plot.finding
    assert plot.cost < plot.cost_of_none


@pytest.mark.parametrize("rate", [-0.1, 2.0])
def test_a_rate_beyond_a_share_is_refused(rate: float) -> None:
    """A false-positive rate below 0 or above 1 is no threshold to put a price on."""
    frame = assessed(200)
    frame.loc[3, "fpr"] = rate
    with pytest.raises(ConfigurationError, match="outside 0 to 1"):
        plots.threshold_cost(frame, plots.Costs(abusive=25, friction=8), repeats=5)
