"""Renew reference data: ``signup-risk data refresh``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from signup_risk.references.refresh import Refreshed, refresh


def run_refresh(options: argparse.Namespace) -> int:
    """Renew the references that the options name, and say what became of each.

    Returns:
        0, or 1 if one was left as it was.
    """
    return report(refresh(options.names, options.data_dir, datetime.now(UTC).date()))


def report(results: Sequence[Refreshed]) -> int:
    """Print what was renewed, and on standard error what was not and why.

    Examples:
        >>> report([])
        0
    """
    for result in results:
        if result.entry is None:
            print(f"signup-risk: {result.problem}; the data from before is kept", file=sys.stderr)
        else:
            entry = result.entry
            print(f"{result.name}: {entry.rows:,} rows of {entry.as_of}, good until {entry.stale_after}")
    return 1 if any(result.entry is None for result in results) else 0
