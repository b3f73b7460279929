"""Draw addresses from real announced prefixes, by country and by kind of network.

Shared exits matter more than anything else here: a carrier's NAT, a VPN exit and a relay put very many good
people behind few addresses, a home line puts one household behind one.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from signup_risk.simulation.draw import skewed_index
from signup_risk.simulation.tables import read_json

# Exits in use per operator [assumption]: carriers with few IPv4 addresses share each among thousands.
_CARRIER_EXITS = 160
_VPN_EXITS = 36
_TOR_EXITS = 40
_RELAY_EXITS = 900
_DOCUMENTATION6 = (0x20010DB8 << 96, 32)  # RFC 3849, for networks without IPv6 that are asked for it


@dataclass(frozen=True, slots=True)
class Network:
    """Hold one operator's prefixes in one country: (base, size) pairs of IPv4, one IPv6 prefix or none."""

    country: str
    kind: str
    asn: int
    prefixes: tuple[tuple[int, int], ...]
    prefix6: tuple[int, int] | None

    def host(self, rng: Random) -> str:
        """Return any address of the operator, as on a home line."""
        base, size = self.prefixes[skewed_index(rng, len(self.prefixes), 1.3)]
        return ipv4(base + 1 + rng.randrange(size - 2))

    def exit(self, rng: Random, exits: int) -> str:
        """Return one of a few shared addresses: the same ones again and again, the first ones most."""
        index = skewed_index(rng, exits, 1.6)
        base, size = self.prefixes[index % len(self.prefixes)]
        group, within = divmod(index // len(self.prefixes), 24)
        return ipv4(base + (group * 256 * 5 + 10 + within * 7) % size)

    def host6(self, rng: Random) -> str:
        """Return a home's IPv6 address: its own /56 or so, random interface bits."""
        base, length = self.prefix6 or _DOCUMENTATION6
        subnet = rng.getrandbits(56 - length) << 72 if length < 56 else 0
        return str(ipaddress.IPv6Address(base | subnet | rng.getrandbits(4) << 64 | rng.getrandbits(64)))


def ipv4(number: int) -> str:
    """Write an IPv4 number as text.

    Examples:
        >>> ipv4(3221225985)
        '192.0.2.1'
    """
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@cache
def networks(country: str, kind: str) -> tuple[Network, ...]:
    """Return the operators of a kind in a country; there may be none."""
    return tuple(network for network in all_networks() if network.country == country and network.kind == kind)


@cache
def networks_of_kind(kind: str) -> tuple[Network, ...]:
    """Return the operators of a kind everywhere."""
    return tuple(network for network in all_networks() if network.kind == kind)


@cache
def all_networks() -> tuple[Network, ...]:
    """Return every operator of the table."""
    return tuple(_network(row) for row in read_json("networks.json")["networks"])


def home(rng: Random, country: str, ipv6_share: float = 0.0) -> str:
    """Return an address of a home line in a country."""
    choices = networks(country, "isp") or networks(country, "mobile")
    network = choices[skewed_index(rng, len(choices), 1.4)]
    if network.prefix6 and rng.random() < ipv6_share:
        return network.host6(rng)
    return network.host(rng)


def carrier(rng: Random, country: str, ipv6_share: float = 0.0, exits: int = _CARRIER_EXITS) -> str:
    """Return an address of a mobile carrier: mostly one of its shared exits."""
    choices = networks(country, "mobile")
    if not choices:
        return home(rng, country, ipv6_share)
    network = choices[skewed_index(rng, len(choices), 1.2)]
    if network.prefix6 and rng.random() < ipv6_share * 0.6:
        return network.host6(rng)
    return network.exit(rng, exits)


def wild(rng: Random) -> str:
    """Return an address that could be anybody's: no network is asked whose it is."""
    first = rng.choice([part for part in range(1, 224) if part not in (10, 100, 127, 169, 172, 192, 198, 203)])
    return f"{first}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def vpn(rng: Random, country: str | None = None) -> str:
    """Return an exit of a commercial VPN, in a country where one is known."""
    choices = (networks(country, "vpn") if country else ()) or networks_of_kind("vpn")
    return rng.choice(choices).exit(rng, _VPN_EXITS)


def relay(rng: Random) -> str:
    """Return an egress of a privacy relay."""
    return rng.choice(networks_of_kind("relay")).exit(rng, _RELAY_EXITS)


def tor(rng: Random) -> str:
    """Return a Tor exit."""
    return rng.choice(networks_of_kind("tor")).exit(rng, _TOR_EXITS)


def hosting(rng: Random, country: str | None = None) -> Network:
    """Return a hosting operator, in a country where one is known."""
    choices = (networks(country, "hosting") if country else ()) or networks_of_kind("hosting")
    return rng.choice(choices)


def university(rng: Random, country: str) -> Network:
    """Return the network of universities of a country, or an access provider where the table has none."""
    choices = networks(country, "university") or networks(country, "isp") or networks(country, "mobile")
    return rng.choice(choices)


def office(rng: Random, country: str) -> str:
    """Return a company's outgoing address."""
    choices = networks(country, "business") or networks(country, "isp") or networks(country, "mobile")
    return rng.choice(choices).host(rng)


def _network(row: dict[str, Any]) -> Network:
    prefixes = [ipaddress.IPv4Network(text) for text in row["prefixes"]]
    six = row.get("prefix6")
    parsed = ipaddress.IPv6Network(six) if six else None
    return Network(
        country=row["country"],
        kind=row["kind"],
        asn=row["asn"],
        prefixes=tuple((int(p.network_address), p.num_addresses) for p in prefixes),
        prefix6=(int(parsed.network_address), parsed.prefixlen) if parsed else None,
    )
