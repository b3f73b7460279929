"""Decide which fields a site collects and how it writes them: one mechanism for good and bad alike.

A site changes its forms over time and tests several at once. Each period has a few form variants with fill
rates per field; every sign-up of the period draws its variant and its gaps without looking at who it is. So
neither a missing field nor a way of writing tells the label, and a test says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from signup_risk.errors import ConfigurationError
from signup_risk.simulation.draw import Weighted
from signup_risk.simulation.habits import USUAL, Habits, Writing

HOUR_US: Final = 3_600_000_000

_GROUPS: Final = {
    "phone": ("phone",),
    "username": ("username",),
    "names": ("first_name", "last_name"),
    "birth": ("birth_date",),
    "country": ("country",),
    "organization": ("organization",),
    "channel": ("channel",),
    "referral": ("referral_code",),
    "agent": ("user_agent", "accept_language"),
    "device": ("id", "time_zone", "screen", "platform", "webdriver"),
    "tls": ("tls_fingerprint",),
    "session": ("age_seconds", "form_seconds", "pasted_fields", "keystrokes"),
    "captcha": ("captcha_score",),
    "referrer": ("referrer_uri",),
    "card": (
        "token",
        "issuer_id_number",
        "last_digits",
        "funding",
        "card_country",
        "avs_result",
        "cvv_result",
        "was_3d_secure_successful",
        "was_authorized",
        "processor",
    ),
    "billing": ("address", "city", "region", "postal", "billing_country"),
    "billing_name": ("billing_first_name", "billing_last_name"),
}
VISIT_FIELDS: Final = frozenset((*_GROUPS["session"], *_GROUPS["captcha"], *_GROUPS["referrer"]))
CARD_FIELDS: Final = frozenset(_GROUPS["card"])
BILLING_FIELDS: Final = frozenset((*_GROUPS["billing"], *_GROUPS["billing_name"]))
_FULL: Final = tuple(_GROUPS)
_PROFILES: Final[dict[str, tuple[str, ...]]] = {
    "full": _FULL,
    "browser": (
        "names",
        "country",
        "channel",
        "agent",
        "device",
        "tls",
        "session",
        "captcha",
        "referrer",
        "referral",
    ),
    "browser_names": ("names", "username", "agent", "device", "session", "captcha", "country"),
    "browser_phone": ("names", "phone", "country", "agent", "device", "session", "tls", "channel"),
    "trial_card": (
        "names",
        "country",
        "agent",
        "device",
        "session",
        "card",
        "billing",
        "billing_name",
        "channel",
        "referral",
    ),
    "business": (
        "names",
        "organization",
        "phone",
        "country",
        "agent",
        "device",
        "session",
        "card",
        "billing",
        "channel",
    ),
    "mobile_app": ("names", "phone", "username", "birth", "country", "agent", "device", "referral"),
    "community": ("username", "birth", "country", "agent", "session", "captcha"),
    "header_only": ("agent", "country", "names"),
    "minimal": ("agent",),
    "interface": (),
}
_PROFILE_WEIGHTS: Final = Weighted(
    {
        "full": 30,
        "browser": 18,
        "browser_names": 8,
        "browser_phone": 8,
        "trial_card": 11,
        "business": 6,
        "mobile_app": 7,
        "community": 4,
        "header_only": 4,
        "minimal": 2,
        "interface": 2,
    }
)
# Fields that people may leave out even where a form has them.
_OPTIONAL: Final = {
    "phone": 0.75,
    "referral_code": 0.3,
    "organization": 0.6,
    "birth_date": 0.85,
    "username": 0.9,
    "referrer_uri": 0.65,
    "was_3d_secure_successful": 0.6,
}


@dataclass(frozen=True, slots=True)
class Variant:
    """Hold one form: the fields that are always present and those with a fill rate."""

    always: frozenset[str]
    sometimes: tuple[tuple[str, float], ...]

    def draw(self, rng: Random) -> frozenset[str]:
        """Return the fields that one sign-up carries."""
        if not self.sometimes:
            return self.always
        return self.always.union([name for name, rate in self.sometimes if rng.random() < rate])


@dataclass(frozen=True, slots=True)
class Period:
    """Hold how a site collects and writes its fields for some days.

    Attributes:
        lag_days: How old the newest browsers are in this period: several years are mixed into one history, so
            that no version number can look guilty by itself.
    """

    start_us: int
    variants: Weighted[Variant]
    device_style: str
    tls_style: str
    national_phones: float
    issuer_digits: int
    last_digits: int
    decimals: int
    processor: str
    lag_days: int
    careless: float
    writing: Writing = USUAL.writing

    def draw(self, rng: Random) -> frozenset[str]:
        """Return the fields that one sign-up carries."""
        return self.variants.pick(rng).draw(rng)


class Site:
    """Know which period holds at a moment."""

    __slots__ = ("_starts", "periods")

    def __init__(self, periods: Sequence[Period]) -> None:
        self.periods = tuple(periods)
        self._starts = [period.start_us for period in self.periods]

    def at(self, at_us: int) -> Period:
        """Return the period of a moment."""
        return self.periods[max(0, bisect_right(self._starts, at_us) - 1)]


def build_site(  # noqa: PLR0913 - a span, and what the forms of it depend on
    rng: Random,
    start_us: int,
    days: int,
    hours: tuple[int, int],
    profiles: tuple[str, ...] = (),
    habits: Habits = USUAL,
) -> Site:
    """Draw the periods of a site.

    Args:
        rng: Source of randomness.
        start_us: First moment, in microseconds since the epoch.
        days: Length of the scenario.
        hours: Shortest and longest period.
        profiles: Form profiles to use, all by default.
        habits: Habits of the site.

    Raises:
        ConfigurationError: A profile is unknown.
    """
    unknown = sorted(set(profiles) - set(_PROFILES))
    if unknown:
        raise ConfigurationError(f"unknown form profiles {', '.join(unknown)}; allowed are {', '.join(_PROFILES)}")
    periods, moment = [], start_us
    end = start_us + days * 24 * HOUR_US
    while moment < end:
        periods.append(_period(rng, moment, profiles, habits))
        moment += (days * 24 if habits.steady else rng.randint(*hours)) * HOUR_US
    return Site(periods)


def _period(rng: Random, start_us: int, profiles: tuple[str, ...], habits: Habits) -> Period:
    count = rng.choice((1, 1, 2)) if habits.steady else rng.randint(2, 4)
    names = [rng.choice(profiles) if profiles else _PROFILE_WEIGHTS.pick(rng) for _ in range(count)]
    forms = [_PROFILES[name] for name in names] if habits.groups is None else [habits.groups] * count
    return Period(
        start_us=start_us,
        variants=Weighted([(_variant(rng, form), rng.uniform(0.3, 1.0)) for form in forms]),
        device_style=rng.choice(("uuid", "uuid", "hex", "short")),
        tls_style=rng.choice(("ja4", "ja4", "ja3")),
        national_phones=rng.choice((0.0, 0.0, 0.0, 0.0, 0.15)),
        issuer_digits=rng.choice((6, 8)),
        last_digits=rng.choice((4, 4, 4, 2)),
        decimals=rng.choice((0, 1, 2, 3)),
        processor=rng.choice(("stripe", "adyen", "braintree", "checkout_com")),
        lag_days=0 if rng.random() < 0.6 else rng.randint(30, 800),
        careless=rng.uniform(0.01, 0.08),
        writing=habits.writing,
    )


def _variant(rng: Random, groups: tuple[str, ...]) -> Variant:
    always, sometimes = {"email"}, [("ip_address", 0.995)]
    for group in groups:
        rate = 1.0 if rng.random() < 0.7 else rng.uniform(0.8, 0.99)
        for name in _GROUPS[group]:
            chance = _OPTIONAL.get(name, 1.0) * rate
            if chance >= 1.0:
                always.add(name)
            else:
                sometimes.append((name, chance))
    return Variant(frozenset(always), tuple(sometimes))
