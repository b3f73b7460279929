"""Define what the references answer. ``None`` is unknown: neither good nor bad."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """Say what is known of a mail domain.

    Attributes:
        disposable: In the first tier: lists of throw-away mail that are kept clean by hand.
        suspected: In the second tier only: older lists agree on it, many of its entries are dead or wrong.
        free: Free or provider mail, where anybody can have a mailbox.
        relay: Privacy relay of a known provider; forwards to a real mailbox.
        provider: Relay, mail provider or operator of throw-away domains; groups domains of one hand.
    """

    disposable: bool | None = None
    suspected: bool | None = None
    free: bool | None = None
    relay: bool | None = None
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """Say what is known of the network of an address.

    Attributes:
        country: Country, alpha-2. Weak evidence where ``is_hosting``: 93 % agreement between sources, else 98
            %.
        asn: Number of the autonomous system.
        organization: Who runs it.
        kind: ``relay``, ``tor``, ``vpn``, ``proxy``, ``hosting``, ``mobile``, ``education``, ``isp`` or
            ``business``; the first that is known to be true, in this order.
        is_hosting: Machines, not people: clouds and hosters.
        is_vpn: Exit of a VPN service.
        is_relay: Privacy relay of a large provider, used by ordinary people; a relay is neither vpn nor
            hosting.
        is_tor: Tor exit.
        is_proxy: Public or residential proxy.
    """

    country: str | None = None
    asn: int | None = None
    organization: str | None = None
    kind: str | None = None
    is_hosting: bool | None = None
    is_vpn: bool | None = None
    is_relay: bool | None = None
    is_tor: bool | None = None
    is_proxy: bool | None = None


@dataclass(frozen=True, slots=True)
class IssuerFacts:
    """Say what a user's table knows of a card's first digits.

    Attributes:
        scheme: Card scheme, lower case.
        country: Country of the issuer, alpha-2.
        funding: ``credit``, ``debit`` or ``prepaid``.
        is_prepaid: Whether the card was paid for in advance.
        is_virtual: Whether the table's category calls it virtual.
        issuer: Name of the issuer.
    """

    scheme: str | None = None
    country: str | None = None
    funding: str | None = None
    is_prepaid: bool | None = None
    is_virtual: bool | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class CountryFacts:
    """Say what agrees with a country.

    Attributes:
        code: Alpha-2 code.
        calling_code: Country calling code; several countries share one (+1, +7, +44).
        time_zones: IANA names, older names and those of neighbours with the same clock included.
        utc_offsets: Hours from UTC that its clocks show in the course of a year, daylight saving included.
        languages: Two- or three-letter codes that are official or widely spoken.
    """

    code: str
    calling_code: int | None
    time_zones: frozenset[str]
    utc_offsets: frozenset[float]
    languages: frozenset[str]
