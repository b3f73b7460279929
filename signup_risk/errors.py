"""Define every error that the package raises, as one tree.

::

    SignupRiskError
    ├── InvalidSignup (ValueError)          the caller built the sign-up wrongly
    │   └── CardNumberRefused               something under card.* could be a full card number
    ├── ConfigurationError (ValueError)     a setting, URL or policy cannot be used
    ├── StoreError
    │   ├── StoreUnavailable                the store cannot be reached or is gone
    │   │   ├── StoreDamaged                a value in it is damaged; others can be read
    │   │   └── StoreTimeout                it did not answer within the deadline
    │   └── StoreMismatch                   the store was made with another secret or layout version
    ├── ReferenceProblem                    reference data is absent, corrupt or not what its manifest says
    ├── ModelMismatch                       a model's folder was refused
    ├── ReceiptRefused (ValueError)         a receipt is none, was edited, or is of another format
    ├── NoExplanation                       an assessment holds nothing to explain, or its model is not at hand
    └── MissingExtra (ImportError)          an optional package is not installed

What an applicant typed raises none of these, and no message holds a value from a sign-up: messages end up in
logs, where neither personal data nor card digits may go.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "CardNumberRefused",
    "ConfigurationError",
    "InvalidSignup",
    "MissingExtra",
    "ModelMismatch",
    "NoExplanation",
    "ReceiptRefused",
    "ReferenceProblem",
    "SignupRiskError",
    "StoreDamaged",
    "StoreError",
    "StoreMismatch",
    "StoreTimeout",
    "StoreUnavailable",
]


class SignupRiskError(Exception):
    """Be the root of all errors of this package."""


class InvalidSignup(SignupRiskError, ValueError):  # noqa: N818 - a name of the public contract
    """Report a mistake in how the caller built a sign-up.

    Attributes:
        field: Contract name of the field (``at``, ``device``, ``card.token``), or ``sign-up`` for the whole.
        kind: What was found, by type and length, never by value.
        allowed: What is allowed, and where it helps what to do.

    Examples:
        >>> print(InvalidSignup("at", "a naive datetime", "an aware datetime"))
        at: found a naive datetime; allowed: an aware datetime
    """

    def __init__(self, field: str, kind: str, allowed: str) -> None:
        super().__init__(field, kind, allowed)
        self.field = field
        self.kind = kind
        self.allowed = allowed

    def __str__(self) -> str:
        return f"{self.field}: found {self.kind}; allowed: {self.allowed}"


_CARD_ADVICE: Final = (
    "the processor's token, the first 6 or 8 digits as card.issuer_id_number and the last 2 or 4 as "
    "card.last_digits; never send the full number"
)


class CardNumberRefused(InvalidSignup):
    """Refuse something that could be a full card number.

    It names the field only, and no part of the error refers to the value.

    Examples:
        >>> CardNumberRefused("card.token").field
        'card.token'
    """

    def __init__(self, field: str) -> None:
        super().__init__(field, "what could be a full card number", _CARD_ADVICE)
        # Pickling rebuilds an exception from its args; this class takes the field alone.
        self.args = (field,)


class ConfigurationError(SignupRiskError, ValueError):
    """Report a setting that cannot be used."""


class StoreError(SignupRiskError):
    """Report that a velocity store failed."""


class StoreUnavailable(StoreError):  # noqa: N818 - a name of the public contract
    """Report that a velocity store cannot be reached."""


class StoreDamaged(StoreUnavailable):
    """Report that a velocity store answered, but that a value asked for is none that this library wrote."""


class StoreTimeout(StoreUnavailable):
    """Report that a velocity store did not answer within its deadline."""


class StoreMismatch(StoreError):  # noqa: N818 - a name of the public contract
    """Report that a store was made with another secret or another layout version."""


class ReferenceProblem(SignupRiskError):  # noqa: N818 - a name of the public contract
    """Report reference data that is absent, corrupt or not what its manifest says."""


class ModelMismatch(SignupRiskError):  # noqa: N818 - a name of the public contract
    """Report a model's folder that does not fit this code or its own manifest."""


class ReceiptRefused(SignupRiskError, ValueError):  # noqa: N818 - a name of the public contract
    """Report what is no receipt, was edited since it was made, or is of a format that this version does not read."""


class NoExplanation(SignupRiskError):  # noqa: N818 - a name of the public contract
    """Report that an assessment cannot be explained: no model gave its score, or that model is not at hand."""


class MissingExtra(SignupRiskError, ImportError):  # noqa: N818 - a name of the public contract
    """Report that an optional package is not installed; the message names the extra that brings it."""
