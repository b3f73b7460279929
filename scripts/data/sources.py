"""List the packages that the bundled data is built from; to renew the data, change a version here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Package:
    """Name one npm package: version, day of its data, licence as its own files state it."""

    name: str
    version: str
    as_of: str
    licence: str


# The author of ip-location-db stopped publishing to npm in 2026-06 and names bugs in that data; it is the
# newest that may be passed on. `signup-risk data refresh country asn` fetches the successor.
GEO: Final = Package(
    "@ip-location-db/geo-whois-asn-country-mmdb", "2.3.2026061719", "2026-06-17", "CC-BY-4.0 (NRO)"
)
ASN: Final = Package(
    "@ip-location-db/asn", "2.3.2026061719", "2026-06-17", "CC-BY-4.0 (RouteViews, NRO, DB-IP)"
)
FAKEFILTER: Final = Package("fakefilter", "0.1.1476", "2026-02-17", "BSD-3-Clause")
# Three large lists of throw-away domains. None is good enough alone: 17, 12 and 7 % of their domains still
# received mail in 2026. Days are those of publication.
IVOLO: Final = Package("disposable-email-domains", "1.0.62", "2024-12-07", "MIT")
WESBOS: Final = Package("burner-email-providers", "1.0.67", "2024-12-11", "MIT")
MAILCHECKER: Final = Package("mailchecker", "6.0.21", "2026-07-18", "MIT")

TODAY: Final = "2026-11-23"

# What the page of `signup-risk report` draws with, bundled as it is published. Days are those of publication.
D3: Final = Package("d3", "7.9.2", "2026-11-03", "ISC")
PLOT: Final = Package("@observablehq/plot", "0.6.17", "2025-05-17", "ISC")
# Parts of the two with a licence of their own that asks to be passed on.
PARTS: Final = (
    Package("d3-ease", "3.0.2", "2026-11-03", "BSD-3-Clause"),
    Package("d3-scale-chromatic", "3.1.1", "2026-11-03", "ISC AND Apache-2.0"),
    Package("delaunator", "5.1.0", "2026-03-23", "ISC"),
    Package("interval-tree-1d", "1.0.4", "2024-12-04", "MIT"),
    Package("binary-search-bounds", "2.0.5", "2024-12-02", "MIT"),
    Package("isoformat", "0.2.1", "2024-12-04", "ISC"),
)
