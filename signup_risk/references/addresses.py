"""Hold sets of address ranges as sorted intervals, searched with bisect; a CIDR list costs a few bytes a row.

IPv4 is kept to the address. IPv6 is kept to the /64: one subscriber has at least a /64 (RFC 6177), so a list
that names a single address inside means the subscriber, and eight bytes hold a bound.
"""

from __future__ import annotations

import socket
import struct
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

# Ranges that are no place on the public internet: IANA special-purpose registries for IPv4 and IPv6, 2026-11,
# with multicast and class E. Teredo and 6to4 are in: the address of the client is inside of them, not around
# them.
SPECIAL_PURPOSE: Final = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
::/64 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001:db8::/32 2002::/16
2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""

_MAGIC: Final = b"SRR1"
_HEADER: Final = struct.Struct("<4sII")

Packed = tuple[bool, int]
Interval = tuple[int, int]


def pack(text: str) -> Packed | None:
    """Return whether an address is IPv6, and its number; ``None`` for text that is no address.

    Examples:
        >>> pack("192.0.2.1")
        (False, 3221225985)
        >>> pack("2001:db8::1")[1] == 0x20010DB800000000
        True
    """
    try:
        if ":" in text:
            return True, int.from_bytes(socket.inet_pton(socket.AF_INET6, text)[:8])
        return False, int.from_bytes(socket.inet_pton(socket.AF_INET, text))
    except (OSError, ValueError):
        return None


def parse_range(text: str) -> tuple[bool, Interval]:
    """Return the interval of a CIDR block or a single address.

    Raises:
        ValueError: The text is neither.
    """
    address, slash, length = text.partition("/")
    packed = pack(address)
    if packed is None:
        raise ValueError(f"{text[:60]!r} is neither an address nor a block such as 192.0.2.0/24")
    is_v6, number = packed
    bits = 128 if is_v6 else 32
    if slash and not (length.isascii() and length.isdecimal() and int(length) <= bits):
        raise ValueError(f"{text[:60]!r}: the prefix length must be 0 to {bits}")
    width = 64 if is_v6 else 32
    free = max(0, width - (int(length) if slash else bits))
    start = number >> free << free
    return is_v6, (start, start + (1 << free) - 1)


@dataclass(frozen=True, slots=True)
class Ranges:
    """Hold disjoint sorted intervals of IPv4 addresses and of IPv6 /64 networks.

    Examples:
        >>> ranges = Ranges.of(["192.0.2.0/25", "2001:db8:1::/48"])
        >>> pack("192.0.2.127") in ranges, pack("192.0.2.128") in ranges, pack("2001:db8:1:9::1") in ranges
        (True, False, True)
    """

    v4_starts: Sequence[int]
    v4_ends: Sequence[int]
    v6_starts: Sequence[int]
    v6_ends: Sequence[int]

    @classmethod
    def of(cls, blocks: Iterable[str]) -> Ranges:
        """Build the set from CIDR blocks and addresses, overlapping ones included.

        Raises:
            ValueError: One of them is neither.
        """
        v4: list[Interval] = []
        v6: list[Interval] = []
        for block in blocks:
            is_v6, interval = parse_range(block)
            (v6 if is_v6 else v4).append(interval)
        merged4, merged6 = _merge(v4), _merge(v6)
        return cls(
            array("I", (start for start, _ in merged4)),
            array("I", (end for _, end in merged4)),
            array("Q", (start for start, _ in merged6)),
            array("Q", (end for _, end in merged6)),
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> Ranges:
        """Read the set as :meth:`to_bytes` wrote it.

        Raises:
            ValueError: The bytes are something else.
        """
        if len(content) < _HEADER.size:
            raise ValueError("too short for a range file")
        magic, v4, v6 = _HEADER.unpack_from(content)
        if magic != _MAGIC or len(content) != _HEADER.size + 8 * v4 + 16 * v6:
            raise ValueError("not a range file, or cut short")
        columns: list[Sequence[int]] = []
        offset = _HEADER.size
        for code, count in (("I", v4), ("I", v4), ("Q", v6), ("Q", v6)):
            column = array(code)
            width = count * column.itemsize
            column.frombytes(content[offset : offset + width])
            if sys.byteorder == "big":
                column.byteswap()
            columns.append(column)
            offset += width
        return cls(*columns)

    def to_bytes(self) -> bytes:
        """Write the set: header, then the four columns, little-endian."""
        header = _HEADER.pack(_MAGIC, len(self.v4_starts), len(self.v6_starts))
        v4 = struct.pack(f"<{2 * len(self.v4_starts)}I", *self.v4_starts, *self.v4_ends)
        return header + v4 + struct.pack(f"<{2 * len(self.v6_starts)}Q", *self.v6_starts, *self.v6_ends)

    def __contains__(self, packed: Packed) -> bool:
        is_v6, number = packed
        starts, ends = (self.v6_starts, self.v6_ends) if is_v6 else (self.v4_starts, self.v4_ends)
        place = bisect_right(starts, number) - 1
        return place >= 0 and number <= ends[place]

    def __len__(self) -> int:
        return len(self.v4_starts) + len(self.v6_starts)


def _merge(intervals: list[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


SPECIAL: Final = Ranges.of(SPECIAL_PURPOSE.split())
