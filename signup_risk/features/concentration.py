"""Sum up over many keys what one key alone cannot show: several things at once run hot, or are made of copies.

A farm of a kind never seen before is hot in other cells than those that a model learnt, but it is hot in several of
them at once. An honest crowd (a campus, a launch, a carrier) is hot in one or two that belong together, and
diverse inside. So these features rank the heat of independent groups of keys and leave the hottest out: what counts
is that a second and a third attribute run hot as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from signup_risk.features.base import Feature
from signup_risk.features.context import Context
from signup_risk.features.kinds import KIND
from signup_risk.stores import DAYS_7, DAYS_30, HOUR_1, HOURS_24, Window

_NO_PAST: Final = "too few of its keys have a past to compare with"

#: Keys that say the same thing, taken together: each group counts once, by its hottest key.
GROUPS: Final = (
    ("ip_network", "asn"),
    ("email_domain",),
    ("email_shape", "username_shape", "name_shape"),
    ("phone_block",),
    ("issuer", "billing_shape"),
    ("agent", "tls"),
    ("referral",),
    ("locale+form", "agent+form"),
)

#: Pairs of values of different groups.
PAIRS: Final = (
    "email_form+email_domain", "ip_network+email_form", "asn+agent", "asn+email_domain", "email_domain+agent",
    "issuer+billing_shape",
)  # fmt: skip

#: Keys within which copies are looked for.
_WITHIN: Final = {
    "agent": (
        "ip_network", "asn", "email_domain", "email_shape", "phone_block", "issuer", "referral", "username_shape",
    ),
    "email_shape": ("ip_network", "asn", "email_domain", "referral", "agent", "asn+agent", "locale+form"),
    "email_domain": ("ip_network", "asn", "email_shape", "phone_block", "agent", "asn+agent", "username_shape"),
}  # fmt: skip


def _inputs(kinds: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for kind in kinds for name in KIND[kind].inputs))


def _ranked(place: int, short: Window, long: Window) -> Feature:
    """Describe the heat of the second, third, ... hottest group of keys."""

    def compute(c: Context) -> float | None:
        if c.velocity is None:
            return None
        heats = [c.velocity.hottest(group, short, long) for group in GROUPS]
        known = sorted((heat for heat in heats if heat is not None), reverse=True)
        return known[place] if len(known) > place else None

    word = ("hottest", "second hottest", "third hottest")[place]
    return Feature(
        name=f"heat_{place + 1}_{short.name}",
        family="coordination",
        reason="SEVERAL_SURGES",
        text=f"the {word} of its attributes ran {{value:.1f}} standard deviations above its past in {short.name}",
        missing=_NO_PAST,
        inputs=_inputs(kind for group in GROUPS for kind in group),
        unit="score",
        monotone=0,
        compute=compute,
    )


def _pairs(short: Window, long: Window) -> Feature:
    return Feature(
        name=f"heat_pair_{short.name}",
        family="coordination",
        reason="PAIR_SURGE",
        text=f"a combination of two attributes ran {{value:.1f}} standard deviations above its past in {short.name}",
        missing=_NO_PAST,
        inputs=_inputs(PAIRS),
        unit="score",
        monotone=0,
        compute=lambda c: c.velocity.hottest(PAIRS, short, long) if c.velocity else None,
    )


def _copies(other: str, window: Window) -> Feature:
    """Describe the evidence that some key of the sign-up is full of sign-ups with the same value of ``other``."""
    kinds = tuple(kind for kind in _WITHIN[other] if other in KIND[kind].attributes)

    def compute(c: Context) -> float | None:
        if c.velocity is None:
            return None
        found = [bits for kind in kinds if (bits := c.velocity.bits(kind, other, window)) is not None]
        return max(found) if found else None

    words = other.replace("_", " ")
    return Feature(
        name=f"copies_{other}_{window.name}",
        family="coordination",
        reason=f"COPIES_{KIND[other].code}",
        text=f"its {words} is over-represented on one of its keys, by {{value:.0f}} bit{{value:s}} of evidence",
        missing=_NO_PAST,
        inputs=_inputs((other, *kinds)),
        unit="score",
        monotone=0,
        compute=compute,
    )


FEATURES: Final[tuple[Feature, ...]] = (
    *(_ranked(place, HOUR_1, DAYS_7) for place in (1, 2)),
    *(_ranked(place, HOURS_24, DAYS_30) for place in (1, 2)),
    *(_ranked(place, DAYS_7, DAYS_30) for place in (0, 1)),
    _pairs(HOUR_1, DAYS_7),
    _pairs(HOURS_24, DAYS_30),
    *(_copies(other, HOURS_24) for other in _WITHIN),
    *(_copies(other, DAYS_7) for other in _WITHIN),
)
