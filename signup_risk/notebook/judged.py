"""Score a replayed history with a model, as a frame that plots take."""

from __future__ import annotations

import numpy as np
import pandas as pd

from signup_risk.model import ModelArtefact
from signup_risk.notebook.plots.frames import BY_SCORE
from signup_risk.policy import Policy
from signup_risk.policy.decision import OUTCOMES
from signup_risk.training.evaluate.decisions import decide
from signup_risk.training.evaluate.unseen import raw_scores
from signup_risk.training.simulated import simulated_count
from signup_risk.training.table import UNKNOWN, FeatureTable


def judged_frame(model: ModelArtefact, table: FeatureTable, *, policy: Policy | None = None) -> pd.DataFrame:
    """Return what a model says of every sign-up of a replayed history, and what the policy would decide by score alone.

    Nothing is recorded and campaigns are not looked for: it is the model alone, on features as they were at the time.
    A scorer that looks for campaigns holds more sign-ups than that. For what really happened give plots what
    :meth:`signup_risk.Scorer.assess_frame` answered, with the outcomes: ``assessed.assign(label=..., group=...)``.

    Args:
        model: The model.
        table: The history, replayed with the features of the model.
        policy: The rules that decide, lists aside; the default policy by default.

    Returns:
        One row a sign-up, in the order of the table: ``signup_id``, ``at``, ``label`` (missing where it is not known),
        ``group``, ``weight``, ``raw_score``, ``risk_score``, ``fpr``, ``decision``. ``attrs["synthetic"]`` says
        whether sign-ups or model are simulated; ``attrs["by_score_alone"]`` lets plots say what decisions leave out.

    Raises:
        ConfigurationError: The table lacks a feature of the model.
    """
    own = table.columns(model.manifest.names)
    scores, calibration = raw_scores(model.booster, own), model.manifest.calibration
    decided = decide(model, own, scores, policy or Policy())
    frame = pd.DataFrame(
        {
            "signup_id": table.ids,
            "at": pd.to_datetime(table.times, unit="us", utc=True),
            "label": np.where(table.labels == UNKNOWN, np.nan, table.labels),
            "group": table.groups,
            "weight": np.ones(len(table)) if table.weights is None else table.weights,
            "raw_score": scores,
            "risk_score": [100 * calibration.probability(raw) for raw in scores.tolist()],
            "fpr": [calibration.fpr(raw) for raw in scores.tolist()],
            "decision": [OUTCOMES[int(rank)] for rank in decided.ranks.tolist()],
        }
    )
    frame.attrs["prevalence"] = calibration.prevalence
    frame.attrs["synthetic"] = model.manifest.synthetic or simulated_count(table.groups) > 0
    frame.attrs[BY_SCORE] = True
    return frame
