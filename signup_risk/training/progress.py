"""Show how far long work is, as the scorer does."""

from signup_risk.scorer.progress import Progress, bars, quiet

__all__ = ["Progress", "bars", "quiet"]
