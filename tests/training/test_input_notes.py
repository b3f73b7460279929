"""Tell the user of inputs that a model would have to learn without."""

from __future__ import annotations

from typing import Any

import pytest

from signup_risk.events import Signup
from signup_risk.references import open_references
from signup_risk.training.input_notes import input_notes


def notes_of(events: list[dict[str, Any]]) -> list[str]:
    """Return what is said of events."""
    signups = [Signup.from_mapping({"at": "2026-05-01T12:00:00Z"} | event) for event in events]
    return input_notes(signups, open_references())


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({"ip_address": 3221225985}, "ip_address"),
        ({"email": "n/a"}, "email"),
        ({"device": {"timezone": "Europe/Berlin"}}, "device.timezone"),
        ({"device.time_zone": "CET+1 hour"}, "device.time_zone"),
        ({"custom": {"plan": "gold"}}, "custom.plan"),
        ({"country": "Germany"}, "country"),
    ],
)
def test_what_cannot_be_used_is_said_once_it_is_frequent(event: dict[str, Any], name: str) -> None:
    """From one in a hundred on, an input that is unknown all the same is named with how often that is."""
    assert [note.split(" in ")[0] for note in notes_of([event] * 2 + [{}] * 98)] == [name]
    assert notes_of([event] * 2 + [{}] * 98)[0].startswith(f"{name} in 2% of the sign-ups: The ")
    assert notes_of([event] + [{}] * 198) == []


def test_the_most_frequent_come_first_and_no_value_is_shown() -> None:
    """A few lines are said, none of them with what an applicant typed."""
    events = [{"email": "secret", "country": "secret" if number % 2 else "DE"} for number in range(10)]
    custom = {"custom": {f"key_{number}": "secret" for number in range(20)}}
    assert [note.split(" in ")[0] for note in notes_of(events)] == ["email", "country"]
    assert len(notes_of([custom])) == 10
    said = " ".join(notes_of([*events, {"custom": {"k4111111111111111": "secret"}}]))
    assert "secret" not in said
    assert "4111" not in said


def test_what_applicants_choose_is_no_fault_of_the_table() -> None:
    """Reserved addresses and odd user agents are for features to count."""
    assert notes_of([{"ip_address": "10.0.0.1", "device.user_agent": "x"}]) == []
