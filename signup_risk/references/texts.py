"""Read the plain text lists: one entry a line, or one named group a line.

::

    # a comment; stale_after and as_of are read by name
    # stale_after: 2027-12-31
    example.com
    gmail: gmail.com googlemail.com

A user's own list needs neither group nor header. Entries are folded to lower case; domains lose a leading
``@``, ``.`` or ``*.``, since lists from elsewhere write them so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from signup_risk.errors import ReferenceProblem

_HEADER: Final = re.compile(r"#\s*(stale_after|as_of|version):\s*(\S+)\s*$")
# Underscores are no host names, but lists hold a few and mail to them is accepted.
_DOMAIN: Final = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}")


@dataclass(frozen=True, slots=True)
class TextList:
    """Hold a read list: entry -> group name, or the empty string without a group."""

    entries: dict[str, str]
    header: dict[str, str]

    @property
    def stale_after(self) -> date | None:
        """Return the last day on which the list is to be believed, where its header names one."""
        return date.fromisoformat(self.header["stale_after"]) if "stale_after" in self.header else None

    @property
    def as_of(self) -> date | None:
        """Return the day of the list, where its header names one."""
        return date.fromisoformat(self.header["as_of"]) if "as_of" in self.header else None


def read_list(path: Path, *, domains: bool) -> TextList:
    """Read a list file.

    Args:
        path: The file.
        domains: Whether every entry has to be a domain name.

    Raises:
        ReferenceProblem: The file cannot be read, or holds a line that is not an entry.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReferenceProblem(
            f"{path}: cannot be read as UTF-8 text ({error}); give a readable list"
        ) from error
    return parse_list(text, str(path), domains=domains)


def parse_list(text: str, name: str, *, domains: bool) -> TextList:
    """Read a list from its text.

    Examples:
        >>> parse_list("gmail: gmail.com googlemail.com", "mine", domains=True).entries
        {'gmail.com': 'gmail', 'googlemail.com': 'gmail'}
    """
    entries: dict[str, str] = {}
    header: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        found = _HEADER.match(line)
        if found:
            header[found[1]] = found[2]
        for group, entry in _entries(line):
            if domains and not _DOMAIN.fullmatch(entry):
                raise ReferenceProblem(
                    f"{name}, line {number}: {entry[:80]!r} is not a domain name; give one domain a line"
                )
            entries[entry] = group
    try:
        result = TextList(entries, header)
        _ = result.stale_after, result.as_of
    except ValueError as error:
        raise ReferenceProblem(f"{name}: {error}; write dates as YYYY-MM-DD") from error
    return result


def _entries(line: str) -> Iterator[tuple[str, str]]:
    content = line.partition("#")[0].strip().lower()
    group, colon, rest = content.partition(":")
    for entry in (rest if colon else content).split():
        yield (group.strip() if colon else ""), _ascii(entry.lstrip("@*").lstrip("."))


def _ascii(entry: str) -> str:
    """Return the form that the normalizer gives; an entry without one stays, and is refused as a domain."""
    if entry.isascii():
        return entry
    try:
        return entry.encode("idna").decode("ascii")
    except UnicodeError:
        return entry
