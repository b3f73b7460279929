"""Score sign-ups: the only place where model, store, references and policy meet."""

from signup_risk.scorer.judge import ExplainMode
from signup_risk.scorer.outcome_face import Outcome
from signup_risk.scorer.scorer import Scorer
from signup_risk.scorer.watch import CampaignSettings

__all__ = ["CampaignSettings", "ExplainMode", "Outcome", "Scorer"]
