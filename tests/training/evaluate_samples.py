"""Make samples whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from signup_risk.training.evaluate.sample import Floats, Sample
from signup_risk.training.table import NEVER, FeatureTable

HOUR_US = 3_600_000_000


def table(  # one part of a table each
    labels: Sequence[int],
    groups: Sequence[str] | None = None,
    *,
    times: Sequence[int] | None = None,
    rows: Floats | None = None,
    names: Sequence[str] = (),
    known_at: Sequence[int] | None = None,
) -> FeatureTable:
    """Return a table with these labels; a sign-up a minute and no feature, if nothing else is said."""
    count = len(labels)
    return FeatureTable(
        tuple(names),
        np.empty((count, 0)) if rows is None else np.asarray(rows, dtype=np.float64).reshape(count, len(names)),
        np.asarray(labels, dtype=np.int8),
        np.asarray(range(0, count * 60_000_000, 60_000_000) if times is None else times, dtype=np.int64),
        np.full(count, NEVER) if known_at is None else np.asarray(known_at, dtype=np.int64),
        [""] * count if groups is None else list(groups),
        [f"s{number}" for number in range(count)],
    )


def sample(labels: Sequence[int], groups: Sequence[str] | None = None, **parts: Sequence[int]) -> Sample:
    """Return the sample of such a table."""
    return Sample.of(table(labels, groups, **parts))


def random_sample(count: int, *, seed: int, abusive: float = 0.2, named: bool = True) -> tuple[Sample, Floats]:
    """Return a sample and scores of a model that knows something, both drawn."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(count) < abusive).astype(int).tolist()
    campaigns = rng.integers(0, 12, count)
    groups = [f"farm.a1.{number}" if label else "legit.all" for label, number in zip(labels, campaigns, strict=True)]
    scores = rng.normal(size=count) + 1.5 * np.asarray(labels)
    return sample(labels, groups if named else None), scores
