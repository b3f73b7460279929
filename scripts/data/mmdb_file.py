"""Write an address database in MaxMind's format, version 2.0: search tree, data, metadata.

Written here and not with the mmdb_writer package because that one stamps the file with the time of day and
does not share equal sub-trees: two builds of one input must be equal, and sharing saves a quarter of the
nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

MARKER: Final = b"\xab\xcd\xefMaxMind.com"
_STRING, _UINT16, _UINT32, _MAP, _UINT64, _ARRAY = 2, 5, 6, 7, 9, 11
# Bounds of the three short forms of a pointer: bytes, first value, selector bits.
_POINTERS: Final = ((1, 0, 0x20), (2, 2048, 0x28), (3, 526336, 0x30))

Record = Mapping[str, str | int]
Block = tuple[int, int, Record]
Node = list["Node | int | None"]


class Data:
    """Encode records once each; equal texts and records are stored once and pointed at."""

    def __init__(self) -> None:
        self.section = bytearray()
        self._texts: dict[str, int] = {}
        self._records: dict[tuple[tuple[str, str | int], ...], int] = {}

    def offset_of(self, record: Record) -> int:
        """Return where a record lies in the data section, adding it if it is new."""
        key = tuple(record.items())
        if key not in self._records:
            encoded = [header(_MAP, len(record))]
            for name, value in record.items():
                encoded += [self._text(name), self._value(value)]
            self._records[key] = len(self.section)
            self.section += b"".join(encoded)
        return self._records[key]

    def _value(self, value: str | int) -> bytes:
        return self._text(value) if isinstance(value, str) else number(_UINT32, value)

    def _text(self, text: str) -> bytes:
        if text not in self._texts:
            self._texts[text] = len(self.section)
            self.section += string(text)
        return pointer(self._texts[text])


def pointer(offset: int) -> bytes:
    """Encode a pointer into the data section."""
    for size, base, selector in reversed(_POINTERS):
        if offset >= base:
            shifted = offset - base
            high = shifted >> (8 * size)
            return bytes([selector | high]) + (shifted & ((1 << (8 * size)) - 1)).to_bytes(size)
    raise AssertionError("an offset is never negative")


def header(kind: int, size: int) -> bytes:
    """Encode the control bytes of a value."""
    extended = b"" if kind <= 7 else bytes([kind - 7])
    first = kind << 5 if kind <= 7 else 0
    if size < 29:
        return bytes([first | size]) + extended
    if size < 285:
        return bytes([first | 29]) + extended + bytes([size - 29])
    return bytes([first | 30]) + extended + (size - 285).to_bytes(2)


def string(text: str) -> bytes:
    """Encode a text in place."""
    encoded = text.encode()
    return header(_STRING, len(encoded)) + encoded


def number(kind: int, value: int) -> bytes:
    """Encode an unsigned number in as few bytes as it needs."""
    encoded = value.to_bytes((value.bit_length() + 7) // 8)
    return header(kind, len(encoded)) + encoded


class Tree:
    """Hold blocks in a binary tree of 128 levels; IPv4 lies below ``::/96``."""

    def __init__(self) -> None:
        self._root: Node = [None, None]

    def insert(self, start: int, length: int, offset: int) -> None:
        """Put a block in; blocks must not overlap."""
        node = self._root
        for level in range(length - 1):
            bit = start >> (127 - level) & 1
            child = node[bit]
            if child is None:
                child = node[bit] = [None, None]
            if not isinstance(child, list):
                raise ValueError(  # noqa: TRY004 - the type stands for the state of the tree
                    f"block {start:032x}/{length} overlaps another"
                )
            node = child
        bit = start >> (128 - length) & 1
        if node[bit] is not None:
            raise ValueError(f"block {start:032x}/{length} overlaps another")
        node[bit] = offset

    def pack(self) -> tuple[int, bytes]:
        """Return the number of nodes and the tree's bytes, with equal sub-trees stored once."""
        numbers: dict[tuple[int, int], int] = {}
        records: list[tuple[int, int]] = []
        root = self._number(self._root, numbers, records)
        count = len(records)
        if root != count - 1:
            raise AssertionError("the root is numbered last")
        # The reader starts at node 0, so the order is turned round. Kept numbers: node n is n, no data is -1,
        # data at offset d is -2 - d.
        packed = bytearray()
        for left, right in reversed(records):
            for side in (left, right):
                value = count - 1 - side if side >= 0 else count if side == -1 else count + 16 + (-2 - side)
                packed += value.to_bytes(3)
        return count, bytes(packed)

    def _number(
        self, node: Node | int | None, numbers: dict[tuple[int, int], int], records: list[tuple[int, int]]
    ) -> int:
        if node is None:
            return -1
        if isinstance(node, int):
            return -2 - node
        left = self._number(node[0], numbers, records)
        right = self._number(node[1], numbers, records)
        if left == right and left < 0:
            return left
        if (left, right) not in numbers:
            numbers[left, right] = len(records)
            records.append((left, right))
        return numbers[left, right]


def write_database(blocks: Iterable[Block], *, database_type: str, description: str, built: int) -> bytes:
    """Return the bytes of a database.

    Args:
        blocks: Start of 128 bits, prefix length and record of each block, not overlapping.
        database_type: Name of the layout, which tells the reader where to look.
        description: One line in English.
        built: Moment that the data is of, in seconds since the epoch.
    """
    data, tree = Data(), Tree()
    for start, length, record in blocks:
        tree.insert(start, length, data.offset_of(record))
    count, nodes = tree.pack()
    if count + 16 + len(data.section) >= 1 << 24:
        raise ValueError("too large for records of 24 bits")
    metadata = [
        ("binary_format_major_version", number(_UINT16, 2)),
        ("binary_format_minor_version", number(_UINT16, 0)),
        ("build_epoch", number(_UINT64, built)),
        ("database_type", string(database_type)),
        ("description", header(_MAP, 1) + string("en") + string(description)),
        ("ip_version", number(_UINT16, 6)),
        ("languages", header(_ARRAY, 0)),
        ("node_count", number(_UINT32, count)),
        ("record_size", number(_UINT16, 24)),
    ]
    encoded = header(_MAP, len(metadata)) + b"".join(string(name) + value for name, value in metadata)
    return nodes + bytes(16) + bytes(data.section) + MARKER + encoded
