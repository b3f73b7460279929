"""Hold the form of a receipt that an applicant may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signup_risk.messages import ApplicantNotice
from signup_risk.receipts.canonical import canonical


@dataclass(frozen=True, slots=True)
class RedactedReceipt:
    """Hold what an applicant who appeals may have: no feature, threshold, figure, key or code is in it.

    The reference is the digest of the full receipt. It tells nothing of it, since keyed hashes are in what it digests,
    and it shows later that the receipt is the one that was kept when the decision was made.

    Attributes:
        reference: Digest of the full receipt.
        at: When the sign-up happened.
        notice: The applicant's texts.
        advice: What the reference is for, in the applicant's language.
    """

    reference: str
    at: datetime
    notice: ApplicantNotice
    advice: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        kept = {"reference": self.reference, "at": self.at.isoformat(timespec="seconds"), "advice": self.advice}
        return kept | self.notice.to_dict()

    def to_json(self) -> str:
        """Return it as one line of JSON."""
        return canonical(self.to_dict())

    def __str__(self) -> str:
        return f"{self.notice}\n{self.advice}\n{self.reference}"
