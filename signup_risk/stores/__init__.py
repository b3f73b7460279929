"""Keep velocity: counts, distinct counts, first sight and outcomes, by keyed hash, on windows of event time."""

from signup_risk.stores.base import Entry, Exchange, Store, Touch
from signup_risk.stores.hashing import Hasher
from signup_risk.stores.ledger import Ledger, LedgerEntry, MemoryLedger
from signup_risk.stores.memory import MemoryStore
from signup_risk.stores.pending import PendingWrites
from signup_risk.stores.settle import Settled, settle
from signup_risk.stores.sqlite import SqliteStore
from signup_risk.stores.state import ABUSIVE, LEGITIMATE, KeyState
from signup_risk.stores.urls import open_journal, open_ledger, open_store
from signup_risk.stores.view import KeyView
from signup_risk.stores.windows import DAYS_7, DAYS_30, HOUR_1, HOURS_24, MINUTES_10, WINDOWS, Window

__all__ = [
    "ABUSIVE",
    "DAYS_7",
    "DAYS_30",
    "HOURS_24",
    "HOUR_1",
    "LEGITIMATE",
    "MINUTES_10",
    "WINDOWS",
    "Entry",
    "Exchange",
    "Hasher",
    "KeyState",
    "KeyView",
    "Ledger",
    "LedgerEntry",
    "MemoryLedger",
    "MemoryStore",
    "PendingWrites",
    "Settled",
    "SqliteStore",
    "Store",
    "Touch",
    "Window",
    "open_journal",
    "open_ledger",
    "open_store",
    "settle",
]
