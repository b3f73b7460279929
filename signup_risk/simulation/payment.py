"""Put cards on file: invented issuer numbers in valid ranges, checks as issuers answer, billing addresses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from signup_risk.simulation.draw import Weighted, digits, fill_pattern
from signup_risk.simulation.people import Person, street_address

# Ranges of ISO/IEC 7812 issuer numbers, as published by the schemes; the digits after them are invented.
_SCHEME_PREFIXES = {
    "visa": ("4",),
    "mastercard": ("51", "52", "53", "54", "55", "2221", "2300", "2500", "2700"),
    "amex": ("34", "37"),
    "discover": ("6011", "644", "65"),
    "jcb": ("3528", "3540", "3570"),
    "unionpay": ("6212", "6225", "6250"),
    "mir": ("2200", "2202", "2204"),
    "rupay": ("6070", "6521", "8172"),
    "elo": ("5067", "6363"),
}
_SCHEMES = {
    "US": "visa:52 mastercard:28 amex:13 discover:7",
    "RU": "mir:60 visa:25 mastercard:15",
    "IN": "visa:45 rupay:32 mastercard:23",
    "CN": "unionpay:85 visa:10 mastercard:5",
    "JP": "visa:52 jcb:28 mastercard:17 amex:3",
    "BR": "mastercard:48 visa:38 elo:14",
}
_DEFAULT_SCHEMES = "visa:56 mastercard:41 amex:3"
_DEBIT_FIRST = frozenset(
    {"GB", "NL", "DE", "PL", "IN", "NG", "KE", "RU", "CZ", "SE", "PK", "BD", "ID", "PH", "AR", "MX"}
)
_DECLINES = (
    "insufficient_funds",
    "do_not_honor",
    "card_declined",
    "generic_decline",
    "expired_card",
    "incorrect_cvc",
    "incorrect_zip",
    "processing_error",
    "transaction_not_allowed",
    "card_velocity_exceeded",
    "lost_card",
    "stolen_card",
    "fraudulent",
)
_HONEST_DECLINES = Weighted(zip(_DECLINES, (40, 18, 12, 10, 5, 5, 3, 2, 3, 1, 0.3, 0.3, 0.4), strict=True))
_FARM_DECLINES = Weighted(zip(_DECLINES, (22, 20, 15, 12, 3, 6, 5, 2, 4, 5, 2, 2, 2), strict=True))
_AVS_COUNTRIES = frozenset({"US", "CA", "GB", "AU"})


@dataclass(frozen=True, slots=True)
class Issuer:
    """Hold one issuer number with what is known of its cards."""

    number: str
    country: str
    funding: str
    virtual: bool


@dataclass(frozen=True, slots=True)
class PaymentCard:
    """Hold a card as a processor describes it; ``key`` stands for its number."""

    key: int
    issuer: Issuer
    last_digits: str
    avs: str
    cvv: str
    secure: bool | None
    authorized: bool
    decline: str | None


@dataclass(frozen=True, slots=True)
class BillingAddress:
    """Hold the address on the bill."""

    address: str
    city: str
    region: str
    postal: str
    country: str
    first_name: str | None
    last_name: str | None


@cache
def issuers(country: str) -> Weighted[Issuer]:
    """Return the issuer numbers of a country; a few banks issue most cards, and some are virtual."""
    rng = Random(f"issuers {country}")
    schemes = Weighted(
        [(n, float(w)) for n, w in (s.split(":") for s in _SCHEMES.get(country, _DEFAULT_SCHEMES).split())]
    )
    pairs = []
    for rank in range(36):
        prefix = rng.choice(_SCHEME_PREFIXES[schemes.pick(rng)])
        number = prefix + digits(rng, 8 - len(prefix))
        virtual = rank % 9 == 7
        kind = rng.random()
        debit = 0.72 if country in _DEBIT_FIRST else 0.5
        funding = "prepaid" if rank % 12 == 5 or (virtual and kind < 0.5) else "debit" if kind < debit else "credit"
        pairs.append((Issuer(number, country, funding, virtual), 1.0 / (rank + 3)))
    return Weighted(pairs)


def virtual_issuers(country: str) -> list[Issuer]:
    """Return the issuers that sell cards through an interface."""
    return [issuer for issuer in issuers(country).values if issuer.virtual]


def prepaid_issuers(country: str) -> list[Issuer]:
    """Return the issuers of prepaid cards."""
    return [issuer for issuer in issuers(country).values if issuer.funding == "prepaid"]


def make_card(
    rng: Random, issuer: Issuer, *, mismatch: float = 0.05, decline: float = 0.07, farm: bool = False
) -> PaymentCard:
    """Make a card with the answers to its checks.

    Args:
        rng: Source of randomness.
        issuer: Who issued it.
        mismatch: Chance that the address or code check fails.
        decline: Chance that the processor declines.
        farm: Whether the reasons for declining are mixed as farms see them.
    """
    declined = rng.random() < decline
    reasons = _FARM_DECLINES if farm else _HONEST_DECLINES
    return PaymentCard(
        key=rng.getrandbits(96),
        issuer=issuer,
        last_digits=digits(rng, 4),
        avs=_avs(rng, issuer.country, mismatch),
        cvv="M" if rng.random() > mismatch * 0.6 else rng.choice("NNPUS"),
        secure=None if rng.random() < 0.4 else rng.random() > (0.35 if declined else 0.04 + mismatch * 0.3),
        authorized=not declined,
        decline=reasons.pick(rng) if declined else None,
    )


def _avs(rng: Random, country: str, mismatch: float) -> str:
    if country not in _AVS_COUNTRIES:
        return rng.choice("UUGGSIYR")
    if rng.random() < mismatch:
        return rng.choice("NNNAZAZ")
    return rng.choice("YYYYYYYXYXZAU") if rng.random() < 0.35 else "Y"


def bill_at_home(rng: Random, person: Person) -> BillingAddress:
    """Write a person's own billing address."""
    return BillingAddress(
        address=street_address(rng, person.country),
        city=person.city.name,
        region=person.city.region,
        postal=fill_pattern(rng, person.city.postal),
        country=person.country.code,
        first_name=person.first,
        last_name=person.last,
    )
