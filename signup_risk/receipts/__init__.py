"""Keep a decision so that it can be made again to the bit, without anything that names a person."""

from signup_risk.receipts.appeal import RedactedReceipt
from signup_risk.receipts.reading import read_receipt, read_receipts
from signup_risk.receipts.record import (
    KeyedValues,
    ModelRecord,
    Outcome,
    PolicyRecord,
    Receipt,
    ReferenceRecord,
    Rested,
)
from signup_risk.receipts.replay import Difference, Replay, replay

__all__ = [
    "Difference",
    "KeyedValues",
    "ModelRecord",
    "Outcome",
    "PolicyRecord",
    "Receipt",
    "RedactedReceipt",
    "ReferenceRecord",
    "Replay",
    "Rested",
    "read_receipt",
    "read_receipts",
    "replay",
]
