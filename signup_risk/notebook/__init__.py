"""Show risk analysts what was found as frames."""

from signup_risk.notebook.campaigns import campaigns_frame, members_frame
from signup_risk.notebook.common import Background, InCommon, Shared, in_common
from signup_risk.notebook.frames import contributions_frame, reasons_frame

__all__ = [
    "Background",
    "InCommon",
    "Shared",
    "campaigns_frame",
    "contributions_frame",
    "in_common",
    "members_frame",
    "reasons_frame",
]
