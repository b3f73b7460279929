"""An address is read as the standard library reads it, unwrapped from tunnels and placed in its networks."""
# ruff: noqa: RUF001 - letters and digits that resemble others are typed on purpose

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.normalize import IpFacts, normalize_ip


def read(text: str) -> IpFacts:
    """Read an address that must be readable."""
    facts = normalize_ip(text)
    assert facts is not None
    return facts


@pytest.mark.parametrize(
    ("text", "address", "special", "tunnel"),
    [
        ("8.8.8.8", "8.8.8.8", None, None),
        ("  8.8.8.8\t", "8.8.8.8", None, None),
        ("8.8.8.8:443", "8.8.8.8", None, None),
        ("2606:4700::1111", "2606:4700::1111", None, None),
        ("2606:4700:0:0:0:0:0:1111", "2606:4700::1111", None, None),
        ("[2606:4700::1111]", "2606:4700::1111", None, None),
        ("[2606:4700::1111]:443", "2606:4700::1111", None, None),
        ("fe80::1%eth0", "fe80::1", "link_local", None),
        ("::ffff:8.8.8.8", "8.8.8.8", None, "mapped"),
        ("::FFFF:808:808", "8.8.8.8", None, "mapped"),
        ("2002:808:808::1", "8.8.8.8", None, "6to4"),
        ("64:ff9b::808:808", "8.8.8.8", None, "nat64"),
        ("2001:0:4136:e378:8000:63bf:f7f7:f7f7", "8.8.8.8", None, "teredo"),
        ("::ffff:10.1.2.3", "10.1.2.3", "private", "mapped"),
        ("10.0.0.1", "10.0.0.1", "private", None),
        ("172.31.255.255", "172.31.255.255", "private", None),
        ("172.32.0.0", "172.32.0.0", None, None),
        ("192.168.0.1", "192.168.0.1", "private", None),
        ("100.64.0.1", "100.64.0.1", "cgnat", None),
        ("100.128.0.0", "100.128.0.0", None, None),
        ("127.0.0.1", "127.0.0.1", "loopback", None),
        ("169.254.1.1", "169.254.1.1", "link_local", None),
        ("192.0.2.7", "192.0.2.7", "documentation", None),
        ("198.18.0.1", "198.18.0.1", "benchmarking", None),
        ("0.1.2.3", "0.1.2.3", "unspecified", None),
        ("224.0.0.1", "224.0.0.1", "multicast", None),
        ("255.255.255.255", "255.255.255.255", "reserved", None),
        ("::", "::", "unspecified", None),
        ("::1", "::1", "loopback", None),
        ("fd00::1", "fd00::1", "private", None),
        ("2001:db8::1", "2001:db8::1", "documentation", None),
        ("3fff:1::1", "3fff:1::1", "documentation", None),
        ("ff02::1", "ff02::1", "multicast", None),
        ("100::1", "100::1", "reserved", None),
        ("5f00::1", "5f00::1", "reserved", None),
        ("2001:20::1", "2001:20::1", "reserved", None),
        ("2001:200::1", "2001:200::1", None, None),
    ],
)
def test_known_addresses(text: str, address: str, special: str | None, tunnel: str | None) -> None:
    """Forms, special-purpose ranges and tunnels are told apart."""
    facts = read(text)
    assert (facts.address, facts.special, facts.tunnel) == (address, special, tunnel)
    assert facts.version == (6 if ":" in address else 4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "01.2.3.4",
        "1.2.3.4/24",
        "1.2.3.4, 5.6.7.8",
        "1.2.3.4%eth0",
        "1.2.3.4:port",
        "1.2.3.4:1234567",
        "[1.2.3.4]",
        "[2001:db8::1",
        "[2001:db8::1]x",
        "2001:db8::1::2",
        "2001:db8::12345",
        "::1.2.3.256",
        "١.٢.٣.٤",
        "0x7f.1",
        "2130706433",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    """A list, a prefix, a number or a name is not an address."""
    assert normalize_ip(text) is None


def test_networks_are_named_by_their_first_address() -> None:
    """The /24 and /16, or /48 and /32, around an address."""
    assert (read("198.51.100.27").network, read("198.51.100.27").wider_network) == (
        "198.51.100.0/24",
        "198.51.0.0/16",
    )
    six = read("2001:db8:85a3::8a2e:370:7334")
    assert (six.network, six.wider_network) == ("2001:db8:85a3::/48", "2001:db8::/32")


@given(st.ip_addresses(v=4))
def test_ipv4_agrees_with_the_standard_library(address: ipaddress.IPv4Address) -> None:
    """Address and networks are those of :mod:`ipaddress`; every private or reserved one is special."""
    facts = read(str(address))
    assert facts.address == str(address)
    assert facts.network == str(ipaddress.ip_network((address, 24), strict=False))
    assert facts.wider_network == str(ipaddress.ip_network((address, 16), strict=False))
    if not address.is_global or address.is_multicast:
        assert facts.special is not None


@given(st.ip_addresses(v=6))
def test_ipv6_agrees_with_the_standard_library(address: ipaddress.IPv6Address) -> None:
    """Address and networks are those of :mod:`ipaddress`, unless the address carries an IPv4 one."""
    facts = read(str(address))
    if facts.tunnel is not None:
        assert facts.version == 4
        return
    assert facts.address == str(address)
    assert facts.network == str(ipaddress.ip_network((address, 48), strict=False))
    assert facts.wider_network == str(ipaddress.ip_network((address, 32), strict=False))
    if address.is_private or address.is_reserved or address.is_multicast:
        assert facts.special is not None


@given(st.ip_addresses(v=4))
def test_every_wrapping_of_an_ipv4_address_equals_it(address: ipaddress.IPv4Address) -> None:
    """Mapped, 6to4, NAT64 and Teredo forms share all keys with the plain address."""
    plain, number = read(str(address)), int(address)
    wrapped = {
        "mapped": 0xFFFF << 32 | number,
        "6to4": 0x2002 << 112 | number << 80 | 1,
        "nat64": 0x64FF9B << 96 | number,
        "teredo": 0x20010000 << 96 | 0x0102 << 64 | number ^ 0xFFFFFFFF,
    }
    for tunnel, value in wrapped.items():
        facts = read(str(ipaddress.IPv6Address(value)))
        assert facts.tunnel == tunnel
        assert (facts.address, facts.network, facts.special) == (plain.address, plain.network, plain.special)


@given(st.ip_addresses())
def test_canonical_text_is_its_own_canonical_text(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    """Reading the canonical text gives the same keys."""
    once = read(str(address))
    again = read(once.address)
    assert (again.address, again.network, again.special) == (once.address, once.network, once.special)


@given(
    st.one_of(
        st.text("0123456789abF:", min_size=2, max_size=20),
        st.lists(st.sampled_from(["0", "00", "1", "01", "9f", "FFFF", "10000", "", "g"]), max_size=10).map(":".join),
        st.lists(st.sampled_from(["0", "00", "1", "01", "255", "256", "", "+1", "\u0661"]), max_size=6).map(".".join),
    ).filter(lambda text: text.count(":") != 1)
)
def test_what_is_an_address_agrees_with_the_standard_library(text: str) -> None:
    """Groups, gaps and leading zeros are accepted where the standard library accepts them, and nowhere else."""
    try:
        expected = ipaddress.ip_address(text)
    except ValueError:
        assert normalize_ip(text) is None
        return
    facts = normalize_ip(text)
    assert facts is not None
    assert facts.tunnel is not None or facts.address == str(expected)
