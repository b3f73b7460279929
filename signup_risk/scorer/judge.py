"""Predict, decide and explain an observed sign-up: everything of an assessment that needs no store."""

from __future__ import annotations

import math
import time
from array import array
from dataclasses import dataclass, replace
from typing import Final, Literal

from signup_risk.campaigns.detector import Membership
from signup_risk.errors import ConfigurationError, ModelMismatch
from signup_risk.events import Signup
from signup_risk.explain import Explainer, Explanation
from signup_risk.extract import Observation, select
from signup_risk.model import ModelArtefact
from signup_risk.policy import Decision, Evidence, Policy
from signup_risk.references import References
from signup_risk.results import Assessment, ModelInfo, PolicyInfo
from signup_risk.scorer.lists import list_hooks, listed_values
from signup_risk.stores.windows import DAY

ExplainMode = Literal["auto", "always", "never"]

_MODES: Final = ("auto", "always", "never")


@dataclass(frozen=True, slots=True)
class Scored:
    """Hold a scored sign-up before campaigns have had their say.

    Attributes:
        event: The sign-up.
        seen: What was observed of it.
        mode: When to give reasons.
        started: When the call began, by ``time.perf_counter``.
        raw: The model's log-odds; None if it could not be asked.
        fpr: Share of legitimate sign-ups that score at least this high; None likewise.
        degraded: Names of signals that could not be looked up.
        decision: What its own score calls for.
        contributions: Asks the model for contributions if somebody wants them.
    """

    event: Signup
    seen: Observation
    mode: ExplainMode
    started: float
    raw: float | None
    fpr: float | None
    degraded: tuple[str, ...]
    decision: Decision
    contributions: Contributions


class Judge:
    """Turn observations into assessments. Safe under threads.

    Args:
        artefact: The model.
        references: What is looked up; here, what could not be.
        policy: The operator's rules.
        explain: When to give reasons, if the call does not say.
        opened_at: When the policy's lists were made, in microseconds since the epoch.

    Attributes:
        features: The features that the model wants, in its order.
        policy: The policy, its list entries normalized.
    """

    def __init__(
        self,
        artefact: ModelArtefact,
        references: References,
        policy: Policy,
        explain: ExplainMode,
        opened_at: int,
    ) -> None:
        check_mode(explain)
        manifest = artefact.manifest
        self.features = select(manifest.names)
        self.policy = replace(policy, hooks=list_hooks(references, opened_at))
        self._artefact = artefact
        self._calibration = manifest.calibration
        self._references = references
        self._explain: ExplainMode = explain
        self._inputs = tuple(entry.inputs for entry in self.features)
        self._explainer = Explainer(self.features, manifest.features, synthetic=manifest.synthetic)
        self._step_up_raw = self._calibration.raw_at(policy.thresholds.step_up)
        self._model_info = ModelInfo(manifest.name, manifest.version, manifest.fingerprint)
        self._has_lists = bool(policy.allow or policy.block)
        self._missing: tuple[int, tuple[str, ...]] = (-1, ())

    def score(self, event: Signup, seen: Observation, explain: ExplainMode | None, started: float) -> Scored:
        """Score an observed sign-up and decide by its own score.

        Args:
            event: The sign-up, with its time.
            seen: What was observed of it.
            explain: When to give reasons, instead of the judge's own setting.
            started: When the call began, by ``time.perf_counter``.
        """
        mode = self._explain if explain is None else explain
        contributions = Contributions(self._artefact, array("d", seen.values))
        raw = contributions.raw_score()
        fpr = None if raw is None else self._calibration.fpr(raw)
        degraded = self._degraded(seen, raw)
        decision = self._decide(event, seen, raw, fpr, contributions, degraded, None)
        return Scored(event, seen, mode, started, raw, fpr, degraded, decision, contributions)

    def conclude(
        self, scored: Scored, membership: Membership | None = None, unseen: tuple[str, ...] = ()
    ) -> Assessment:
        """Assess a scored sign-up.

        Args:
            scored: The sign-up.
            membership: The campaign that it belongs to.
            unseen: Further signals that could not be looked up.
        """
        event, seen, raw, fpr = scored.event, scored.seen, scored.raw, scored.fpr
        assert event.at is not None  # noqa: S101 - for the type checker; every caller has set it
        decision = scored.decision
        if membership is not None:
            contributions, joint = scored.contributions, membership.probability
            decision = self._decide(event, seen, raw, fpr, contributions, scored.degraded, joint)
        explanation = self._explanation(decision, scored.mode, scored.contributions, seen)
        return Assessment(
            signup_id=event.signup_id,
            at=event.at,
            risk_score=None if raw is None else 100 * self._calibration.probability(raw),
            fpr=fpr,
            decision=decision.outcome,
            reasons=explanation.reasons if explanation else (),
            degraded=(*scored.degraded, *unseen),
            warnings=seen.warnings,
            campaign=membership.campaign if membership else None,
            model=self._model_info,
            policy=PolicyInfo(self.policy.name, self.policy.version, decision.shadow, decision.notes),
            latency_ms=1000 * (time.perf_counter() - scored.started),
            raw_score=raw,
            base_value=explanation.base_value if explanation else None,
        )

    def _decide(  # noqa: PLR0913 - what a decision rests on
        self,
        event: Signup,
        seen: Observation,
        raw: float | None,
        fpr: float | None,
        contributions: Contributions,
        degraded: tuple[str, ...],
        membership: float | None,
    ) -> Decision:
        return self.policy.decide(
            fpr,
            evidence=lambda: self._evidence(raw, contributions),
            listed=listed_values(seen.context) if self._has_lists else {},
            at=event.at,
            degraded=degraded,
            membership=membership,
        )

    def _degraded(self, seen: Observation, raw: float | None) -> tuple[str, ...]:
        return (
            *(("velocity",) if seen.problem is not None else ()),
            *(("model",) if raw is None else ()),
            *self._missing_references(seen.context.at),
            *seen.failed,
        )

    def _missing_references(self, at: int) -> tuple[str, ...]:
        """Return what cannot be looked up, worked out once a day of event time: references expire by the day."""
        day = at // DAY
        known = self._missing
        if known[0] != day:
            names = tuple(f"references.{name}" for name in self._references.unavailable(at))
            known = self._missing = (day, names)
        return known[1]

    def _evidence(self, raw: float | None, contributions: Contributions) -> Evidence | None:
        found = contributions.get()
        if raw is None or found is None:
            return None
        return Evidence.of(raw, self._step_up_raw, self._inputs, found)

    def _explanation(
        self, decision: Decision, mode: ExplainMode, contributions: Contributions, seen: Observation
    ) -> Explanation | None:
        """Explain if asked for. In shadow, what counts is what would have been decided."""
        judged = decision.shadow or decision.outcome
        if mode == "never" or (mode == "auto" and judged == "allow"):
            return None
        found = contributions.get()
        return None if found is None else self._explainer.explain(found, seen.values)


class Contributions:
    """Ask the model about one row: the score at once, the contributions once and only if somebody wants them."""

    __slots__ = ("_artefact", "_found", "_row")

    def __init__(self, artefact: ModelArtefact, row: array[float]) -> None:
        self._artefact = artefact
        self._row = row
        self._found: list[float] | None = None

    def raw_score(self) -> float | None:
        """Return the raw score; ``None`` if the model fails."""
        try:
            raw = self._artefact.booster.raw_score(self._row)
        except ModelMismatch:
            return None
        return raw if math.isfinite(raw) else None

    def get(self) -> list[float] | None:
        """Return the contributions and the base value; ``None`` if the model fails."""
        if self._found is None:
            try:
                self._found = self._artefact.booster.contributions(self._row)
            except ModelMismatch:
                return None
        return self._found


def check_mode(explain: str) -> None:
    """Refuse a mode of explanation that is not known.

    Raises:
        ConfigurationError: It is none of the three.
    """
    if explain not in _MODES:
        raise ConfigurationError(f"explain is {str(explain)[:40]!r}; use one of {', '.join(_MODES)}")
