"""Show how fast sign-ups came on one key, such as a device, an address or a form of mailbox."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.model import FeatureSummary
from signup_risk.notebook.plots.calendar import date_axis, places_of
from signup_risk.notebook.plots.figures import plural, short
from signup_risk.notebook.plots.frames import is_synthetic, moments
from signup_risk.notebook.plots.house import finished, halo, sheet, written
from signup_risk.notebook.plots.look import ABUSIVE, FAINT, INK, QUIET, drawing
from signup_risk.notebook.plots.names import shown
from signup_risk.notebook.plots.plot import Plot
from signup_risk.stores import WINDOWS, Entry, KeyView, MemoryStore, Touch, Window
from signup_risk.training.evaluate.sample import Floats, Ints

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SPOKEN: Final = {"10m": "10 minutes", "1h": "1 hour", "24h": "24 hours", "7d": "7 days", "30d": "30 days"}
_STROKES: Final = 600
#: Moments between sign-ups at which the curve is read, as windows empty.
_BETWEEN: Final = 400
#: Drawn on either side of sign-ups that came at one moment.
_HALF_HOUR_US: Final = 1_800_000_000


def key_velocity(
    times: pd.Series[Any] | pd.DatetimeIndex | Iterable[Any],
    *,
    key: str = "this key",
    window: str = "24h",
    usual: FeatureSummary | None = None,
    synthetic: bool | None = None,
) -> Plot:
    """Draw how many sign-ups a key had seen in a window, at each of its sign-ups.

    The counts are those of the store that serves, this sign-up itself left out: what the model was told.

    Args:
        times: When the sign-ups on the key were made, for instance
            ``signups.loc[signups["device.id"] == "d-1", "at"]``.
        key: What to call it.
        window: Window of the curve: ``10m``, ``1h``, ``24h``, ``7d`` or ``30d``.
        usual: What is usual for the feature that counts this, from the manifest of the model; its 99 % quantile is
            drawn.
        synthetic: Whether the sign-ups are simulated; told by ``times.attrs`` by default.

    Returns:
        The plot. ``data``, indexed by the time of each sign-up, holds the count in every window.

    Raises:
        ConfigurationError: There is no time, one cannot be read, or there is no such window.
    """
    chosen = next((one for one in WINDOWS if one.name == window), None)
    if chosen is None:
        raise ConfigurationError(f"window is {shown(window)!r}; give one of {', '.join(one.name for one in WINDOWS)}")
    frame = pd.DataFrame({"at": times if isinstance(times, pd.Series) else pd.Series(list(times), dtype="object")})
    if isinstance(times, pd.Series):
        frame.attrs.update(times.attrs)
    at = np.sort(moments(frame))
    data = _counts(at)
    places, counts = _course(at, chosen)
    with drawing():
        figure = sheet(3.7)
        axes, below = figure.subplots(2, sharex=True, height_ratios=[5, 1])
        _curve(axes, places, counts, chosen, None if usual is None else usual.p99)
        _strokes(below, data)
        return finished(
            figure, data,
            finding=f"Up to {plural(int(counts.max()), 'sign-up')} within {_SPOKEN[chosen.name]} on {shown(key)}",
            note=f"{plural(len(data), 'sign-up')} in all, counted as the store counts; in the data without itself.",
            synthetic=is_synthetic(frame, synthetic),
        )  # fmt: skip


def _counts(at: Ints) -> pd.DataFrame:
    """Count as a store does: read at each sign-up, then record it."""
    store, rows = MemoryStore(), []
    for moment in at.tolist():
        rows.append([_seen(store, moment, window) for window in WINDOWS])
        store.exchange(_touch(moment))
    index = pd.DatetimeIndex(pd.to_datetime(at, unit="us", utc=True), name="at")
    return pd.DataFrame(rows, columns=[window.name for window in WINDOWS], index=index)


def _course(at: Ints, window: Window) -> tuple[Floats, Ints]:
    """Return the count in the window at each sign-up, itself included, and in between, as places and counts."""
    margin = 0 if at[-1] > at[0] else _HALF_HOUR_US
    between = np.linspace(at[0] - margin, at[-1] + margin, _BETWEEN).astype(np.int64)
    moments = np.concatenate([between, at])
    order = np.argsort(moments, kind="stable")
    store, found = MemoryStore(), []
    for moment, made in zip(moments[order].tolist(), (order >= len(between)).tolist(), strict=True):
        if made:
            store.exchange(_touch(moment))
        found.append(_seen(store, moment, window))
    return places_of(pd.to_datetime(moments[order], unit="us", utc=True)), np.asarray(found)


def _touch(moment: int) -> Touch:
    return Touch(moment, 0, (Entry(1),))


def _seen(store: MemoryStore, moment: int, window: Window) -> int:
    return KeyView(store.peek(_touch(moment)).states[0], moment).count(window)


def _curve(axes: Axes, places: Floats, counts: Ints, window: Window, usual: float | None) -> None:
    axes.fill_between(places, 0, counts, step="post", color=ABUSIVE, alpha=0.14, linewidth=0)
    axes.step(places, counts, where="post", color=ABUSIVE, linewidth=1.5)
    top = max(1.0, float(counts.max()))
    if usual is not None:
        axes.axhline(usual, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.annotate(
            f"99 % of legitimate sign-ups: at most {short(usual)} before", (1.0, usual),
            xycoords=("axes fraction", "data"), xytext=(-2, 4), textcoords="offset points", ha="right", fontsize=8.5,
            color=INK, path_effects=halo(),
        )  # fmt: skip
        top = max(top, usual)
    axes.set_ylim(0, top * 1.18)
    axes.grid(axis="y", color=FAINT)
    written(axes.yaxis, short)
    axes.locator_params(axis="y", nbins=5, integer=True)
    axes.set_title(f"sign-ups on the key within {_SPOKEN[window.name]}")
    room = max(places[-1] - places[0], 1e-3) * 0.02
    date_axis(axes, places[0] - room, places[-1] + room)


def _strokes(axes: Axes, data: pd.DataFrame) -> None:
    places = places_of(data.index)
    axes.vlines(places[:: max(1, -(-len(places) // _STROKES))], 0, 1, color=QUIET, linewidth=0.7)
    axes.set(yticks=[], ylim=(0, 1))
    axes.spines["left"].set_visible(False)
    axes.set_title("each sign-up, UTC")
