"""Let things happen to a Redis server, for real."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.scorer.faults.proxy import proxy
from tests.scorer.faults.trial import DEADLINE_MS, Fault, Stage
from tests.stores.servers import Server, cluster, free_port, server

#: Seconds for which a server is paused.
PAUSED = 5.0


@contextmanager
def stopped(_: Path) -> Iterator[Stage]:
    """Shut a server down in order; it comes back with its data."""
    with server(port=True) as one:

        def begin() -> None:
            one.client().shutdown(save=True)
            one.process.wait()

        yield Stage(one.port_url(), begin, one.restart)


@contextmanager
def killed(_: Path) -> Iterator[Stage]:
    """Kill a server that writes a log; it comes back with its data."""
    with server("--appendonly", "yes", port=True) as one:
        yield Stage(one.port_url(), lambda: _kill(one), one.restart)


@contextmanager
def restarted_empty(_: Path) -> Iterator[Stage]:
    """Kill a server that keeps nothing on disk; it comes back empty, without the scripts."""
    with server(port=True) as one:
        yield Stage(one.port_url(), lambda: _kill(one), one.restart)


def _kill(one: Server) -> None:
    one.process.kill()
    one.process.wait()


@contextmanager
def paused(_: Path) -> Iterator[Stage]:
    """Stop a server's process in its tracks for seconds; what was sent to it is carried out when it goes on."""
    with server(port=True) as one:
        yield _pausing(one.port_url(), one)


@contextmanager
def node_paused(_: Path) -> Iterator[Stage]:
    """Stop one node of a cluster in its tracks for seconds; the others go on."""
    with cluster() as all_of_them:
        yield _pausing(all_of_them.url(), all_of_them.servers[1])


def _pausing(url: str, one: Server) -> Stage:
    began = [0.0]

    def begin() -> None:
        began[0] = time.monotonic()
        one.process.send_signal(signal.SIGSTOP)

    def end() -> None:
        time.sleep(max(0.0, began[0] + PAUSED - time.monotonic()))
        one.process.send_signal(signal.SIGCONT)

    return Stage(url, begin, end)


@contextmanager
def slow(_: Path) -> Iterator[Stage]:
    """Let every answer come when it is too late; all is carried out."""
    with server() as one, proxy(one.socket) as between:
        late = _set(between, "delay", 2e-3 * DEADLINE_MS)
        yield Stage(f"redis://127.0.0.1:{between.port}", late, _set(between, "delay", 0.0))


@contextmanager
def cut(_: Path) -> Iterator[Stage]:
    """Cut every connection after a script was sent and carried out, before its answer."""
    with server() as one, proxy(one.socket) as between:
        yield Stage(f"redis://127.0.0.1:{between.port}", _set(between, "cuts", True), _set(between, "cuts", False))


def _set(target: object, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(target, name, value)


@contextmanager
def refusing(_: Path) -> Iterator[Stage]:
    """Let a server be full that gives up nothing."""
    with server("--maxmemory-policy", "noeviction", port=True) as one:
        yield Stage(one.port_url(), _config(one, "maxmemory", "1"), _config(one, "maxmemory", "0"))


@contextmanager
def replica(_: Path) -> Iterator[Stage]:
    """Make a server a read-only replica of one that cannot be reached, then a primary again."""
    with server(port=True) as one:
        client = one.client()
        yield Stage(
            one.port_url(),
            lambda: client.execute_command("REPLICAOF", "127.0.0.1", free_port()),
            lambda: client.execute_command("REPLICAOF", "NO", "ONE"),
        )


@contextmanager
def wrong_password(_: Path) -> Iterator[Stage]:
    """Change the password of a server, which hangs up on everybody, then change it back."""
    with server(port=True, password="the-first-one") as one:
        client = one.client()
        client.ping()

        def begin() -> None:
            client.config_set("requirepass", "another-one")
            client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

        url = f"redis://:the-first-one@127.0.0.1:{one.port}"
        yield Stage(url, begin, lambda: client.config_set("requirepass", "the-first-one"))


def _config(one: Server, name: str, value: str) -> Callable[[], object]:
    client = one.client()
    return lambda: client.config_set(name, value)


FAULTS = (
    Fault("Redis stopped, back with its data", stopped, "cannot be reached"),
    Fault("Redis killed, back with its data", killed, "cannot be reached"),
    Fault("Redis killed, back empty", restarted_empty, "cannot be reached", keeps=False),
    Fault(f"Redis paused for {PAUSED:g} s", paused, "did not answer", pace=0.12),
    Fault(f"one node of a cluster paused for {PAUSED:g} s", node_paused, "did not", pace=0.12, has_nameless=False),
    Fault("Redis slower than the deadline", slow, "did not answer"),
    Fault("Redis cut off in mid-script", cut, "cannot be reached"),
    Fault("Redis full, noeviction", refusing, "OOM"),
    Fault("Redis a read-only replica", replica, "READONLY"),
    Fault("Redis with another password", wrong_password, "WRONGPASS"),
)
