"""Draw times: places on a date axis, and how it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from signup_risk.training.evaluate.sample import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DAY = pd.Timedelta(days=1)


def places_of(found: Any) -> Floats:
    """Return times with a zone as matplotlib counts them, in days since 1970.

    Examples:
        >>> places_of(pd.to_datetime(["1970-01-02T12:00:00Z"])).tolist()
        [1.5]
    """
    moments = pd.DatetimeIndex(found).tz_convert("UTC").tz_localize(None)
    return np.asarray((moments - pd.Timestamp(0)) / DAY, dtype=np.float64)


def date_axis(axes: Axes, first: float, last: float) -> None:
    """Make the horizontal axis one of dates, from one place to another; a single moment gets an hour around it."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    if last - first < 1e-6:
        first, last = first - 1 / 48, last + 1 / 48
    axes.xaxis_date()
    locator = AutoDateLocator(minticks=3, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.set_xlim(first, last)
