"""Predict, decide and explain an observed sign-up: everything of an assessment that needs no store."""

from __future__ import annotations

import math
import time
from array import array
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

from signup_risk.campaigns.detector import Membership
from signup_risk.campaigns.partners import Partners
from signup_risk.campaigns.texts import counted
from signup_risk.campaigns.words import public_values
from signup_risk.errors import ConfigurationError, ModelMismatch, NoExplanation
from signup_risk.events import Signup
from signup_risk.explain import AssessmentExplanation, Explained, Explainer, Explanation, FeatureContribution, Origin
from signup_risk.explain.circumstances import NAMED, Circumstances, Listed, Ruled
from signup_risk.extract import Observation, select
from signup_risk.features.context import Context
from signup_risk.features.keys import READERS
from signup_risk.model import ModelArtefact
from signup_risk.policy import Decision, Evidence, Policy
from signup_risk.references import References
from signup_risk.results import Assessment, ModelInfo, PolicyInfo, Reason
from signup_risk.scorer.lists import list_hooks, listed_values
from signup_risk.stores.windows import DAY

ExplainMode = Literal["auto", "always", "never"]

_MODES: Final = ("auto", "always", "never")


class Hint(NamedTuple):
    """Hold what partners add to a score.

    Attributes:
        weight: Log-odds; 0 if nothing matched.
        sources: Partners that said something that matched.
    """

    weight: float
    sources: tuple[str, ...]

    def reason(self) -> Reason:
        """Return the hint as a reason."""
        partners = counted(len(self.sources), "partner")
        text = f"matches campaigns that {partners} told of: {', '.join(self.sources)}"
        return Reason("PARTNER_INDICATOR", "coordination", text, self.weight, "risk")

    def contributions(self) -> tuple[FeatureContribution, ...]:
        """Return the hint as a contribution beside those of the model's features; none if nothing matched."""
        if not self.weight:
            return ()
        told, partners = self.reason(), float(len(self.sources))
        return (
            FeatureContribution(
                "partner_indicator", told.code, told.family, partners, self.weight, told.text, None
            ),
        )


_NO_HINT: Final = Hint(0.0, ())


@dataclass(frozen=True, slots=True)
class Scored:
    """Hold a scored sign-up before campaigns have had their say.

    Attributes:
        event: The sign-up.
        seen: What was observed of it.
        mode: When to give reasons.
        started: When the call began, by ``time.perf_counter``.
        raw: The model's log-odds with what partners add; None if it could not be asked.
        fpr: Share of legitimate sign-ups that score at least this high; None likewise.
        degraded: Names of signals that could not be looked up.
        decision: What its own score calls for.
        contributions: Asks the model for contributions if somebody wants them.
        hint: What partners add.
        own_fpr: The share without what partners add, so that their findings do not come back as one's own.
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
    hint: Hint
    own_fpr: float | None


class Judge:
    """Turn observations into assessments. Safe under threads.

    Args:
        artefact: The model.
        references: What is looked up; here, what could not be.
        policy: The operator's rules.
        explain: When to give reasons, if the call does not say.
        opened_at: When the policy's lists were made, in microseconds since the epoch.
        partners: What partners said of campaigns of theirs.
        ruled: Marks of the policy and of the secret, which assessments carry.

    Attributes:
        features: The features that the model wants, in its order.
        policy: The policy, its list entries normalized.
        model_info: Names the model.
        ruled: Marks of the policy and of the secret.
    """

    def __init__(  # noqa: PLR0913 - what a judgement rests on
        self,
        artefact: ModelArtefact,
        references: References,
        policy: Policy,
        explain: ExplainMode,
        opened_at: int,
        partners: Partners | None = None,
        *,
        ruled: Ruled,
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
        self._explained = Explained(artefact, self.features, self._explainer)
        self._step_up_raw = self._calibration.raw_at(policy.thresholds.step_up)
        self.model_info = ModelInfo(manifest.name, manifest.version, manifest.fingerprint)
        self._has_lists = bool(policy.allow or policy.block)
        self._missing: tuple[int, tuple[str, ...]] = (-1, ())
        self._partners = partners
        self.ruled = ruled

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
        hint = _NO_HINT if self._partners is None else self._hint(self._partners, event, seen.context)
        raw = contributions.raw_score()
        fpr = own_fpr = None if raw is None else self._calibration.fpr(raw)
        if raw is not None and hint.weight:
            raw += hint.weight
            fpr = self._calibration.fpr(raw)
        degraded = self._degraded(seen, raw)
        decision = self._decide(event, seen, raw, fpr, contributions, degraded, hint, None)
        return Scored(event, seen, mode, started, raw, fpr, degraded, decision, contributions, hint, own_fpr)

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
            found = scored.contributions
            decision = self._decide(event, seen, raw, fpr, found, scored.degraded, scored.hint, membership)
        explanation = self._explanation(decision, scored)
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
            model=self.model_info,
            policy=PolicyInfo(self.policy.name, self.policy.version, decision.shadow, decision.notes),
            latency_ms=1000 * (time.perf_counter() - scored.started),
            raw_score=raw,
            base_value=explanation.base_value if explanation else None,
            explored=decision.explored,
            propensity=decision.propensity,
            origin=Origin(
                self._explained,
                *scored.contributions.kept(),
                scored.hint.contributions(),
                self._circumstances(scored, membership, unseen),
            ),
        )

    def _circumstances(
        self, scored: Scored, membership: Membership | None, unseen: tuple[str, ...]
    ) -> Circumstances:
        """Keep what the decision rested on beside the score, names of values by their place: some 500 bytes."""
        seen = scored.seen
        hashes = seen.hashes
        allowed = blocked = None
        if self._has_lists:
            allowed, blocked = self.policy.listed(listed_values(seen.context), scored.event.at)
        return Circumstances(
            signup=seen.touch.signup,
            names=array("q", [hashes.get(name, 0) for name in NAMED]),
            unseen=len(unseen),
            membership=None if membership is None else membership.probability,
            allowed=None if allowed is None else Listed(allowed.kind, allowed.is_exact),
            blocked=None if blocked is None else Listed(blocked.kind, blocked.is_exact),
            draw=seen.draw() if self.policy.explore else None,
            ruled=self.ruled,
        )

    def explain(self, assessment: Assessment) -> AssessmentExplanation:
        """Explain an assessment that this judge's model gave, here or in another process.

        Raises:
            NoExplanation: Another model gave it, or none.
        """
        origin = assessment.origin
        if not isinstance(origin, Origin):
            return assessment.explain()  # which says why there is nothing to explain
        if assessment.model != self.model_info:
            given, own = assessment.model, self.model_info
            raise NoExplanation(
                f"the assessment is by model {given.name} {given.version} ({given.fingerprint[:12]}), this scorer has "
                f"{own.name} {own.version} ({own.fingerprint[:12]}); explain it with a scorer of the model that gave it"
            )
        return origin.with_model(self._explained).explain(assessment)

    def _decide(  # noqa: PLR0913 - what a decision rests on
        self,
        event: Signup,
        seen: Observation,
        raw: float | None,
        fpr: float | None,
        contributions: Contributions,
        degraded: tuple[str, ...],
        hint: Hint,
        membership: Membership | None,
    ) -> Decision:
        return self.policy.decide(
            fpr,
            evidence=lambda: self._evidence(raw, contributions, hint),
            listed=listed_values(seen.context) if self._has_lists else {},
            at=event.at,
            degraded=degraded,
            membership=None if membership is None else membership.probability,
            confirmed=membership is not None and membership.campaign.status == "confirmed",
            draw=seen.draw() if self.policy.explore else None,
        )

    def _degraded(self, seen: Observation, raw: float | None) -> tuple[str, ...]:
        return (
            *(("velocity",) if seen.problem is not None else ()),
            *(("velocity.evicted",) if seen.evicted else ()),
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

    def _evidence(self, raw: float | None, contributions: Contributions, hint: Hint) -> Evidence | None:
        found = contributions.get()
        if raw is None or found is None:
            return None
        return Evidence.of(raw, self._step_up_raw, self._inputs, found, hint.weight)

    @staticmethod
    def _hint(partners: Partners, event: Signup, context: Context) -> Hint:
        """Ask what partners said of a sign-up's values; private ones are read only if a keyed name waits for them."""
        assert event.at is not None  # noqa: S101 - for the type checker; every caller has set it
        if partners.reads_private:
            values = {name: value for name, read in READERS.items() if (value := read(context))}
        else:
            values = public_values(context)
        return Hint(*partners.weight(values, event.at))

    def _explanation(self, decision: Decision, scored: Scored) -> Explanation | None:
        """Explain if asked for. In shadow, what counts is what would have been decided."""
        judged = decision.would_be
        if scored.mode == "never" or (scored.mode == "auto" and judged == "allow"):
            return None
        found = scored.contributions.get()
        if found is None:
            return None
        explained = self._explainer.explain(found, scored.seen.values)
        if not scored.hint.weight:
            return explained
        reasons = sorted((*explained.reasons, scored.hint.reason()), key=lambda reason: -abs(reason.contribution))
        return replace(explained, reasons=tuple(reasons))


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

    def kept(self) -> tuple[array[float], array[float] | None]:
        """Return the row, and the contributions if they have been asked for, at 8 bytes a number."""
        return self._row, None if self._found is None else array("d", self._found)


def check_mode(explain: str) -> None:
    """Refuse a mode of explanation that is not known.

    Raises:
        ConfigurationError: It is none of the three.
    """
    if explain not in _MODES:
        raise ConfigurationError(f"explain is {str(explain)[:40]!r}; use one of {', '.join(_MODES)}")
