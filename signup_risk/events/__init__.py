"""Read sign-ups: the input contract, version 1, as frozen typed values."""

from __future__ import annotations

from signup_risk.events.signup import Billing, Card, Device, InputWarning, Session, Signup
from signup_risk.events.warnings import WARNING_CODES

__all__ = ["WARNING_CODES", "Billing", "Card", "Device", "InputWarning", "Session", "Signup"]
