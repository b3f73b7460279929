"""Say which of a handful of topics a reason belongs to.

Counts, coincidences and what partners say have the general topic alone: any other word for them would tell of other
people's sign-ups. So have the caller's own inputs, whose meaning is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Whatever has no topic of its own, a new feature among them.
GENERAL: Final = "general"

TOPICS: Final = (GENERAL, "details", "email", "phone", "payment", "connection", "browser")

_FAMILIES: Final[Mapping[str, str]] = {
    "identity": "details",
    "email": "email",
    "phone": "phone",
    "payment": "payment",
    "geo": "connection",
    "device": "browser",
}

#: Reasons that compare several things, or say something that the topic of their family would not fit.
_CODES: Final[Mapping[str, str]] = {
    "GEO_COUNTRY_MISMATCH": "details",
    "GEO_PHONE_MISMATCH": "phone",
    "GEO_CARD_MISMATCH": "payment",
    "GEO_TIME_ZONE_MISMATCH": GENERAL,
    "GEO_TIME_ZONE_UNKNOWN": GENERAL,
    "GEO_LANGUAGE_MISMATCH": GENERAL,
    "GEO_UTC_CLOCK": GENERAL,
    "BILLING_NAME_MISMATCH": "payment",
}


def topic_of(code: str, family: str) -> str:
    """Return the topic of a reason.

    Args:
        code: Reason code.
        family: Signal family.

    Examples:
        >>> topic_of("EMAIL_DISPOSABLE", "email"), topic_of("DEVICE_VELOCITY_24H", "velocity")
        ('email', 'general')
        >>> topic_of("SOMETHING_NEW", "a family of tomorrow")
        'general'
    """
    if code.startswith("CUSTOM_"):
        return GENERAL
    return _CODES.get(code) or _FAMILIES.get(family, GENERAL)
