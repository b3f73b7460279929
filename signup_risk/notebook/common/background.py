"""Read what every sign-up of a background shows, once, so that many questions can be asked of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from signup_risk.errors import ConfigurationError, InvalidSignup
from signup_risk.events import Signup
from signup_risk.events.kinds import kind_of
from signup_risk.extract import describe
from signup_risk.notebook.common.chosen import Bools, Chosen, rows_chosen
from signup_risk.notebook.common.tails import Ints
from signup_risk.notebook.common.traits import Trait, traits_of
from signup_risk.references import References, open_references
from signup_risk.scorer.frames.rows import FrameRows
from signup_risk.scorer.frames.work import RowProblem, signup_of
from signup_risk.scorer.progress import Progress, bars
from signup_risk.training.simulated import simulated_count

Codes = npt.NDArray[np.int32]

#: Most sign-ups of a background: they take some 3 kB each while they are read.
MOST: Final = 500_000

#: Code of a value that a sign-up does not show.
UNKNOWN: Final = -1

#: A background as it is given.
Signups: TypeAlias = pd.DataFrame | Iterable[Mapping[str, Any] | Signup]


@dataclass(frozen=True, slots=True)
class Column:
    """Hold what every sign-up shows of one trait.

    Attributes:
        trait: The trait.
        codes: Number of each sign-up's value; :data:`UNKNOWN` if it shows none.
        values: The values by number.
    """

    trait: Trait
    codes: Codes
    values: tuple[str, ...]


class Background:
    """Hold what sign-ups show, to ask what some of them have in common. It holds their values: keep it in the notebook.

    A sign-up id that stands twice counts once, as it was first. Rows that cannot be read are left out and counted.

    Attributes:
        columns: What each shows, trait by trait; one place a sign-up that counts.
        unread: Rows that could not be read.
        synthetic: Whether any is simulated, by the names of their groups.

    Examples:
        >>> background = Background.read(
        ...     [{"signup_id": str(n), "at": "2026-06-01T12:00:00Z", "email": f"a{n}@example.com"} for n in range(9)]
        ... )
        >>> len(background), background.unread
        (9, 0)
    """

    def __init__(
        self,
        columns: tuple[Column, ...],
        places: Ints,
        ids: Sequence[str | None],
        frame: pd.DataFrame | None = None,
        *,
        synthetic: bool = False,
    ) -> None:
        self.columns = columns
        self.unread = int((places == UNKNOWN).sum())
        self.synthetic = synthetic
        self._places = places
        self._ids = ids
        self._frame = frame

    @classmethod
    def read(
        cls,
        signups: Signups,
        *,
        references: References | None = None,
        ignore: Collection[str] = (),
        progress: Progress = bars,
    ) -> Self:
        """Read a background.

        Args:
            signups: A frame with one row a sign-up, as :meth:`signup_risk.Scorer.assess_frame` takes it, or mappings
                or :class:`signup_risk.Signup` values, each with ``at``.
            references: What is looked up; the bundled data by default. Pass ``scorer.references`` to use a scorer's.
            ignore: Columns of the frame that are no fields.
            progress: Shows how far it is.

        Raises:
            ConfigurationError: It is neither, has columns that are no fields, or is too large.
        """
        frame = signups if isinstance(signups, pd.DataFrame) else None
        rows = list(_read(signups, ignore))
        if len(rows) > MOST:
            raise ConfigurationError(f"a background of {len(rows):,} sign-ups is too large; sample at most {MOST:,}")
        places, kept = _once(rows)
        columns = _columns(kept, references or open_references(), progress)
        ids = [one.signup_id if isinstance(one, Signup) else None for one in rows]
        return cls(columns, places, ids, frame, synthetic=_is_synthetic(kept, frame))

    def __len__(self) -> int:
        """Return the number of sign-ups that count."""
        return len(self.columns[0].codes)

    def mask(self, chosen: Chosen) -> Bools:
        """Return which sign-ups that count are chosen; see :func:`signup_risk.notebook.common.chosen.rows_chosen`.

        Raises:
            ConfigurationError: Nobody, or everybody, is chosen, or not all that are chosen can be found.
        """
        rows = rows_chosen(chosen, self._ids, self._frame)
        mask = np.zeros(len(self), dtype=np.bool_)
        mask[self._places[rows & (self._places != UNKNOWN)]] = True
        if not mask.any() or mask.all():
            raise ConfigurationError(
                f"{int(mask.sum()):,} of {len(self):,} sign-ups are chosen; choose some, and leave some to compare with"
            )
        return mask


def _is_synthetic(kept: Sequence[Signup], frame: pd.DataFrame | None) -> bool:
    """Tell whether sign-ups are simulated; those of a frame are read without their groups."""
    groups = [one.group or "" for one in kept]
    if frame is not None and "group" in frame.columns:
        groups = [str(group) for group in frame["group"].dropna()]
    return simulated_count(groups) > 0


def _read(signups: Signups, ignore: Collection[str]) -> Iterator[Signup | RowProblem]:
    if isinstance(signups, pd.DataFrame):
        yield from map(signup_of, FrameRows(signups, ignore))
        return
    for number, one in enumerate(_listed(signups)):
        if number >= MOST:
            raise ConfigurationError(f"a background has more than {MOST:,} sign-ups; sample at most so many")
        yield one if isinstance(one, Signup) else _signup(one)


def _listed(signups: Any) -> Iterable[Any]:
    if isinstance(signups, str | bytes | Mapping) or not isinstance(signups, Iterable):
        raise ConfigurationError(f"sign-ups were given as {kind_of(signups)}; give a frame or a list of mappings")
    return signups


def _signup(one: Any) -> Signup | RowProblem:
    try:
        return Signup.from_mapping(one, require_at=True)
    except InvalidSignup as problem:
        return RowProblem(str(problem))


def _once(rows: Sequence[Signup | RowProblem]) -> tuple[Ints, list[Signup]]:
    """Return the place of each row among the sign-ups that count, and those; an id counts where it first stands."""
    places = np.full(len(rows), UNKNOWN, dtype=np.int64)
    kept: list[Signup] = []
    known: dict[str, int] = {}
    for number, one in enumerate(rows):
        if isinstance(one, RowProblem) or one.at is None:
            continue
        signup_id = one.signup_id
        if signup_id is not None and signup_id in known:
            places[number] = known[signup_id]
            continue
        if signup_id is not None:
            known[signup_id] = len(kept)
        places[number] = len(kept)
        kept.append(one)
    return places, kept


def _columns(kept: Sequence[Signup], references: References, progress: Progress) -> tuple[Column, ...]:
    traits = traits_of(kept)
    codes = np.full((len(traits), len(kept)), UNKNOWN, dtype=np.int32)
    numbers: list[dict[str, int]] = [{} for _ in traits]
    for place, signup in enumerate(progress(kept, "read", total=len(kept))):
        context = describe(signup, references, signup.at_us).context
        for trait, known, column in zip(traits, numbers, codes, strict=True):
            value = trait.read(context)
            if value:
                column[place] = known.setdefault(value, len(known))
    return tuple(Column(*told) for told in zip(traits, codes, map(tuple, numbers), strict=True))
