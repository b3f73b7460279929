"""Score sign-ups: the only place where model, store, references and policy meet."""

from signup_risk.scorer.scorer import ExplainMode, Outcome, Scorer

__all__ = ["ExplainMode", "Outcome", "Scorer"]
