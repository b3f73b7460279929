"""Compare predictions with LightGBM's own and with shap's tree explainer."""

from __future__ import annotations

import math
import random
import subprocess
import sys
import threading
from array import array
from collections.abc import Callable

import lightgbm
import numpy as np
import pytest
import shap
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signup_risk.errors import ModelMismatch
from signup_risk.model import booster as booster_module
from signup_risk.model.booster import Booster

FEATURES = 6
KINDS = ("plain", "monotone", "no_missing", "zero_as_missing", "deep", "stump")
VALUES = st.one_of(
    st.floats(-4.0, 4.0),
    st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1e-36, -1e-30, 1e308, -1e308, 5e-324, 1e9]),
    st.floats(allow_nan=True, allow_infinity=True),
)
ROWS = st.lists(VALUES, min_size=FEATURES, max_size=FEATURES)
TextOf = Callable[[str], str]
LIBERAL = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(params=KINDS)
def pair(request: pytest.FixtureRequest, model_text: TextOf) -> tuple[Booster, lightgbm.Booster]:
    """Return the same model read by this package and by LightGBM's own."""
    text = model_text(request.param)
    return Booster(text), lightgbm.Booster(model_str=text)


@LIBERAL
@given(row=ROWS)
def test_raw_score_equals_lightgbm(pair: tuple[Booster, lightgbm.Booster], row: list[float]) -> None:
    """Any row, with unknown, infinite and huge values, gets exactly the raw score that LightGBM gives."""
    ours, theirs = pair
    expected = theirs.predict(np.array([row]), raw_score=True, num_threads=1)[0]
    assert ours.raw_score(array("d", row)) == expected


@LIBERAL
@given(row=ROWS)
def test_contributions_equal_lightgbm(pair: tuple[Booster, lightgbm.Booster], row: list[float]) -> None:
    """Any row gets exactly LightGBM's contributions, and they add up to its raw score."""
    ours, theirs = pair
    expected = theirs.predict(np.array([row]), pred_contrib=True, num_threads=1)[0]
    found = ours.contributions(array("d", row))
    assert found == list(expected)
    assert math.fsum(found) == pytest.approx(ours.raw_score(array("d", row)), abs=1e-9)


@LIBERAL
@given(rows=st.lists(ROWS, min_size=1, max_size=4))
def test_table_equals_rows(pair: tuple[Booster, lightgbm.Booster], rows: list[list[float]]) -> None:
    """A table is predicted as its rows are, with one thread and with two."""
    ours, _ = pair
    flat = array("d", [value for row in rows for value in row])
    singles = [array("d", row) for row in rows]
    for threads in (1, 2):
        assert list(ours.raw_scores(flat, threads=threads)) == [ours.raw_score(row) for row in singles]
        contributions = [value for row in singles for value in ours.contributions(row)]
        assert list(ours.contributions_table(flat, threads=threads)) == contributions


@pytest.mark.parametrize("kind", ["plain", "monotone", "deep"])
def test_contributions_equal_shap(kind: str, model_text: TextOf) -> None:
    """Contributions and base value are those of shap's own tree algorithm, unknown values included."""
    text = model_text(kind)
    rows = np.random.default_rng(3).normal(size=(50, FEATURES))
    rows[::3, 1] = np.nan
    rows[::5, 0] = 0.0
    explainer = shap.TreeExplainer(lightgbm.Booster(model_str=text))
    explainer.model.model_type = "internal"  # or shap would hand the work back to LightGBM
    expected = explainer.shap_values(rows)
    booster = Booster(text)
    for row, values in zip(rows, expected, strict=True):
        found = booster.contributions(array("d", row.tolist()))
        assert found[:-1] == pytest.approx(list(values), abs=1e-9)
        assert found[-1] == pytest.approx(float(np.ravel(explainer.expected_value)[0]), abs=1e-9)


def test_names_and_size_are_the_models(model_text: TextOf) -> None:
    """Names and number of trees are read from the model."""
    booster = Booster(model_text("plain"))
    assert booster.feature_names == tuple(f"feature_{number}" for number in range(FEATURES))
    assert booster.trees == 25


@pytest.mark.parametrize(
    "row", [array("d", [0.0] * 5), array("d", [0.0] * 7), array("f", [0.0] * 6), [0.0] * 6, array("d")]
)
def test_rows_of_another_shape_are_refused(row: array[float], model_text: TextOf) -> None:
    """A row that is not six doubles never reaches the library, which would read beyond it."""
    with Booster(model_text("stump")) as booster:
        for predict in (booster.raw_score, booster.contributions):
            with pytest.raises(ModelMismatch, match="6 numbers each"):
                predict(row)


def test_tables_of_another_shape_are_refused(model_text: TextOf) -> None:
    """A table that is not whole rows is refused, and an empty one has no scores."""
    booster = Booster(model_text("stump"))
    with pytest.raises(ModelMismatch, match="6 numbers each"):
        booster.raw_scores(array("d", [0.0] * 7))
    assert list(booster.raw_scores(array("d"))) == []


def test_a_closed_model_says_so(model_text: TextOf) -> None:
    """After closing, every call says so instead of touching freed memory; closing twice is harmless."""
    booster = Booster(model_text("stump"))
    booster.close()
    booster.close()
    for predict in (booster.raw_score, booster.contributions, booster.raw_scores):
        with pytest.raises(ModelMismatch, match="was closed"):
            predict(array("d", [0.0] * FEATURES))


def test_closing_waits_for_calls_under_way(model_text: TextOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that began before closing still gets its score, and keeps nothing for later."""
    booster = Booster(model_text("plain"))
    row = array("d", [0.5] * FEATURES)
    expected = booster.raw_score(row)
    predict = booster_module._RowPredictor.predict

    def close_first(self: booster_module._RowPredictor, row: array[float]) -> list[float]:
        booster.close()
        return predict(self, row)

    monkeypatch.setattr(booster_module._RowPredictor, "predict", close_first)
    assert booster.raw_score(row) == expected
    assert not any(booster._free.values())


def test_threads_share_a_model(model_text: TextOf) -> None:
    """Eight threads asking one model at once all get the scores and contributions that one alone gets."""
    booster = Booster(model_text("deep"))
    chooser = random.Random(5)
    rows = [array("d", [chooser.gauss(0, 1) for _ in range(FEATURES)]) for _ in range(100)]
    expected = [(booster.raw_score(row), booster.contributions(row)) for row in rows]
    wrong: list[int] = []

    def ask(start: int) -> None:
        for step in range(400):
            number = (start + step) % len(rows)
            row = rows[number]
            if (booster.raw_score(row), booster.contributions(row)) != expected[number]:
                wrong.append(number)

    threads = [threading.Thread(target=ask, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_model_survives_a_fork(model_text: TextOf) -> None:
    """A worker forked after loading gives its parent's scores, even with OpenMP threads of its own."""
    program = (
        "import os, signal, sys\n"
        "from array import array\n"
        "from signup_risk.model.booster import Booster\n"
        "booster = Booster(sys.stdin.read())\n"
        f"row = array('d', [0.5] * {FEATURES})\n"
        "def scores():\n"
        "    return [booster.raw_score(row), *booster.contributions(row)]\n"
        "before = scores()\n"
        "rows = row * 64\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    signal.alarm(30)\n"
        "    table = booster.raw_scores(rows, threads=2)\n"
        "    os._exit(0 if scores() == before and set(table) == {before[0]} else 3)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        input=model_text("plain"), text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_serving_loads_no_heavy_package(model_text: TextOf) -> None:
    """Predicting and explaining a row imports neither NumPy nor LightGBM's Python package."""
    program = (
        "import sys\n"
        "from array import array\n"
        "from signup_risk.model import Booster\n"
        "booster = Booster(sys.stdin.read())\n"
        f"booster.contributions(array('d', [0.5] * {FEATURES}))\n"
        "heavy = {'numpy', 'scipy', 'lightgbm', 'pandas', 'sklearn', 'shap'} & set(sys.modules)\n"
        "print(*heavy, end='')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=model_text("stump"), text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
