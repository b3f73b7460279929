"""Show campaigns as pandas frames."""

from __future__ import annotations

import pandas as pd

from signup_risk.campaigns.report import CampaignReport


def campaigns_frame(report: CampaignReport) -> pd.DataFrame:
    """Return one row a campaign, indexed by its id: title, status, size, times, signature, what is shared."""
    rows = [
        {
            "id": campaign.id,
            "title": campaign.title,
            "status": campaign.status,
            "size": campaign.size,
            "marks": sum(member.is_mark for member in campaign.members),
            "first_seen": campaign.first_seen,
            "opened_at": campaign.opened_at,
            "last_seen": campaign.last_seen,
            "cells": len(campaign.cells),
            "signature": campaign.signature,
            "shared": "; ".join(campaign.shared),
        }
        for campaign in report.campaigns
    ]
    columns = ["id", "title", "status", "size", "marks", "first_seen", "opened_at", "last_seen", "cells"]
    return pd.DataFrame(rows, columns=[*columns, "signature", "shared"]).set_index("id")


def members_frame(report: CampaignReport) -> pd.DataFrame:
    """Return one row a member, indexed by the id of the sign-up, in the order of time within each campaign."""
    rows = [
        {
            "signup_id": member.signup_id,
            "campaign": campaign.id,
            "at": member.at,
            "probability": member.probability,
            "is_mark": member.is_mark,
            "decision": member.decision,
            "known_good": member.signup_id in report.known_good,
        }
        for campaign in report.campaigns
        for member in campaign.members
    ]
    columns = ["signup_id", "campaign", "at", "probability", "is_mark", "decision", "known_good"]
    return pd.DataFrame(rows, columns=columns).set_index("signup_id")
