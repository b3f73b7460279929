"""Show and refresh reference data: ``signup-risk data``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from signup_risk.cli.table import aligned
from signup_risk.errors import ConfigurationError
from signup_risk.references import ReferenceInfo, References, open_references

# What a reference says of itself that nobody gave a file for.
_NOT_CONFIGURED: Final = "not configured"
_COLUMNS: Final = (
    "reference",
    "status",
    "version",
    "as of",
    "age",
    "good until",
    "rows",
    "licence",
    "source",
)


def chosen_references(options: argparse.Namespace) -> References:
    """Open the references that the options describe.

    Raises:
        ConfigurationError: An own file is not given as ``NAME=FILE``, or for a name that is not known.
        ReferenceProblem: An own file is missing or cannot be read.
    """
    own: dict[str, str | Path] = {}
    for choice in options.reference:
        name, separator, path = choice.partition("=")
        if not (name and separator and path):
            raise ConfigurationError(f"--reference {choice!r} is not of the form NAME=FILE, such as roles=roles.txt")
        own[name] = path
    return open_references(options.data_dir, overrides=own)


def run_list(options: argparse.Namespace) -> int:
    """Print what is loaded, as it stands today.

    Returns:
        0, or 1 if something that is needed is absent or expired, or a file is not what its manifest says.
    """
    # Scoring judges age by the time of the sign-up; here somebody asks about today.
    now = datetime.now(UTC)
    references = chosen_references(options)
    infos = [info.at(int(now.timestamp() * 1_000_000)) for info in references.infos()]
    if options.json:
        print(json.dumps([_as_json(info, now.date()) for info in infos], indent=1, ensure_ascii=False))
    else:
        print(table(infos, now.date()))
    problems = references.verify() if options.verify else ()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems or any(info.required and info.status != "ok" for info in infos) else 0


def table(infos: Sequence[ReferenceInfo], today: date) -> str:
    """Return references as a table, with the notes under it."""
    rows = [
        (
            info.name,
            _NOT_CONFIGURED if info.note == _NOT_CONFIGURED and not info.required else info.status,
            info.version or "-",
            str(info.as_of or "-"),
            _age(info, today),
            str(info.stale_after or "-"),
            "-" if info.rows is None else f"{info.rows:,}",
            info.licence or "-",
            info.source or "-",
        )
        for info in infos
    ]
    notes = [f"{info.name}: {info.note}" for info in infos if info.note not in ("", _NOT_CONFIGURED)]
    return "\n".join([aligned([_COLUMNS, *rows]), *notes])


def _age(info: ReferenceInfo, today: date) -> str:
    days = _age_days(info, today)
    return "-" if days is None else f"{days} d"


def _age_days(info: ReferenceInfo, today: date) -> int | None:
    return None if info.as_of is None else (today - info.as_of).days


def _as_json(info: ReferenceInfo, today: date) -> dict[str, Any]:
    return {
        "name": info.name,
        "status": info.status,
        "required": info.required,
        "version": info.version,
        "as_of": None if info.as_of is None else info.as_of.isoformat(),
        "age_days": _age_days(info, today),
        "stale_after": None if info.stale_after is None else info.stale_after.isoformat(),
        "rows": info.rows,
        "licence": info.licence,
        "source": info.source,
        "sha256": info.sha256,
        "path": info.path,
        "note": info.note,
    }
