"""Lay out why sign-ups were decided as they were: a column a feature, or a row a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from signup_risk.errors import ConfigurationError
from signup_risk.events.kinds import is_absent, kind_of
from signup_risk.results import Assessment
from signup_risk.scorer import Scorer
from signup_risk.scorer.frames.columns import PARTNER, PREFIX

#: Columns of :func:`reasons_frame`.
REASON_COLUMNS: Final = ("signup_id", "rank", "code", "family", "direction", "contribution", "text")

Source: TypeAlias = pd.DataFrame | Iterable[Assessment]


def contributions_frame(source: Source, scorer: Scorer | None = None) -> pd.DataFrame:
    """Return ``base_value`` and a column for every feature of the model: what each adds to the raw score, in log-odds.

    The sum of a row, rounded once (``math.fsum``), is its raw score to the bit.

    Args:
        source: A frame from :meth:`signup_risk.Scorer.assess_frame` with ``contributions=True``; assessments; or, with
            ``scorer``, a frame of sign-ups, which is assessed, and recorded, for it.
        scorer: Assesses sign-ups, or explains assessments that another process made.

    Returns:
        The rows of the source under its index; assessments under their ids. A row that could not be assessed is empty.

    Raises:
        ConfigurationError: A frame has no contributions and no scorer is given to work them out.

    Examples:
        >>> signups = pd.DataFrame({"at": ["2026-06-01T12:00:00Z"], "email": ["ada@example.com"]})
        >>> with Scorer.open("memory://") as scorer:
        ...     found = contributions_frame(signups, scorer)
        >>> found.columns[0], len(found)
        ('base_value', 1)
    """
    if not isinstance(source, pd.DataFrame):
        return _contributions_of(list(source), scorer)
    if "base_value" not in source.columns:
        if scorer is None or "decision" in source.columns:
            raise ConfigurationError(
                "this frame has no contributions; ask for them when it is assessed: "
                "scorer.assess_frame(signups, contributions=True)"
            )
        source = scorer.assess_frame(source, explain="never", contributions=True)
    named = {name: name.removeprefix(PREFIX) for name in source.columns if str(name).startswith(PREFIX)}
    return source[["base_value", *named]].rename(columns=named)


def reasons_frame(source: Source, scorer: Scorer | None = None) -> pd.DataFrame:
    """Return one row a reason, strongest first within each sign-up.

    Args:
        source: A frame from :meth:`signup_risk.Scorer.assess_frame`; assessments; or, with ``scorer``, a frame of
            sign-ups, which is assessed, and recorded, for it. Reasons are there where they were asked for
            (``explain=``): by default of every decision but ``allow``.
        scorer: Assesses sign-ups.

    Returns:
        ``signup_id, rank, code, family, direction, contribution, text``. The index is that of the source, a label for
        each of its reasons; of assessments, their ids.

    Raises:
        ConfigurationError: A frame has no reasons and no scorer is given, or a cell of ``reasons`` holds no list of
            them, such as the texts that a CSV file makes of them. Parquet and pickle keep them.

    Examples:
        >>> signups = pd.DataFrame({"at": ["2026-06-01T12:00:00Z"], "email": ["ada@example.com"]}, index=["first"])
        >>> with Scorer.open("memory://", explain="always") as scorer:
        ...     found = reasons_frame(signups, scorer)
        >>> set(found.index), found["rank"].tolist()[:2]
        ({'first'}, [1, 2])
    """
    if not isinstance(source, pd.DataFrame):
        told = list(_checked(source))
        ids = [one.signup_id for one in told]
        return _long(pd.Index(ids, name="signup_id", dtype=object), ids, [one.to_dict()["reasons"] for one in told])
    if "reasons" not in source.columns:
        if scorer is None:
            raise ConfigurationError("this frame has no reasons; give what scorer.assess_frame(signups) returns")
        source = scorer.assess_frame(source)
    return _long(source.index, source["signup_id"].tolist(), source["reasons"].tolist())


def _checked(source: Iterable[Any]) -> Iterable[Assessment]:
    for one in source:
        if not isinstance(one, Assessment):
            raise ConfigurationError(
                f"an assessment was given as {kind_of(one)}; give assessments, or a frame of scorer.assess_frame"
            )
        yield one


def _contributions_of(source: list[Any], scorer: Scorer | None) -> pd.DataFrame:
    told = [_amounts(one, scorer) for one in _checked(source)]
    index = pd.Index([one.signup_id for one in source], name="signup_id", dtype=object)
    names = dict.fromkeys(name for one in told for name in one)
    frame = pd.DataFrame(told, index=index, columns=list(names), dtype="float64")
    if PARTNER in names:
        frame.loc[frame["base_value"].notna().to_numpy() & frame[PARTNER].isna().to_numpy(), PARTNER] = 0.0
    return frame


def _amounts(one: Assessment, scorer: Scorer | None) -> dict[str, float]:
    if one.raw_score is None:
        return {}
    explained = one.explain() if scorer is None else scorer.explain(one)
    return {"base_value": explained.base_value} | {each.feature: each.contribution for each in explained.contributions}


def _long(index: pd.Index, ids: list[Any], reasons: list[Any]) -> pd.DataFrame:
    places, rows = [], []
    for place, (signup_id, held) in enumerate(zip(ids, reasons, strict=True)):
        for rank, reason in enumerate(_reasons_in(held, place), start=1):
            places.append(place)
            rows.append((signup_id, rank, *(reason[name] for name in REASON_COLUMNS[2:])))
    frame = pd.DataFrame(rows, columns=list(REASON_COLUMNS), index=index.take(places))
    return frame.astype({"rank": "int64", "contribution": "float64"})


def _reasons_in(cell: Any, place: int) -> Sequence[Mapping[str, Any]]:
    """Return the reasons that a cell holds: a list, or the array that Parquet gives back for one."""
    if is_absent(cell):
        return ()
    held = cell.tolist() if isinstance(cell, np.ndarray) else cell
    if not isinstance(held, list | tuple) or not all(_is_reason(one) for one in held):
        raise ConfigurationError(
            f"row {place + 1:,} of the frame holds {kind_of(cell)} for its reasons and no list of them; a CSV file "
            "keeps them as texts: keep the frame as Parquet or pickle"
        )
    return held


def _is_reason(one: Any) -> bool:
    return isinstance(one, Mapping) and all(name in one for name in REASON_COLUMNS[2:])
