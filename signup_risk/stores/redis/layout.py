"""Name what a Redis server keeps, and pack it.

Every name ends in a hash tag, so that what belongs together lies on one slot of a cluster, and is at most 24 bytes long
with its header, a size that the allocator has (jemalloc: 8, 16, 24, 32, 40, 48 ...). Keys are their 63 bits in Base64.
"""

from __future__ import annotations

import struct
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from typing import Final

from signup_risk.stores.base import Entry, Touch
from signup_risk.stores.state import LAYOUT
from signup_risk.stores.windows import DAY, LATENESS, OUTCOMES, RECENT, RETENTION, SECOND, WINDOWS

#: Version of the names and of how states are packed, beside the version of the states themselves.
VERSION: Final = f"{LAYOUT}/1"

#: Seconds for which keys and sign-ups are kept after their last write: the retention, and a week so that a stream that
#: runs late by days forgets by its own time.
KEEP: Final = (RETENTION + 7 * DAY) // SECOND

_CLOCK: Final = struct.Struct("<q")
_HEADER: Final = struct.Struct("<BBHHHqqI")
_ROWS: Final = tuple(struct.Struct(f"<{width}I") for width in range(1, 11))

#: Marks of a sign-up's record: its keys are being recorded, or are.
CLAIMED: Final = b"\0"
DONE: Final = b"\1"


class Names:
    """Name what is kept under one prefix.

    Args:
        prefix: Begins every name.

    Examples:
        >>> Names(b"sr1:").key(1), Names(b"sr1:").signup(1)
        (b'sr1:k{AQAAAAAAAAA}', b'sr1:s{AQAAAAAAAAA}')
    """

    __slots__ = (
        "_keys", "_marks", "_signups", "copied", "copy", "counter", "entries", "evicted", "meta", "order",
        "outcome_counter", "outcome_index", "outcomes", "pattern", "settled", "signups",
    )  # fmt: skip

    def __init__(self, prefix: bytes) -> None:
        self._keys = prefix + b"k{"
        self._signups = prefix + b"s{"
        self._marks = prefix + b"m{"
        self.pattern = prefix + b"[ks]{*"
        self.signups = prefix + b"s{*"
        self.meta = prefix + b"{m}"
        self.evicted = prefix + b"e{m}"
        self.counter = prefix + b"n{j}"
        self.entries = prefix + b"e{j}"
        self.settled = prefix + b"r{j}"
        self.order = prefix + b"o{j}"
        self.copy = prefix + b"c{j}"
        self.copied = prefix + b"x{j}"
        self.outcome_counter = prefix + b"n{l}"
        self.outcomes = prefix + b"e{l}"
        self.outcome_index = prefix + b"i{l}"

    def key(self, key: int) -> bytes:
        """Return the name of a key's state."""
        return self._keys + b2a_base64(_CLOCK.pack(key), newline=False)[:11] + b"}"

    def signup(self, signup: int) -> bytes:
        """Return the name of a sign-up's record."""
        return self._signups + b2a_base64(_CLOCK.pack(signup), newline=False)[:11] + b"}"

    def signup_of(self, name: bytes) -> int:
        """Return the sign-up whose record has a name."""
        start = len(self._signups)
        return int(_CLOCK.unpack(a2b_base64(name[start : start + 11] + b"="))[0])

    def marks(self, key: int) -> bytes:
        """Return what begins the names of the marks that sign-ups have been recorded on a key, on the key's slot."""
        return self._marks + b2a_base64(_CLOCK.pack(key), newline=False)[:11] + b"}"

    def mark(self, key: int, signup: int) -> bytes:
        """Return the name of the mark that a sign-up has been recorded on a key."""
        return self.marks(key) + b"%x" % (signup & 0xFFFF_FFFF)

    def is_key(self, name: bytes) -> bool:
        """Tell a key from a sign-up."""
        return name.startswith(self._keys)


def row_of(entry: Entry, touch: Touch) -> bytes:
    """Return what a sign-up leaves on a key beside its time."""
    return _ROWS[len(entry.attributes)].pack(touch.short, *entry.attributes)


def keys_of(touch: Touch) -> bytes:
    """Return the keys of a sign-up as its record holds them."""
    return struct.pack(f"<{len(touch.entries)}q", *[entry.key for entry in touch.entries])


def record_of(clock: int, mark: bytes, keys: bytes) -> bytes:
    """Return a sign-up's record."""
    return _CLOCK.pack(clock) + mark + keys


def clock_of(record: bytes) -> int:
    """Return the store's clock when a sign-up was recorded."""
    return int(_CLOCK.unpack_from(record)[0])


def is_claimed(record: bytes) -> bool:
    """Tell whether the keys of a sign-up may not all have been recorded yet."""
    return record[8:9] == CLAIMED


def recorded_keys(record: bytes) -> Sequence[int]:
    """Return the keys that a sign-up's record names."""
    return struct.unpack(f"<{len(record) // 8 - 1}q", record[9:])


def whole(raw: bytes) -> bytes:
    """Return the state of a key from the form in which it is stored.

    Raises:
        struct.error: It is too short for either form.
    """
    if raw[:1] != b"\0":
        return raw
    at = int.from_bytes(raw[:8], "big")
    row = raw[8:]
    return _HEADER.pack(LAYOUT, len(row) // 4, 1, 0, 0, at, at, 1) + _CLOCK.pack(at) + row


def constants() -> str:
    """Return what the scripts have to know of the layout, as Lua."""
    windows = ", ".join(f"{{{window.length}, {window.grain}}}" for window in WINDOWS)
    reach = WINDOWS[-1].length + LATENESS
    return (
        f"local LAYOUT, RECENT, OUTCOMES = {LAYOUT}, {RECENT}, {OUTCOMES}\n"
        f"local LATENESS, RETENTION, REACH = {LATENESS}, {RETENTION}, {reach}\n"
        f"local WINDOWS = {{{windows}}}\n"
    )
