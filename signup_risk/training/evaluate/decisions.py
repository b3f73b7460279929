"""Decide about every sign-up as the policy does, the rule against a single attribute included."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass

import numpy as np

from signup_risk.extract import select
from signup_risk.model import ModelArtefact
from signup_risk.policy import Evidence, Policy
from signup_risk.policy.decision import OUTCOMES
from signup_risk.results import DecisionName
from signup_risk.training.evaluate.intervals import Share, weighted_wilson
from signup_risk.training.evaluate.sample import Bools, Floats, Sample
from signup_risk.training.table import FeatureTable


@dataclass(frozen=True, slots=True)
class Level:
    """Hold what happens to good and bad at one decision or a stricter one.

    Attributes:
        decision: The decision.
        found: Share of abusive sign-ups with this decision or a stricter one; Wilson's interval, so members of one
            campaign count as if they were independent.
        alarms: Share of legitimate sign-ups with it.
    """

    decision: DecisionName
    found: Share
    alarms: Share


@dataclass(frozen=True, slots=True)
class Decisions:
    """Hold what the policy decides.

    Attributes:
        policy: Name and version of the policy.
        ranks: For each sign-up the number of its decision, 0 ``allow`` to 3 ``block``.
        spared: How many sign-ups would have been blocked, but for a single attribute.
    """

    policy: str
    ranks: Floats
    spared: int

    def stopped(self, decision: DecisionName) -> Bools:
        """Say for each sign-up whether it got this decision or a stricter one."""
        return np.asarray(self.ranks >= OUTCOMES.index(decision), dtype=np.bool_)

    def levels(self, sample: Sample) -> tuple[Level, ...]:
        """Count good and bad at each decision but ``allow``."""
        found = []
        for decision in OUTCOMES[1:]:
            stopped = self.stopped(decision)
            both = (sample.abusive, sample.legitimate)
            shares = [weighted_wilson(stopped[who], sample.weights[who]) for who in both]
            found.append(Level(decision, *shares))
        return tuple(found)


def decide(artefact: ModelArtefact, table: FeatureTable, scores: Floats, policy: Policy) -> Decisions:
    """Decide about every row.

    Contributions are worked out only where a block is at stake, as in serving. What a table does not hold, the policy
    is not told: values that its lists could name, and what could not be looked up.

    Args:
        artefact: The model.
        table: Its features, in its order.
        scores: Its raw scores.
        policy: The rules.
    """
    calibration = artefact.manifest.calibration
    inputs = tuple(entry.inputs for entry in select(artefact.manifest.names))
    step_up_raw = calibration.raw_at(policy.thresholds.step_up)
    ranks, notes = [], Counter[str]()
    for row, raw in enumerate(scores.tolist()):

        def evidence(row: int = row, raw: float = raw) -> Evidence:
            found = artefact.booster.contributions(array("d", table.rows[row].tobytes()))
            return Evidence.of(raw, step_up_raw, inputs, found)

        decision = policy.decide(calibration.fpr(raw), evidence=evidence)
        ranks.append(OUTCOMES.index(decision.would_be))
        notes.update(decision.notes)
    return Decisions(f"{policy.name} {policy.version}", np.asarray(ranks), notes["SINGLE_ATTRIBUTE"])
