"""List what sign-ups can have in common: values, shapes, coarse facts, and what was given at all.

Values and shapes are those that velocity counts and campaigns are made of, read by the same functions. Left out on
purpose are birth dates, the declared country and the script of names: they say who people are, not what they share.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Final
from urllib.parse import urlsplit

from signup_risk.campaigns.texts import printable
from signup_risk.campaigns.words import PRIVATE, in_words
from signup_risk.events import Signup
from signup_risk.features.context import Context
from signup_risk.features.keys import READERS
from signup_risk.features.kinds import KIND

#: Longest text of one value.
_LONGEST: Final = 80

#: Keys of ``custom`` that are looked at, in the order of their names.
_MOST_CUSTOM: Final = 50

GIVEN: Final = "given."
_YES, _NO = "given", "not given"


@dataclass(frozen=True, slots=True)
class Trait:
    """Describe one thing that sign-ups can have in common.

    Attributes:
        name: Its name.
        family: Signal family.
        read: Reads its value; None if the sign-up does not show it.
        shown: Says a value in words, or None if :func:`signup_risk.campaigns.words.in_words` does.
        is_private: Whether its values are somebody's own, or typed freely.
        in_pairs: Whether it is coarse enough for pairs.
        fixes: Other traits that follow from it, so that a pair of both is none.
    """

    name: str
    family: str
    read: Callable[[Context], str | None]
    shown: Callable[[str], str] | None = None
    is_private: bool = False
    in_pairs: bool = False
    fixes: frozenset[str] = frozenset()

    def words(self, value: str | None, number: int = 0) -> str:
        """Say a value.

        Args:
            value: The value; None if it is not to be named.
            number: Tells values apart that are not named; 0 if there is one.
        """
        if value is None:
            hidden = f"one {_label(self.name)}"
            return f"{hidden} (no. {number})" if number else hidden
        said = self.shown(value) if self.shown else in_words(self.name, value)
        said = printable(said)
        return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


def _label(name: str) -> str:
    """Return what a trait is called where its value is not named."""
    if name in KIND:
        return KIND[name].label.removeprefix("this ")
    return _LABELS.get(name, f"value of {name}")


#: What traits are called that are no keys of velocity.
_LABELS: Final = {
    "locale": "locale", "form": "time on the form", "screen": "screen", "ip_country": "country of the address",
    "email_form": "form of mailbox", "zone": "time zone", "language": "preferred language", "browser": "browser",
    "platform": "platform", "channel": "way in", "organization": "organization", "age": "length of visit",
    "phone_country": "country of phone numbers", "card_funding": "kind of card", "card_country": "country of cards",
    "decline_code": "decline code", "billing_postal": "postal code", "referrer": "site that visitors come from",
    "captcha": "captcha score",
}  # fmt: skip


def traits_of(signups: Iterable[Signup]) -> tuple[Trait, ...]:
    """Return all that these sign-ups can have in common: :data:`TRAITS`, and texts and flags under ``custom``."""
    names = sorted({name for one in signups for name, value in one.custom.items() if isinstance(value, str | bool)})
    return (*TRAITS, *(_custom(name) for name in names[:_MOST_CUSTOM]))


def pairs_of(traits: Iterable[Trait]) -> list[tuple[int, int]]:
    """Return the places of traits that make pairs."""
    coarse = [(place, one) for place, one in enumerate(traits) if one.in_pairs]
    return [
        (first, second)
        for (first, one), (second, other) in combinations(coarse, 2)
        if other.name not in one.fixes and one.name not in other.fixes
    ]


_FAMILIES: Final = {
    "email": "email email_domain email_shape email_form email_stem",
    "geo": "ip ip_network asn ip_country",
    "device": "device agent tls screen locale",
    "payment": "card issuer billing billing_shape",
    "phone": "phone phone_block",
    "identity": "name name_shape username_shape referral",
    "session": "form",
}

#: Values that are coarse, or the whole of whose point is to be shared.
_COARSE: Final = frozenset(READERS) - {"ip", "email", "email_stem", "phone", "device", "card", "billing", "name"}

_FIXES: Final = {
    "ip": "ip_network asn ip_country",
    "ip_network": "asn ip_country",
    "asn": "ip_country",
    "email": "email_domain email_shape email_form email_stem",
    "email_shape": "email_form",
    "phone": "phone_block phone_country",
    "phone_block": "phone_country",
    "card": "issuer card_funding card_country",
    "billing": "billing_shape billing_postal",
    "name": "name_shape",
    "agent": "screen platform browser",
    "locale": "zone language",
}

#: Words for values that in_words never names.
_PRIVATE_WORDS: Final[dict[str, Callable[[str], str]]] = {
    "ip": lambda value: f"IP address {value}",
    "email": lambda value: f"mailbox {value}",
    "email_stem": lambda value: f"the word {value} in the mailbox",
    "phone": lambda value: f"phone number {value}",
    "device": lambda value: f"device {value}",
    "card": lambda value: f"card {value}",
    "billing": lambda value: f"billing address {value.replace(chr(31), ' ')}",
    "name": lambda value: f"the name {value.replace(chr(31), ' ')}",
    "referral": lambda value: f"referral code {value}",
}


def _of_key(name: str, family: str) -> Trait:
    return Trait(
        name,
        family,
        READERS[name],
        _PRIVATE_WORDS.get(name),
        name in PRIVATE,
        name in _COARSE,
        frozenset(_FIXES.get(name, "").split()),
    )


def _language(c: Context) -> str | None:
    return c.languages.primary if c.languages else None


def _browser(c: Context) -> str | None:
    return f"{c.agent.browser} on {c.agent.os}" if c.agent else None


def _referrer(c: Context) -> str | None:
    try:
        return urlsplit(c.signup.session.referrer_uri or "").hostname
    except ValueError:
        return None


def _age_band(c: Context) -> str | None:
    seconds = c.signup.session.age_seconds
    return None if seconds is None else str(math.floor(math.log2(seconds + 1)))


def _age_words(value: str) -> str:
    low, high = 2 ** int(value) - 1, 2 ** (int(value) + 1) - 1
    return f"visits of {low:,} to {high:,} s"


def _captcha_band(c: Context) -> str | None:
    score = c.signup.session.captcha_score
    return None if score is None else f"{math.floor(score * 10) / 10:.1f}"


def _phone_country(c: Context) -> str | None:
    return c.phone.region if c.phone else None


def _coarse(  # noqa: PLR0913 - what a trait is
    name: str,
    family: str,
    read: Callable[[Context], str | None],
    words: Callable[[str], str],
    *,
    private: bool = False,
    paired: bool = False,
) -> Trait:
    return Trait(name, family, read, words, private, paired)


def _given(name: str, family: str, what: str, read: Callable[[Signup], object]) -> Trait:
    def value(c: Context) -> str:
        return _NO if read(c.signup) is None else _YES

    return Trait(f"{GIVEN}{name}", family, value, lambda said: f"{what} {said}")


def _custom(name: str) -> Trait:
    def value(c: Context) -> str | None:
        found = c.signup.custom.get(name)
        return str(found) if isinstance(found, str | bool) and found != "" else None

    return Trait(f"custom.{name}", "custom", value, lambda said: f"custom.{name} {said}", is_private=True)


#: What all sign-ups can have in common.
TRAITS: Final[tuple[Trait, ...]] = (
    *(_of_key(name, family) for family, names in _FAMILIES.items() for name in names.split()),
    _coarse("zone", "device", lambda c: c.signup.device.time_zone, lambda v: f"time zone {v}", paired=True),
    _coarse("language", "device", _language, lambda v: f"preferred language {v}"),
    _coarse("browser", "device", _browser, lambda v: f"browser {v}"),
    _coarse("platform", "device", lambda c: c.signup.device.platform, lambda v: f"platform {v}"),
    _coarse("channel", "identity", lambda c: c.signup.channel, lambda v: f"way in {v}", paired=True),
    _coarse("organization", "identity", lambda c: c.signup.organization, lambda v: f"organization {v}", private=True),
    _coarse("phone_country", "phone", _phone_country, lambda v: f"phone numbers of {v}"),
    _coarse("card_funding", "payment", lambda c: c.signup.card.funding, lambda v: f"{v} cards"),
    _coarse("card_country", "payment", lambda c: c.signup.card.country, lambda v: f"cards issued in {v}"),
    _coarse("decline_code", "payment", lambda c: c.signup.card.decline_code, lambda v: f"declined with {v}"),
    _coarse("billing_postal", "payment", lambda c: c.signup.billing.postal, lambda v: f"postal code {v}", private=True),
    _coarse("referrer", "session", _referrer, lambda v: f"visitors from {v}"),
    _coarse("age", "session", _age_band, _age_words),
    _coarse("captcha", "session", _captcha_band, lambda v: f"captcha scores from {v}"),
    _given("email", "email", "a mailbox", lambda s: s.email),
    _given("phone", "phone", "a phone number", lambda s: s.phone),
    _given("username", "identity", "a user name", lambda s: s.username),
    _given("name", "identity", "a name", lambda s: s.first_name or s.last_name),
    _given("organization", "identity", "an organization", lambda s: s.organization),
    _given("referral", "identity", "a referral code", lambda s: s.referral_code),
    _given("ip", "geo", "an IP address", lambda s: s.ip_address),
    _given("device", "device", "a device id", lambda s: s.device.id),
    _given("agent", "device", "a user agent", lambda s: s.device.user_agent),
    _given("zone", "device", "a time zone", lambda s: s.device.time_zone),
    _given("card", "payment", "a card", lambda s: s.card.token),
    _given("issuer", "payment", "a card issuer", lambda s: s.card.issuer_id_number),
    _given("billing", "payment", "a billing address", lambda s: s.billing.address),
    _given("form", "session", "a time on the form", lambda s: s.session.form_seconds),
)
