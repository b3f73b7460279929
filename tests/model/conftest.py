"""Train small models of several kinds, once a run."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import lightgbm
import numpy as np
import pytest

FEATURES = 6
KINDS: dict[str, dict[str, object]] = {
    "plain": {},
    "monotone": {"monotone_constraints": [1, -1, 0, 0, 0, 0]},
    "no_missing": {"use_missing": False},
    "zero_as_missing": {"zero_as_missing": True},
    "deep": {"num_leaves": 60, "max_depth": -1},
    "stump": {"num_leaves": 2},
}


def train(params: dict[str, object], rows: int = 1500, trees: int = 25) -> str:
    """Train on data with unknown, zero and huge values, and return the model's text."""
    rng = np.random.default_rng(7)
    data = rng.normal(size=(rows, FEATURES))
    risk = data[:, 0] - data[:, 1] * data[:, 2] + rng.normal(size=rows)
    data[rng.random(data.shape) < 0.2] = np.nan
    data[rng.random(data.shape) < 0.2] = 0.0
    data[:, 3] *= 1e9
    settings = {"objective": "binary", "num_leaves": 12, "max_depth": 5, "verbose": -1, "num_threads": 1}
    names = [f"feature_{number}" for number in range(FEATURES)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = lightgbm.Dataset(data, (risk > 0.8).astype(int), feature_name=names)
        return lightgbm.train(settings | params, dataset, trees).model_to_string()


@pytest.fixture(scope="session")
def model_text() -> Callable[[str], str]:
    """Return the text of a small model by its kind, training it at the first request."""
    trained: dict[str, str] = {}

    def text(kind: str) -> str:
        if kind not in trained:
            trained[kind] = train(KINDS[kind])
        return trained[kind]

    return text
