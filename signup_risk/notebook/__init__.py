"""Show risk analysts what was found as frames."""

from signup_risk.notebook.campaigns import campaigns_frame, members_frame
from signup_risk.notebook.common import Background, InCommon, Shared, in_common
from signup_risk.notebook.frames import contributions_frame, reasons_frame
from signup_risk.notebook.judged import judged_frame
from signup_risk.notebook.review import ReviewQueue, review_queue

__all__ = [
    "Background",
    "InCommon",
    "ReviewQueue",
    "Shared",
    "campaigns_frame",
    "contributions_frame",
    "in_common",
    "judged_frame",
    "members_frame",
    "reasons_frame",
    "review_queue",
]
