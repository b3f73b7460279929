"""Read the velocity of one sign-up: every key it touches, at its moment, without itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

from signup_risk.features.kinds import ALL, KINDS
from signup_risk.stores import DAYS_7, DAYS_30, KeyView, Window

#: Sign-ups of the past that a baseline needs before anything can be called surprising.
MIN_HISTORY: Final = 100

#: Sign-ups that the key must have had in a window before a share within it says anything.
MIN_SHARE: Final = 4

#: Gaps that regularity needs.
MIN_GAPS: Final = 6

#: Age of the store from which on "never seen before" says something about a key, in days.
MIN_AGE_DAYS: Final = 1.0

#: Beyond it a key is simply known. Otherwise tenure would tell for how long a store has been filled.
MAX_AGE_DAYS: Final = 14.0

#: Over-dispersion of honest traffic: variance = mean + PHI x mean^2. Counts of people are not Poisson; flash
#: crowds and evenings make the hourly spread about 0.3 of the mean (Poisson alone is "optimistic": see
#: "how early can a campaign be caught", negative binomial instead of Poisson).
PHI: Final = 0.1

#: Anscombe's constant (Biometrika 35, 1948): 2 sqrt(k + 3/8) has about unit variance for Poisson counts.
_ANSCOMBE: Final = 3 / 8


class Velocity:
    """Answer what the store knew about a sign-up's keys.

    Every method returns ``None`` where the sign-up does not touch the kind of key (unknown), and a number,
    possibly 0, where it does.

    Args:
        views: One view a kind that the sign-up touches, by name of the kind.
        names: 32-bit names of the sign-up's own values.
    """

    __slots__ = ("_everything", "_names", "_pasts", "_shares", "_surprises", "_views")

    def __init__(self, views: Mapping[str, KeyView], names: Mapping[str, int]) -> None:
        self._views = views
        self._names = names
        self._everything = views[ALL.name]
        self._pasts: dict[tuple[int, int], tuple[int, int]] = {}
        self._shares: dict[str, float | None] = {}
        self._surprises: dict[tuple[str, int], float | None] = {}

    def count(self, kind: str, window: Window) -> int | None:
        """Return the sign-ups on the key in the window."""
        view = self._views.get(kind)
        return None if view is None else view.count(window)

    def distinct(self, kind: str, other: str, window: Window) -> int | None:
        """Return how many different values of ``other`` the last 64 sign-ups on the key showed, this one included."""
        view = self._views.get(kind)
        if view is None:
            return None
        found = set(view.values(_COLUMN[kind, other], window))
        found.add(self._names.get(other, 0))
        found.discard(0)
        return len(found)

    def alike(self, kind: str, other: str, window: Window) -> float | None:
        """Return how over-represented this sign-up's value of ``other`` is on the key, in doublings.

        log2 of (its share among the last 64 sign-ups on the key) over (its share in all traffic of 7 days), the
        former drawn towards the latter by one sign-up. 0 means as usual; 5 means 32 times as often.
        """
        view, base = self._views.get(kind), self._base_share(other)
        own = self._names.get(other, 0)
        if view is None or base is None or not own:
            return None
        values = view.values(_COLUMN[kind, other], window)
        if len(values) < MIN_SHARE:
            return None
        share = (values.count(own) + base) / (len(values) + 1)
        return math.log2(max(share, 1e-6) / base)

    def members(self, kind: str, window: Window) -> list[int]:
        """Return the 32-bit names of the last 64 sign-ups on the key; none where the kind is not touched."""
        view = self._views.get(kind)
        return [] if view is None else view.members(window)

    def first_at(self, kind: str, window: Window) -> int:
        """Return when the first of the last 64 sign-ups on a touched key came, in microseconds."""
        return self._views[kind].first_at(window)

    def traffic(self, window: Window) -> int:
        """Return the sign-ups of all traffic in the window."""
        return self._everything.count(window)

    def usual_share(self, other: str) -> float | None:
        """Return the share of all traffic of 7 days that shows this sign-up's value, drawn up by one sign-up."""
        return self._base_share(other)

    def spread(self, kind: str, other: str, window: Window) -> float | None:
        """Return distinct values of ``other`` per sign-up on the key: 1 is all different, near 0 all alike."""
        view = self._views.get(kind)
        if view is None:
            return None
        values = view.values(_COLUMN[kind, other], window)
        return None if len(values) < MIN_SHARE else len(set(values)) / len(values)

    def surprise(self, kind: str, short: Window, long: Window) -> float | None:
        """Return how much hotter the key runs than its own past and all present traffic explain.

        Expected is the key's share of the past (``long`` without ``short``) times all traffic in ``short``; the
        answer is in standard deviations of an over-dispersed count after Anscombe's transformation. A launch day
        that lifts everything surprises nobody; a quiet network with five sign-ups does.
        """
        wanted = kind, short.level
        if wanted not in self._surprises:
            self._surprises[wanted] = self._surprise(kind, short, long)
        return self._surprises[wanted]

    def hottest(self, kinds: Iterable[str], short: Window, long: Window) -> float | None:
        """Return the largest surprise among several kinds of key; ``None`` if none can be told."""
        found = [value for kind in kinds if (value := self.surprise(kind, short, long)) is not None]
        return max(found) if found else None

    def bits(self, kind: str, other: str, window: Window) -> float | None:
        """Return how much evidence there is that this sign-up's value of ``other`` is over-represented on the key.

        The likelihood ratio of a share as found against the share in all traffic, in bits: k log2(k / (n p)), where k
        of the last n sign-ups on the key show the value. Other than :meth:`alike` it grows with their number.
        """
        view, base = self._views.get(kind), self._base_share(other)
        own = self._names.get(other, 0)
        if view is None or base is None or not own:
            return None
        values = view.values(_COLUMN[kind, other], window)
        count = values.count(own)
        return max(0.0, count * math.log2(count / (len(values) * base))) if count else 0.0

    def _surprise(self, kind: str, short: Window, long: Window) -> float | None:
        view = self._views.get(kind)
        if view is None:
            return None
        traffic, past = self._pasts.get((short.level, long.level)) or self._past(short, long)
        if past < MIN_HISTORY:
            return None
        count = view.count(short)
        # A sign-up so late that it is older than all that a key keeps one by one may read less in the long window.
        expected = traffic * max(0, view.count(long) - count) / past
        spread = math.sqrt(1 + PHI * expected)
        return 2 * (math.sqrt(count + _ANSCOMBE) - math.sqrt(expected + _ANSCOMBE)) / spread

    def age_days(self, kind: str) -> float | None:
        """Return days since the key was first seen, two weeks at most; 0 if never, unknown while the store is young."""
        view = self._views.get(kind)
        if view is None or self._everything.age_days() < MIN_AGE_DAYS:
            return None
        return min(view.age_days(), MAX_AGE_DAYS)

    def regularity(self, kind: str, window: Window) -> float | None:
        """Return the spread of the gaps between sign-ups over their mean: 1 is chance, near 0 is a clockwork."""
        gaps = self._gaps(kind, window)
        mean = sum(gaps) / len(gaps) if gaps else 0.0
        if mean <= 0:
            return None
        return math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) / mean

    def abusive(self, kind: str, window: Window) -> int | None:
        """Return the sign-ups on the key reported abusive in the window; unknown where nobody reports outcomes."""
        view = self._views.get(kind)
        return None if view is None or not any(self._everything.reported(DAYS_30)) else view.reported(window)[0]

    def abusive_share(self, kind: str, window: Window) -> float | None:
        """Return the share of reported outcomes that were abusive, drawn towards 0 by two sign-ups."""
        view = self._views.get(kind)
        if view is None:
            return None
        abusive, legitimate = view.reported(window)
        return abusive / (abusive + legitimate + 2) if abusive + legitimate else None

    def _gaps(self, kind: str, window: Window) -> list[float]:
        view = self._views.get(kind)
        gaps = [] if view is None else view.gaps(window)
        return gaps if len(gaps) >= MIN_GAPS else []

    def _past(self, short: Window, long: Window) -> tuple[int, int]:
        """Return all traffic of the short window, and of the long one without it; worked out once a sign-up."""
        traffic = self._everything.count(short)
        found = self._pasts[short.level, long.level] = traffic, self._everything.count(long) - traffic
        return found

    def _base_share(self, other: str) -> float | None:
        """Return the share of all traffic of 7 days that shows this sign-up's value, drawn up by one sign-up."""
        if other in self._shares:
            return self._shares[other]
        view, everything = self._views.get(other), self._everything.count(DAYS_7)
        share = None
        if view is not None and everything >= MIN_HISTORY:
            share = min(1.0, (view.count(DAYS_7) + 1) / (everything + 1))
        self._shares[other] = share
        return share


#: Place of each attribute that a kind remembers; column 0 names the sign-up itself.
_COLUMN: Final = {
    (kind.name, other): place for kind in KINDS for place, other in enumerate(kind.attributes, start=1)
}
