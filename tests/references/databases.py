"""Write small address databases in the layouts of the vendors."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet

# The writer reports an insertion that it understands as an overlap; none of the tests overlaps.
logging.getLogger("mmdb_writer").setLevel(logging.ERROR)


def write_mmdb(
    path: Path, database_type: str, rows: Mapping[str, Mapping[str, Any]], *, ip_version: int = 6
) -> Path:
    """Write a database of a type with a record for each block."""
    writer = MMDBWriter(ip_version, database_type, ipv4_compatible=ip_version == 6)
    for block, record in rows.items():
        writer.insert_network(IPSet([block]), dict(record))
    writer.to_db_file(str(path))
    return path
