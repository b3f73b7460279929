"""Say what a user's own table knows of the first digits of a card.

No table is bundled: the free ones are scraped, old and wrong for many issuers, and the schemes' own may not
be passed on. Without a table every answer is unknown, which is not an outage.
"""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from signup_risk.errors import ReferenceProblem
from signup_risk.references.base import ReferenceInfo
from signup_risk.references.facts import IssuerFacts
from signup_risk.references.locate import Locator

COLUMNS: Final = ("bin_start", "bin_end", "scheme", "type", "category", "prepaid", "issuer", "country")
UNKNOWN: Final = IssuerFacts()

_YES: Final = frozenset({"true", "yes", "y", "1"})
_NO: Final = frozenset({"false", "no", "n", "0"})
_FULL_BLOCK: Final = 100  # eight-digit numbers that begin with the same six


@dataclass(frozen=True, slots=True)
class _Table:
    """Hold ranges of eight-digit numbers, sorted; narrow ones (inside of six digits) apart from whole blocks."""

    starts: list[int]
    ends: list[int]
    facts: list[IssuerFacts]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, IssuerFacts]]) -> _Table:
        ordered = sorted(rows, key=lambda row: (row[0], row[1]))
        return cls([row[0] for row in ordered], [row[1] for row in ordered], [row[2] for row in ordered])

    def find(self, number: int) -> IssuerFacts | None:
        place = bisect_right(self.starts, number) - 1
        return self.facts[place] if place >= 0 and number <= self.ends[place] else None

    def has_any(self, first: int, last: int) -> bool:
        place = bisect_left(self.ends, first)
        return place < len(self.starts) and self.starts[place] <= last


class IssuerReference:
    """Answer for the first six or eight digits of a card."""

    def __init__(self, info: ReferenceInfo, rows: Iterable[tuple[int, int, IssuerFacts]] = ()) -> None:
        everything = list(rows)
        self._info = info
        self._narrow = _Table.of(row for row in everything if row[1] - row[0] + 1 < _FULL_BLOCK)
        self._wide = _Table.of(row for row in everything if row[1] - row[0] + 1 >= _FULL_BLOCK)

    def lookup(self, iin: str, at_us: int) -> IssuerFacts:
        """Answer for an issuer number.

        An eight-digit range inside of a six-digit one wins. Six digits, where the table splits them further,
        are unknown: one of several issuers would be a guess.
        """
        if not (self._info.is_usable(at_us) and iin.isascii() and iin.isdecimal() and len(iin) in {6, 8}):
            return UNKNOWN
        number = int(iin.ljust(8, "0"))
        if len(iin) == 8:
            return self._narrow.find(number) or self._wide.find(number) or UNKNOWN
        if self._narrow.has_any(number, number + _FULL_BLOCK - 1):
            return UNKNOWN
        return self._wide.find(number) or UNKNOWN

    def infos(self) -> tuple[ReferenceInfo, ...]:
        """Describe the table."""
        return (self._info,)


def open_issuers(locator: Locator) -> IssuerReference:
    """Open the user's table, if one is configured."""
    located = locator.find("issuers", required=False)
    if located.path is None:
        return IssuerReference(located.info)
    rows = read_issuers(located.path)
    return IssuerReference(replace(located.info, rows=len(rows)), rows)


def read_issuers(path: Path) -> list[tuple[int, int, IssuerFacts]]:
    """Read a table with the columns of :data:`COLUMNS`; only ``bin_start`` must be filled.

    Raises:
        ReferenceProblem: A column is missing, or a row cannot be read.
    """
    same: dict[IssuerFacts, IssuerFacts] = {}
    rows: list[tuple[int, int, IssuerFacts]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise ReferenceProblem(
                    f"{path}: columns {', '.join(missing)} are missing; expected {', '.join(COLUMNS)}"
                )
            for row in reader:
                facts = _facts(row)
                rows.append((*_bounds(row, path, reader.line_num), same.setdefault(facts, facts)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReferenceProblem(f"{path}: cannot be read as CSV in UTF-8 ({error})") from error
    return rows


def _bounds(row: Mapping[str, str | None], path: Path, line: int) -> tuple[int, int]:
    first = (row["bin_start"] or "").strip()
    last = (row["bin_end"] or "").strip() or first
    for text in (first, last):
        if not (text.isascii() and text.isdecimal() and len(text) in {6, 8}):
            raise ReferenceProblem(
                f"{path}, line {line}: found a bound of {len(text)} characters; allowed: 6 or 8 digits"
            )
    start, end = int(first.ljust(8, "0")), int(last.ljust(8, "9"))
    if start > end:
        raise ReferenceProblem(f"{path}, line {line}: bin_end lies before bin_start; swap them")
    return start, end


def _facts(row: Mapping[str, str | None]) -> IssuerFacts:
    text = {name: (row.get(name) or "").strip() for name in COLUMNS}
    category = text["category"].upper()
    prepaid = _flag(text["prepaid"].lower())
    if prepaid is None and "PREPAID" in f"{category} {text['type'].upper()}":
        prepaid = True
    funding = text["type"].lower()
    if prepaid:
        funding = "prepaid"
    country = text["country"].upper()
    return IssuerFacts(
        scheme=text["scheme"].lower() or None,
        country=country if len(country) == 2 and country.isalpha() else None,
        funding=funding if funding in {"credit", "debit", "prepaid"} else None,
        is_prepaid=prepaid,
        is_virtual=("VIRTUAL" in category) if category else None,
        issuer=text["issuer"] or None,
    )


def _flag(text: str) -> bool | None:
    if text in _YES:
        return True
    return False if text in _NO else None
