"""Check the features of the network and of agreeing countries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from signup_risk.events import Signup
from signup_risk.events.signup import Billing, Card, Device
from signup_risk.features.base import Feature, Value
from signup_risk.features.context import Context
from signup_risk.features.geo import FEATURES
from signup_risk.normalize import PhoneFacts, normalize_ip, normalize_languages
from signup_risk.references import CountryFacts, IssuerFacts, NetworkFacts

AT = 1_780_000_000_000_000
BY_NAME = {entry.name: entry for entry in FEATURES}
DE = CountryFacts("DE", 49, frozenset({"Europe/Berlin"}), frozenset({1.0, 2.0}), frozenset({"de"}))
FR = CountryFacts("FR", 33, frozenset({"Europe/Paris"}), frozenset({1.0, 2.0}), frozenset({"fr"}))
CA = CountryFacts("CA", 1, frozenset({"America/Toronto"}), frozenset({-5.0}), frozenset({"en", "fr"}))
GB = CountryFacts("GB", 44, frozenset({"Europe/London"}), frozenset({0.0, 1.0}), frozenset({"en"}))
HOME = NetworkFacts(
    "DE", kind="isp", is_hosting=False, is_vpn=False, is_relay=False, is_tor=False, is_proxy=False
)


def phone(region: str | None, code: int) -> PhoneFacts:
    """Return a valid number of a region."""
    return PhoneFacts(f"+{code}2025550143", region, code, "mobile", True, True, f"+{code}202555", None, 1, 1)


def context(zone: str | None = None, languages: str | None = None, **facts: Any) -> Context:
    """Return a sign-up from a German line with further facts; countries are the event's."""
    signup = Signup(
        country=facts.pop("country", None),
        card=Card(country=facts.pop("card", None)),
        billing=Billing(country=facts.pop("billing", None)),
        device=Device(time_zone=zone, accept_language=languages),
    )
    asked = normalize_languages(languages) if languages else None
    defaults = {"network": HOME, "ip_country": DE, "languages": asked}
    return Context(signup, AT, **(defaults | facts))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("ip_hosting", "is_hosting"),
        ("ip_vpn", "is_vpn"),
        ("ip_relay", "is_relay"),
        ("ip_tor", "is_tor"),
        ("ip_proxy", "is_proxy"),
    ],
)
@pytest.mark.parametrize("answer", [True, False, None])
def test_network(name: str, field: str, answer: bool | None) -> None:
    """Each kind of network is passed on with its three values."""
    assert BY_NAME[name].compute(context(network=NetworkFacts(**{field: answer}))) is answer


@pytest.mark.parametrize(
    ("name", "c", "expected"),
    [
        ("ip_mobile_network", context(network=NetworkFacts(kind="mobile")), True),
        ("ip_mobile_network", context(), False),
        ("ip_mobile_network", context(network=NetworkFacts()), None),
        ("ip_education_network", context(network=NetworkFacts(kind="education")), True),
        ("ip_education_network", context(network=NetworkFacts()), None),
        ("ip_tunnel", context(ip=normalize_ip("2002:808:808::1")), True),
        ("ip_tunnel", context(ip=normalize_ip("::ffff:8.8.8.8")), False),
        ("ip_country_is_not_declared", context(country="FR"), True),
        ("ip_country_is_not_declared", context(country="DE"), False),
        ("ip_country_is_not_declared", context(), None),
        ("ip_country_is_not_declared", context(country="RE", network=replace(HOME, country="FR")), False),
        ("ip_country_is_not_phone", context(phone=phone("FR", 33)), True),
        ("ip_country_is_not_phone", context(phone=phone("DE", 49)), False),
        ("ip_country_is_not_phone", context(phone=phone(None, 800)), None),
        ("ip_country_is_not_card", context(card="FR"), True),
        ("ip_country_is_not_card", context(issuer=IssuerFacts(country="DE")), False),
        ("ip_country_is_not_card", context(card="FR", issuer=IssuerFacts(country="DE")), True),
        (
            "ip_country_is_not_time_zone",
            context("Europe/Paris", zone_countries=frozenset({"FR", "MC"})),
            True,
        ),
        ("ip_country_is_not_time_zone", context("Europe/Berlin", zone_countries=frozenset({"DE"})), False),
        ("ip_country_is_not_time_zone", context("UTC", zone_countries=frozenset()), None),
        ("ip_country_is_not_language", context(languages="fr-FR,fr"), True),
        ("ip_country_is_not_language", context(languages="tr,de;q=0.5"), False),
        ("ip_country_is_not_language", context(languages="en-US,en"), None),
        (
            "phone_country_is_not_declared",
            context(country="DE", phone=phone("FR", 33), declared_country=DE),
            True,
        ),
        (
            "phone_country_is_not_declared",
            context(country="CA", phone=phone("US", 1), declared_country=CA),
            False,
        ),
        ("card_country_is_not_declared", context(country="DE", card="US"), True),
        ("card_country_is_not_declared", context(country="PR", card="US"), False),
        ("card_country_is_not_billing", context(billing="DE", card="US"), True),
        ("card_country_is_not_billing", context(billing="DE"), None),
        (
            "declared_country_is_not_time_zone",
            context("Europe/Paris", country="DE", zone_countries=frozenset({"FR"})),
            True,
        ),
        (
            "declared_country_is_not_time_zone",
            context("Indian/Reunion", country="FR", zone_countries=frozenset({"RE"})),
            False,
        ),
        ("declared_country_is_not_language", context(languages="ja", declared_country=FR), True),
        ("declared_country_is_not_language", context(languages="ja,fr", declared_country=FR), False),
        ("declared_country_is_not_language", context(languages="ja"), None),
        ("countries_in_disagreement", context(country="DE", card="US", phone=phone("US", 1)), 2),
        ("countries_in_disagreement", context(country="DE", card="US", billing="DE"), 1),
        ("countries_in_disagreement", context(country="DE"), 0),
        ("countries_in_disagreement", context(), None),
        ("time_zone_unknown", context("Mars/Olympus"), True),
        ("time_zone_unknown", context("Mars/Olympus", ip_country=None), None),
        ("time_zone_unknown", context("Etc/UTC"), False),
        ("time_zone_unknown", context("Europe/Berlin", zone_countries=frozenset({"DE"})), False),
        ("utc_clock_abroad", context("Etc/UTC"), True),
        ("utc_clock_abroad", context("UTC", declared_country=GB), False),
        ("utc_clock_abroad", context("Europe/Berlin"), False),
        ("utc_clock_abroad", context(), None),
    ],
)
def test_value(name: str, c: Context, expected: Value) -> None:
    """Each feature compares what it says, and answers None where one side is not known."""
    assert BY_NAME[name].compute(c) == expected


@pytest.mark.parametrize("veil", ["is_hosting", "is_vpn", "is_relay", "is_tor", "is_proxy"])
def test_veiled_address_has_no_country(veil: str) -> None:
    """The country of a hosting, VPN, relay, Tor or proxy address contradicts nothing."""
    c = context(
        "Europe/Paris",
        "fr",
        network=replace(HOME, **{veil: True}),
        country="FR",
        card="FR",
        phone=phone("FR", 33),
        zone_countries=frozenset({"FR"}),
    )
    assert [e.name for e in FEATURES if e.name.startswith("ip_country") and e.compute(c) is not None] == []
    assert BY_NAME["countries_in_disagreement"].compute(c) == 0


@pytest.mark.parametrize("entry", FEATURES, ids=lambda entry: entry.name)
def test_nothing_known(entry: Feature) -> None:
    """Without any fact every answer is unknown."""
    assert entry.compute(Context(Signup(), AT)) is None
