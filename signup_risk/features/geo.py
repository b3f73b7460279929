"""Describe the network of the address, and how far the countries that a sign-up shows agree.

A country is never read by itself: only whether two of them, or a country and a clock or a language, go
together. Where an address belongs to hosting, a VPN, a relay or Tor, its country is no evidence of where
the person is (open sources agree on 98 % of ordinary addresses but 61-93 % of hosting ones), so it is taken
as unknown.
"""

from __future__ import annotations

from typing import Final

from signup_risk.features.base import feature
from signup_risk.features.context import Context
from signup_risk.references import CountryFacts

_NO_NETWORK: Final = "not known for this address"
_NO_PAIR: Final = "at least one of the two countries is not known"
_NO_CLOCK: Final = "time zone or country is not known"
_IP: Final = ("ip_address",)
_CARD: Final = ("card.country", "card.issuer_id_number")
_ZONE: Final = ("device.time_zone",)

#: Territories with a code of their own whose banks, carriers and registries are those of another country (ISO
#: 3166-1, the dependencies of FI, FR, GB, NO and US): their people would disagree with themselves.
_HOME: Final = {
    **dict.fromkeys(("AS", "GU", "MP", "PR", "UM", "VI"), "US"),
    **dict.fromkeys(("BL", "GF", "GP", "MF", "MQ", "PM", "RE", "YT"), "FR"),
    **dict.fromkeys(("GG", "IM", "JE"), "GB"),
    "AX": "FI",
    "SJ": "NO",
}

#: Names of the clock that servers and privacy browsers show (IANA time zone database, file `etcetera` and
#: links).
_UTC_ZONES: Final = frozenset(
    f"{area}{name}"
    for area in ("", "Etc/")
    for name in ("UTC", "UCT", "GMT", "GMT0", "GMT+0", "GMT-0", "Greenwich", "Universal", "Zulu")
)

#: The language that browsers ask for where nobody chose one, so that it contradicts no country.
_DEFAULT_LANGUAGE: Final = "en"


def _home(code: str | None) -> str | None:
    return _HOME.get(code, code) if code is not None else None


def _is_veiled(c: Context) -> bool:
    """Return whether the network hides where its user is."""
    n = c.network
    return n is not None and bool(n.is_hosting or n.is_vpn or n.is_relay or n.is_tor or n.is_proxy)


def _ip(c: Context) -> str | None:
    return _home(c.network.country) if c.network is not None and not _is_veiled(c) else None


def _declared(c: Context) -> str | None:
    return _home(c.signup.country)


def _phone(c: Context) -> str | None:
    return _home(c.phone.region) if c.phone is not None and c.phone.valid else None


def _card(c: Context) -> str | None:
    country = c.signup.card.country
    if country is None and c.issuer is not None:
        country = c.issuer.country
    return _home(country)


def _differ(one: str | None, other: str | None) -> bool | None:
    return one != other if one is not None and other is not None else None


def _phone_differs(c: Context, code: str | None, country: CountryFacts | None) -> bool | None:
    """Compare by country, or by calling code where several countries share one, as +1 and +7."""
    differs = _differ(_phone(c), code)
    if differs and c.phone is not None and country is not None:
        return c.phone.calling_code != country.calling_code
    return differs


def _zone_differs(c: Context, code: str | None) -> bool | None:
    """Return whether a country does not use the browser's time zone; UTC belongs to none."""
    if code is None or not c.zone_countries:
        return None
    return code not in c.zone_countries and all(_HOME.get(zone) != code for zone in c.zone_countries)


def _language_differs(c: Context, country: CountryFacts | None) -> bool | None:
    """Return whether none of the languages asked for is spoken in the country; English alone says nothing."""
    if c.languages is None or country is None or not country.languages:
        return None
    asked = {tag.partition("-")[0] for tag in c.languages.tags}
    if asked == {_DEFAULT_LANGUAGE}:
        return None
    return asked.isdisjoint(country.languages)


@feature("geo", "IP_HOSTING", "IP address of a hosting company", missing=_NO_NETWORK, inputs=_IP, monotone=1)
def ip_hosting(c: Context) -> bool | None:
    """Return whether the network is that of a data centre."""
    return c.network.is_hosting if c.network else None


@feature("geo", "IP_VPN", "IP address of a VPN", missing=_NO_NETWORK, inputs=_IP)
def ip_vpn(c: Context) -> bool | None:
    """Return whether the network is that of a commercial VPN, which honest people use too."""
    return c.network.is_vpn if c.network else None


@feature("geo", "IP_RELAY", "IP address of a privacy relay", missing=_NO_NETWORK, inputs=_IP)
def ip_relay(c: Context) -> bool | None:
    """Return whether the network is that of a privacy relay of a device's maker."""
    return c.network.is_relay if c.network else None


@feature("geo", "IP_TOR", "IP address of a Tor exit", missing=_NO_NETWORK, inputs=_IP, monotone=1)
def ip_tor(c: Context) -> bool | None:
    """Return whether the address is an exit of Tor."""
    return c.network.is_tor if c.network else None


@feature(
    "geo",
    "IP_PROXY",
    "IP address of a public or residential proxy",
    missing=_NO_NETWORK,
    inputs=_IP,
    monotone=1,
)
def ip_proxy(c: Context) -> bool | None:
    """Return whether the address is known as a proxy."""
    return c.network.is_proxy if c.network else None


@feature("geo", "IP_NETWORK_KIND", "IP address of a mobile network", missing=_NO_NETWORK, inputs=_IP)
def ip_mobile_network(c: Context) -> bool | None:
    """Return whether a carrier's customers share the address, so that counts on it mean less."""
    return c.network.kind == "mobile" if c.network and c.network.kind is not None else None


@feature("geo", "IP_NETWORK_KIND", "IP address of a school or university", missing=_NO_NETWORK, inputs=_IP)
def ip_education_network(c: Context) -> bool | None:
    """Return whether a campus shares the address, so that counts on it mean less."""
    return c.network.kind == "education" if c.network and c.network.kind is not None else None


@feature("geo", "IP_TUNNEL", "IP address wrapped by a tunnel", missing="no IP address", inputs=_IP)
def ip_tunnel(c: Context) -> bool | None:
    """Return whether the client came by 6to4 or Teredo; mapped and NAT64 forms are a gateway's doing."""
    return c.ip.tunnel in ("6to4", "teredo") if c.ip else None


@feature(
    "geo", "GEO_COUNTRY_MISMATCH", "country of the IP address is not the declared one",
    missing=_NO_PAIR, inputs=("ip_address", "country"),
)  # fmt: skip
def ip_country_is_not_declared(c: Context) -> bool | None:
    """Return whether address and declaration name different countries."""
    return _differ(_ip(c), _declared(c))


@feature(
    "geo", "GEO_PHONE_MISMATCH", "country of the IP address is not the telephone number's",
    missing=_NO_PAIR, inputs=("ip_address", "phone"),
)  # fmt: skip
def ip_country_is_not_phone(c: Context) -> bool | None:
    """Return whether address and telephone number name different countries."""
    return _phone_differs(c, _ip(c), c.ip_country)


@feature(
    "geo", "GEO_CARD_MISMATCH", "country of the IP address is not the card issuer's",
    missing=_NO_PAIR, inputs=("ip_address", *_CARD),
)  # fmt: skip
def ip_country_is_not_card(c: Context) -> bool | None:
    """Return whether address and card issuer are in different countries."""
    return _differ(_ip(c), _card(c))


@feature(
    "geo", "GEO_TIME_ZONE_MISMATCH", "country of the IP address does not use the browser's time zone",
    missing=_NO_CLOCK, inputs=("ip_address", *_ZONE),
)  # fmt: skip
def ip_country_is_not_time_zone(c: Context) -> bool | None:
    """Return whether the browser's clock is that of another country than the address."""
    return _zone_differs(c, _ip(c))


@feature(
    "geo", "GEO_LANGUAGE_MISMATCH", "no language of the browser is spoken in the country of the IP address",
    missing="languages or country are not known", inputs=("ip_address", "device.accept_language"),
)  # fmt: skip
def ip_country_is_not_language(c: Context) -> bool | None:
    """Return whether none of the browser's languages goes with the address."""
    return _language_differs(c, c.ip_country) if _ip(c) is not None else None


@feature(
    "geo", "GEO_PHONE_MISMATCH", "country of the telephone number is not the declared one",
    missing=_NO_PAIR, inputs=("phone", "country"),
)  # fmt: skip
def phone_country_is_not_declared(c: Context) -> bool | None:
    """Return whether telephone number and declaration name different countries."""
    return _phone_differs(c, _declared(c), c.declared_country)


@feature(
    "geo", "GEO_CARD_MISMATCH", "country of the card issuer is not the declared one",
    missing=_NO_PAIR, inputs=(*_CARD, "country"),
)  # fmt: skip
def card_country_is_not_declared(c: Context) -> bool | None:
    """Return whether card issuer and declaration name different countries."""
    return _differ(_card(c), _declared(c))


@feature(
    "geo", "GEO_CARD_MISMATCH", "country of the card issuer is not that of the billing address",
    missing=_NO_PAIR, inputs=(*_CARD, "billing.country"),
)  # fmt: skip
def card_country_is_not_billing(c: Context) -> bool | None:
    """Return whether card issuer and bill name different countries."""
    return _differ(_card(c), _home(c.signup.billing.country))


@feature(
    "geo", "GEO_TIME_ZONE_MISMATCH", "declared country does not use the browser's time zone",
    missing=_NO_CLOCK, inputs=("country", *_ZONE),
)  # fmt: skip
def declared_country_is_not_time_zone(c: Context) -> bool | None:
    """Return whether the browser's clock is that of another country than the declared one."""
    return _zone_differs(c, _declared(c))


@feature(
    "geo", "GEO_LANGUAGE_MISMATCH", "no language of the browser is spoken in the declared country",
    missing="languages or country are not known", inputs=("country", "device.accept_language"),
)  # fmt: skip
def declared_country_is_not_language(c: Context) -> bool | None:
    """Return whether none of the browser's languages goes with the declared country."""
    return _language_differs(c, c.declared_country)


@feature(
    "geo", "GEO_COUNTRY_MISMATCH", "known countries that differ from the commonest: {value:.0f}",
    missing="fewer than two countries are known",
    inputs=("ip_address", "country", "phone", *_CARD, "billing.country"), unit="count",
)  # fmt: skip
def countries_in_disagreement(c: Context) -> int | None:
    """Return how many of address, declaration, telephone, card and bill are not in the majority's country."""
    shown = (_ip(c), _declared(c), _phone(c), _card(c), _home(c.signup.billing.country))
    known = [code for code in shown if code is not None]
    return len(known) - max(map(known.count, known)) if len(known) > 1 else None


@feature(
    "geo", "GEO_TIME_ZONE_UNKNOWN", "browser reports a time zone that does not exist",
    missing="no time zone, or zones could not be looked up", inputs=_ZONE,
)  # fmt: skip
def time_zone_unknown(c: Context) -> bool | None:
    """Return whether the zone is invented; judged only if the same reference knew one of the countries."""
    if c.signup.device.time_zone is None:
        return None
    if c.zone_countries is not None or c.signup.device.time_zone in _UTC_ZONES:
        return False
    asked = (c.declared_country, c.ip_country, c.phone_country, c.card_country)
    return True if any(country is not None for country in asked) else None


@feature(
    "geo", "GEO_UTC_CLOCK", "browser's clock is UTC, which the country does not use",
    missing=_NO_CLOCK, inputs=("ip_address", "country", *_ZONE),
)  # fmt: skip
def utc_clock_abroad(c: Context) -> bool | None:
    """Return whether the clock is a server's; privacy browsers show it as well."""
    country = c.declared_country or c.ip_country
    if c.signup.device.time_zone is None or country is None or not country.utc_offsets:
        return None
    return c.signup.device.time_zone in _UTC_ZONES and 0 not in country.utc_offsets


FEATURES: Final = (
    ip_hosting,
    ip_vpn,
    ip_relay,
    ip_tor,
    ip_proxy,
    ip_mobile_network,
    ip_education_network,
    ip_tunnel,
    ip_country_is_not_declared,
    ip_country_is_not_phone,
    ip_country_is_not_card,
    ip_country_is_not_time_zone,
    ip_country_is_not_language,
    phone_country_is_not_declared,
    card_country_is_not_declared,
    card_country_is_not_billing,
    declared_country_is_not_time_zone,
    declared_country_is_not_language,
    countries_in_disagreement,
    time_zone_unknown,
    utc_clock_abroad,
)
