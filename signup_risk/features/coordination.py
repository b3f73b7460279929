"""See what no single sign-up shows: keys that run hotter, or more alike inside, than their baseline.

*Surprise* compares the present hour or day of a key with its own past and with all present traffic, so that a
carrier's gateway is measured against a carrier's gateway and a launch day against itself. *Alike* compares what
the sign-ups on a key have in common with how common that is everywhere. Both are near 0 for honest crowds,
however large, unless the crowd is made of copies.
"""

from __future__ import annotations

from typing import Final

from signup_risk.features import concentration
from signup_risk.features.base import Feature
from signup_risk.features.kinds import KIND
from signup_risk.stores import DAYS_7, DAYS_30, HOUR_1, HOURS_24, Window

_NO_PAST: Final = "not shown, or too little traffic before it to know what is usual"


def _surprise(kind: str, short: Window, long: Window) -> Feature:
    return Feature(
        name=f"{KIND[kind].stem}_surprise_{short.name}",
        family="coordination",
        reason=f"{KIND[kind].code}_SURGE",
        text=f"{KIND[kind].label} ran {{value:.1f}} standard deviations above its past in {short.name}",
        missing=_NO_PAST,
        inputs=KIND[kind].inputs,
        unit="score",
        monotone=0,
        compute=lambda c: c.velocity.surprise(kind, short, long) if c.velocity else None,
    )


def _alike(kind: str, other: str, window: Window) -> Feature:
    return Feature(
        name=f"{KIND[kind].stem}_alike_{other}_{window.name}",
        family="coordination",
        reason=f"{KIND[kind].code}_ALIKE",
        text=f"its {other.replace('_', ' ')} is over-represented on {KIND[kind].label} by {{value:.1f}} doublings",
        missing=_NO_PAST,
        inputs=tuple(dict.fromkeys((*KIND[kind].inputs, *KIND[other].inputs))),
        unit="score",
        monotone=0,
        compute=lambda c: c.velocity.alike(kind, other, window) if c.velocity else None,
    )


def _spread(kind: str, other: str, window: Window) -> Feature:
    return Feature(
        name=f"{KIND[kind].stem}_spread_{other}_{window.name}",
        family="coordination",
        reason=f"{KIND[kind].code}_SPREAD",
        text=f"{{value:.2f}} different values of {other.replace('_', ' ')} a sign-up on {KIND[kind].label}",
        missing="fewer than four sign-ups on it",
        inputs=KIND[kind].inputs,
        unit="share",
        monotone=0,
        compute=lambda c: c.velocity.spread(kind, other, window) if c.velocity else None,
    )


def _regularity(kind: str, window: Window) -> Feature:
    return Feature(
        name=f"{KIND[kind].stem}_regularity_{window.name}",
        family="coordination",
        reason=f"{KIND[kind].code}_REGULAR",
        text=f"gaps between sign-ups on {KIND[kind].label} vary by {{value:.2f}} of their mean; chance gives 1",
        missing="fewer than six gaps between sign-ups on it",
        inputs=KIND[kind].inputs,
        unit="score",
        monotone=0,
        compute=lambda c: c.velocity.regularity(kind, window) if c.velocity else None,
    )


SURPRISE: Final = (
    *(
        _surprise(kind, HOUR_1, DAYS_7)
        for kind in (
            "ip_network", "asn", "email_domain", "email_shape", "phone_block", "issuer", "referral", "agent",
            "email_form+email_domain", "asn+agent", "asn+email_domain", "email_domain+agent", "locale+form",
            "agent+form", "username_shape", "tls",
        )
    ),
    *(
        _surprise(kind, HOURS_24, DAYS_30)
        for kind in (
            "ip_network", "asn", "email_domain", "email_shape", "phone_block", "issuer", "agent",
            "email_form+email_domain", "asn+agent", "asn+email_domain", "email_domain+agent", "locale+form",
            "agent+form", "issuer+billing_shape", "ip_network+email_form", "billing_shape", "name_shape",
            "username_shape", "tls", "screen+locale", "ip_country+email_form",
        )
    ),
    # Against three weeks before: a farm that drips for days is part of its own yesterday, not of last month.
    *(
        _surprise(kind, DAYS_7, DAYS_30)
        for kind in (
            "ip_network", "asn", "email_domain", "email_shape", "phone_block", "issuer", "agent", "referral",
            "email_form+email_domain", "asn+agent", "asn+email_domain", "email_domain+agent", "locale+form",
            "agent+form", "issuer+billing_shape", "ip_network+email_form", "billing_shape", "name_shape",
            "username_shape", "tls", "screen+locale", "ip_country+email_form",
        )
    ),
)  # fmt: skip

ALIKE: Final = (
    _alike("ip", "email_domain", HOURS_24),
    _alike("ip", "agent", HOURS_24),
    _alike("ip_network", "email_domain", HOURS_24),
    _alike("ip_network", "email_shape", HOURS_24),
    _alike("ip_network", "agent", HOURS_24),
    _alike("asn", "email_domain", HOURS_24),
    _alike("asn", "email_shape", HOURS_24),
    _alike("asn", "agent", HOURS_24),
    _alike("email_domain", "asn", HOURS_24),
    _alike("email_domain", "email_shape", HOURS_24),
    _alike("email_domain", "agent", HOURS_24),
    _alike("email_shape", "email_domain", HOURS_24),
    _alike("email_shape", "agent", HOURS_24),
    _alike("issuer", "agent", DAYS_7),
    _alike("issuer", "billing", DAYS_7),
    _alike("phone_block", "email_domain", DAYS_7),
    _alike("phone_block", "agent", DAYS_7),
    _alike("referral", "email_domain", HOURS_24),
    _alike("referral", "agent", HOURS_24),
    _alike("agent", "asn", HOURS_24),
    _alike("agent", "email_domain", HOURS_24),
    _alike("agent", "email_shape", HOURS_24),
    _alike("username_shape", "email_domain", HOURS_24),
    _alike("username_shape", "agent", HOURS_24),
)

SPREAD: Final = (
    _spread("email_domain", "ip_network", DAYS_7),
    _spread("email_domain", "email_shape", DAYS_7),
    _spread("ip_network", "email_domain", DAYS_7),
    _spread("agent", "ip_network", HOURS_24),
    _spread("email_form+email_domain", "ip_network", HOURS_24),
    _spread("email_form+email_domain", "agent", HOURS_24),
    _spread("referral", "ip_network", DAYS_7),
    _spread("issuer", "card", DAYS_7),
)

REGULARITY: Final = tuple(
    _regularity(kind, HOURS_24)
    for kind in ("ip_network", "email_domain", "email_form+email_domain", "asn+agent", "agent+form", "device")
)

FEATURES: Final[tuple[Feature, ...]] = (*SURPRISE, *ALIKE, *SPREAD, *REGULARITY, *concentration.FEATURES)
