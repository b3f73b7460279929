"""Build the country table from tzdata, phonenumbers and Babel."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import phonenumbers
from babel.core import get_global
from babel.languages import get_official_languages
from sources import TODAY

# A language that one in twenty people speaks is no contradiction to the country, official or not (Spanish in
# the United States, Russian in Latvia, English nearly everywhere).
SPOKEN_BY_PERCENT: Final = 5.0


def zone_rows(table: str) -> list[tuple[list[str], str]]:
    """Return the country codes and the name of each zone in one of tzdata's tables."""
    text = files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8")
    fields = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return [(row[0].split(","), row[2]) for row in fields]


def zone_aliases() -> dict[str, str]:
    """Return the zones that each older name stands for."""
    text = files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines())
    links = {row[2]: row[1] for row in rows if row[:1] == ["L"]}
    resolved: dict[str, str] = {}
    for alias in links:
        zone = alias
        while zone in links:
            zone = links[zone]
        resolved[alias] = zone
    return resolved


def offsets(zone: str) -> set[float]:
    """Return the hours from UTC that a zone's clocks show during the year of the build."""
    year = int(TODAY[:4])
    moments = (datetime(year, month, 15, tzinfo=UTC) for month in range(1, 13))
    found: set[float] = set()
    for moment in moments:
        offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
        if offset is not None:
            found.add(offset.total_seconds() / 3600)
    return found


def languages(country: str) -> list[str]:
    """Return the base codes of the languages of a country."""
    official = get_official_languages(country, regional=True, de_facto=True)
    spoken: dict[str, Any] = get_global("territory_languages").get(country, {})
    wide = [code for code, row in spoken.items() if row["population_percent"] >= SPOKEN_BY_PERCENT]
    return sorted({code.split("_")[0] for code in (*official, *wide)})


def countries() -> list[str]:
    """Return the ISO 3166-1 codes, as tzdata lists them."""
    text = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    return [line.split("\t")[0] for line in text.splitlines() if line and not line.startswith("#")]


def build_countries(target: Path) -> int:
    """Write the table, and return the number of countries."""
    zones: defaultdict[str, set[str]] = defaultdict(set)
    for table in ("zone.tab", "zone1970.tab"):
        for codes, zone in zone_rows(table):
            for code in codes:
                zones[code].add(zone)
    known = set().union(*zones.values())
    aliases = {old: new for old, new in zone_aliases().items() if old not in known and new in known}
    rows = {code: _row(code, sorted(zones[code])) for code in countries()}
    document = {"countries": rows, "aliases": dict(sorted(aliases.items()))}
    target.write_text(_text(document), encoding="utf-8")
    return len(rows)


def _row(code: str, zones: list[str]) -> dict[str, Any]:
    return {
        "calling_code": phonenumbers.country_code_for_region(code) or None,
        "zones": zones,
        "utc_offsets": sorted(set().union(*(offsets(zone) for zone in zones))),
        "languages": languages(code),
    }


def _text(document: dict[str, Any]) -> str:
    """Write one country a line, so that a change of the data reads as one."""
    rows = [f" {json.dumps(code)}: {json.dumps(row)}" for code, row in document["countries"].items()]
    joined = ",\n".join(rows)
    return f'{{"countries": {{\n{joined}\n}},\n"aliases": {json.dumps(document["aliases"])}}}\n'
