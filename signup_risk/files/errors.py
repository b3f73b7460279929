"""Define the error of files that cannot be read or written."""

from __future__ import annotations

from signup_risk.errors import SignupRiskError


class UnreadableFile(SignupRiskError):  # noqa: N818 - named as the package's other errors are
    """Report an input or output file that cannot be used as it is."""
