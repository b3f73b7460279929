"""Hold what the store and the journal of one URL share: connections, names, and what is written behind."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterable
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

from signup_risk.errors import StoreDamaged, StoreError, StoreMismatch, StoreTimeout, StoreUnavailable
from signup_risk.stores.deadline import left
from signup_risk.stores.journal import SETTLED_FOR
from signup_risk.stores.marks import Marks, Refused, agreed
from signup_risk.stores.redis import commands, layout
from signup_risk.stores.redis.address import read_address
from signup_risk.stores.redis.behind import Behind, Held
from signup_risk.stores.redis.cluster import ClusterLink
from signup_risk.stores.redis.commands import call, plain
from signup_risk.stores.redis.failures import DAMAGE, refused
from signup_risk.stores.redis.layout import Names
from signup_risk.stores.redis.link import PATIENCE, Link, ServerLink
from signup_risk.stores.redis.plans import Plan
from signup_risk.stores.redis.wire import Refusal, Reply
from signup_risk.stores.windows import DAY, SECOND

T = TypeVar("T")

_LOG: Final = logging.getLogger(__name__)

#: Writes held behind, and how many make a batch that no round waits for. A record is some 200 bytes.
_HELD: Final = 20_000
BATCH: Final = 256

#: Seconds for which the number of the journal's newest entry, as an exchange read it, may stand for asking.
_FRESH: Final = 1.0

#: Seconds for which records of settled sign-ups are kept after the last of them was written.
_KEEP_SETTLED: Final = (SETTLED_FOR + 2 * DAY) // SECOND

#: Seconds for which the marks of a store are kept after it was last opened or looked at: the last of all to go.
_KEEP_META: Final = 2 * layout.KEEP

#: Seconds that closing may wait for what is held.
_LAST_WORDS: Final = 1.0


class Hub:
    """Share one server or cluster between a store and a journal. Safe under threads, and in the child of a fork.

    Args:
        url: Of the store.

    Attributes:
        names: Names what is kept.
        link: Reaches the server.
        is_cluster: Whether that is a cluster.
        is_closed: Whether the last user has left.
        evicting: Whether the server has been seen to evict keys, so that a key that is absent may have been known.
        settled: Records of settled sign-ups that are still to be written: name, time, record.
        done: Records of sign-ups that are still to be written: name, record.
    """

    def __init__(self, url: str) -> None:
        self.address = read_address(url)
        self.names = Names(self.address.prefix.encode())
        self.is_cluster = self.address.is_cluster
        self.link: Link = ClusterLink(self.address) if self.is_cluster else ServerLink(self.address)
        self.evicting = False
        self.settled = Held(_HELD)
        self.done = Held(_HELD)
        self.behind = Behind(self.flush, self.look)
        self.is_closed = False
        self._users = 0
        self._users_lock = threading.Lock()
        self._flushing = threading.Lock()
        self._hint = threading.local()
        self._marks: dict[bytes, bytes] = {}
        self._unmet: tuple[str, str] | None = None

    @property
    def is_unmet(self) -> bool:
        """Say whether the server has still to be reached for the first time."""
        return self._unmet is not None

    def join(self) -> None:
        """Count one more user."""
        with self._users_lock:
            self._users += 1

    def leave(self) -> None:
        """Count one user less; the last one writes what is held and hangs up."""
        with self._users_lock:
            self._users -= 1
            if self._users > 0:
                return
            self.is_closed = True
        self.behind.stop()
        with contextlib.suppress(StoreError):  # nobody is left to be told, and what is held is what may be lost
            self.flush(_LAST_WORDS)
        self.link.close()

    def run(self, plan: Plan[T], timeout: float | None) -> T:
        """Carry out a plan within one deadline.

        Raises:
            StoreTimeout: It took longer; what was sent may still be carried out.
            StoreDamaged: A value in it is none that this library wrote.
            StoreUnavailable: The server failed, or cannot be reached.
        """
        end = time.monotonic() + (PATIENCE if timeout is None else timeout)
        try:
            step = next(plan)
            while True:
                step = plan.send(self.call(step, end - time.monotonic()))
        except StopIteration as result:
            return result.value  # type: ignore[no-any-return]
        except DAMAGE as error:
            raise StoreDamaged(f"a value of the velocity store is damaged ({type(error).__name__})") from error

    def call(self, step: Iterable[commands.Command], timeout: float | None) -> list[Any]:
        """Send commands and return the replies; a refusal is raised. A server not met yet is asked for its marks first.

        Raises:
            StoreMismatch: It was written under another secret or by another layout.
            StoreUnavailable: It failed, or cannot be reached.
        """
        if self._unmet is not None:
            end = time.monotonic() + (PATIENCE if timeout is None else timeout)
            self._meet(*self._unmet, timeout)
            timeout = end - time.monotonic()
        return self._call(step, timeout)

    def _call(self, step: Iterable[commands.Command], timeout: float | None) -> list[Any]:
        return self.checked(self.link.call(list(step), timeout))

    def checked(self, replies: list[Reply]) -> list[Any]:
        """Return replies; raise the first refusal among them."""
        for reply in replies:
            if isinstance(reply, Refusal):
                raise refused(self.link.where, reply)
        return replies

    def note(self, last: int | None) -> None:
        """Remember the number of the journal's newest entry for the next question of this thread."""
        self._hint.value = None if last is None else (last, time.monotonic())

    def noted(self) -> int | None:
        """Return what was noted in this thread a moment ago, once."""
        found = getattr(self._hint, "value", None)
        self._hint.value = None
        return found[0] if found is not None and time.monotonic() - found[1] < _FRESH else None

    def flush(self, timeout: float | None = None) -> None:
        """Write what is held.

        Raises:
            StoreError: Some of it could not be written, and stays held.
        """
        if not self.settled and not self.done:
            return
        end = time.monotonic() + (PATIENCE if timeout is None else max(timeout, 0.0))
        if not self._flushing.acquire(timeout=max(0.0, end - time.monotonic())):
            raise StoreTimeout(f"the velocity store {self.link.where} was busy writing behind")
        try:
            while self.settled or self.done:
                self._flush(end - time.monotonic())
        finally:
            self._flushing.release()

    def _flush(self, timeout: float) -> None:
        rows, done = self.settled.take(BATCH), self.done.take(BATCH)
        step = [plain(own, b"SET", own, record, b"EX", layout.KEEP) for own, record in done]
        if rows:
            words = (word for row in rows for word in row)
            keys = [self.names.settled, self.names.order]
            step.append(call(commands.SETTLE, keys, _KEEP_SETTLED, *words))
        try:
            self.call(step, timeout)
        except StoreError:
            self.settled.put_back(rows)
            self.done.put_back(done)
            raise

    def prepare(self, check: str, second: str = "", *, required: bool = True) -> None:
        """Mark a new store with layout and secrets, or see that an older one opens under them.

        Args:
            check: Mark of the secret.
            second: Mark of the second secret, or empty.
            required: Whether the server has to be reached now; otherwise the first call that reaches it does this.

        Raises:
            StoreMismatch: It was written under another secret or by another layout.
            StoreUnavailable: It cannot be reached, and is required.
        """
        try:
            self._meet(check, second, None)
        except StoreUnavailable as problem:
            if required:
                raise
            _LOG.warning("going on without the velocity store until it can be reached: %s", problem)
            self._unmet = (check, second)

    def _meet(self, check: str, second: str, timeout: float | None) -> None:
        end = time.monotonic() + (PATIENCE if timeout is None else timeout)
        is_new = self._marked(check, second, end)
        self._unmet = None
        self.look(is_new=is_new)

    def _marked(self, check: str, second: str, end: float) -> bool:
        """Agree with the server on layout and secrets; say whether it is new."""
        meta, where = self.names.meta, f"the velocity store {self.link.where}"
        prefix = f"below the prefix {self.address.prefix!r}"
        own = layout.VERSION.encode()
        steps = [plain(meta, b"HSETNX", meta, b"layout", own), plain(meta, b"HGET", meta, b"layout")]
        is_new, found = self._call(steps, left(end))
        if found != own:
            raise StoreMismatch(
                f"{where} was written by another version of the library {prefix}; open it with that version, or give "
                "another ?prefix="
            )
        while True:
            (held,) = self._call([plain(meta, b"HMGET", meta, b"secret", b"second")], left(end))
            known = None if held[0] is None else Marks(held[0].decode(), (held[1] or b"").decode())
            try:
                marks = agreed(known, check, second)
            except Refused as problem:
                raise StoreMismatch(f"{where} {prefix} {problem}; or give another ?prefix=") from None
            words = [b"" if one is None else b"=" + one for one in held] + [one.encode() for one in marks]
            if self._call([call(commands.MARK, [meta], *words, _KEEP_META)], left(end))[0]:  # nobody else was first
                break
        told = (own, *[one.encode() for one in marks])
        self._marks = dict(zip((b"layout", b"secret", b"second"), told, strict=True))
        return bool(is_new)

    def _marking(self) -> list[commands.Command]:
        meta = self.names.meta
        return [plain(meta, b"HSETNX", meta, field, value) for field, value in self._marks.items()]

    def look(self, *, is_new: bool = False) -> None:
        """Find out whether the server evicts keys, and remember it for the retention; mark one that has lost its marks.

        A server that came back empty would otherwise be open to a worker with another secret.

        Evictions are counted by a server from its start. What it had evicted when the store was made does not count;
        what it evicts of others does, since nobody can tell. A user who may not ask for INFO is not told.
        """
        meta, mark = self.names.meta, self.names.evicted
        if self._marks:
            self.call(self._marking(), None)
        replies = [self.link.ask(node, plain(b"", b"INFO")) for node in self.link.nodes()]
        for server, evicted in [_info(reply) for reply in replies if isinstance(reply, bytes)]:
            field = f"evicted:{server}".encode()
            steps = [plain(meta, b"HSETNX", meta, field, evicted if is_new else 0), plain(meta, b"HGET", meta, field)]
            base = int(self.call([*steps, plain(meta, b"EXPIRE", meta, _KEEP_META)], None)[1])
            if evicted > base:
                told = plain(mark, b"SET", mark, b"1", b"EX", layout.KEEP)
                self.call([told, plain(meta, b"HSET", meta, field, evicted)], None)
        (found,) = self.call([plain(mark, b"GET", mark)], None)
        self.evicting = found is not None


def _info(text: bytes) -> tuple[str, int]:
    """Return a server's run id and how many keys it has evicted."""
    rows = dict(row.split(b":", 1) for row in text.split(b"\r\n") if b":" in row)
    return rows.get(b"run_id", b"").decode(), int(rows.get(b"evicted_keys", 0))


_HUBS: Final[WeakValueDictionary[str, Hub]] = WeakValueDictionary()


def new_hub(url: str) -> Hub:
    """Return a hub of its own for a store; a journal of the same URL that is opened later shares it."""
    hub = _HUBS[url] = Hub(url)
    return hub


def shared_hub(url: str) -> Hub:
    """Return the hub of the newest store of a URL in this process, or one of its own."""
    hub = _HUBS.get(url)
    return Hub(url) if hub is None or hub.is_closed else hub
