"""Compare the interval search with the standard library on random blocks and addresses."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk.references.addresses import SPECIAL, Ranges, pack, parse_range

V4_BLOCKS = st.builds(
    lambda number, length: ipaddress.ip_network((number >> (32 - length) << (32 - length), length)),
    st.integers(0, 2**32 - 1),
    st.integers(1, 32),
)
V6_BLOCKS = st.builds(
    lambda number, length: ipaddress.ip_network((number << 64 >> (128 - length) << (128 - length), length)),
    st.integers(0, 2**64 - 1),
    st.integers(16, 64),
)
BLOCKS = st.one_of(V4_BLOCKS, V6_BLOCKS)


def near(block: ipaddress.IPv4Network | ipaddress.IPv6Network) -> list[str]:
    """Return the first and last address of a block, and those just outside."""
    step = 1 if block.version == 4 else 1 << 64
    first, last = int(block.network_address), int(block.broadcast_address)
    kind = ipaddress.IPv4Address if block.version == 4 else ipaddress.IPv6Address
    places = (first - step, first, last, last + step)
    return [str(kind(place)) for place in places if 0 <= place < 1 << block.max_prefixlen]


@given(st.lists(BLOCKS, min_size=1, max_size=30))
def test_containment_equals_the_standard_library(blocks: list[ipaddress.IPv4Network]) -> None:
    """At every edge of every block, overlapping and adjacent ones included, both give the same answer."""
    ranges = Ranges.of(str(block) for block in blocks)
    for text in (text for block in blocks for text in near(block)):
        address = ipaddress.ip_address(text)
        packed = pack(text)
        assert packed is not None
        assert (packed in ranges) == any(address in block for block in blocks)


@given(st.lists(BLOCKS, max_size=30))
def test_bytes_round_trip(blocks: list[ipaddress.IPv4Network]) -> None:
    """A set is read from bytes as it was written, and a cut one is refused."""
    ranges = Ranges.of(str(block) for block in blocks)
    content = ranges.to_bytes()
    again = Ranges.from_bytes(content)
    assert again.to_bytes() == content
    assert len(again) == len(ranges)
    with pytest.raises(ValueError, match="range file"):
        Ranges.from_bytes(content[:-1])


def test_overlapping_and_adjacent_blocks_become_one() -> None:
    """The set holds as few intervals as it can."""
    assert len(Ranges.of(["192.0.2.0/25", "192.0.2.128/25", "192.0.2.7", "192.0.3.0/24"])) == 1


def test_single_ipv6_addresses_stand_for_their_network() -> None:
    """IPv6 is kept to the /64, which one subscriber has."""
    ranges = Ranges.of(["2001:db8::1"])
    assert pack("2001:db8::ffff") in ranges
    assert pack("2001:db8:0:1::1") not in ranges


@pytest.mark.parametrize(
    "text",
    ["", "x", "192.0.2", "192.0.2.1/33", "192.0.2.1/", "192.0.2.1/-1", "2001:db8::/129", "1/2/3", "\0"],
)
def test_text_that_is_no_block_is_refused(text: str) -> None:
    """What is neither an address nor a block raises, so that no list is half read."""
    with pytest.raises(ValueError, match=r"must be|is neither"):
        parse_range(text)


@pytest.mark.parametrize(
    "text",
    [
        "10.1.2.3",
        "172.31.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "169.254.1.1",
        "100.64.0.1",
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "198.19.0.1",
        "0.0.0.0",  # noqa: S104 - an address to look up, not to bind to
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "64:ff9b::808:808",
        "::ffff:8.8.8.8",
        "3fff::1",
    ],
)
def test_special_purpose(text: str) -> None:
    """Addresses that are no place on the public internet are known as such."""
    assert pack(text) in SPECIAL


@pytest.mark.parametrize(
    "text",
    [
        "8.8.8.8",
        "1.1.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "192.0.3.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1",
        "2a00::1",
    ],
)
def test_public(text: str) -> None:
    """Their public neighbours are not special."""
    assert pack(text) not in SPECIAL
