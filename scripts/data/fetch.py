"""Fetch a pinned npm package with the ordinary client, and unpack it below ``build/``."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

from sources import Package

ROOT = Path(__file__).parent.parent.parent
CACHE = ROOT / "build" / "data"


def unpack(package: Package) -> Path:
    """Return the folder of a package's files, fetched if it is not there yet."""
    folder = CACHE / f"{package.name.replace('/', '+').removeprefix('@')}-{package.version}"
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", "--json", f"{package.name}@{package.version}"]
        done = subprocess.run(command, cwd=CACHE, check=True, capture_output=True, text=True)
        described = json.loads(done.stdout)
        row = described[0] if isinstance(described, list) else next(iter(described.values()))
        archive = CACHE / row["filename"].replace("@", "").replace("/", "-")
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
    return folder / "package"
