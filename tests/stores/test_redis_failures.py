"""What goes wrong with a Redis server, and what the store says about it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import redis

from signup_risk.errors import ConfigurationError, StoreError, StoreMismatch, StoreTimeout, StoreUnavailable
from signup_risk.stores import open_journal, open_store, urls
from signup_risk.stores.contract import START, touch_at
from signup_risk.stores.redis import RedisStore
from signup_risk.stores.redis.address import read_address
from signup_risk.stores.redis.commands import plain
from signup_risk.stores.redis.layout import Names
from signup_risk.stores.redis.link import ServerLink
from tests.stores.servers import Server, free_port, server

SECRET = "a secret of the tests"
PASSWORD = "pass-word-1234"


def test_wrong_password(tmp_path: Path) -> None:
    """A wrong password, or none, is named as the cause, and neither it nor the URL is told."""
    with server(port=True, password=PASSWORD) as running:
        for user, code in (("default:not-the-one@", "WRONGPASS"), ("", "NOAUTH")):
            with pytest.raises(StoreUnavailable, match=code) as caught:
                RedisStore(f"redis://{user}127.0.0.1:{running.port}")
            assert "not-the-one" not in f"{caught.value!r} {caught.value.__cause__!r}"
        RedisStore(f"redis://:{PASSWORD}@127.0.0.1:{running.port}").close()


def test_user_without_rights(redis_server: Server) -> None:
    """A user who may not write is told what is missing; one with the documented rights may do everything."""
    client = redis_server.client()
    client.execute_command("ACL SETUSER", "reader", "on", ">reader-pass", "~*", "+@read", "+@connection")
    rights = ["~acl:*", "+@read", "+@write", "+@scripting", "+@connection", "+info"]
    client.execute_command("ACL SETUSER", "writer", "on", ">writer-pass", *rights)
    with pytest.raises(StoreUnavailable, match="NOPERM"):
        RedisStore(f"redis://reader:reader-pass@127.0.0.1:{redis_server.port}?prefix=acl:")
    with closing(RedisStore(f"redis://writer:writer-pass@127.0.0.1:{redis_server.port}?prefix=acl:")) as store:
        store.exchange(touch_at(START, 1, 5))
        assert store.report(1, 1, START)
        store.sweep(START)


def test_refused() -> None:
    """Where nobody listens the error says so."""
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:\d+ cannot be reached: Connection refused"):
        RedisStore(f"redis://user:hidden@127.0.0.1:{free_port()}")


def test_host_that_is_no_name() -> None:
    """A host that cannot even be looked up is the store's own error."""
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        RedisStore(f"redis://{'x' * 70}..invalid")


def test_server_that_is_gone_and_comes_back() -> None:
    """A connection that broke while idle is not used again, and a store whose server is gone says so at once."""
    with server(port=True) as running, closing(RedisStore(running.url())) as store:
        store.exchange(touch_at(START, 1, 5))
        running.client().execute_command("CLIENT KILL", "TYPE", "normal", "SKIPME", "yes")
        assert not store.exchange(touch_at(START, 2, 5)).repeated
        running.process.kill()
        running.process.wait()
        with pytest.raises(StoreUnavailable):
            store.exchange(touch_at(START, 3, 5))


def test_full_server_that_keeps_everything(redis_server: Server) -> None:
    """A full server of policy noeviction refuses the sign-up whole."""
    with server("--maxmemory-policy", "noeviction") as running, closing(RedisStore(running.url())) as store:
        store.exchange(touch_at(START, 1, 5))
        running.client().config_set("maxmemory", "1")
        with pytest.raises(StoreUnavailable, match="OOM"):
            store.exchange(touch_at(START + 1, 2, 5, 6))
        running.client().config_set("maxmemory", "0")
        answer = store.exchange(touch_at(START + 1, 2, 5, 6))
        assert not answer.repeated
        assert answer.states[2] is None


def test_replica(redis_server: Server) -> None:
    """A read-only replica is refused, with what to do."""
    with (
        server("--replicaof", "127.0.0.1", str(redis_server.port)) as running,
        pytest.raises(StoreUnavailable, match=r"READONLY|MASTERDOWN"),
    ):
        RedisStore(running.url("replica:"))


def test_busy_server() -> None:
    """A server that is busy with somebody's script is named as such, and serves again afterwards."""
    with server("--lua-time-limit", "5") as running, closing(RedisStore(running.url())) as store:
        other = redis.Redis(unix_socket_path=str(running.socket))
        endless = threading.Thread(target=_swallowed, args=(other, "while true do end"))
        endless.start()
        try:
            with pytest.raises(StoreError, match="BUSY"):
                _until_refused(store)
        finally:
            while endless.is_alive():
                _swallowed(running.client(), None)
                endless.join(0.05)
        assert not store.exchange(touch_at(START, 5, 5), timeout=20).repeated
        other.close()


def _swallowed(client: redis.Redis, script: str | None) -> None:
    try:
        client.eval(script, 0) if script else client.script_kill()
    except redis.RedisError:
        return


def _until_refused(store: RedisStore) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            store.exchange(touch_at(START, 1, 5), timeout=0.2)
        except StoreTimeout:
            continue


@contextmanager
def paused(running: Server) -> Iterator[None]:
    """Hold a server up for a moment: it takes commands, and carries them out when it goes on."""
    running.client().execute_command("CLIENT PAUSE", 1500, "ALL")
    yield
    running.client().ping()


def test_late_reply_is_nobodys() -> None:
    """A call is given up in time; the reply that comes later is not taken for another's, and the retry counts once."""
    with server() as running, closing(RedisStore(running.url())) as store:
        store.exchange(touch_at(START, 1, 5))
        running.client()
        with paused(running), pytest.raises(StoreTimeout, match=r"0\.050 s"):
            store.exchange(touch_at(START + 1, 2, 5), timeout=0.05)
        answer = store.exchange(touch_at(START + 2, 3, 9))
        assert answer.states[1] is None
        retry = store.exchange(touch_at(START + 1, 2, 5))
        state = store.peek(touch_at(START + 3, 4, 5)).states[1]
        assert state is not None
        assert (state.total, len(retry.states)) == (2, 2)


def test_server_that_says_nothing() -> None:
    """Connecting to a server that never answers, and an answer in drops, both end within the timeout."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
        link = ServerLink(read_address(f"redis://:secret@127.0.0.1:{port}"))
        started = time.monotonic()
        with pytest.raises(StoreTimeout):
            link.call([plain(b"", b"PING")], 0.05)
        assert time.monotonic() - started < 10  # not for ever; a busy machine may take its time
        link.close()


def test_answer_in_drops() -> None:
    """A server that sends its answer byte by byte is given up within the timeout, however many bytes it has sent."""
    stop = threading.Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=_drip, args=(listener, stop))
        thread.start()
        link = ServerLink(read_address(f"redis://127.0.0.1:{listener.getsockname()[1]}"))
        started = time.monotonic()
        with pytest.raises(StoreTimeout):
            link.call([plain(b"", b"GET", b"x")], 0.2)
        assert time.monotonic() - started < 10
        link.close()
        stop.set()
        thread.join()


def _drip(listener: socket.socket, stop: threading.Event) -> None:
    connection, _ = listener.accept()
    with connection:
        asked = connection.recv(4096)
        while b"GET" not in asked:
            connection.sendall(b"+OK\r\n" * asked.count(b"*"))
            asked = connection.recv(4096)
            if not asked:  # given up before it came to that
                return
        connection.sendall(b"$1000000\r\n")
        while not stop.wait(0.02):
            try:
                connection.sendall(b"x")
            except OSError:
                return


def test_secret_has_to_be_given(redis_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shared store without a secret is refused with how to make one, and with another secret as not its own."""
    monkeypatch.delenv("SIGNUP_RISK_SECRET", raising=False)
    url = redis_server.url("secret:")
    with pytest.raises(ConfigurationError, match="token_hex"):
        open_store(url)
    monkeypatch.setenv("SIGNUP_RISK_SECRET", SECRET)
    for _ in range(2):
        open_store(url)[0].close()
    with pytest.raises(StoreMismatch, match="another secret"):
        open_store(url, secret="another secret of the tests")
    redis_server.client().hset(Names(b"secret:").meta, "layout", "0")
    with pytest.raises(StoreMismatch, match="another version"):
        open_store(url)


def test_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the error names the extra that brings it."""

    def absent(name: str) -> None:
        raise ModuleNotFoundError(name, name="redis")

    monkeypatch.setattr(urls.importlib, "import_module", absent)
    for opening in (lambda: open_store("redis://localhost", secret=SECRET), lambda: open_journal("rediss://localhost")):
        with pytest.raises(ConfigurationError, match=r"signup-risk\[redis\]"):
            opening()


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost:port-x",
        "redis://localhost?prefix={a}",
        "redis://localhost?prefix=" + "x" * 33,
        "redis://localhost?max_connections=0",
        "redis://localhost?max_connections=many",
        "redis://localhost?no_such_option=1",
        "redis+cluster://localhost/3",
    ],
)
def test_unusable_urls(url: str) -> None:
    """A URL that cannot be used is refused, and its password not told."""
    with pytest.raises(ConfigurationError) as caught:
        RedisStore(url.replace("://", "://user:hidden@"))
    assert "hidden" not in str(caught.value)


def test_damaged_value(redis_server: Server) -> None:
    """Bytes that no version of the library wrote are the store's own error."""
    with closing(RedisStore(redis_server.url("damaged:"))) as store:
        for damage in (b"", b"\x00", b"\x01", b"\x01" * 40):
            redis_server.client().set(Names(b"damaged:").key(5), damage)
            with pytest.raises(StoreUnavailable):
                store.exchange(touch_at(START, 1, 5))


def test_closed_store_is_unavailable(redis_server: Server) -> None:
    """A closed store says so."""
    store = RedisStore(redis_server.url("closed:"))
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.exchange(touch_at(START, 1, 5))
