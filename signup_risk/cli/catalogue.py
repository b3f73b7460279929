"""Print the catalogue of features: ``signup-risk features``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from signup_risk.cli.table import aligned, markdown
from signup_risk.features.base import Feature
from signup_risk.features.catalog import CATALOG

Layout = Callable[[Sequence[Feature]], str]

# Read as: risk can only grow, or only fall, with the value; or neither is certain.
_DIRECTIONS: Final = {1: "up", -1: "down", 0: "-"}


def run_features(options: argparse.Namespace) -> int:
    """Print the features of the chosen family, or all."""
    chosen = [entry for entry in CATALOG if options.family in (None, entry.family)]
    print(LAYOUTS[options.format](chosen))
    return 0


def _table(features: Sequence[Feature]) -> str:
    rows = [(entry.name, entry.family, entry.reason, _DIRECTIONS[entry.monotone], _plural(entry)) for entry in features]
    return aligned([("feature", "family", "reason", "risk", "text"), *rows]) + f"\n{len(features)} features"


def _markdown(features: Sequence[Feature]) -> str:
    rows = [
        (
            f"`{entry.name}`",
            entry.family,
            f"`{entry.reason}`",
            entry.unit,
            _DIRECTIONS[entry.monotone],
            ", ".join(f"`{name}`" for name in entry.inputs),
            _plural(entry),
            entry.missing,
        )
        for entry in features
    ]
    return markdown([("feature", "family", "reason", "unit", "risk", "inputs", "text", "missing means"), *rows])


def _plural(entry: Feature) -> str:
    return entry.text.replace("{value:s}", "s")


def _json(features: Sequence[Feature]) -> str:
    return json.dumps([_described(entry) for entry in features], indent=1, ensure_ascii=False)


def _described(entry: Feature) -> dict[str, Any]:
    return {
        "name": entry.name,
        "family": entry.family,
        "reason": entry.reason,
        "unit": entry.unit,
        "monotone": entry.monotone,
        "inputs": list(entry.inputs),
        "text": entry.text,
        "missing": entry.missing,
    }


LAYOUTS: Final[Mapping[str, Layout]] = {"table": _table, "json": _json, "markdown": _markdown}
