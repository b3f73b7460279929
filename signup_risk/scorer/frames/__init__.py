"""Assess pandas frames: the one part of the scorer that knows pandas, imported when a frame is given."""
