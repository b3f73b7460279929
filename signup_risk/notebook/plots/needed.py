"""Say what to install where matplotlib is missing."""

from __future__ import annotations

from typing import Any

from signup_risk.errors import MissingExtra


def font_manager() -> Any:
    """Return matplotlib's fonts, of which everything that is drawn needs some.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    try:
        from matplotlib import font_manager
    except ImportError as problem:
        raise MissingExtra(
            "plots need matplotlib, which is not installed: pip install 'signup-risk[notebook]'"
        ) from problem
    return font_manager
