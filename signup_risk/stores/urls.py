"""Open a store by its URL."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Final
from urllib.parse import unquote

from signup_risk.errors import ConfigurationError
from signup_risk.stores.base import Store
from signup_risk.stores.hashing import Hasher, given_hasher, hasher_for, with_second
from signup_risk.stores.journal import Journal, MemoryJournal
from signup_risk.stores.ledger import Ledger, MemoryLedger
from signup_risk.stores.memory import MemoryStore
from signup_risk.stores.sqlite import SqliteStore
from signup_risk.stores.sqlite_journal import SqliteJournal
from signup_risk.stores.sqlite_ledger import SqliteLedger

#: The URLs understood, as shown in errors.
FORMS: Final = (
    "memory://",
    "sqlite:///relative/path.db",
    "sqlite:////absolute/path.db",
    "redis://user:password@host:6379/0",
    "rediss://host",
    "unix:///path/of/redis.sock",
    "redis+cluster://host",
    "rediss+cluster://host",
)

#: Schemes of a store that many machines share.
_SHARED: Final = ("redis", "rediss", "unix", "redis+cluster", "rediss+cluster")


def open_journal(url: str) -> Journal:
    """Open the journal of campaigns that belongs to the store of a URL, which has to have been opened before.

    >>> open_journal("memory://").since(0)
    []
    """
    scheme, _, rest = url.partition("://")
    if scheme in _SHARED:
        journal: Journal = _redis().RedisJournal(url)
        return journal
    return SqliteJournal(Path(unquote(rest[1:]))) if scheme == "sqlite" else MemoryJournal()


def open_ledger(url: str) -> Ledger:
    """Open the ledger of outcomes that belongs to the store of a URL, which has to have been opened before.

    Raises:
        ConfigurationError: Stores of this kind have no ledger; one in memory in its place would lose outcomes.
        StoreUnavailable: The ledger cannot be opened.

    >>> open_ledger("memory://").page()
    []
    """
    scheme, _, rest = url.partition("://")
    if scheme == "memory":
        return MemoryLedger()
    if scheme == "sqlite":
        return SqliteLedger(Path(unquote(rest[1:])))
    if scheme in _SHARED:
        ledger: Ledger = _redis().RedisLedger(url)
        return ledger
    raise ConfigurationError(f"stores of scheme {scheme[:20]!r} have no ledger; known are {', '.join(FORMS)}")


def open_store(
    url: str,
    *,
    secret: str | bytes | None = None,
    second_secret: str | bytes | None = None,
    required: bool = True,
) -> tuple[Store, Hasher]:
    """Open the store that a URL names, with the hasher that belongs to it.

    Args:
        url: One of :data:`FORMS`.
        secret: Secret of the keyed hashes; by default ``SIGNUP_RISK_SECRET`` or the file that
            ``SIGNUP_RISK_SECRET_FILE`` names, or for SQLite a file beside it. A store that many machines share has to
            be given one.
        second_secret: The other secret while one takes the other's place (:mod:`signup_risk.stores.marks`); by default
            ``SIGNUP_RISK_SECOND_SECRET`` or the file that ``SIGNUP_RISK_SECOND_SECRET_FILE`` names, or none.
        required: Whether a server has to be reached now; otherwise its store raises until it can be.

    Returns:
        The store and its hasher.

    Raises:
        ConfigurationError: The URL is of no known form, the secret is too short or missing, or the package that the
            store needs is not installed.
        StoreMismatch: The store was written under another secret.
        StoreUnavailable: The store cannot be opened.

    >>> store, hasher = open_store("memory://")
    >>> store.close()
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "memory" and not rest:
        return MemoryStore(), with_second(hasher_for(None, secret), second_secret)
    if separator and scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        path = Path(unquote(rest[1:]))
        if not path.parent.is_dir():
            raise ConfigurationError(f"the folder {path.parent} of the velocity store does not exist; make it first")
        hasher = with_second(hasher_for(path, secret), second_secret)
        return SqliteStore(path, check=hasher.check(), second=hasher.second_check()), hasher
    if separator and scheme in _SHARED and rest:
        redis = _redis()
        hasher = with_second(given_hasher(secret), second_secret)
        return redis.RedisStore(url, check=hasher.check(), second=hasher.second_check(), required=required), hasher
    raise ConfigurationError(f"unknown store URL of scheme {scheme[:20]!r}; known are {', '.join(FORMS)}")


def _redis() -> ModuleType:
    """Return the module of the Redis store; it is loaded only for such a URL."""
    try:
        return importlib.import_module("signup_risk.stores.redis")
    except ModuleNotFoundError as problem:
        package = (problem.name or "").partition(".")[0]
        if package not in {"redis", "hiredis"}:
            raise
        raise ConfigurationError(
            f"a Redis or Valkey store needs the package {package}; install it with: pip install 'signup-risk[redis]'"
        ) from problem
