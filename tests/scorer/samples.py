"""Hold the events and helpers that the scorer's tests share."""

from __future__ import annotations

from typing import Any

from signup_risk import Scorer, Signup
from signup_risk.extract import Keys, describe

AT = "2026-06-01T12:00:00Z"

FULL: dict[str, Any] = {
    "signup_id": "signup-7261",
    "at": AT,
    "ip_address": "81.2.69.144",
    "email": "marlene.quist+news@brightfjord.example",
    "phone": "+442071838750",
    "username": "marlene_q1984",
    "first_name": "Marlenka",
    "last_name": "Quistgaard",
    "birth_date": "1984-02-29",
    "country": "GB",
    "organization": "Bright Fjord Boatyard",
    "channel": "direct",
    "referral_code": "FRIEND-OF-OLE",
    "device": {
        "id": "dev-55aa77",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0",
        "accept_language": "en-GB,en;q=0.9",
        "time_zone": "Europe/London",
        "screen": "1920x1080",
        "platform": "Linux x86_64",
        "webdriver": False,
        "tls_fingerprint": "t13d1516h2_8daaf6152771_e5627efa2ab1",
    },
    "session": {"age_seconds": 320, "form_seconds": 41.5, "pasted_fields": 0, "keystrokes": 88, "captcha_score": 0.9},
    "card": {
        "token": "tok_9f8e7d6c5b",
        "issuer_id_number": "411111",
        "last_digits": "4242",
        "funding": "debit",
        "country": "GB",
        "avs_result": "Y",
        "cvv_result": "M",
        "was_authorized": True,
        "processor": "stripe",
    },
    "billing": {
        "address": "17 Herring Quay",
        "city": "Whitby",
        "postal": "YO21 3PU",
        "country": "GB",
        "first_name": "Marlenka",
        "last_name": "Quistgaard",
    },
    "custom": {"plan": "trial", "seats": 3},
}

SECRETS = (
    "signup-7261", "81.2.69", "marlene", "brightfjord", "2071838750", "Marlenka", "Quistgaard", "1984-02-29",
    "Bright Fjord",
    "FRIEND-OF-OLE", "dev-55aa77", "tok_9f8e7d6c5b", "411111", "Herring", "Whitby", "YO21", "t13d1516h2", "Mozilla",
)  # fmt: skip


def told(assessment: Any) -> dict[str, Any]:
    """Return an assessment as JSON values, without what differs from run to run."""
    return {key: value for key, value in assessment.to_dict().items() if key != "latency_ms"}


def touch_of(scorer: Scorer, event: dict[str, Any]) -> Any:
    """Return what an event would touch in the scorer's store."""
    signup = Signup.from_mapping(event)
    return Keys(describe(signup, scorer.references, signup.at_us).context, scorer._hasher).touch
