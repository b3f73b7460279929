"""Let a known share of blocks through, and nothing else."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signup_risk.errors import ConfigurationError
from signup_risk.policy import DegradedRule, Evidence, ListEntry, Policy, read_policy

BROAD = Evidence.of(9.0, 2.0, [("email",), ("ip_address",), ("device.id",)], [3.0, 3.0, 3.0])
NARROW = Evidence.of(9.0, 2.0, [("email",)], [9.0])
ENTRIES = (ListEntry("referral_code", "farm"), ListEntry("email", "farmer@example.com"))
STRICT = DegradedRule("references", floor="block")

DECIDED = st.fixed_dictionaries(
    {
        "fpr": st.sampled_from([None, 0.0, 0.0005, 0.002, 0.005, 0.5]),
        "evidence": st.sampled_from([lambda: BROAD, lambda: NARROW, None]),
        "listed": st.sampled_from([{}, {"referral_code": ["farm"]}, {"email": ["farmer@example.com"]}]),
        "degraded": st.sampled_from([(), ("velocity",), ("references",), ("model",)]),
        "membership": st.sampled_from([None, 0.5, 0.999]),
    }
)
DRAWS = st.none() | st.floats(0, 1, exclude_max=True)


def rules(**parts: Any) -> Policy:
    """Return a policy with lists and a floor that blocks."""
    return Policy(block=ENTRIES, degraded=(DegradedRule("velocity", ceiling="review"), STRICT), **parts)


@settings(max_examples=500)
@given(DECIDED, DRAWS)
def test_without_a_share_nothing_changes(told: dict[str, Any], draw: float | None) -> None:
    """By default every decision is the one that it was, whatever is drawn, and says nothing of chance."""
    found = rules().decide(draw=draw, **told)
    assert found == rules().decide(**told)
    assert (found.explored, found.propensity) == (False, None)


@settings(max_examples=500)
@given(DECIDED, DRAWS, st.sampled_from([0.01, 0.3, 0.999]))
def test_only_blocks_by_score_are_let_through(told: dict[str, Any], draw: float | None, share: float) -> None:
    """Exploring changes a block into a step, in its share and only where no rule of the operator's wants the block."""
    plain, found = rules().decide(**told), rules(explore=share).decide(draw=draw, **told)
    assert found.would_be == plain.outcome
    commanded = not {"LISTED_BLOCK", "DEGRADED_FLOOR"}.isdisjoint(plain.notes)
    if plain.outcome != "block" or draw is None or commanded:
        assert found == plain
    elif draw < share:
        assert (found.outcome, found.explored, found.propensity) == ("step_up", True, share)
        assert found.notes == (*plain.notes, "EXPLORED")
    else:
        assert (found.outcome, found.explored, found.propensity) == ("block", False, 1 - share)


@pytest.mark.parametrize(
    "told",
    [
        {"fpr": 0.0, "listed": {"email": ["farmer@example.com"]}},
        {"fpr": 0.5, "listed": {"email": ["farmer@example.com"]}},
        {"fpr": 0.0, "listed": {"referral_code": ["farm"]}},
        {"fpr": 0.5, "degraded": ("references",)},
    ],
)
def test_what_the_operator_blocks_stays_blocked(told: dict[str, Any]) -> None:
    """An entry of the block list, exact or coarse, and a floor that blocks are never tried out."""
    found = rules(explore=0.999).decide(evidence=lambda: BROAD, draw=0.0, **told)
    assert (found.outcome, found.explored, found.propensity) == ("block", False, None)


def test_shadow_has_nothing_to_let_through() -> None:
    """Whoever only watches lets everybody through with certainty."""
    found = Policy(shadow=True, explore=0.5).decide(0.0, evidence=lambda: BROAD, draw=0.0)
    assert (found.outcome, found.shadow, found.explored, found.propensity) == ("allow", "block", False, None)


@pytest.mark.parametrize("share", [-0.01, 1.0, 1.5, math.nan])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    """A share lies from 0 to below 1: letting everybody through would be no policy."""
    with pytest.raises(ConfigurationError, match="explore is"):
        Policy(explore=share)


def test_the_share_is_read_from_a_file(tmp_path: Path) -> None:
    """A policy file says the share, and something else in its place is refused."""
    path = tmp_path / "policy.toml"
    path.write_text("explore = 0.02\n", encoding="utf-8")
    assert read_policy(path) == Policy(explore=0.02)
    path.write_text("explore = true\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="explore is a bool"):
        read_policy(path)
