"""See what no single sign-up shows: campaigns, found early, explained, acted upon and taken back."""

from signup_risk.campaigns.signatures import SignatureList

__all__ = ["SignatureList"]
