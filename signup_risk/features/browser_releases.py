"""Say when a browser's version came out, so that an agent can be dated.

Versions between two known ones are placed on the line between them. For the versions below, that is within
5 weeks of the true day for Chrome and Edge and within 4 for Firefox.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import lru_cache
from typing import Final

# Days of release from MDN's browser-compat-data 8.1.9 (2026-11-12, CC0). Chrome and Firefox moved from four
# weeks to two with versions 153 and 154; what is not out yet is taken to follow at that pace.
_CHROME: Final = (
    (60, date(2017, 7, 25)),
    (72, date(2019, 1, 29)),
    (94, date(2021, 9, 21)),
    (120, date(2023, 12, 5)),
    (140, date(2025, 9, 2)),
    (152, date(2026, 8, 25)),
    (157, date(2026, 11, 3)),
)
_FIREFOX: Final = (
    (60, date(2018, 5, 9)),
    (72, date(2020, 1, 7)),
    (94, date(2021, 11, 2)),
    (120, date(2023, 11, 21)),
    (140, date(2025, 6, 24)),
    (154, date(2026, 8, 18)),
    (160, date(2026, 11, 10)),
)
_DAYS_A_VERSION: Final = 14
_EPOCH: Final = date(1970, 1, 1).toordinal()

Calendar = tuple[tuple[int, date], ...]

#: Families as the agent parser names them. Edge follows Chrome's numbers within days. Browsers that are
#: updated with the system, or count otherwise (Safari, Opera, Samsung's), are left out.
_CALENDARS: Final[dict[str, Calendar]] = {
    "Chrome": _CHROME,
    "Chrome Mobile": _CHROME,
    "Chrome Mobile WebView": _CHROME,
    "Edge": _CHROME,
    "Edge Mobile": _CHROME,
    "Firefox": _FIREFOX,
    "Firefox Mobile": _FIREFOX,
}


@lru_cache(maxsize=1024)
def release_day(browser: str, major: int) -> int | None:
    """Return the day of release in days since 1970, None for a browser or version that is not listed.

    Examples:
        >>> release_day("Chrome", 140) == (date(2025, 9, 2) - date(1970, 1, 1)).days
        True
        >>> release_day("Firefox", 162) - release_day("Firefox", 160)
        28
        >>> release_day("Safari", 18) is None
        True
    """
    calendar = _CALENDARS.get(browser)
    if calendar is None or major < calendar[0][0]:
        return None
    above = bisect_right(calendar, major, key=lambda row: row[0])
    version, day = calendar[above - 1]
    start = day.toordinal() - _EPOCH
    if above == len(calendar):
        return start + (major - version) * _DAYS_A_VERSION
    following, later = calendar[above]
    return start + (later - day).days * (major - version) // (following - version)
