"""Count over a whole history what was known in part when campaigns opened: who falls in cells, and what is shared.

While a stream runs, a member is noted in the cells that were known when it joined, and what members share is said of
the few that were there. A history that can be read again gives the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from signup_risk.campaigns.found import FoundCampaign
from signup_risk.campaigns.shared import COUNTED, LEAST_MEMBERS, LIFT, NAMED, usual_in_words
from signup_risk.campaigns.words import in_words
from signup_risk.features.kinds import KIND

#: Share of all members that show a value, for it to be named. Less than when a campaign opens: a grown one has many
#: batches, and what is said says how many of them show it.
SHARE: Final = 0.25


@dataclass(slots=True)
class _Tally:
    """Count the members of one campaign."""

    members: int = 0
    names: dict[str, Counter[int]] = field(default_factory=dict)
    words: dict[tuple[str, int], str] = field(default_factory=dict)


class Recount:
    """Count over a history: first every member with :meth:`member`, then every sign-up with :meth:`sign_up`.

    Args:
        found: The campaigns as the store knows them.
    """

    def __init__(self, found: Sequence[FoundCampaign]) -> None:
        self._found = found
        self._campaign = {member.signup_id: one.id for one in found for member in one.members}
        self._keys = frozenset(cell.key for one in found for cell in one.cells)
        self._falls: dict[str, Counter[int]] = {one.id: Counter() for one in found}
        self._tally = {one.id: _Tally() for one in found}
        self._read: set[str] = set()
        self._totals: Counter[int] = Counter()
        self._usual: Counter[tuple[str, int]] = Counter()
        self._asked: dict[str, set[int]] = {}
        self._signups = 0

    def is_member(self, signup_id: str) -> bool:
        """Say whether a sign-up belongs to a campaign."""
        return signup_id in self._campaign

    def member(
        self, signup_id: str, keys: Collection[int], names: Mapping[str, int], public: Mapping[str, str]
    ) -> None:
        """Take a member.

        Args:
            signup_id: Its id.
            keys: Names of the keys that it touches.
            names: 32-bit names of its values.
            public: Its values that are nobody's own.
        """
        campaign = self._campaign[signup_id]
        self._read.add(signup_id)
        self._falls[campaign].update(self._keys.intersection(keys))
        tally = self._tally[campaign]
        tally.members += 1
        for value, name in names.items():
            tally.names.setdefault(value, Counter())[name] += 1
            tally.words.setdefault((value, name), in_words(value, public.get(value)))

    def ask(self) -> None:
        """End the members: from now on sign-ups are counted by what many of these show."""
        for tally in self._tally.values():
            for value, counts in tally.names.items():
                self._asked.setdefault(value, set()).update(_often(counts, tally.members))

    def sign_up(self, keys: Collection[int], names: Mapping[str, int]) -> None:
        """Take any sign-up of the history, members included."""
        self._signups += 1
        self._totals.update(self._keys.intersection(keys))
        for value, asked in self._asked.items():
            name = names.get(value, 0)
            if name in asked:
                self._usual[value, name] += 1

    def campaigns(self) -> tuple[FoundCampaign, ...]:
        """Return the campaigns with what was counted."""
        return tuple(map(self._counted, self._found))

    def _counted(self, found: FoundCampaign) -> FoundCampaign:
        falls = self._falls[found.id].copy()
        # Members from before the history, where the store is an older one: of these one cell is known.
        falls.update(one.via for one in found.members if one.signup_id not in self._read)
        cells = tuple(
            replace(cell, members=falls[cell.key], total=max(cell.total, self._totals[cell.key], falls[cell.key]))
            for cell in found.cells
        )
        tally = self._tally[found.id]
        shared = self._shared(tally) if tally.members >= LEAST_MEMBERS else found.shared
        return replace(found, cells=cells, shared=shared)

    def _shared(self, tally: _Tally) -> tuple[str, ...]:
        said = []
        for value, counts in tally.names.items():
            for name in _often(counts, tally.members) if value in KIND else ():
                share, usual = counts[name] / tally.members, self._usual[value, name] / max(1, self._signups)
                if usual and share >= LIFT * usual:
                    of_them = f"{share:.0%} of the {tally.members:,} members, {usual_in_words(usual)}"
                    said.append((share / usual, f"{tally.words[value, name]}: {of_them}"))
        said.sort(reverse=True)
        return (*(text for _, text in said[:NAMED]), *_kinds(tally))


def _often(counts: Counter[int], members: int) -> list[int]:
    """Return the names that many members show."""
    least = max(LEAST_MEMBERS, SHARE * members)
    return [name for name, count in counts.items() if count >= least]


def _kinds(tally: _Tally) -> list[str]:
    told = []
    for value, words in COUNTED.items():
        counts = tally.names.get(value, Counter())
        known = counts.total()
        if known >= LEAST_MEMBERS and 1 < len(counts) <= known / 3:
            told.append(f"{len(counts):,} {words} among {known:,} of the members")
    return told
