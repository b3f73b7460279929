"""Check the features of the card."""

from __future__ import annotations

from typing import Any

import pytest

from signup_risk.events import Signup
from signup_risk.events.signup import Card
from signup_risk.features.base import Feature, Value
from signup_risk.features.context import Context
from signup_risk.features.payment import FEATURES
from signup_risk.normalize import normalize_issuer
from signup_risk.references import IssuerFacts

AT = 1_780_000_000_000_000
BY_NAME = {entry.name: entry for entry in FEATURES}


def context(iin: str | None = None, issuer: IssuerFacts | None = None, **card: Any) -> Context:
    """Return what is known of a card."""
    number = normalize_issuer(iin) if iin else None
    return Context(Signup(card=Card(**card)), AT, issuer_number=number, issuer=issuer)


@pytest.mark.parametrize(
    ("name", "c", "expected"),
    [
        ("card_prepaid", context(funding="prepaid"), True),
        ("card_prepaid", context(funding="credit", issuer=IssuerFacts(is_prepaid=True)), False),
        ("card_prepaid", context(funding="unknown", issuer=IssuerFacts(is_prepaid=True)), True),
        ("card_prepaid", context(funding="unknown"), None),
        ("card_virtual", context(issuer=IssuerFacts(is_virtual=True)), True),
        ("card_virtual", context(issuer=IssuerFacts()), None),
        ("card_funding_conflict", context(funding="credit", issuer=IssuerFacts(funding="prepaid")), True),
        ("card_funding_conflict", context(funding="debit", issuer=IssuerFacts(funding="debit")), False),
        ("card_funding_conflict", context(funding="unknown", issuer=IssuerFacts(funding="debit")), None),
        ("card_funding_conflict", context(funding="debit"), None),
        ("card_unknown_scheme", context("424242"), False),
        ("card_unknown_scheme", context("990000"), True),
        ("card_avs_mismatch", context(avs_result="Y"), 0.0),
        ("card_avs_mismatch", context(avs_result="z"), 0.5),
        ("card_avs_mismatch", context(avs_result="N"), 1.0),
        ("card_avs_mismatch", context(avs_result="U"), None),
        ("card_cvv_mismatch", context(cvv_result="N"), True),
        ("card_cvv_mismatch", context(cvv_result="m"), False),
        ("card_cvv_mismatch", context(cvv_result="P"), None),
        ("card_authentication_failed", context(was_3d_secure_successful=False), True),
        ("card_authentication_failed", context(was_3d_secure_successful=True), False),
        ("card_declined", context(was_authorized=False), True),
        ("card_declined", context(was_authorized=True), False),
        ("card_declined_as_stolen", context(was_authorized=False, decline_code="Stolen_Card"), True),
        ("card_declined_as_stolen", context(was_authorized=False, decline_code="43"), True),
        ("card_declined_as_stolen", context(was_authorized=False, decline_code="do_not_honor"), False),
        ("card_declined_as_stolen", context(was_authorized=False), None),
        ("card_declined_as_stolen", context(was_authorized=True), False),
        ("card_declined_for_details", context(decline_code="incorrect_cvc"), True),
        ("card_declined_for_funds", context(decline_code="insufficient_funds"), True),
        ("card_declined_for_funds", context(decline_code="incorrect_cvc"), False),
    ],
)
def test_value(name: str, c: Context, expected: Value) -> None:
    """Each feature says what its text says, and None where nobody looked."""
    assert BY_NAME[name].compute(c) == expected


@pytest.mark.parametrize("entry", FEATURES, ids=lambda entry: entry.name)
def test_nothing_known(entry: Feature) -> None:
    """Without a card every answer is unknown."""
    assert entry.compute(Context(Signup(), AT)) is None
