"""Say what agrees with a country: calling code, time zones, clock offsets, languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from signup_risk.errors import ReferenceProblem
from signup_risk.references.base import ReferenceInfo
from signup_risk.references.facts import CountryFacts
from signup_risk.references.locate import Locator


class CountryReference:
    """Answer for countries and time zones."""

    def __init__(
        self,
        info: ReferenceInfo,
        countries: Mapping[str, CountryFacts],
        zones: Mapping[str, frozenset[str]],
    ) -> None:
        self._info = info
        self._countries = countries
        self._zones = zones
        self._expires_us = info.expires_us if info.status == "ok" else 0

    def lookup(self, alpha2: str, at_us: int) -> CountryFacts | None:
        """Answer for a country code in upper case; ``None`` if it is unknown, or the table too old."""
        if at_us >= self._expires_us:
            return None
        return self._countries.get(alpha2)

    def countries_of_zone(self, zone: str, at_us: int) -> frozenset[str] | None:
        """Return the countries of an IANA time zone.

        ``None`` for an unknown name, and for those that are of no country, such as ``UTC``.
        """
        if at_us >= self._expires_us:
            return None
        return self._zones.get(zone)

    def infos(self) -> tuple[ReferenceInfo, ...]:
        """Describe the table."""
        return (self._info,)


def open_countries(locator: Locator) -> CountryReference:
    """Open the country table."""
    located = locator.find("countries")
    if located.path is None:
        return CountryReference(located.info, {}, {})
    countries, zones = parse_countries(located.path)
    return CountryReference(replace(located.info, rows=len(countries)), countries, zones)


def parse_countries(path: Path) -> tuple[dict[str, CountryFacts], dict[str, frozenset[str]]]:
    """Read the table: ``{"countries": {code: {...}}, "aliases": {older zone name: zone}}``.

    Raises:
        ReferenceProblem: The file is not such a table.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        rows: dict[str, Any] = document["countries"]
        owners: dict[str, set[str]] = {}
        for code, row in rows.items():
            for zone in row["zones"]:
                owners.setdefault(zone, set()).add(code)
        zones = {zone: frozenset(codes) for zone, codes in owners.items()}
        older: dict[str, list[str]] = {}
        for alias, zone in document["aliases"].items():
            zones[alias] = zones[zone]
            older.setdefault(zone, []).append(alias)
        return {code: _facts(code, row, older) for code, row in rows.items()}, zones
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReferenceProblem(
            f"{path}: not a country table ({error!r}); give one as scripts/build_data writes it"
        ) from error


def _facts(code: str, row: Mapping[str, Any], older: Mapping[str, list[str]]) -> CountryFacts:
    zones = frozenset(row["zones"])
    aliases = frozenset(alias for zone in zones for alias in older.get(zone, ()))
    return CountryFacts(
        code=code,
        calling_code=row["calling_code"],
        time_zones=zones | aliases,
        utc_offsets=frozenset(row["utc_offsets"]),
        languages=frozenset(row["languages"]),
    )
