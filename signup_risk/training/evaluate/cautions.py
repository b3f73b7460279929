"""Say loudly where a figure would mislead."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from signup_risk.model import Manifest
from signup_risk.training.evaluate.sample import Sample
from signup_risk.training.simulated import simulated_count
from signup_risk.training.table import NEVER, FeatureTable

_DAY_US: Final = 86_400_000_000
#: How long abuse takes to be known where the history does not tell: card disputes take that long.
DEFAULT_MATURITY_DAYS: Final = 60.0
_MATURE: Final = 0.9
#: Share of labels up to which the last one is looked for; so few beyond may be dated wrongly.
_LAST_LABEL: Final = 0.995
_MOST_YOUNG: Final = 0.05
#: With fewer campaigns, drawing them again cannot say how unlike the next one will be.
MIN_CAMPAIGNS: Final = 10
#: Groups that one caution names; a history may have hundreds.
_MOST_NAMED: Final = 10
#: Digests kept of the training sign-ups; finds a share of one in a hundred with a chance of 92 %.
SKETCH: Final = 256
#: Names the sites of a model that was fitted on nothing but simulated ones, in ``created_from`` of its manifest.
SITES: Final = "simulated sites"
#: What tells the sign-ups that a model was trained on, in the same place.
_RECORD: Final = ("window", "id_sketch", SITES)


@dataclass(frozen=True, slots=True)
class Caution:
    """Hold one warning.

    Attributes:
        code: Stable code.
        text: What is wrong, by how much, what to do.
    """

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Maturity:
    """Hold whether labels have had the time to become known.

    Attributes:
        gap_days: Days within which nine in ten abusive sign-ups of this history were found; the default where no
            label says when it became known.
        is_measured: Whether the gap was measured here.
        young_share: Share of sign-ups younger than that at the end of what is known.
    """

    gap_days: float
    is_measured: bool
    young_share: float


def maturity(table: FeatureTable, sample: Sample) -> Maturity:
    """Measure how many sign-ups are too young for their label to be believed.

    The end of what is known is the last sign-up or the last label, whichever is later. A few labels may be dated
    wrongly: those in the far future do not move the end, and those before their sign-up do not shorten the gap.
    """
    told = table.known_at != NEVER
    labels_end = int(np.quantile(table.known_at[told], _LAST_LABEL, method="lower")) if told.any() else 0
    end = max(int(table.times.max()), labels_end)
    found = told & sample.abusive & (table.known_at >= table.times)
    if found.any():
        delays = table.known_at[found] - table.times[found]
        gap = float(np.quantile(delays, _MATURE)) / _DAY_US
    else:
        gap = DEFAULT_MATURITY_DAYS
    young = table.times > end - gap * _DAY_US
    return Maturity(gap, bool(found.any()), float(young.mean()))


def sketch(ids: Iterable[str | None]) -> list[str]:
    """Return the smallest digests of a set of sign-up ids, for a manifest to keep.

    The smallest digests are a fair sample of the ids, the same one whatever their order: how many of them turn up in a
    history says what share of the training sign-ups is in it. Digests of ids that can be guessed can be matched by
    whoever guesses, so keep the manifest where the ids may be kept, or leave the sketch out.
    """
    return heapq.nsmallest(SKETCH, {_digest(name) for name in ids if name is not None})


def overlap_cautions(manifest: Manifest, table: FeatureTable) -> list[Caution]:
    """Say whether sign-ups that the model was fitted on are among those that it is judged on.

    ``created_from`` of the manifest may hold ``window``, ``{"first": ..., "last": ...}`` as RFC 3339, and
    ``id_sketch`` from :func:`sketch`, empty where no sign-up had an id. A model that was continued from others holds
    both of each of them under ``trained_on``, see :func:`training_record`. Without either nothing can be told, and
    that is said; but a model fitted on simulated sites cannot have seen sign-ups that were not simulated.
    """
    records = [{"model": manifest.name, **manifest.created_from}, *_earlier(manifest)]
    found = [_rows_caution(one, table) for one in records] + [_window_caution(one, table) for one in records]
    if not any(found):
        found = [_before_caution(records[0], table)]
    return [*dict.fromkeys(one for one in [*found, _unknown_caution(records, table)] if one is not None)]


def training_record(manifest: Manifest) -> list[dict[str, Any]]:
    """Return what tells the sign-ups that a model was trained on, itself first, then those that it continues."""
    own = {key: manifest.created_from[key] for key in _RECORD if key in manifest.created_from}
    return [{"model": manifest.name, **own}, *_earlier(manifest)]


def _earlier(manifest: Manifest) -> list[dict[str, Any]]:
    kept = manifest.created_from.get("trained_on")
    return [one for one in kept if isinstance(one, dict)] if isinstance(kept, list) else []


def _rows_caution(record: Mapping[str, Any], table: FeatureTable) -> Caution | None:
    kept = record.get("id_sketch")
    if not isinstance(kept, list) or not kept:
        return None
    held = {_digest(one) for one in table.ids if one is not None}
    share = sum(digest in held for digest in kept) / len(kept)
    if not share:
        return None
    text = (
        f"about {share:.0%} of the sign-ups that {record.get('model')} was trained on are in this history; what it "
        "finds of them it has seen before: give a history that it was not trained on"
    )
    return Caution("TRAINING_ROWS", text)


def _window_caution(record: Mapping[str, Any], table: FeatureTable) -> Caution | None:
    bounds = _window(record.get("window"))
    if bounds is None:
        return None
    inside = float(((table.times >= bounds[0]) & (table.times <= bounds[1])).mean())
    if not inside:
        return None
    text = (
        f"{inside:.0%} of the sign-ups lie within the time that {record.get('model')} was trained on; judge it on "
        "later ones"
    )
    return Caution("TRAINING_WINDOW", text)


def _before_caution(record: Mapping[str, Any], table: FeatureTable) -> Caution | None:
    bounds = _window(record.get("window"))
    before = 0.0 if bounds is None else float((table.times < bounds[0]).mean())
    if not before:
        return None
    text = (
        f"{before:.0%} of the sign-ups come before the time that {record.get('model')} was trained on: it has learnt "
        "from what came after them, as it never can in use; judge it on later ones"
    )
    return Caution("BEFORE_TRAINING", text)


def _unknown_caution(records: Sequence[Mapping[str, Any]], table: FeatureTable) -> Caution | None:
    """Say what cannot be told of the model, whose record is the first, or of one that it continues."""
    for one in records:
        name, kept = one.get("model"), one.get("id_sketch")
        if one.get(SITES):
            if simulated_count(table.groups):
                text = (
                    f"{name} was fitted on sites of the simulation, and this history was simulated too: what it finds "
                    "here says little of traffic made by others"
                )
                return Caution("TRAINING_SIMULATED", text)
            continue  # nobody's sign-ups were among those
        if _window(one.get("window")) is None and not kept:
            text = (
                f"the manifest of {name} states neither a training window nor ids, so whether it was trained on these "
                "sign-ups cannot be told; if it was, every figure here is too good"
            )
            return Caution("TRAINING_UNKNOWN", text)
        if kept == [] or (kept and not any(table.ids)):
            where = "those that it was trained on" if kept == [] else "those of this history"
            text = (
                f"whether {name} was trained on these sign-ups is told by their times alone, since {where} have no "
                "signup_id; give ids to be sure"
            )
            return Caution("TRAINING_UNKNOWN", text)
    return None


def label_cautions(sample: Sample, found: Maturity) -> list[Caution]:
    """Say whether labels are young, contradictory or without campaigns."""
    cautions = []
    if found.young_share > _MOST_YOUNG:
        how = "nine in ten abusive ones are found" if found.is_measured else "card disputes take, no label says when"
        text = (
            f"{found.young_share:.0%} of the sign-ups are younger than {found.gap_days:.0f} days, in which {how}; "
            "abuse among them that is not known yet counts as false alarms: end the history earlier"
        )
        cautions.append(Caution("LABELS_NOT_MATURE", text))
    doubtful = int(sample.doubtful.sum())
    if doubtful:
        text = f"the labels of {doubtful:,} sign-ups contradict their groups; they count neither as good nor as bad"
        cautions.append(Caution("LABELS_CONTRADICT_GROUPS", text))
    campaigns = {str(group) for group in np.unique(sample.groups[sample.abusive])} - {""}
    if not campaigns:
        text = (
            "no abusive sign-up names its campaign (group): intervals draw single sign-ups and are too narrow where "
            "many belong together, and time to detect cannot be told"
        )
        cautions.append(Caution("NO_CAMPAIGNS", text))
    elif len(campaigns) < MIN_CAMPAIGNS:
        text = (
            f"abuse comes from {len(campaigns)} campaigns, fewer than {MIN_CAMPAIGNS}: intervals say little about the "
            "next campaign"
        )
        cautions.append(Caution("FEW_CAMPAIGNS", text))
    return cautions


def small_groups(names: Sequence[str]) -> str:
    """Say which legitimate groups are too small, the first of them by name: ``too_small`` of the figures has all."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    shown = ", ".join(names[:_MOST_NAMED])
    return f"{len(names)} legitimate groups have too few sign-ups to speak of: {shown}{more}"


def _window(window: Any) -> tuple[int, int] | None:
    if not isinstance(window, dict):
        return None
    try:
        first, last = (datetime.fromisoformat(window[end]).astimezone(UTC) for end in ("first", "last"))
    except (KeyError, TypeError, ValueError):
        return None
    return int(first.timestamp() * 1_000_000), int(last.timestamp() * 1_000_000)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
