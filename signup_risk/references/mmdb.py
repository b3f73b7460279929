"""Read address databases in MaxMind's file format, whoever made them.

Vendors lay out their records differently; the ``database_type`` in a file's metadata says which layout it
has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, cast

import maxminddb

from signup_risk.errors import ReferenceProblem

OWN_TYPE: Final = "signup_risk network"


class NetworkRecord(NamedTuple):
    """Hold what one file says of one address. ``None`` where it says nothing."""

    country: str | None = None
    asn: int | None = None
    organization: str | None = None
    hosting: bool | None = None
    vpn: bool | None = None
    relay: bool | None = None
    tor: bool | None = None
    proxy: bool | None = None


Raw = Mapping[str, Any]
NOTHING: Final = NetworkRecord()
_CLEAR: Final = NetworkRecord(hosting=False, vpn=False, tor=False, proxy=False)


@dataclass(frozen=True, slots=True)
class Layout:
    """Name a family of files, how its records are read, and what an address that it does not hold means."""

    pattern: re.Pattern[str]
    read: Callable[[Raw], NetworkRecord]
    missing: NetworkRecord = NOTHING


class NetworkFile:
    """Look addresses up in one file, mapped into memory. Thread-safe: nothing is ever written."""

    def __init__(self, path: Path) -> None:
        """Open a file.

        Raises:
            ReferenceProblem: The file is not such a database, or of an unknown layout.
        """
        try:
            self._reader = maxminddb.open_database(str(path))
            metadata = self._reader.metadata()
        except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
            raise ReferenceProblem(f"{path}: not an address database ({error}); download it again") from error
        self._get = self._reader.get
        self.database_type = metadata.database_type
        self.layout = _layout(path, metadata.database_type)
        self.built = built_on(metadata.build_epoch)
        self.nodes = metadata.node_count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def read(self, ip_text: str) -> NetworkRecord:
        """Return what the file says of an address.

        Text that is no address has no record, nor has an IPv6 address in a file of IPv4 alone.
        """
        try:
            raw = cast("Raw | None", self._get(ip_text))
        except (ValueError, TypeError, maxminddb.InvalidDatabaseError):
            return NOTHING
        return self.layout.missing if raw is None else self.layout.read(raw)


def built_on(epoch: int) -> date:
    """Return the day that a database was built on, as its metadata says."""
    return datetime.fromtimestamp(epoch, tz=UTC).date()


def _own(raw: Raw) -> NetworkRecord:
    return NetworkRecord(raw.get("country"), raw.get("asn"), raw.get("org"))


def _nested(raw: Raw) -> NetworkRecord:
    """Read MaxMind's City, Country, Enterprise, and DB-IP's files of the same layout."""
    traits = raw.get("traits") or {}
    organization = traits.get("autonomous_system_organization") or traits.get("organization")
    country = (raw.get("country") or {}).get("iso_code")
    return NetworkRecord(country, traits.get("autonomous_system_number"), organization)


def _flat(raw: Raw) -> NetworkRecord:
    """Read MaxMind's ASN and ISP, DB-IP's ASN, and the files of ip-location-db."""
    return NetworkRecord(
        raw.get("country_code"),
        raw.get("autonomous_system_number"),
        raw.get("autonomous_system_organization"),
    )


def _anonymous(raw: Raw) -> NetworkRecord:
    """Read MaxMind's Anonymous IP, where a flag is there only if it is true."""
    proxies = ("is_public_proxy", "is_residential_proxy")
    return NetworkRecord(
        hosting=bool(raw.get("is_hosting_provider")),
        vpn=bool(raw.get("is_anonymous_vpn")),
        tor=bool(raw.get("is_tor_exit_node")),
        proxy=any(raw.get(name) for name in proxies),
    )


def _ipinfo(raw: Raw) -> NetworkRecord:
    """Read IPinfo's files: Lite has the country's name in ``country``, older ones its code."""
    country = raw.get("country_code") or raw.get("country")
    number = str(raw.get("asn") or "").removeprefix("AS")
    return NetworkRecord(
        country if isinstance(country, str) and len(country) == 2 else None,
        int(number) if number.isdecimal() else None,
        raw.get("as_name") or raw.get("name") or None,
        *(_flag(raw, name) for name in ("hosting", "vpn", "relay", "tor", "proxy")),
    )


def _flag(raw: Raw, name: str) -> bool | None:
    """Read a flag of IPinfo's privacy file, which writes booleans as text."""
    value = raw.get(name)
    return None if value is None else value in (True, "true")


# Names as the vendors' own files state them in their metadata (GeoLite2-City, GeoIP2-Anonymous-IP,
# DBIP-ASN-Lite, "ipinfo generic_lite.mmdb", "country ipvAll"); the kind of file stands in the name, so a
# pattern covers editions.
LAYOUTS: Final = (
    Layout(re.compile(re.escape(OWN_TYPE)), _own),
    Layout(re.compile(r"(GeoLite2|GeoIP2|DBIP).*(ASN|ISP)\b.*"), _flat),
    Layout(re.compile(r"GeoIP2?-Anonymous-(IP|Plus)"), _anonymous, _CLEAR),
    Layout(re.compile(r"(GeoLite2|GeoIP2|DBIP)-.*(City|Country|Enterprise|Location).*"), _nested),
    Layout(re.compile(r"ipinfo .*", re.IGNORECASE), _ipinfo),
    Layout(re.compile(r"(country|asn|city) ipv\w+"), _flat),
)


def _layout(path: Path, database_type: str) -> Layout:
    for layout in LAYOUTS:
        if layout.pattern.fullmatch(database_type):
            return layout
    raise ReferenceProblem(
        f"{path}: database type {database_type!r} is not known; give a GeoLite2, GeoIP2, DB-IP, IPinfo or "
        "ip-location-db file of country, city, ASN or anonymity"
    )
