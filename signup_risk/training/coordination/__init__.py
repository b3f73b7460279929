"""Judge how campaigns are found: how early, how purely, how often falsely, and what that adds to the model."""

from signup_risk.training.coordination.judgement import CampaignJudgement, judge_campaigns
from signup_risk.training.coordination.stream import Stream, run_stream
from signup_risk.training.coordination.text import judgement_text

__all__ = ["CampaignJudgement", "Stream", "judge_campaigns", "judgement_text", "run_stream"]
