"""Open the history that the options of ``train`` or ``evaluate`` name."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signup_risk.training.history import History


def chosen_history(options: argparse.Namespace, say: Callable[[str], None]) -> History:
    """Return the history of the files, column map and labels that were given."""
    from signup_risk.training.column_map import read_column_map
    from signup_risk.training.history import open_history
    from signup_risk.training.label_values import LabelValues
    from signup_risk.training.progress import bars

    return open_history(
        options.history,
        column_map=None if options.map is None else read_column_map(options.map),
        label_column=options.label_column,
        label_values=None if options.label_values is None else LabelValues.parse(options.label_values),
        say=say,
        progress=bars,
    )
