"""Simulated events keep the input contract and mean something to the normalizers."""

from __future__ import annotations

from typing import Any

from signup_risk.events import Signup
from signup_risk.normalize.email import normalize_email
from signup_risk.normalize.phone import normalize_phone
from signup_risk.normalize.user_agent import normalize_user_agent

LABELS = {"label", "label_at", "group"}


def test_events_parse_without_a_warning(traffic: list[dict[str, Any]]) -> None:
    """No value of an event is refused or lost."""
    for event in traffic:
        signup = Signup.from_mapping(event)
        assert signup.warnings == ()
        assert signup.group == event["group"]


def test_events_use_fields_of_the_contract_only(traffic: list[dict[str, Any]]) -> None:
    """What is written comes back from the parsed sign-up, field by field."""
    for event in traffic[:500]:
        assert set(event) <= set(Signup.from_mapping(event).to_mapping()) | LABELS


def test_mailboxes_and_agents_can_be_read(traffic: list[dict[str, Any]]) -> None:
    """Every address is a valid one and every agent that is sent has a name."""
    for event in traffic[:3000]:
        assert normalize_email(event["email"]) is not None
        agent = event.get("device", {}).get("user_agent")
        assert agent is None or normalize_user_agent(agent) is not None


def test_phones_come_from_real_numbering_plans(traffic: list[dict[str, Any]]) -> None:
    """Nearly all numbers are valid; plans have gaps that a table of prefixes does not know."""
    numbers = [(e["phone"], e.get("country")) for e in traffic if "phone" in e][:1500]
    facts = [normalize_phone(text, country) for text, country in numbers]
    valid = sum(fact is not None and fact.valid for fact in facts)
    assert valid / len(numbers) > 0.97
