"""Build the bundled reference data and its manifest. Two builds of the same sources are equal."""

from __future__ import annotations

import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from countries import build_countries
from domains import read_ivolo, read_mailchecker, read_wesbos, write_fakefilter, write_suspected
from fetch import unpack
from networks import build_networks
from sources import ASN, FAKEFILTER, GEO, IVOLO, MAILCHECKER, TODAY, WESBOS

from signup_risk.references.countries import parse_countries
from signup_risk.references.manifest import BUNDLED, MANIFEST_NAME, Entry, manifest_text, sha256_of
from signup_risk.references.network_class import read_classes
from signup_risk.references.texts import read_list


class Origin(NamedTuple):
    """Say where a file's content comes from, and for how many years it is believed."""

    source: str
    version: str
    as_of: str
    licence: str
    years: int


# Years: throw-away domains and address space are half renewed within two; who runs a network, which providers
# and time zones there are, changes slower; the names of roles do not age within a release's life.
OWN = "self-written"


def origins() -> dict[str, tuple[str, Origin]]:
    """Return the file and origin of every reference by name."""
    votes = ", ".join(f"{package.name} {package.version}" for package in (IVOLO, WESBOS, MAILCHECKER))
    return {
        "fakefilter": (
            "disposable_fakefilter.txt",
            Origin("fakefilter (npm)", FAKEFILTER.version, FAKEFILTER.as_of, FAKEFILTER.licence, 2),
        ),
        "suspected": (
            "disposable_suspected.txt",
            Origin(
                f"vote of {votes}, disposable-email-domains (pip), fakefilter",
                MAILCHECKER.version, MAILCHECKER.as_of, "MIT AND BSD-3-Clause", 2,
            ),
        ),
        "networks": (
            "networks.mmdb",
            Origin(f"{GEO.name}, {ASN.name}", GEO.version, GEO.as_of, "CC-BY-4.0, see NOTICE", 2),
        ),
        "countries": (
            "countries.json",
            Origin(
                ", ".join(f"{name} {version(name)}" for name in ("tzdata", "phonenumbers", "babel")),
                version("tzdata"), TODAY, "Apache-2.0 AND BSD-3-Clause", 4,
            ),
        ),
        "free_mail": ("free_mail.txt", Origin(OWN, TODAY, TODAY, "MIT", 4)),
        "relays": ("privacy_relays.txt", Origin(OWN, TODAY, TODAY, "MIT", 4)),
        "network_classes": ("network_classes.csv", Origin(OWN, TODAY, TODAY, "MIT", 4)),
        "roles": ("role_accounts.txt", Origin(OWN, TODAY, TODAY, "MIT", 10)),
    }  # fmt: skip


def build(names: set[str]) -> None:
    """Write the generated files that are asked for."""
    if "countries" in names:
        build_countries(BUNDLED / "countries.json")
    if names & {"fakefilter", "suspected"}:
        fakefilter = unpack(FAKEFILTER)
        write_fakefilter(fakefilter, BUNDLED / "disposable_fakefilter.txt", FAKEFILTER.version)
        lists = (
            read_ivolo(unpack(IVOLO)),
            read_wesbos(unpack(WESBOS)),
            read_mailchecker(unpack(MAILCHECKER)),
        )
        write_suspected(lists, fakefilter, BUNDLED / "disposable_suspected.txt")
    if "networks" in names:
        content, _ = build_networks(unpack(GEO), unpack(ASN))
        (BUNDLED / "networks.mmdb").write_bytes(content)


def rows_of(path: Path) -> int:
    """Count the entries of a built file."""
    if path.suffix == ".mmdb":
        import maxminddb

        with maxminddb.open_database(str(path)) as reader:
            return sum(1 for _ in reader)
    if path.suffix == ".json":
        return len(parse_countries(path)[0])
    if path.suffix == ".csv":
        return len(read_classes(path.read_text(encoding="utf-8")))
    return len(read_list(path, domains=path.name != "role_accounts.txt").entries)


def entry(name: str, file: str, origin: Origin) -> Entry:
    """Describe a built file for the manifest."""
    path = BUNDLED / file
    as_of = date.fromisoformat(origin.as_of)
    return Entry(
        name=name,
        file=file,
        source=origin.source,
        version=origin.version,
        as_of=origin.as_of,
        retrieved=TODAY,
        licence=origin.licence,
        sha256=sha256_of(path),
        size=path.stat().st_size,
        rows=rows_of(path),
        stale_after=as_of.replace(year=as_of.year + origin.years).isoformat(),
    )


def main() -> None:
    """Build what is named on the command line, or everything, then write the manifest of all."""
    known = origins()
    wanted = set(sys.argv[1:]) or set(known)
    if wanted - set(known) - {"manifest"}:
        sys.exit(f"unknown: {', '.join(sorted(wanted - set(known)))}; known: manifest, {', '.join(known)}")
    build(wanted)
    entries = {name: entry(name, file, origin) for name, (file, origin) in known.items()}
    (BUNDLED / MANIFEST_NAME).write_text(manifest_text(entries), encoding="utf-8")
    for name, row in entries.items():
        print(f"{name:16} {row.size:>9,} bytes {row.rows:>8,} rows  {row.as_of}  {row.licence}")


if __name__ == "__main__":
    main()
