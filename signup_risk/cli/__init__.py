"""Offer the package as the command ``signup-risk``."""

from __future__ import annotations

from signup_risk.cli.command import main

__all__ = ["main"]
