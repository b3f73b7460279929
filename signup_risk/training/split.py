"""Cut a history by time: to fit on, to stop on, and, after a gap, to calibrate on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from signup_risk.errors import ConfigurationError
from signup_risk.stores.windows import DAY
from signup_risk.training.table import NEVER, UNKNOWN, FeatureTable, Labels, Moments

#: Shares of the labelled sign-ups, in the order of time: to fit the trees, to stop them, to calibrate.
SHARES: Final = (0.6, 0.15, 0.25)

#: Days until an outcome is known, where the history does not say when: card disputes take about as long.
MATURITY_DAYS: Final = 60.0
#: The gap before the calibration part takes at most this share of the history, or short ones would have no end.
_MOST_GAP: Final = 0.1
#: Share of the sign-ups at either end whose times do not tell how long a history is: one wrong year would.
_STRAY: Final = 0.01

#: Fewer of either class in a part, and what is fitted there is noise.
_FEWEST: Final = 5
_PARTS: Final = ("fit", "stop", "calibrate")

Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Split:
    """Say which rows of a table are for what.

    Attributes:
        fit: Rows that trees are fitted on.
        stop: Rows that they are stopped on and settings are chosen by.
        calibrate: Rows after the gap, for probabilities, thresholds and what is stated about them.
        gap_days: Length of the gap.
        immature: Labelled rows left out because their label was not known at the cut-off.
        in_gap: Labelled rows left out because they lie in the gap.
        unripe: Rows to fit or stop on whose label became known only after the calibration part begins. A model
            trained at that moment would not have had them; with a cut-off, none that became known after it is used.
    """

    fit: Chosen
    stop: Chosen
    calibrate: Chosen
    gap_days: float
    immature: int
    in_gap: int
    unripe: int = 0


def known_by(table: FeatureTable, maturity_days: float = MATURITY_DAYS) -> Moments:
    """Return when each label became known; where the history does not say, the maturity after the sign-up."""
    assumed: Moments = table.times + int(maturity_days * DAY)
    return np.where(table.known_at == NEVER, assumed, table.known_at)


def split_by_time(table: FeatureTable, *, until: int | None = None, maturity_days: float = MATURITY_DAYS) -> Split:
    """Cut a table by time.

    With ``until`` the cut is one of the past: what happened after it, and labels that became known after it, are not
    used, as if the model had been trained at that moment.

    Args:
        table: A replayed history.
        until: Cut-off in microseconds; by default the last moment that the history tells of.
        maturity_days: Days until an outcome is known.

    Raises:
        ConfigurationError: A part would hold too few of one class.
    """
    labelled = table.labels != UNKNOWN
    usable = labelled
    if until is not None:
        usable = labelled & (table.times <= until) & (known_by(table, maturity_days) <= until)
    places = np.flatnonzero(usable)
    places = places[np.argsort(table.times[places], kind="stable")]
    times, labels = table.times[places], table.labels[places]
    _check_counts(labels)
    gap = int(min(maturity_days * DAY, _MOST_GAP * _span(times)))
    refused: list[list[Labels]] = []
    for first, second in _cuts(labels):
        resume = int(np.searchsorted(times, times[second - 1] + gap, side="right"))
        parts = (places[:first], places[first:second], places[max(second, resume) :])
        refused.append([table.labels[part] for part in parts])
        if all(map(_is_enough, refused[-1])):
            fit, stop, calibrate = (_mask(len(table), part) for part in parts)
            immature = int(labelled.sum() - usable.sum())
            unripe = known_by(table, maturity_days)[fit | stop] > table.times[parts[2][0]]
            return Split(fit, stop, calibrate, gap / DAY, immature, max(0, resume - second), int(unripe.sum()))
    raise _lopsided(refused[0], gap / DAY)


def _span(times: Moments) -> int:
    """Return the microseconds that nearly all sign-ups lie within."""
    ends = int(_STRAY * len(times)), int(np.ceil((1 - _STRAY) * (len(times) - 1)))
    return int(times[ends[1]] - times[ends[0]])


def _cuts(labels: Labels) -> list[tuple[int, int]]:
    """Return where to cut: by sign-ups, or if abuse is too uneven for that, by abusive sign-ups."""
    by_rows = (int(SHARES[0] * len(labels)), int((SHARES[0] + SHARES[1]) * len(labels)))
    abusive = np.flatnonzero(labels == 1)
    by_abuse = [int(abusive[int(share * len(abusive))]) for share in (SHARES[0], SHARES[0] + SHARES[1])]
    return [by_rows, (by_abuse[0], by_abuse[1])]


def _mask(length: int, places: npt.NDArray[np.int64]) -> Chosen:
    chosen = np.zeros(length, dtype=np.bool_)
    chosen[places] = True
    return chosen


def _is_enough(labels: Labels) -> bool:
    return min(_counts(labels)) >= _FEWEST


def _counts(labels: Labels) -> tuple[int, int]:
    return int((labels == 1).sum()), int((labels == 0).sum())


def _check_counts(labels: Labels) -> None:
    least = _FEWEST * len(SHARES)
    for count, name in zip(_counts(labels), ("abusive", "legitimate"), strict=True):
        if count < least:
            raise ConfigurationError(
                f"the history holds {count} sign-ups with a known {name} outcome; at least {least} are needed, and "
                "hundreds for a model that can be relied on. Check the label column, or give a longer history"
            )


def _lopsided(parts: Sequence[Labels], gap_days: float) -> ConfigurationError:
    told = ", ".join(
        f"{abusive} abusive and {legitimate} legitimate to {name} on"
        for name, (abusive, legitimate) in zip(_PARTS, map(_counts, parts), strict=True)
    )
    return ConfigurationError(
        f"cut by time, with a gap of {gap_days:.1f} days, the history leaves {told}; each part needs {_FEWEST} of "
        "both. Give a history in which both occur from beginning to end, or look for sign-ups with a wrong time"
    )
