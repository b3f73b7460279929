"""Remember in bounded memory which mailboxes exist, since a provider never gives one out twice."""

from __future__ import annotations

from zlib import crc32


class Taken:
    """Hold a Bloom filter: a false hit only makes one more person append digits, as people do."""

    __slots__ = ("_bits", "_mask")

    def __init__(self, bits_log2: int = 26) -> None:
        self._bits = bytearray(1 << (bits_log2 - 3))
        self._mask = (1 << bits_log2) - 1

    def claim(self, text: str) -> bool:
        """Take a mailbox; return whether it was free.

        Examples:
            >>> taken = Taken(16)
            >>> taken.claim("a@example.com"), taken.claim("a@example.com")
            (True, False)
        """
        data = text.encode()
        first, second = crc32(data), crc32(data, 0x9E3779B9)
        free = False
        for position in (
            first & self._mask,
            (first + second * 7) & self._mask,
            (second * 3 + (first >> 5)) & self._mask,
        ):
            byte, bit = position >> 3, 1 << (position & 7)
            if not self._bits[byte] & bit:
                free = True
                self._bits[byte] |= bit
        return free
