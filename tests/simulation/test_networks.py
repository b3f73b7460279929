"""Addresses come from networks that the bundled reference knows by the same country and operator."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from signup_risk.references import open_references
from signup_risk.simulation import addresses
from signup_risk.simulation.addresses import all_networks
from signup_risk.simulation.tables import countries

AT_US = 1_780_000_000_000_000  # 2026-05-28, before the reference expires


@pytest.fixture(scope="module")
def looked_up() -> list[tuple[addresses.Network, object]]:
    """Look ten addresses of every network up."""
    rng, networks = Random(5), open_references().networks
    return [(n, networks.lookup(n.host(rng), AT_US)) for n in all_networks() for _ in range(10)]


def test_countries_and_operators_agree(looked_up: list[tuple[addresses.Network, object]]) -> None:
    """At most 2 % disagree: parts of large prefixes are lent abroad. Relays place users where they like."""
    rows = [(n, facts) for n, facts in looked_up if n.kind != "relay"]
    assert sum(n.country != facts.country for n, facts in rows) / len(rows) < 0.02
    assert sum(n.asn != facts.asn for n, facts in rows) / len(rows) < 0.02


def test_kinds_are_not_contradicted(looked_up: list[tuple[addresses.Network, object]]) -> None:
    """Access networks are never taken for hosting, and hosting and VPN never for access."""
    seen = {(n.kind, facts.kind) for n, facts in looked_up}
    assert not {(kind, "hosting") for kind in ("isp", "mobile", "university", "business")} & seen
    assert not {(kind, other) for kind in ("hosting", "vpn") for other in ("isp", "mobile", "education")} & seen


def test_every_country_has_an_access_network() -> None:
    """A person of any country can be given an address there."""
    rng = Random(1)
    for code in countries():
        address = addresses.home(rng, code)
        assert address.count(".") == 3


def test_a_carrier_shares_few_exits_and_a_home_line_none() -> None:
    """Thousands of subscribers come out of the same exits; homes hardly ever meet."""
    rng = Random(2)
    carrier = Counter(addresses.carrier(rng, "IN") for _ in range(2000))
    homes = Counter(addresses.home(rng, "IN") for _ in range(2000))
    assert max(carrier.values()) > 10
    assert len(carrier) < 600
    assert max(homes.values()) <= 2


def test_ipv6_homes_lie_inside_their_prefix() -> None:
    """An IPv6 address begins like its operator's prefix."""
    rng = Random(3)
    network = next(n for n in all_networks() if n.prefix6)
    base, length = network.prefix6 or (0, 0)
    import ipaddress

    for _ in range(20):
        number = int(ipaddress.IPv6Address(network.host6(rng)))
        assert number >> (128 - length) == base >> (128 - length)
