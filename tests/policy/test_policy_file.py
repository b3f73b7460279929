"""Read policy files, good and bad."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.policy import (
    CampaignRule,
    DegradedRule,
    ListEntry,
    ListHooks,
    Policy,
    Thresholds,
    policy_from_mapping,
    read_policy,
)
from signup_risk.policy import file as policy_file

TOML = """
name = "ours"
version = "7"
shadow = true
[thresholds]
step_up = 0.02
block = 0
[campaign]
review = 0.95
unconfirmed = "step_up"
[degraded.velocity]
ceiling = "step_up"
[degraded."references.networks"]
floor = "step_up"
[[block]]
kind = "ip"
value = "198.51.100.0/24"
until = 2027-01-01T00:00:00Z
note = "incident of 3 May"
[[allow]]
kind = "email_domain"
value = "example.edu"
"""
EXPECTED = Policy(
    name="ours",
    version="7",
    thresholds=Thresholds(0.02, 0.003, 0.0),
    campaign=CampaignRule(review=0.95, unconfirmed="step_up"),
    allow=(ListEntry("email_domain", "example.edu"),),
    block=(ListEntry("ip", "198.51.100.0/24", datetime(2027, 1, 1, tzinfo=UTC), "incident of 3 May"),),
    degraded=(
        DegradedRule("velocity", ceiling="step_up"),
        DegradedRule("model", ceiling="step_up"),
        DegradedRule("references.networks", floor="step_up"),
    ),
    shadow=True,
)


def test_toml_is_read(tmp_path: Path) -> None:
    """Every part of a TOML file lands in the policy; defaults stay where nothing is said."""
    path = tmp_path / "policy.toml"
    path.write_text(TOML, encoding="utf-8")
    assert read_policy(path) == EXPECTED


def test_json_says_the_same(tmp_path: Path) -> None:
    """The same rules as JSON, with times as text, make the same policy."""
    told = {
        "name": "ours",
        "version": "7",
        "shadow": True,
        "thresholds": {"step_up": 0.02, "block": 0},
        "campaign": {"review": 0.95, "unconfirmed": "step_up"},
        "degraded": {"velocity": {"ceiling": "step_up"}, "references.networks": {"floor": "step_up"}},
        "block": [
            {
                "kind": "ip",
                "value": "198.51.100.0/24",
                "until": "2027-01-01T00:00:00Z",
                "note": "incident of 3 May",
            }
        ],
        "allow": [{"kind": "email_domain", "value": "example.edu"}],
    }
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert read_policy(path) == EXPECTED


def test_an_empty_file_is_the_default() -> None:
    """Whoever says nothing gets the default policy."""
    assert policy_from_mapping({}) == Policy()


def test_hooks_reach_the_lists() -> None:
    """Entries of a file are normalized and checked like others."""
    hooks = ListHooks(objection=lambda *_: "too many people")
    with pytest.raises(ConfigurationError, match="too many people"):
        policy_from_mapping({"block": [{"kind": "referral_code", "value": "x"}]}, hooks)
    policy_from_mapping({"block": [{"kind": "referral_code", "value": "x", "force": True}]}, hooks)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"treshold": {}}, "the policy has 'treshold', which is not known"),
        ({"thresholds": {"deny": 0.1}}, "thresholds has 'deny'"),
        ({"thresholds": {"block": "0.1"}}, "block is a str"),
        ({"thresholds": {"block": True}}, "block is a bool"),
        ({"thresholds": [0.1]}, "thresholds is a list"),
        ({"thresholds": {"block": 0.5}}, "false-positive rates"),
        ({"campaign": {"deny": 0.1}}, "campaign has 'deny'"),
        ({"campaign": {"unconfirmed": "deny"}}, "unconfirmed is 'deny'"),
        ({"campaign": {"step_up": 0.95}}, "campaign probabilities"),
        ({"name": 5}, "name is a int"),
        ({"shadow": 1}, "shadow is a int"),
        ({"degraded": {"velocity": "review"}}, "velocity is a str"),
        ({"degraded": {"velocity": {"top": "review"}}}, "degraded.velocity has 'top'"),
        ({"degraded": {"velocity": {"floor": "deny"}}}, "'deny'"),
        ({"block": {"kind": "ip"}}, "block is a dict"),
        ({"block": ["192.0.2.1"]}, "block holds a str"),
        ({"block": [{"kind": "ip", "vale": "192.0.2.1"}]}, "an entry of block has 'vale'"),
        ({"block": [{"value": "192.0.2.1"}]}, "has kind ''"),
        (
            {"allow": [{"kind": "email", "value": "a", "until": "soon"}]},
            "until of an entry of allow is no time",
        ),
        ({"allow": [{"kind": "email", "value": "a", "until": 5}]}, "until is a int"),
    ],
)
def test_unknown_or_wrong_parts_are_refused(told: dict[str, object], message: str) -> None:
    """A misspelt or misplaced rule is an error, never silently without effect."""
    with pytest.raises(ConfigurationError, match=message):
        policy_from_mapping(told)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("policy.toml", b"name = ", "not TOML"),
        ("policy.json", b"{", "not JSON"),
        ("policy.json", b'{"thresholds": {"block": NaN}}', "not JSON"),
        ("policy.json", b"[]", "holds a list"),
        ("policy.json", b"[" * 100_000, "not JSON"),
        ("policy.toml", b"\xff", "not TOML"),
    ],
)
def test_unreadable_files_are_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """A file that is no TOML or JSON object ends in an error that names it."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=message):
        read_policy(path)


def test_missing_and_huge_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path without a file is named, and a file beyond the limit is not read."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_policy(tmp_path / "absent.toml")
    monkeypatch.setattr(policy_file, "_MAX_BYTES", 10)
    (tmp_path / "huge.toml").write_text(TOML)
    with pytest.raises(ConfigurationError, match="larger than"):
        read_policy(tmp_path / "huge.toml")
