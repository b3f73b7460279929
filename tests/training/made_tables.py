"""Make tables of features whose truth is known, for tests of what is fitted on them."""

from __future__ import annotations

import numpy as np

from signup_risk.features.catalog import CATALOG
from signup_risk.training.table import NEVER, UNKNOWN, FeatureTable

#: Features without a direction, so that any signal may be put into them.
FEATURES = tuple(entry for entry in CATALOG if entry.monotone == 0)[:6]
NAMES = tuple(entry.name for entry in FEATURES)
DAY = 86_400_000_000


def made_table(
    rows: int = 6000,
    *,
    share: float = 0.2,
    signal: float = 3.0,
    seed: int = 1,
    days: float = 100.0,
    mislabelled: float = 0.0,
    unlabelled: float = 0.0,
) -> FeatureTable:
    """Return a table in which column 2 tells abuse from the rest.

    Args:
        rows: Rows.
        share: Share of abuse.
        signal: Distance of the two classes in standard deviations.
        seed: Seeds it.
        days: Length of the history.
        mislabelled: Share of the abusive rows that are labelled legitimate.
        unlabelled: Share of all rows without a label.
    """
    rng = np.random.default_rng(seed)
    abusive = rng.random(rows) < share
    values = rng.normal(size=(rows, len(NAMES)))
    values[:, 2] += signal * abusive
    values[rng.random(values.shape) < 0.05] = np.nan
    labels = (abusive & (rng.random(rows) >= mislabelled)).astype(np.int8)
    labels[rng.random(rows) < unlabelled] = UNKNOWN
    return FeatureTable(
        NAMES,
        values,
        labels,
        np.linspace(0, days * DAY, rows).astype(np.int64),
        np.full(rows, NEVER, dtype=np.int64),
        [f"campaign.{number % 7}" if bad else "people" for number, bad in enumerate(abusive.tolist())],
        [f"s{number}" for number in range(rows)],
    )
