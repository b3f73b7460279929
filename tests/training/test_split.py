"""Cut histories by time: in order, with a gap, and without what was not known yet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.training.split import known_by, split_by_time
from signup_risk.training.table import NEVER, UNKNOWN
from tests.training.made_tables import DAY, made_table


def test_parts_follow_each_other_with_a_gap() -> None:
    """Fitting comes before stopping, stopping before calibrating, and the gap is as long as the maturity."""
    table = made_table(unlabelled=0.1)
    order = np.random.default_rng(3).permutation(len(table))
    shuffled = replace(table, rows=table.rows[order], labels=table.labels[order], times=table.times[order])
    split = split_by_time(shuffled, maturity_days=5)
    times = shuffled.times
    assert times[split.fit].max() <= times[split.stop].min()
    assert times[split.calibrate].min() - times[split.stop].max() >= 5 * DAY
    assert split.gap_days == 5
    parts = split.fit.astype(int) + split.stop + split.calibrate
    assert parts.max() == 1
    labelled = shuffled.labels != UNKNOWN
    assert not parts[~labelled].any()
    assert parts.sum() + split.in_gap == labelled.sum()


def test_the_gap_of_a_short_history_is_short() -> None:
    """Sixty days of a history of thirty would leave nothing; a tenth of it is left out instead."""
    split = split_by_time(made_table(days=30), maturity_days=60)
    assert 2.9 < split.gap_days <= 3  # a tenth of what lies between the first and the last hundredth


@pytest.mark.parametrize("year", [-10_000, 27_000])
def test_one_wrong_time_does_not_stretch_the_gap(year: int) -> None:
    """A sign-up of 1970 or 2099 in a history of thirty days leaves the parts as they were."""
    table = made_table(days=30)
    times = table.times.copy()
    times[5] = year * DAY
    before, after = split_by_time(table), split_by_time(replace(table, times=times))
    assert after.gap_days == pytest.approx(before.gap_days, rel=0.02)
    assert abs(int(after.calibrate.sum()) - int(before.calibrate.sum())) <= 2


def test_labels_that_came_later_than_the_calibration_part_are_counted() -> None:
    """What a model trained when the calibration part begins would not have known is said."""
    table = made_table()
    at_once = replace(table, known_at=table.times + 1)
    assert split_by_time(at_once).unripe == 0
    late = split_by_time(replace(table, known_at=table.times + 400 * DAY))
    assert late.unripe == int((late.fit | late.stop).sum())
    assert split_by_time(table, until=80 * DAY, maturity_days=1).unripe == 0


def test_nothing_after_the_cut_off_is_used() -> None:
    """With a cut-off, later sign-ups and labels that became known later are in no part."""
    table = made_table()
    delays = np.random.default_rng(2).uniform(0, 40 * DAY, len(table)).astype(np.int64)
    table = replace(table, known_at=table.times + delays)
    until = 70 * DAY
    split = split_by_time(table, until=until)
    used = split.fit | split.stop | split.calibrate
    assert used.any()
    assert table.times[used].max() <= until
    assert table.known_at[used].max() <= until
    assert split.immature == int((table.known_at > until).sum())


def test_labels_without_a_time_ripen() -> None:
    """A label of which nobody says when it became known counts as known after the maturity."""
    table = made_table(10)
    table = replace(table, known_at=np.array([7] + [NEVER] * 9, dtype=np.int64))
    assert known_by(table, 2).tolist() == [7, *(table.times[1:] + 2 * DAY).tolist()]
    split = split_by_time(made_table(), until=60 * DAY, maturity_days=20)
    assert made_table().times[split.fit | split.stop | split.calibrate].max() <= 40 * DAY


def test_uneven_abuse_moves_the_cuts() -> None:
    """Where abuse begins late, the cuts follow it, so that every part has some."""
    table = made_table(rows=8000)
    labels = np.where((table.times < 80 * DAY) & (table.labels == 1), 0, table.labels).astype(np.int8)
    split = split_by_time(replace(table, labels=labels), maturity_days=1)
    for part in (split.fit, split.stop, split.calibrate):
        assert {0, 1} <= set(labels[part].tolist())


@pytest.mark.parametrize(
    ("last_abuse", "message"),
    [(0.0, "0 sign-ups with a known abusive outcome; at least 15"), (1.2, "each part needs 5 of both")],
)
def test_too_little_abuse_is_refused(last_abuse: float, message: str) -> None:
    """A history without abuse, or with all of it in one moment, ends in an error that says what is there."""
    table = made_table(rows=8000)
    labels = np.where(table.times < last_abuse * DAY, 1, 0).astype(np.int8)
    with pytest.raises(ConfigurationError, match=message):
        split_by_time(replace(table, labels=labels), maturity_days=5)
