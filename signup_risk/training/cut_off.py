"""Count what was known of a history at a cut-off, as if it had been read at that moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import takewhile
from typing import Final

from signup_risk.events import Signup
from signup_risk.scorer.times import microseconds
from signup_risk.stores.windows import DAY
from signup_risk.training.history import MOST_CUSTOM, History, HistoryReport
from signup_risk.training.progress import Progress, quiet
from signup_risk.training.table import UNKNOWN

_LABELS: Final = (1, 0, UNKNOWN)


def known_at(history: History, until: int, maturity_days: float, progress: Progress = quiet) -> HistoryReport:
    """Return the report of a history with the counts of the cut-off: sign-ups, labels and keys of ``custom``.

    Args:
        history: The sign-ups, in the order of time.
        until: The cut-off in microseconds. A label that became known later counts as none.
        maturity_days: Days until an outcome is known, where the history does not say.
        progress: Shows how far the counting is.
    """
    labels: Counter[int] = Counter()
    custom: Counter[str] = Counter()
    last = history.report.first
    signups = progress(history, "counting up to the cut-off", len(history))
    for signup in takewhile(lambda one: one.at_us <= until, signups):
        labels[_label_at(signup, until, maturity_days)] += 1
        custom.update(key for key, value in signup.custom.items() if not isinstance(value, str))
        last = signup.at_us
    ranked = sorted(custom.items(), key=lambda one: (-one[1], one[0]))
    abusive, legitimate, unlabelled = (labels[label] for label in _LABELS)
    return replace(
        history.report,
        abusive=abusive,
        legitimate=legitimate,
        unlabelled=unlabelled,
        last=last,
        custom=Counter(dict(ranked[:MOST_CUSTOM])),
    )


def _label_at(signup: Signup, until: int, maturity_days: float) -> int:
    if signup.label is None:
        return UNKNOWN
    known = signup.at_us + int(maturity_days * DAY) if signup.label_at is None else microseconds(signup.label_at)
    return signup.label if known <= until else UNKNOWN
