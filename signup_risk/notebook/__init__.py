"""Show risk analysts what was found as frames."""

from signup_risk.notebook.campaigns import campaigns_frame, members_frame
from signup_risk.notebook.judged import judged_frame

__all__ = ["campaigns_frame", "judged_frame", "members_frame"]
