"""Measure what no code of this package can save: the same hashing, rows and predictions, done by C libraries alone.

Beside it stands a yardstick, the work of ``Booster.predict`` on one row as it was timed on the machine for which the
bounds were set, so that a slower machine is not taken for slower code.
"""

from __future__ import annotations

import hmac
import sqlite3
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from bench_figures import quantile

from signup_risk import Signup, open_references
from signup_risk.extract import Keys, describe
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.stores import Hasher, MemoryStore, Touch
from signup_risk.stores.base import recorded

#: Milliseconds of one row (60 features, 200 trees of 31 leaves, LightGBM 4.7.0) on the machine of the bounds.
YARDSTICKS = {"Booster.predict, one row": 0.034, "one-row pandas frame, Booster.predict": 0.740}

_READ = f"SELECT id, state FROM keys WHERE id IN ({', '.join('?' * 32)})"  # noqa: S608 - placeholders
_WRITE = "INSERT OR REPLACE INTO keys (id, state) VALUES (?, ?)"


Events = Iterable[Mapping[str, Any]]


def floor_times(warm: Events, events: Events, folder: Path) -> dict[str, float]:
    """Return the median milliseconds a sign-up of the parts that are C libraries' work."""
    work = _Work(folder / "floor.db")
    for event in warm:
        work.run(event)
    work.times = {}
    for event in events:
        work.run(event)
    return {name: quantile(times, 0.5) for name, times in work.times.items()}


class _Work:
    """Repeat the hashing, reading, writing and predicting of sign-ups without anything around them."""

    def __init__(self, path: Path) -> None:
        self.times: dict[str, list[float]] = {}
        self._memory, self._hasher, self._references = MemoryStore(), Hasher(b"x" * 32), open_references()
        self._booster = ModelArtefact.load(bundled_model_path()).booster
        self._row = array("d", bytes(8 * len(self._booster.feature_names)))
        self._file = sqlite3.connect(path, isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = NORMAL",
            "CREATE TABLE keys (id INTEGER PRIMARY KEY, state BLOB NOT NULL)",
        ):
            self._file.execute(statement)

    def run(self, event: Mapping[str, Any]) -> None:
        """Do the work of one sign-up, each part timed."""
        signup = Signup.from_mapping(event)
        keys = Keys(describe(signup, self._references, signup.at_us).context, self._hasher)
        rows = recorded(self._memory.exchange(keys.touch).states, keys.touch)
        self._timed("HMAC-SHA-256 of its values", self._hash, len(keys.names))
        self._timed("SQLite: read and write its rows, one transaction", self._exchange, keys.touch, rows)
        self._timed("LightGBM: predict", self._booster.raw_score, self._row)
        self._timed("LightGBM: exact contributions", self._booster.contributions, self._row)

    def _timed(self, name: str, call: Any, *arguments: Any) -> None:
        started = perf_counter_ns()
        call(*arguments)
        self.times.setdefault(name, []).append((perf_counter_ns() - started) / 1e6)

    @staticmethod
    def _hash(count: int) -> None:
        for _ in range(count):
            hmac.digest(b"x" * 32, b"ip_network/1/\x00192.0.2.0/24", "sha256")

    def _exchange(self, touch: Touch, rows: Sequence[tuple[int, bytes]]) -> None:
        wanted = [entry.key for entry in touch.entries]
        self._file.execute("BEGIN IMMEDIATE")
        self._file.execute(_READ, wanted + [None] * (32 - len(wanted))).fetchall()
        self._file.executemany(_WRITE, rows)
        self._file.execute("COMMIT")


def slowness(repeats: int = 300) -> dict[str, float]:
    """Return how many times longer this machine takes for the yardsticks than the machine of the bounds."""
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(4000, 60))
    labels = (rows[:, :5].sum(axis=1) + rng.normal(size=4000) > 0).astype(int)
    names = [f"f{i}" for i in range(60)]
    parameters = {"objective": "binary", "num_leaves": 31, "verbose": -1, "num_threads": 1}
    booster = lightgbm.train(parameters, lightgbm.Dataset(rows, labels, feature_name=names), 200)
    row, mapping = rows[:1], dict(zip(names, rows[0].tolist(), strict=True))
    calls = (
        lambda: booster.predict(row, num_threads=1),
        lambda: booster.predict(pd.DataFrame([mapping]), num_threads=1),
    )
    found = {}
    for (name, known), call in zip(YARDSTICKS.items(), calls, strict=True):
        times = []
        for _ in range(repeats):
            started = perf_counter_ns()
            call()
            times.append((perf_counter_ns() - started) / 1e6)
        found[name] = quantile(times, 0.5) / known
    return found
