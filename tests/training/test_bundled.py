"""Weigh the rows of the bundled model, and keep its sites apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from signup_risk.features.catalog import CATALOG
from signup_risk.training import bundled_sites as sites
from signup_risk.training.bundled import GROUP_MOST, weights
from signup_risk.training.bundled_judgement import is_hard
from signup_risk.training.table import NEVER, FeatureTable


def test_sites_serve_one_purpose_each() -> None:
    """No site is fitted, calibrated or judged on twice."""
    every = [*sites.FIT, *sites.CALIBRATE, *sites.JUDGE]
    assert len(every) == len(set(every))
    assert set(every) >= sites.CROWDED


def test_large_campaigns_and_groups_are_weighed_down() -> None:
    """Abuse keeps its share of the whole, a small campaign counts more a row than a large one, a rare group too."""
    groups = np.array(["farm.a1.1.0"] * 400 + ["farm.a2.2.0"] * 4 + ["legit.ordinary"] * 5000 + ["legit.cafe"] * 5)
    abusive = np.char.startswith(groups, "farm.")
    found = weights(abusive, groups)
    assert np.isclose(found[abusive].sum(), 404)
    assert np.isclose(found[400] / found[0], (400 / 4) ** 0.4)
    assert found[404] == 1
    assert found[-1] == GROUP_MOST


def test_tables_are_kept_and_read_again(tmp_path: Path) -> None:
    """A table that was kept is the same when it is read."""
    table = FeatureTable(
        ("a", "b"), np.array([[1.0, np.nan], [0.5, 2.0]]), np.array([1, -1], np.int8), np.array([5, 6]),
        np.array([7, NEVER]), ["farm.a1.1", ""], ["x", None],
    )  # fmt: skip
    sites.write_table(table, tmp_path / "t.npz")
    again = sites.read_table(tmp_path / "t.npz")
    assert again.names == table.names
    assert np.array_equal(again.rows, table.rows, equal_nan=True)
    assert (again.groups, again.ids) == (table.groups, table.ids)
    assert np.array_equal(again.known_at, table.known_at)


def test_hard_features_count_and_compare() -> None:
    """Nothing that an applicant types at will is among the features that are hard to evade."""
    hard = {entry.name for entry in CATALOG if is_hard(entry)}
    assert {"ip_network_surprise_24h", "phone_block_count_24h", "card_count_24h", "heat_2_24h"} <= hard
    assert not {name for name in hard if name.startswith(("email_", "name_", "username_", "device_"))}
