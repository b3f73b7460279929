"""Hold bulk replay against scoring one by one: equal tables, whatever the history and the store."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings

from signup_risk.events import Signup
from signup_risk.extract import complete, prepare, signup_name
from signup_risk.features.catalog import CATALOG
from signup_risk.references import References, open_references
from signup_risk.stores import ABUSIVE, LEGITIMATE, Hasher, SqliteStore
from signup_risk.training.replay import replay
from tests.histories import histories

REFERENCES: References = open_references()
SECRET = Hasher(b"another secret than replay's")


def one_by_one(history: Iterable[dict[str, Any]], path: Path) -> list[list[float]]:
    """Score a history in a SQLite file that is closed and opened again in the middle, reporting outcomes as due."""
    rows, due = [], []
    store = SqliteStore(path)
    for number, event in enumerate(history):
        if number % 7 == 6:
            store.close()
            store = SqliteStore(path)
        signup = Signup.from_mapping(event)
        for report in sorted(report for report in due if report[0] <= signup.at_us):
            store.report(report[1], report[2], report[0])
            due.remove(report)
        prepared = prepare(signup, signup.at_us, REFERENCES, SECRET)
        rows.append(complete(prepared, store.exchange(prepared.keys.touch), CATALOG).values)
        if signup.label is not None:
            assert signup.label_at is not None
            known = Signup(at=signup.label_at).at_us
            due.append((known, signup_name(signup.signup_id, SECRET), ABUSIVE if signup.label else LEGITIMATE))
    store.close()
    return rows


def same(left: float, right: float) -> bool:
    """Compare two values to the bit, unknown being equal to unknown."""
    return left == right or (math.isnan(left) and math.isnan(right))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=histories())
def test_bulk_equals_one_by_one(history: list[dict[str, Any]], tmp_path_factory: Any) -> None:
    """The table of a replay in memory equals the rows of serving from a SQLite file under another secret."""
    rows = one_by_one(history, tmp_path_factory.mktemp("replay") / "velocity.db")
    table = replay(history, REFERENCES, CATALOG)
    assert len(table) == len(rows)
    for number, row in enumerate(rows):
        unequal = [f.name for f, a, b in zip(CATALOG, row, table.rows[number], strict=True) if not same(a, b)]
        assert unequal == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories())
def test_features_do_not_see_the_future(history: list[dict[str, Any]]) -> None:
    """Appending later rows changes no earlier row."""
    whole = replay(history, REFERENCES, CATALOG)
    part = replay(history[: len(history) // 2], REFERENCES, CATALOG)
    assert np.array_equal(part.rows, whole.rows[: len(part)], equal_nan=True)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories(most=15))
def test_features_do_not_read_labels(history: list[dict[str, Any]]) -> None:
    """With every outcome known only after the end, labels and groups change no feature."""
    blind = [{k: v for k, v in event.items() if k not in {"label", "label_at"}} for event in history]
    late = [{**event, "label": 1, "label_at": "2030-01-01T00:00:00Z", "group": "farm"} for event in blind]
    rows = replay(blind, REFERENCES, CATALOG).rows
    assert np.array_equal(rows, replay(late, REFERENCES, CATALOG).rows, equal_nan=True)
