"""Judge a model on a history: what it finds, what it costs the honest, how early, and how far to believe it."""

from signup_risk.training.evaluate.report import Evaluation, ModelReport, evaluate, wanted_features
from signup_risk.training.evaluate.unseen import AtRates, leave_one_kind_out, with_features_only

__all__ = [
    "AtRates",
    "Evaluation",
    "ModelReport",
    "evaluate",
    "leave_one_kind_out",
    "wanted_features",
    "with_features_only",
]
