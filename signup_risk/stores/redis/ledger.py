"""Keep the ledger of outcomes in the server of the velocity store, on one slot of a cluster, without a time to live.

A server keeps what it acknowledged only as well as it is set to: with ``appendonly yes`` and ``appendfsync everysec``,
which a server that holds outcomes should have, a power cut loses at most a second
(redis.io/docs/latest/operate/oss_and_stack/management/persistence).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from signup_risk.stores.ledger import LedgerEntry, Numbered
from signup_risk.stores.redis import commands
from signup_risk.stores.redis.commands import call, plain
from signup_risk.stores.redis.hub import shared_hub

#: Entries looked at in one step.
_PAGE: Final = 1000


class RedisLedger:
    """Keep a ledger in Redis or Valkey.

    Args:
        url: Of the velocity store (:class:`signup_risk.stores.redis.RedisStore`), whose connections it shares if that
            was opened before in this process.

    Raises:
        ConfigurationError: The URL cannot be used.
    """

    def __init__(self, url: str) -> None:
        self._hub = shared_hub(url)
        self._hub.join()
        names = self._hub.names
        self._counter, self._keys = names.outcome_counter, [names.outcomes, names.outcome_index]
        self._closed = False

    def append(self, entries: Sequence[LedgerEntry], *, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.ledger.Ledger.append`."""
        if not entries:
            return 0
        words = (word for entry in entries for word in (b"%d" % entry.name, entry.to_bytes()))
        step = [call(commands.LEDGER_APPEND, [self._counter, *self._keys], *words)]
        return int(self._hub.call(step, timeout)[0])

    def of(self, name: int, *, timeout: float | None = None) -> list[LedgerEntry]:
        """See :meth:`signup_risk.stores.ledger.Ledger.of`."""
        (found,) = self._hub.call([call(commands.LEDGER_OF, self._keys, b"%d" % name)], timeout)
        return [LedgerEntry.from_bytes(content) for content in found]

    def page(self, after: int = 0, *, limit: int = 1000, timeout: float | None = None) -> list[Numbered]:
        """See :meth:`signup_risk.stores.ledger.Ledger.page`."""
        order = self._keys[0]
        words = (b"ZRANGEBYSCORE", order, b"(%d" % after, b"+inf", b"WITHSCORES", b"LIMIT", 0, limit)
        (found,) = self._hub.call([plain(order, *words)], timeout)
        return [(int(n), LedgerEntry.from_bytes(entry)) for entry, n in zip(found[::2], found[1::2], strict=True)]

    def erase(self, name: int, *, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.ledger.Ledger.erase`."""
        return int(self._hub.call([call(commands.LEDGER_ERASE, self._keys, b"%d" % name)], timeout)[0])

    def trim(self, before: int, *, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.ledger.Ledger.trim`; it looks at every entry."""
        after = gone = 0
        while page := self.page(after, limit=_PAGE, timeout=timeout):
            after = page[-1][0]
            old: dict[int, list[int]] = defaultdict(list)
            for number, entry in page:
                if entry.known_at < before:
                    old[entry.name].append(number)
            step = [call(commands.LEDGER_ERASE, self._keys, b"%d" % name, *numbers) for name, numbers in old.items()]
            gone += sum(map(int, self._hub.call(step, timeout))) if step else 0
        return gone

    def close(self) -> None:
        """See :meth:`signup_risk.stores.ledger.Ledger.close`."""
        if not self._closed:
            self._closed = True
            self._hub.leave()
