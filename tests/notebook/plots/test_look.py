"""Plots leave nothing behind, look alike whatever the notebook has set, and draw any name without being fooled."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from signup_risk.errors import ConfigurationError
from signup_risk.notebook import plots
from signup_risk.notebook.common import graph
from signup_risk.notebook.plots.names import shown, shown_apart
from tests.notebook.plots.made import HOSTILE, assessed, contributions, texts

COSTS = plots.Costs(abusive=40, friction=15, review=2, unit="$")
Draw = Callable[[pd.DataFrame], plots.Plot]

#: Every plot that takes a frame of assessed sign-ups.
OF_SIGNUPS: dict[str, Draw] = {
    "calibration": lambda frame: plots.calibration(frame, repeats=20),
    "champion_challenger": lambda frame: plots.champion_challenger(
        frame.assign(new=frame.get("raw_score", pd.Series(dtype=float)) * 1.1), "raw_score", "new", repeats=20
    ),
    "detection": lambda frame: plots.detection(frame, repeats=20),
    "group_rates": plots.group_rates,
    "over_time": plots.over_time,
    "score_distribution": plots.score_distribution,
    "threshold_cost": lambda frame: plots.threshold_cost(frame, COSTS, capacity=40, repeats=20),
}
FROM_ANYTHING: dict[str, Callable[[], plots.Plot]] = {
    **{name: lambda draw=draw: draw(assessed()) for name, draw in OF_SIGNUPS.items()},
    "beeswarm": lambda: plots.beeswarm(*contributions()),
    "family_bars": lambda: plots.family_bars(contributions()[0]),
    "key_velocity": lambda: plots.key_velocity(assessed()["at"], key="device d-1"),
    "drift_between": lambda: plots.drift_between(*contributions()),
}


@pytest.mark.parametrize("name", FROM_ANYTHING)
def test_plot_is_drawn_without_a_warning_and_leaves_no_setting(name: str) -> None:
    """Warnings are errors in the suite; settings are the same before and after making and drawing."""
    before = dict(mpl.rcParams)
    plot = FROM_ANYTHING[name]()
    assert plot.png().startswith(b"\x89PNG")
    assert dict(mpl.rcParams) == before
    assert isinstance(plot.data, pd.DataFrame)
    assert len(plot.data)
    assert plot.finding in repr(plot)


@pytest.mark.parametrize("name", FROM_ANYTHING)
def test_plot_looks_the_same_under_a_style_of_the_notebook(name: str) -> None:
    """A dark style with formulas and another size changes no pixel."""
    plain = FROM_ANYTHING[name]().png(dpi=40)
    with mpl.rc_context({"figure.facecolor": "black", "text.color": "white", "font.size": 30, "axes.grid": True}):
        assert FROM_ANYTHING[name]().png(dpi=40) == plain


def test_pyplot_is_not_loaded() -> None:
    """Nothing of pyplot is imported, so no state of it can leak; without plots matplotlib is not loaded either."""
    code = (
        "import sys, pandas as pd; from signup_risk.notebook import plots; assert 'matplotlib' not in sys.modules;"
        "plots.key_velocity(['2026-06-01T12:00:00Z']).png(); print('matplotlib.pyplot' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert told == "False\n"


def test_missing_matplotlib_is_named_with_its_extra() -> None:
    """Without matplotlib a plot says what to install."""
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from signup_risk.errors import MissingExtra\nfrom signup_risk.notebook import plots\n"
        "try:\n    plots.key_velocity(['2026-06-01T12:00:00Z'])\nexcept MissingExtra as problem:\n    print(problem)"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert "signup-risk[notebook]" in told


def test_result_is_frozen_and_can_be_saved(tmp_path: Path) -> None:
    """A plot cannot be changed, is written to a file, and tells a notebook its picture and its finding."""
    plot = plots.key_velocity(assessed(30)["at"])
    with pytest.raises(dataclasses.FrozenInstanceError):
        plot.finding = "another"  # type: ignore[misc]
    for kind in ("png", "svg", "pdf"):
        plot.save(tmp_path / f"plot.{kind}")
        assert (tmp_path / f"plot.{kind}").stat().st_size > 1000
    shown_as, about = plot._repr_mimebundle_()
    assert set(shown_as) == {"image/png", "text/plain"}
    assert plot.finding in shown_as["text/plain"]
    assert about == {"image/png": {"width": 760}}


@pytest.mark.parametrize("name", FROM_ANYTHING)
def test_simulated_sign_ups_are_called_synthetic(name: str) -> None:
    """The word stands in the figure where the frame says so, and only there."""
    plot = FROM_ANYTHING[name]()
    if name in {*OF_SIGNUPS, "key_velocity"}:
        assert plot.synthetic
        assert "synthetic" in texts(plot.figure)
    else:
        assert not plot.synthetic
        assert "synthetic" not in texts(plot.figure)


def test_synthetic_is_told_by_groups_and_can_be_said() -> None:
    """Groups named as the simulation names them are enough; whoever knows better says so."""
    frame = assessed(200)
    frame.attrs.clear()
    assert plots.over_time(frame).synthetic
    assert not plots.over_time(frame.drop(columns="group")).synthetic
    assert not plots.over_time(frame, synthetic=False).synthetic


@pytest.mark.parametrize("name", OF_SIGNUPS)
@pytest.mark.parametrize("given", [[], ["label", "raw_score", "risk_score", "fpr", "decision", "at", "group"]])
def test_empty_frame_is_refused_in_words(name: str, given: list[str]) -> None:
    """A frame without rows says that there is nothing to plot, whatever its columns."""
    with pytest.raises(ConfigurationError, match="no rows, so there is nothing to plot"):
        OF_SIGNUPS[name](pd.DataFrame({column: pd.Series(dtype=float) for column in given}))


def test_what_is_no_frame_is_refused() -> None:
    """A list of assessments gets told what to give."""
    for draw in (plots.detection, plots.over_time, plots.beeswarm, plots.family_bars):
        with pytest.raises(ConfigurationError, match="give a pandas DataFrame"):
            draw([{"label": 1}])  # type: ignore[operator]


@pytest.mark.parametrize("name", ["calibration", "champion_challenger", "detection", "threshold_cost"])
@pytest.mark.parametrize(("label", "lacking"), [(1.0, "legitimate"), (0.0, "abusive"), (np.nan, "legitimate")])
def test_one_class_is_refused_in_words(name: str, label: float, lacking: str) -> None:
    """What compares both classes says which one is missing."""
    frame = assessed(60)
    frame["label"], frame["group"] = label, ""
    with pytest.raises(ConfigurationError, match=f"no sign-up labelled {lacking}"):
        OF_SIGNUPS[name](frame)


@pytest.mark.parametrize("name", ["over_time", "score_distribution"])
@pytest.mark.parametrize("count", [1, 2])
def test_single_sign_up_is_drawn(name: str, count: int) -> None:
    """One row is little, and no reason to fail; no label is needed."""
    frame = assessed(count).drop(columns=["label", "group"])
    assert OF_SIGNUPS[name](frame).png()


def test_missing_values_are_left_out_and_counted() -> None:
    """Rows without a score do not count, and the note says how many there are."""
    frame = assessed(400)
    whole = plots.detection(frame.iloc[10:], repeats=5)
    frame.loc[frame.index[:10], ["raw_score", "risk_score", "fpr", "decision"]] = np.nan
    plot = plots.detection(frame, repeats=5)
    assert "10 without a score left out" in plot.note
    pd.testing.assert_frame_equal(plot.data, whole.data)


def test_hostile_names_stay_text() -> None:
    """Names in data are drawn as text: nothing is read as a formula, no glyph is missing, none is endless."""
    frame = assessed(len(HOSTILE) * 120)
    frame["where"] = [HOSTILE[place % len(HOSTILE)] for place in range(len(frame))]
    made = [
        plots.group_rates(frame, by="where"),
        plots.over_time(frame, by="where", most=len(HOSTILE)),
        plots.key_velocity(frame["at"], key=HOSTILE[0]),
        plots.beeswarm(pd.DataFrame({name: [0.5, -0.25] for name in HOSTILE})),
        plots.drift_between(*[pd.DataFrame({name: [0.5, k] for name in HOSTILE}) for k in (0.1, 0.7)]),
        plots.champion_challenger(
            frame.rename(columns={"raw_score": HOSTILE[0], "fpr": HOSTILE[9]}), HOSTILE[0], HOSTILE[9], repeats=5
        ),
    ]
    for plot in made:
        assert plot.png()
        assert max(map(len, texts(plot.figure))) < 700
    assert "$x^2$ and $y$" in texts(made[0].figure)


def test_dollars_are_no_formulas() -> None:
    """A name with two dollar signs takes the room of its characters, not that of a formula."""
    figure = plots.over_time(assessed(60).assign(farm="$x^{2}$"), by="farm").figure
    from matplotlib.text import Text

    assert not [text for text in figure.findobj(Text) if text.get_parse_math()]


def test_many_and_alike_names_are_told_apart() -> None:
    """Names that differ only where they are cut get numbers; sixty groups are drawn as thirty, and the data has all."""
    names = ["a" * 60 + middle + "b" * 60 for middle in "xyz"]
    assert len(set(shown_apart(names))) == 3
    assert len(shown("x" * 10_000)) == 40
    assert shown("\ud800a") == "a"
    frame = assessed(6000, abusive=0.1)
    frame["where"] = [f"group {place % 60}" for place in range(len(frame))]
    plot = plots.group_rates(frame, "step_up", by="where")
    assert len(plot.data) == 60
    assert "30 more groups in the data" in plot.note
    assert sum(text.startswith("group ") for text in texts(plot.figure)) == 30


def test_dots_at_nothing_are_drawn_whole() -> None:
    """A group that nobody is stopped in stands on the axis with its whole dot."""
    (axes,) = plots.group_rates(assessed(900).assign(decision="allow")).figure.axes
    dots = [one for one in axes.collections if len(one.get_offsets()) > 1]
    assert dots
    assert not any(one.get_clip_on() for one in dots)


def test_one_sign_up_on_a_key_has_an_axis_to_be_read() -> None:
    """A single moment is drawn within its hour, with the step that it makes."""
    plot = plots.key_velocity(["2026-06-01T12:00:00Z"])
    left, right = plot.figure.axes[0].get_xlim()
    assert (right - left) * 24 == pytest.approx(1.04)
    heights = plot.figure.axes[0].lines[0].get_ydata()
    assert (heights.min(), heights.max()) == (0, 1)
    assert plot.data["24h"].tolist() == [0]


@pytest.mark.parametrize("words", ["a device", "a value of which the words are as long as a figure has room for"])
def test_graph_gives_words_the_room_that_they_need(words: str) -> None:
    """Words begin within the figure, and no more than a seventh of it is left empty before them."""
    plot = graph.drawn([graph.Node(words, "device", 30), graph.Node("short", "device", 20)], [], 40)
    plot.png()
    longest = max(plot.figure.axes[0].texts, key=lambda text: len(text.get_text()))
    begins = longest.get_window_extent().x0 / plot.figure.bbox.width
    assert 0 < begins < 1 / 7
