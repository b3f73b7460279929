"""Assess pandas frames: the one part of the scorer that knows pandas, imported when a frame is given."""

from signup_risk.scorer.frames.run import assess_frame

__all__ = ["assess_frame"]
