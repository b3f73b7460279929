"""Split a stream of bytes into numbered lines, in bounded memory however long a line is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from signup_risk.files.records import BadLine

Read = Callable[[int], bytes]

#: Longest line that is kept. The texts of a sign-up with all fields and 100 custom inputs, every character
#: escaped, come to less than a third of it.
LONGEST: Final = 1 << 20
BLOCK: Final = 1 << 18
_TOO_LONG: Final = BadLine(f"longer than {LONGEST} bytes; no sign-up needs that")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def numbered_lines(read: Read) -> Iterator[tuple[int, bytes | BadLine]]:
    r"""Yield every line without its newline, numbered from 1; one that is too long as a bad line.

    Args:
        read: Returns at most so many bytes, fewer if no more are there yet, none at the end.

    Examples:
        >>> from io import BytesIO
        >>> list(numbered_lines(BytesIO(b"a\nb\n\nc").read))
        [(1, b'a'), (2, b'b'), (3, b''), (4, b'c')]
    """
    for number, line in enumerate(_lines(read), 1):
        if number == 1 and isinstance(line, bytes):
            yield number, line.removeprefix(_BYTE_ORDER_MARK)
        else:
            yield number, line


def _lines(read: Read) -> Iterator[bytes | BadLine]:
    rest = b""
    is_skipping = False
    while block := read(BLOCK):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield _TOO_LONG if is_skipping or len(line) > LONGEST else line
            is_skipping = False
        if is_skipping or len(rest) > LONGEST:
            is_skipping, rest = True, b""
    if rest or is_skipping:
        yield _TOO_LONG if is_skipping or len(rest) > LONGEST else rest
