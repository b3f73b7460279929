"""Keep the journal of campaigns in the server of the velocity store.

Entries are a stream (redis.io/docs/latest/develop/data-types/streams), numbered by a counter in the step that appends
them; records of settled sign-ups are a hash, beside it their order by time. All of it lies on one slot of a cluster.

The detector asks for new entries and settles on every sign-up, and neither costs a round trip: the exchange of the
sign-up brings the number of the newest entry along, and records are written behind, some hundred milliseconds later.
A process that dies loses the records of its last moments; campaigns then look back at those few sign-ups without them.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from signup_risk.stores.deadline import left
from signup_risk.stores.journal import KEPT_FOR, SETTLED_FOR, JournalEntry
from signup_risk.stores.redis import commands
from signup_risk.stores.redis.amend import amended
from signup_risk.stores.redis.commands import call, plain
from signup_risk.stores.redis.hub import shared_hub
from signup_risk.stores.redis.link import PATIENCE
from signup_risk.stores.windows import DAY, SECOND

#: Seconds for which the stream is kept after the last entry; the counter stays twice as long.
_KEEP: Final = (KEPT_FOR + 7 * DAY) // SECOND

#: Names asked for in one command.
_BATCH: Final = 1000

#: As many entries as there can be.
_ALL: Final = 1_000_000_000


class RedisJournal:
    """Keep a journal in Redis or Valkey.

    Args:
        url: Of the velocity store (:class:`signup_risk.stores.redis.RedisStore`), whose connections it shares if that
            was opened before in this process.

    Raises:
        ConfigurationError: The URL cannot be used.
    """

    def __init__(self, url: str) -> None:
        self._hub = shared_hub(url)
        self._hub.join()
        self._cursor = b"0"
        self._closed = False

    def append(self, entries: Sequence[JournalEntry], *, timeout: float | None = None) -> None:
        """See :meth:`signup_risk.stores.journal.Journal.append`."""
        self._hub.noted()
        if not entries:
            return
        until = time.monotonic() + (PATIENCE if timeout is None else timeout)
        self._hub.flush(left(until))
        words = (word for e in entries for word in (b"%d" % e.at, b"1" if e.brief else b"0", e.content))
        # The time in milliseconds: no journal has ever had as many entries as milliseconds have passed since 1970.
        first = time.time_ns() // 1_000_000
        names = self._hub.names
        self._hub.call([call(commands.APPEND, [names.counter, names.entries], first, _KEEP, *words)], left(until))

    def since(self, number: int, *, timeout: float | None = None) -> list[tuple[int, bytes]]:
        """See :meth:`signup_risk.stores.journal.Journal.since`.

        One call that follows an exchange of the same thread answers from what that brought along, if it is no news.
        """
        last = self._hub.noted()
        if last is not None and last <= number:
            return []
        name = self._hub.names.entries
        (rows,) = self._hub.call([plain(name, b"XRANGE", name, b"%d-1" % number, b"+")], timeout)
        # What somebody else put into the stream has no such field; whoever folds the entries passes over it.
        return [(int(row.partition(b"-")[0]), fields[5] if len(fields) > 5 else b"") for row, fields in rows]

    def settle(self, short: int, at: int, record: bytes, *, timeout: float | None = None) -> None:
        """See :meth:`signup_risk.stores.journal.Journal.settle`; it is written behind."""
        del timeout
        self._hub.settled.add(b"%d" % short, b"%d" % at, record)
        self._hub.behind.start()

    def settled(self, shorts: Sequence[int], *, timeout: float | None = None) -> dict[int, bytes]:
        """See :meth:`signup_risk.stores.journal.Journal.settled`; what other processes settled comes a moment late."""
        until = time.monotonic() + (PATIENCE if timeout is None else timeout)
        self._hub.flush(left(until))
        found: dict[int, bytes] = {}
        name = self._hub.names.settled
        for start in range(0, len(shorts), _BATCH):
            part = shorts[start : start + _BATCH]
            (records,) = self._hub.call([plain(name, b"HMGET", name, *[b"%d" % short for short in part])], left(until))
            found.update((short, held) for short, held in zip(part, records, strict=True) if held is not None)
        return found

    def trim(self, at: int, *, limit: int | None = None, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.journal.Journal.trim`."""
        until = time.monotonic() + (PATIENCE if timeout is None else timeout)
        self._hub.flush(left(until))
        names = self._hub.names
        keys = [names.settled, names.order, names.entries]
        start = b"0" if limit is None else self._cursor
        words = (b"%d" % (at - SETTLED_FOR), b"%d" % (at - KEPT_FOR), _ALL if limit is None else limit, start)
        ((gone, cursor),) = self._hub.call([call(commands.TRIM, keys, *words)], left(until))
        if limit is not None:
            self._cursor = cursor
        return int(gone)

    def amend(self, changes: Mapping[int, bytes | None], *, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.journal.ErasableJournal.amend`.

        Entries of a stream cannot be changed, so the stream is copied some entries at a time, and the last step puts
        the copy in its place. Two calls at once would undo each other: the second one is refused.
        """
        self._hub.flush(timeout)
        return amended(self._hub, changes, timeout) if changes else 0

    def unsettle(self, shorts: Collection[int], *, timeout: float | None = None) -> int:
        """See :meth:`signup_risk.stores.journal.ErasableJournal.unsettle`."""
        self._hub.flush(timeout)
        names, gone, every = self._hub.names, 0, [b"%d" % short for short in set(shorts)]
        for start in range(0, len(every), _BATCH):
            part = every[start : start + _BATCH]
            dead = plain(names.settled, b"HDEL", names.settled, *part)
            gone += self._hub.call([dead, plain(names.order, b"ZREM", names.order, *part)], timeout)[0]
        return gone

    def close(self) -> None:
        """See :meth:`signup_risk.stores.journal.Journal.close`; what was written behind is written first."""
        if not self._closed:
            self._closed = True
            self._hub.leave()
