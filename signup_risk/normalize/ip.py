"""Read an IP address, find the client behind tunnels, and name its networks.

Special-purpose ranges are recognised first, because an address database answers nonsense for them
(a documentation prefix was placed in Japan).
"""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

VERSION: Final = 1

# The longest text form with zone and port is well under this; longer text is no address.
MAX_LENGTH: Final = 128

# IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates) and the multicast and reserved blocks
# of the IPv4 Address Space Registry; a test compares them with the standard library. AS112 and AMT anycast
# services are never clients, hence "reserved".
_IPV4: Final = (
    ("0.0.0.0/8", "unspecified"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "cgnat"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link_local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "reserved"),
    ("192.52.193.0/24", "reserved"),
    ("192.88.99.0/24", "reserved"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "reserved"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
)

# IANA IPv6 Special-Purpose Address Registry (RFC 6890, RFC 8190, RFC 9637 for 3fff::/20). Outside 2000::/3
# nothing is allocated to clients (RFC 4291 2.4), so everything there that has no better name is "reserved",
# as is the protocol block 2001::/23 apart from the tunnels. Ranges do not overlap.
_IPV6: Final = (
    ("::/8", "reserved"),
    ("100::/8", "reserved"),
    ("200::/7", "reserved"),
    ("400::/6", "reserved"),
    ("800::/5", "reserved"),
    ("1000::/4", "reserved"),
    ("2001::/23", "reserved"),
    ("2001:db8::/32", "documentation"),
    ("3fff::/20", "documentation"),
    ("4000::/2", "reserved"),
    ("8000::/2", "reserved"),
    ("c000::/3", "reserved"),
    ("e000::/4", "reserved"),
    ("f000::/5", "reserved"),
    ("f800::/6", "reserved"),
    ("fc00::/7", "private"),
    ("fe00::/9", "reserved"),
    ("fe80::/10", "link_local"),
    ("fec0::/10", "reserved"),
    ("ff00::/8", "multicast"),
)

_SINGLE6: Final = {0: "unspecified", 1: "loopback"}
_MAPPED: Final = 0xFFFF  # ::ffff:0:0/96, RFC 4291 2.5.5.2
_NAT64: Final = 0x0064_FF9B << 64  # 64:ff9b::/96, RFC 6052 2.1
_SIX_TO_FOUR: Final = 0x2002  # 2002::/16, RFC 3056
_TEREDO: Final = 0x2001_0000  # 2001::/32, RFC 4380
_LOW32: Final = 0xFFFF_FFFF

# Decimal octets as RFC 6943 3.1.1 has them read strictly: a leading zero would be octal to some programs.
_OCTETS: Final = {str(value): value for value in range(256)}
_HEXTETS: Final = re.compile(r"[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){7}")
# Without two groups of zeros side by side there is nothing to shorten (RFC 5952 4.2.2).
_ZEROS: Final = re.compile(r"\b0:0\b")


def _ranges(
    table: tuple[tuple[str, str], ...],
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]:
    rows = sorted(
        (int(net.network_address), int(net.broadcast_address), name)
        for net, name in ((ipaddress.ip_network(text), name) for text, name in table)
    )
    return tuple(r[0] for r in rows), tuple(r[1] for r in rows), tuple(r[2] for r in rows)


_RANGES4: Final = _ranges(_IPV4)
_RANGES6: Final = _ranges(_IPV6)


@dataclass(frozen=True, slots=True)
class IpFacts:
    """Hold what an address says about itself.

    Attributes:
        address: Canonical text of the client's address, unwrapped from a tunnel.
        version: 4 or 6, of the client's address.
        network: The /24 or /48 around it, usually one site or one subscriber block.
        wider_network: The /16 or /32 around it.
        special: Kind of a special-purpose range, or None for an ordinary public address.
        tunnel: How an IPv4 address was wrapped into IPv6, or None.
    """

    address: str
    version: int
    network: str
    wider_network: str
    special: str | None
    tunnel: str | None


def normalize_ip(text: str) -> IpFacts | None:
    """Read an address; None if it is not exactly one.

    Surrounding blanks, IPv6 brackets, a port (``192.0.2.1:443``, ``[2001:db8::1]:443``, as some gateways
    forward it) and a zone (``%eth0``) are dropped. A list of addresses or a prefix is refused: which one
    would be meant is for the caller to decide.

    Examples:
        >>> normalize_ip("::ffff:192.0.2.7").network
        '192.0.2.0/24'
        >>> normalize_ip("2001:db8:0:17::1").special
        'documentation'
        >>> normalize_ip("192.0.2.7, 198.51.100.1") is None
        True
    """
    if len(text) > MAX_LENGTH:
        return None
    bare = bare_address(text.strip())
    if ":" not in bare:
        return _ipv4(bare, None)
    number = _number6(bare)
    return None if number is None else _ipv6(number)


def bare_address(text: str) -> str:
    """Return the text of an address without brackets, port and zone; empty if those are not well-formed.

    Examples:
        >>> bare_address("[2001:db8::1%eth0]:443")
        '2001:db8::1'
    """
    if ":" not in text:
        return text
    if text.startswith("["):
        inside, closed, port = text[1:].partition("]")
        text = inside if closed and ":" in inside and _is_port(port) else ""
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
        text = host if _is_port(":" + port) else ""
    if "%" in text:
        text = text.partition("%")[0] if ":" in text else ""
    return text


def _is_port(text: str) -> bool:
    return not text or (text[0] == ":" and len(text) <= 6 and text[1:].isascii() and text[1:].isdigit())


def _ipv4(text: str, tunnel: str | None) -> IpFacts | None:
    """Read four octets; the ``ipaddress`` module accepts the same texts in twice the time."""
    octets = text.split(".")
    try:
        first, second, third, fourth = [_OCTETS[octet] for octet in octets]
    except (KeyError, ValueError):
        return None
    return IpFacts(
        address=text,
        version=4,
        network=f"{first}.{second}.{third}.0/24",
        wider_network=f"{first}.{second}.0.0/16",
        special=_special(first << 24 | second << 16 | third << 8 | fourth, _RANGES4),
        tunnel=tunnel,
    )


def _number6(text: str) -> int | None:
    """Read eight groups, ``::`` for at least one of them (RFC 4291 2.2); the module takes twice the time."""
    if "." in text:
        return _dotted6(text)
    head, gap, tail = text.partition("::")
    groups = head.split(":") if head else []
    if gap:
        end = tail.split(":") if tail else []
        groups += ["0"] * max(8 - len(groups) - len(end), 1) + end
    if not _HEXTETS.fullmatch(":".join(groups)):
        return None
    return int("".join([group.zfill(4) for group in groups]), 16)


def _dotted6(text: str) -> int | None:
    try:
        return int(ipaddress.IPv6Address(text))
    except ValueError:
        return None


def _ipv6(number: int) -> IpFacts | None:
    wrapped = _unwrap(number)
    if wrapped is not None:
        address, tunnel = wrapped
        return _ipv4(".".join(map(str, address.to_bytes(4, "big"))), tunnel)
    digits = f"{number:032x}"
    groups = [digits[start : start + 4].lstrip("0") or "0" for start in range(0, 32, 4)]
    text = ":".join(groups)
    special = _SINGLE6.get(number) or _special(number, _RANGES6)
    return IpFacts(
        address=text if not _ZEROS.search(text) else str(ipaddress.IPv6Address(number)),
        version=6,
        network=_prefix(groups[:3]) + "/48",
        wider_network=_prefix(groups[:2]) + "/32",
        special=special,
        tunnel=None,
    )


def _unwrap(number: int) -> tuple[int, str] | None:
    """Find the IPv4 address of the client inside a mapped or tunnelled IPv6 address."""
    if number >> 32 == _MAPPED:
        return number & _LOW32, "mapped"
    if number >> 32 == _NAT64:
        return number & _LOW32, "nat64"
    if number >> 112 == _SIX_TO_FOUR:
        return (number >> 80) & _LOW32, "6to4"
    if number >> 96 == _TEREDO:
        # The client's address is the last 32 bits, inverted (RFC 4380 4).
        return ~number & _LOW32, "teredo"
    return None


def _special(number: int, ranges: tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]) -> str | None:
    starts, ends, names = ranges
    index = bisect_right(starts, number) - 1
    return names[index] if index >= 0 and number <= ends[index] else None


def _prefix(groups: list[str]) -> str:
    """Write the leading groups of a network; its trailing zeros are always the longest run (RFC 5952 4.2)."""
    while groups and groups[-1] == "0":
        groups.pop()
    return ":".join(groups) + "::"
