"""Read what plots are given: frames of sign-ups, one row each, with the columns of the contract."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.policy.decision import OUTCOMES
from signup_risk.training.evaluate.cautions import MIN_CAMPAIGNS
from signup_risk.training.evaluate.sample import Floats, Ints, Sample
from signup_risk.training.simulated import simulated_count
from signup_risk.training.table import NEVER, UNKNOWN, FeatureTable

#: What a score is read from if nothing is said, the finest first.
SCORES: Final = ("raw_score", "risk_score")
SHADOW: Final = "policy.shadow_decision"
#: Set in ``attrs`` where decisions were made again from scores alone.
BY_SCORE: Final = "by_score_alone"
_LONGEST: Final = 100
_HOUR_US: Final = 3_600_000_000
#: Columns that an error names; a frame may have hundreds.
_MOST_NAMED: Final = 12


@dataclass(frozen=True, slots=True)
class Judged:
    """Hold labelled sign-ups with their scores.

    Attributes:
        frame: The rows that have a score.
        scores: The scores; higher is riskier.
        sample: Who counts as what, as evaluation takes it.
        left_out: Rows without a score.
        synthetic: Whether any of them is simulated.
    """

    frame: pd.DataFrame
    scores: Floats
    sample: Sample
    left_out: int
    synthetic: bool

    def note(self) -> str:
        """Say how many sign-ups of each kind there are, and what intervals draw."""
        number = self.campaigns()
        if not number:
            return f"{self.counts()} Intervals: 95 %, single sign-ups drawn again, no campaign is named."
        few = f" Fewer than {MIN_CAMPAIGNS}: they say little about the next one." if number < MIN_CAMPAIGNS else ""
        drawn = "campaigns drawn again as wholes" if number > 1 else "campaign drawn again as a whole"
        return f"{self.counts()} Intervals: 95 %, {number:,} {drawn}.{few}"

    def campaigns(self) -> int:
        """Count the campaigns that the abusive sign-ups name."""
        return len(set(self.sample.groups[self.sample.abusive].tolist()) - {""})

    def counts(self) -> str:
        """Say how many sign-ups of each kind there are."""
        sample = self.sample
        abusive, legitimate = int(sample.abusive.sum()), int(sample.legitimate.sum())
        said = f"{abusive:,} abusive and {legitimate:,} legitimate sign-ups"
        out = f"; {self.left_out:,} without a score left out" if self.left_out else ""
        return f"{said}{out}{contradicted(int(sample.doubtful.sum()))}."


def judged(
    frame: pd.DataFrame,
    score: str | None = None,
    *,
    synthetic: bool | None = None,
    needed: Collection[str] = ("legitimate", "abusive"),
) -> Judged:
    """Read labelled sign-ups.

    Args:
        frame: One row a sign-up: ``label`` (1 abusive, 0 legitimate, missing unknown), a score, and if known ``group``
            (campaign or population), ``at`` and ``weight``.
        score: Column of the score; ``raw_score`` if there is one, else ``risk_score``.
        synthetic: Whether they are simulated; told by their groups and by ``frame.attrs["synthetic"]`` by default.
        needed: Classes that have to occur.

    Raises:
        ConfigurationError: The frame is empty, lacks a column or a class, or a column cannot be read.
    """
    column = score_column(frame, score)
    require(frame, ["label", column])
    known = np.isfinite(floats(frame, column))
    if not known.any():
        raise ConfigurationError(f"none of the {len(frame):,} rows has a score in {column!r}; give assessed sign-ups")
    kept = frame.loc[known]
    sample = Sample.of(_table(kept), needed=needed)
    left = len(frame) - len(kept)
    return Judged(kept, floats(kept, column), sample, left, is_synthetic(frame, synthetic))


def classes(frame: pd.DataFrame) -> Sample | None:
    """Return who counts as what, as evaluation takes it; None where nothing is said of outcomes."""
    if "label" not in frame.columns or np.isnan(floats(frame, "label")).all():
        return None
    told = [name for name in ("label", "group") if name in frame.columns]
    return Sample.of(_table(frame[told]), needed=())


def score_column(frame: pd.DataFrame, score: str | None = None) -> str:
    """Return the column of the score: the one that is named, else the finest that there is."""
    require(frame, [])
    if score is not None:
        return score
    found = next((name for name in SCORES if name in frame.columns), None)
    if found is None:
        raise ConfigurationError(
            f"the frame has no score: give a column {' or '.join(SCORES)}, or name yours with score=; {_there(frame)}"
        )
    return found


def require(frame: pd.DataFrame, columns: Sequence[str], *, what: str = "sign-ups") -> None:
    """Refuse what is no frame, is empty, or lacks a column.

    Raises:
        ConfigurationError: One of these.
    """
    if not isinstance(frame, pd.DataFrame):
        raise ConfigurationError(f"a {type(frame).__name__} was given; give a pandas DataFrame, one row for each")
    if not len(frame):
        raise ConfigurationError(f"the frame has no rows, so there is nothing to plot; give at least one of the {what}")
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise ConfigurationError(f"the frame lacks {', '.join(map(repr, missing))}; {_there(frame)}")
    twice = [name for name in columns if isinstance(frame[name], pd.DataFrame)]
    if twice:
        raise ConfigurationError(f"the frame has more than one column {twice[0]!r}; keep the one that is meant")


def floats(frame: pd.DataFrame, column: str) -> Floats:
    """Return a column as numbers; what is missing is NaN.

    Raises:
        ConfigurationError: It holds something else.
    """
    try:
        return np.asarray(pd.to_numeric(frame[column]).astype("float64"), dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise ConfigurationError(
            f"column {column!r} is of type {frame[column].dtype} and holds what is no number; give numbers, or nothing "
            "where one is unknown"
        ) from problem


def moments(frame: pd.DataFrame, column: str = "at") -> Ints:
    """Return a column of times in microseconds.

    Raises:
        ConfigurationError: One is missing or cannot be read.
    """
    return np.asarray(times(frame, column).astype("datetime64[us, UTC]").astype("int64"), dtype=np.int64)


def times(frame: pd.DataFrame, column: str = "at") -> pd.Series[Any]:
    """Return a column as times in UTC; those without a zone are taken to be so.

    Raises:
        ConfigurationError: One is missing or cannot be read.
    """
    require(frame, [column])
    try:
        found = pd.to_datetime(frame[column], utc=True, format="ISO8601" if _is_text(frame[column]) else None)
    except (TypeError, ValueError, OverflowError) as problem:
        raise ConfigurationError(
            f"column {column!r} is of type {frame[column].dtype} and holds what is no time; give times such as "
            "2026-06-01T12:00:00Z"
        ) from problem
    if found.isna().any():
        missing = int(found.isna().sum())
        raise ConfigurationError(
            f"{missing:,} of {len(frame):,} rows have no time in {column!r}; leave those out: "
            f"frame[frame[{column!r}].notna()]"
        )
    return found


def groups(frame: pd.DataFrame, column: str = "group") -> list[str]:
    """Return a column as texts, empty where it is missing or the frame has no such column.

    An array of texts takes for each the room of the longest, so long ones are cut; a digest keeps them apart.
    """
    if column not in frame.columns:
        return [""] * len(frame)
    known = frame[column].notna().tolist()
    return [_bounded(str(value)) if there else "" for value, there in zip(frame[column].tolist(), known, strict=True)]


def _bounded(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{name[:_LONGEST]} {digest}"


def decision_ranks(frame: pd.DataFrame) -> Floats:
    """Return the number of each decision, 0 ``allow`` to 3 ``block``, NaN where there is none.

    In shadow mode, where every answer is ``allow``, it is what would have been decided.

    Raises:
        ConfigurationError: Something else stands among the decisions.
    """
    require(frame, ["decision"])
    found = frame["decision"].astype(object)
    if SHADOW in frame.columns:
        found = frame[SHADOW].astype(object).where(frame[SHADOW].notna(), found)
    missing, rank = found.isna(), {name: number for number, name in enumerate(OUTCOMES)}
    ranks = [np.nan if gone else rank.get(name, -1) for name, gone in zip(found, missing, strict=True)]
    if -1 in ranks:
        raise ConfigurationError(
            f"column 'decision' holds something else in {ranks.count(-1):,} of {len(ranks):,} rows; a decision is one "
            f"of {', '.join(OUTCOMES)}"
        )
    return np.asarray(ranks, dtype=np.float64)


def contradicted(number: int) -> str:
    """Say how many sign-ups count as neither class since their label and their group say the opposite."""
    return f"; {number:,} left out: label contradicts group" if number else ""


def decided_how(frame: pd.DataFrame) -> str:
    """Say what decisions leave out where they were made again from scores; nothing of those that were really made."""
    return " Decisions: by score alone, without campaigns." if frame.attrs.get(BY_SCORE) is True else ""


def is_synthetic(frame: pd.DataFrame, given: bool | None = None) -> bool:
    """Tell whether the sign-ups are simulated: as it was said, by ``attrs``, or by the names of their groups."""
    if given is not None:
        return given
    return bool(frame.attrs.get("synthetic", False)) or simulated_count(groups(frame)) > 0


def _table(frame: pd.DataFrame) -> FeatureTable:
    labels = floats(frame, "label")
    unusual = set(labels[~np.isnan(labels)].tolist()) - {0.0, 1.0}
    if unusual:
        raise ConfigurationError(
            f"column 'label' holds {min(unusual):g}; a label is 1 (abusive), 0 (legitimate) or missing (unknown)"
        )
    size = len(frame)
    # Without times each legitimate sign-up is an hour of its own, so that none is drawn together with another.
    at = moments(frame) if "at" in frame.columns else np.arange(size, dtype=np.int64) * _HOUR_US
    return FeatureTable(
        names=(),
        rows=np.empty((size, 0)),
        labels=np.where(np.isnan(labels), UNKNOWN, labels).astype(np.int8),
        times=at,
        known_at=np.full(size, NEVER, dtype=np.int64),
        groups=groups(frame),
        ids=[None] * size,
        weights=_weights(frame),
    )


def _weights(frame: pd.DataFrame) -> Floats | None:
    if "weight" not in frame.columns:
        return None
    found = floats(frame, "weight")
    if not (np.isfinite(found) & (found > 0)).all():
        raise ConfigurationError("column 'weight' holds what is no positive number; a row that counts once has 1")
    return found


def _is_text(column: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_string_dtype(column.dtype) or pd.api.types.is_object_dtype(column.dtype))


def _there(frame: pd.DataFrame) -> str:
    names = [str(name)[:40] for name in frame.columns[:_MOST_NAMED]]
    more = len(frame.columns) - len(names)
    return f"it has {', '.join(map(repr, names)) or 'no columns'}{f' and {more:,} more' if more else ''}"
