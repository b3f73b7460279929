"""Say what sign-ups have in common."""

from signup_risk.notebook.common.ask import in_common
from signup_risk.notebook.common.background import Background
from signup_risk.notebook.common.result import InCommon, Shared

__all__ = ["Background", "InCommon", "Shared", "in_common"]
