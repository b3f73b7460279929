"""Check what holds for every feature of the families that need no store."""

from __future__ import annotations

import re

import pytest

from signup_risk.explain import Explainer
from signup_risk.features import device, email, geo, identity, payment, phone
from signup_risk.features.base import Feature
from signup_risk.model import FeatureSummary

MODULES = {
    "identity": identity,
    "email": email,
    "phone": phone,
    "payment": payment,
    "geo": geo,
    "device": device,
}
FEATURES: tuple[Feature, ...] = tuple(entry for module in MODULES.values() for entry in module.FEATURES)
# Names of the contract; "name" and "billing.name" stand for the first and last name together.
INPUTS = {
    "email", "phone", "ip_address", "name", "username", "birth_date", "country", "organization",
    "device.user_agent", "device.accept_language", "device.time_zone", "device.screen", "device.platform",
    "device.webdriver", "device.tls_fingerprint", "session.age_seconds", "session.form_seconds",
    "session.pasted_fields", "session.keystrokes", "session.captcha_score", "card.issuer_id_number",
    "card.funding", "card.country", "card.avs_result", "card.cvv_result", "card.was_3d_secure_successful",
    "card.was_authorized", "card.decline_code", "billing.country", "billing.name",
}  # fmt: skip
#: Tools of privacy and ways of paying that honest people choose: no direction may be forced on them.
NO_DIRECTION = {"ip_vpn", "ip_relay", "email_relay", "email_free", "card_prepaid", "ip_mobile_network"}


@pytest.mark.parametrize("entry", FEATURES, ids=lambda entry: entry.name)
def test_texts(entry: Feature) -> None:
    """Every text can be formatted with any value, and every feature says what unknown means."""
    usual = FeatureSummary(entry.name, entry.reason, entry.monotone, 0.0, 0.0, 1.0, 2.0, 3.0, 0.1, 0.1)
    explainer = Explainer([entry], [usual])
    for value in (0.0, 1.0, 2.5):
        assert "{" not in explainer.text(0, value)
    assert ("{value" in entry.text) == (entry.unit != "flag")
    assert entry.missing
    assert not entry.text.endswith(".")


@pytest.mark.parametrize("entry", FEATURES, ids=lambda entry: entry.name)
def test_form(entry: Feature) -> None:
    """Names, reason codes and inputs have the agreed form."""
    assert re.fullmatch(r"[a-z][a-z0-9_]*", entry.name)
    assert re.fullmatch(r"[A-Z][A-Z0-9_]*", entry.reason)
    assert entry.inputs
    assert set(entry.inputs) <= INPUTS


@pytest.mark.parametrize("family", MODULES)
def test_families(family: str) -> None:
    """Each module lists its own family only, completely and without repeats."""
    listed = MODULES[family].FEATURES
    assert {entry.family for entry in listed} == {family}
    defined = [entry for entry in vars(MODULES[family]).values() if isinstance(entry, Feature)]
    assert set(map(id, defined)) <= set(map(id, listed))
    assert len({entry.name for entry in listed}) == len(listed)


def test_reason_belongs_to_one_family() -> None:
    """A reason code never spans two families, or its contribution could not be filed."""
    families: dict[str, set[str]] = {}
    for entry in FEATURES:
        families.setdefault(entry.reason, set()).add(entry.family)
    assert {reason: found for reason, found in families.items() if len(found) > 1} == {}


def test_no_direction_is_forced_on_tools_of_honest_people() -> None:
    """Relays, VPNs, free mail and prepaid cards may turn out to be evidence of either kind."""
    assert {entry.name for entry in FEATURES if entry.name in NO_DIRECTION and entry.monotone} == set()
    assert {entry.name for entry in FEATURES} >= NO_DIRECTION
