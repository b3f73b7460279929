"""Measure where the time of one assessment goes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from time import perf_counter_ns
from typing import Any

from signup_risk import Signup, open_references
from signup_risk.explain import Explainer
from signup_risk.extract import Keys, describe, select, values_of, with_velocity
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.stores import open_store

STAGES = (
    "parse",
    "normalize and look up references",
    "name keys (HMAC)",
    "velocity: read and record (store)",
    "velocity: views",
    "features",
    "predict",
    "contributions",
    "words of the reasons",
)


class Stages:
    """Run the steps of an assessment one by one and keep the milliseconds of each.

    Args:
        store: Where velocity is kept.
    """

    def __init__(self, store: str) -> None:
        self._artefact = ModelArtefact.load(bundled_model_path())
        manifest = self._artefact.manifest
        self._features = select(manifest.names)
        self._explainer = Explainer(self._features, manifest.features)
        self._references = open_references()
        self._store, self._hasher = open_store(store)
        self.times: dict[str, list[float]] = {stage: [] for stage in STAGES}

    def run(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Assess sign-ups step by step."""
        for event in events:
            marks = self._marks(event)
            for stage, start, end in zip(STAGES, marks[:-1], marks[1:], strict=True):
                self.times[stage].append((end - start) / 1e6)

    def forget_times(self) -> None:
        """Drop what was measured so far."""
        for times in self.times.values():
            times.clear()

    def close(self) -> None:
        """Close the store and the model."""
        self._store.close()
        self._artefact.close()

    def _marks(self, event: Mapping[str, Any]) -> list[int]:
        marks = [perf_counter_ns()]
        signup = Signup.from_mapping(event)
        marks.append(perf_counter_ns())
        context = describe(signup, self._references, signup.at_us).context
        marks.append(perf_counter_ns())
        keys = Keys(context, self._hasher)
        marks.append(perf_counter_ns())
        answer = self._store.exchange(keys.touch)
        marks.append(perf_counter_ns())
        context = with_velocity(context, keys.read(answer))
        marks.append(perf_counter_ns())
        values, _ = values_of(context, self._features)
        marks.append(perf_counter_ns())
        row = array("d", values)
        self._artefact.booster.raw_score(row)
        marks.append(perf_counter_ns())
        contributions = self._artefact.booster.contributions(row)
        marks.append(perf_counter_ns())
        self._explainer.explain(contributions, values)
        marks.append(perf_counter_ns())
        return marks
