"""Count what comes back: sign-ups, distinct values, first sight and outcomes on each key.

Counts stand raw only on keys that belong to one person or instrument. On shared ones (networks, domains, shapes)
they are read against what the key and all traffic usually show: see :mod:`signup_risk.features.coordination`.
"""

from __future__ import annotations

from typing import Final

from signup_risk.features.base import Feature
from signup_risk.features.kinds import KIND
from signup_risk.stores import DAYS_7, DAYS_30, HOUR_1, HOURS_24, MINUTES_10, Window

_NO_KEY: Final = "the sign-up does not show it, or velocity could not be read"


def _count(kind: str, window: Window, monotone: int = 0) -> Feature:
    return Feature(
        name=f"{KIND[kind].stem}_count_{window.name}",
        family="velocity",
        reason=f"{KIND[kind].code}_VELOCITY_{window.name.upper()}",
        text=f"{{value:.0f}} sign-up{{value:s}} before on {KIND[kind].label} in {window.name}",
        missing=_NO_KEY,
        inputs=KIND[kind].inputs,
        unit="count",
        monotone=1 if monotone else 0,
        compute=lambda c: c.velocity.count(kind, window) if c.velocity else None,
    )


def _distinct(kind: str, other: str, window: Window, monotone: int = 0) -> Feature:
    """Count other values on a key. Any two people differ in them, so what it shows is the key, and that alone."""
    return Feature(
        name=f"{KIND[kind].stem}_distinct_{other}_{window.name}",
        family="velocity",
        reason=f"{KIND[kind].code}_DISTINCT_{KIND[other].code}",
        text=(
            f"{{value:.0f}} different value{{value:s}} of {other.replace('_', ' ')} on {KIND[kind].label} "
            f"in {window.name}"
        ),
        missing=_NO_KEY,
        inputs=KIND[kind].inputs,
        unit="count",
        monotone=1 if monotone else 0,
        compute=lambda c: c.velocity.distinct(kind, other, window) if c.velocity else None,
    )


def _age(kind: str) -> Feature:
    return Feature(
        name=f"{KIND[kind].stem}_age_days",
        family="velocity",
        reason=f"{KIND[kind].code}_TENURE",
        text=f"{KIND[kind].label} first seen {{value:.1f}} days before (14 and more are one)",
        missing=_NO_KEY,
        inputs=KIND[kind].inputs,
        unit="days",
        monotone=0,
        compute=lambda c: c.velocity.age_days(kind) if c.velocity else None,
    )


def _abusive(kind: str) -> Feature:
    return Feature(
        name=f"{KIND[kind].stem}_abusive_30d",
        family="velocity",
        reason=f"{KIND[kind].code}_REPORTED_ABUSIVE",
        text=f"{{value:.0f}} sign-up{{value:s}} on {KIND[kind].label} reported abusive in 30d",
        missing=_NO_KEY,
        inputs=KIND[kind].inputs,
        unit="count",
        monotone=1,
        compute=lambda c: c.velocity.abusive(kind, DAYS_30) if c.velocity else None,
    )


def _abusive_share(kind: str) -> Feature:
    return Feature(
        name=f"{KIND[kind].stem}_abusive_share_30d",
        family="velocity",
        reason=f"{KIND[kind].code}_REPORTED_ABUSIVE",
        text=f"{{value:.0%}} of the outcomes reported on {KIND[kind].label} in 30d were abusive",
        missing="no outcome was reported on it",
        inputs=KIND[kind].inputs,
        unit="share",
        monotone=1,
        compute=lambda c: c.velocity.abusive_share(kind, DAYS_30) if c.velocity else None,
    )


#: Keys of one person or instrument: a repeat is news in itself, and more repeats never speak for the applicant.
OWN: Final = (
    _count("device", HOURS_24, 1),
    _count("device", DAYS_30, 1),
    _count("card", HOURS_24, 1),
    _count("card", DAYS_30, 1),
    _count("email", DAYS_30, 1),
    _count("phone", DAYS_30, 1),
    _count("billing", DAYS_7, 1),
    _count("email_stem", HOURS_24),
    _count("email_stem", DAYS_7),
    _count("name", HOURS_24),
    _count("name", DAYS_30),
    _distinct("device", "email", DAYS_30, 1),
    _distinct("device", "name", DAYS_30, 1),
    _distinct("device", "card", DAYS_30, 1),
    _distinct("device", "ip_network", HOURS_24, 1),
    _distinct("card", "device", DAYS_30, 1),
    _distinct("card", "name", DAYS_30, 1),
    _distinct("card", "email", DAYS_30, 1),
    _distinct("phone", "email", DAYS_30, 1),
    _distinct("email", "device", DAYS_30),
    _distinct("billing", "card", DAYS_7, 1),
    _distinct("billing", "name", DAYS_7, 1),
    _distinct("name", "email", DAYS_7),
    _distinct("email_stem", "email", DAYS_7),
    _distinct("email_stem", "ip_network", DAYS_7),
)

#: Keys that many people share; the rest is in the coordination family, measured against a baseline.
SHARED: Final = (
    _count("ip", MINUTES_10),
    _count("ip", HOUR_1),
    _count("ip", HOURS_24),
    _count("ip", DAYS_30),
    _count("ip_network", HOUR_1),
    _count("ip_network", HOURS_24),
    _count("ip_network", DAYS_7),
    _count("phone_block", HOURS_24),
    _count("phone_block", DAYS_30),
    _count("referral", HOURS_24),
    _count("issuer+billing_shape", HOURS_24),
    _count("ip_network+email_form", HOURS_24),
    _count("email_form+email_domain", HOURS_24),
    _count("asn+agent", HOURS_24),
    _count("agent+form", HOURS_24),
    _distinct("ip", "device", HOURS_24),
    _distinct("ip", "email_domain", HOURS_24),
    _distinct("ip", "agent", HOURS_24),
    _distinct("ip_network", "ip", HOURS_24),
    _distinct("ip_network", "agent", HOURS_24),
    _distinct("ip_network", "email_shape", HOURS_24),
    _distinct("issuer", "card", DAYS_7),
    _distinct("tls", "agent", DAYS_7),
)

TENURE: Final = tuple(
    _age(kind)
    for kind in (
        "device", "card", "ip", "ip_network", "email_domain", "phone_block", "issuer", "agent",
        "email_form+email_domain", "billing",
    )
)  # fmt: skip

OUTCOMES: Final = (
    *(_abusive(kind) for kind in ("device", "card", "email", "phone", "ip", "ip_network", "billing", "name")),
    *(
        _abusive_share(kind)
        for kind in (
            "ip", "ip_network", "asn", "email_domain", "issuer", "phone_block", "referral", "agent",
            "email_form+email_domain",
        )
    ),
)  # fmt: skip

FEATURES: Final[tuple[Feature, ...]] = (*OWN, *SHARED, *TENURE, *OUTCOMES)
