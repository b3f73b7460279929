"""Check that assessments read as the output contract says."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from signup_risk.events.signup import InputWarning
from signup_risk.results import Assessment, Campaign, ModelInfo, PolicyInfo, Reason

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def assessment(**parts: object) -> Assessment:
    """Make an assessment, changing only what a test is about."""
    made: dict[str, object] = {
        "signup_id": "s-1",
        "at": NOON,
        "risk_score": 97.5,
        "fpr": 0.0005,
        "decision": "block",
        "reasons": (Reason("DEVICE_VELOCITY_24H", "velocity", "14 sign-ups", 2.5, "risk"),),
        "degraded": ("references.domains",),
        "warnings": (InputWarning("PHONE_UNUSABLE", "/phone"),),
        "campaign": Campaign("c-1", 40, NOON, ("email_shape", "asn")),
        "model": ModelInfo("start", "1", "abc"),
        "policy": PolicyInfo("default", "1"),
        "latency_ms": 0.5,
    }
    return Assessment(**made | parts)


def test_the_dictionary_is_the_output_contract() -> None:
    """Names, order and nesting are those of the contract, and everything is JSON."""
    told = assessment(raw_score=3.5, base_value=1.0).to_dict()
    assert json.loads(json.dumps(told)) == told
    assert told == {
        "signup_id": "s-1",
        "at": "2026-06-01T12:00:00+00:00",
        "risk_score": 97.5,
        "fpr": 0.0005,
        "decision": "block",
        "reasons": [
            {
                "code": "DEVICE_VELOCITY_24H",
                "family": "velocity",
                "text": "14 sign-ups",
                "contribution": 2.5,
                "direction": "risk",
            }
        ],
        "degraded": ["references.domains"],
        "warnings": [{"code": "PHONE_UNUSABLE", "pointer": "/phone"}],
        "campaign": {
            "id": "c-1",
            "size": 40,
            "first_seen": "2026-06-01T12:00:00+00:00",
            "shared": ["email_shape", "asn"],
            # The contract's four, and after them what it leaves open.
            "signature": "",
            "status": "open",
            "growth_24h": 0,
            "title": None,
            "probability": None,
            "suggested": None,
        },
        "model": {"name": "start", "version": "1", "fingerprint": "abc"},
        "policy": {"name": "default", "version": "1"},
        "latency_ms": 0.5,
    }
    assert list(told) == [
        "signup_id", "at", "risk_score", "fpr", "decision", "reasons", "degraded", "warnings", "campaign",
        "model", "policy", "latency_ms",
    ]  # fmt: skip


def test_what_is_unknown_is_null() -> None:
    """A sign-up without id or campaign, and a model that could not be asked, give nulls."""
    told = assessment(signup_id=None, risk_score=None, fpr=None, campaign=None, reasons=()).to_dict()
    for name in ("signup_id", "risk_score", "fpr", "campaign"):
        assert told[name] is None
    assert told["reasons"] == []


def test_a_policy_tells_its_shadow_and_notes() -> None:
    """What would have been, and which rules interfered, are told only where they apply."""
    told = PolicyInfo("default", "1", "block", ("SINGLE_ATTRIBUTE",)).to_dict()
    assert told == {
        "name": "default",
        "version": "1",
        "shadow_decision": "block",
        "notes": ["SINGLE_ATTRIBUTE"],
    }


def test_results_do_not_change() -> None:
    """An assessment that was logged is the one that was acted on."""
    with pytest.raises(FrozenInstanceError):
        assessment().decision = "allow"


def test_printed_it_is_a_line() -> None:
    """What is printed has the decision, the strongest reasons and whatever was missing, and no more than a line."""
    many = tuple(Reason(f"CODE_{i}", "velocity", "a long text", 5.0 - i, "risk") for i in range(9))
    printed = repr(assessment(reasons=many))
    assert printed == (
        "<Assessment block: 's-1' 2026-06-01T12:00:00Z, risk score 97.5 at fpr 0.0005, CODE_0 +5.00, CODE_1 +4.00, "
        "CODE_2 +3.00, 6 further reasons, campaign c-1, without references.domains>"
    )
    bare = assessment(signup_id=None, risk_score=None, fpr=None, reasons=(), campaign=None, degraded=())
    assert str(bare) == "<Assessment block: no id 2026-06-01T12:00:00Z>"
