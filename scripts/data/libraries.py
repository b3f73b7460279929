"""Bundle the libraries that the page of a report draws with, as their packages publish them, and their licences."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from fetch import unpack
from sources import D3, PARTS, PLOT, TODAY, Package

from signup_risk.references.manifest import MANIFEST_NAME, Entry, manifest_text, sha256_of
from signup_risk.report.vendored import VENDOR

#: What is taken of each package: the one file that a browser loads.
LIBRARIES: Final = {"d3": (D3, "dist/d3.min.js"), "plot": (PLOT, "dist/plot.umd.min.js")}


def bundle(name: str, package: Package, wanted: str) -> Entry:
    """Copy a library, byte by byte, and describe it."""
    target = VENDOR / Path(wanted).name
    shutil.copyfile(unpack(package) / wanted, target)
    return Entry(
        name=name,
        file=target.name,
        source=f"{package.name} (npm), {wanted}, unmodified",
        version=package.version,
        as_of=package.as_of,
        retrieved=TODAY,
        licence=package.licence,
        sha256=sha256_of(target),
        size=target.stat().st_size,
        rows=1,
        stale_after=None,
    )


def copy_licence(package: Package) -> None:
    """Copy the text that a package is published with."""
    name = package.name.rpartition("/")[2]
    shutil.copyfile(unpack(package) / "LICENSE", VENDOR / "LICENSES" / f"{name}.txt")


def main() -> None:
    """Bundle everything that the page is made with."""
    (VENDOR / "LICENSES").mkdir(parents=True, exist_ok=True)
    entries = {name: bundle(name, package, file) for name, (package, file) in LIBRARIES.items()}
    for package in (D3, PLOT, *PARTS):
        copy_licence(package)
    (VENDOR / MANIFEST_NAME).write_text(manifest_text(entries), encoding="utf-8")
    for name, row in entries.items():
        print(f"{name:16} {row.size:>9,} bytes  {row.version}  {row.as_of}  {row.licence}")


if __name__ == "__main__":
    main()
