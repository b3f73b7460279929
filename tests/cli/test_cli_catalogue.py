"""Print the catalogue of features."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from signup_risk.features.catalog import CATALOG
from tests.cli.running import Outcome

Run = Callable[..., Outcome]


def test_table_has_every_feature(run: Run) -> None:
    """The table has a line a feature, in the order of the catalogue, and their number."""
    found = run("features")
    header, *rows, last = found.output.splitlines()
    assert found.status == 0
    assert header.split() == ["feature", "family", "reason", "risk", "text"]
    assert [row.split()[:3] for row in rows] == [[one.name, one.family, one.reason] for one in CATALOG]
    assert last == f"{len(CATALOG)} features"


@pytest.mark.parametrize("family", sorted({entry.family for entry in CATALOG}))
def test_one_family(run: Run, family: str) -> None:
    """--family gives the features of that family; as JSON with everything that describes them."""
    shown = json.loads(run("features", "--family", family, "--format", "json").output)
    chosen = [entry for entry in CATALOG if entry.family == family]
    assert [(one["name"], one["missing"], one["monotone"]) for one in shown] == [
        (entry.name, entry.missing, entry.monotone) for entry in chosen
    ]


def test_markdown(run: Run) -> None:
    """Every row of the Markdown table has the columns of its header."""
    rows = run("features", "--format", "markdown").output.splitlines()
    assert len(rows) == len(CATALOG) + 2
    assert {row.replace("\\|", "").count("|") for row in rows} == {9}


def test_usage(run: Run) -> None:
    """An unknown family is a mistake of usage, with those that there are."""
    with pytest.raises(SystemExit) as caught:
        run("features", "--family", "horoscope")
    assert caught.value.code == 2
