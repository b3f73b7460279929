"""What the Redis store leaves in a server, in how many round trips, and by which ways it is reached."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from signup_risk.errors import StoreTimeout, StoreUnavailable
from signup_risk.stores import HOUR_1, KeyView, MemoryStore, open_journal, open_store
from signup_risk.stores.contract import START, random_history, touch_at
from signup_risk.stores.journal_contract import NOW, entry_of, texts
from signup_risk.stores.redis import RedisJournal, RedisStore
from signup_risk.stores.redis.layout import KEEP, Names
from signup_risk.stores.windows import RETENTION, SECOND
from tests.stores.servers import PROGRAMS, Server, certify, cluster, program, server

SECRET = "a secret of the tests"


def calls(running: Server) -> dict[str, int]:
    """Return how often each command was called since the last time."""
    client = running.client()
    found = {name.removeprefix("cmdstat_"): row["calls"] for name, row in client.info("commandstats").items()}
    client.config_resetstat()
    return {name: count for name, count in found.items() if name not in {"info", "config|resetstat", "config"}}


def test_one_round_trip_a_sign_up() -> None:
    """A sign-up with its question to the journal is one command; settled records come later, many in one."""
    with server() as running:
        url = running.url()
        with closing(open_store(url, secret=SECRET)[0]) as store, closing(open_journal(url)) as journal:
            store.exchange(touch_at(START, 1, 5))
            journal._hub.behind.stop()
            calls(running)
            for number in range(2, 102):
                store.exchange(touch_at(START + number, number, 5))
                assert journal.since(0) == []
                journal.settle(number, NOW, b"record")
            found = calls(running)
            assert found.pop("evalsha") == 100
            assert set(found) <= {"mget", "set"}  # what the script calls
            assert len(journal.settled(range(102))) == 100
            assert calls(running)["evalsha"] == 1


def test_settled_records_are_written_behind(redis_server: Server) -> None:
    """Another process finds what was settled within moments, though nobody asked for it to be written."""
    url = redis_server.url("behind:")
    with closing(RedisJournal(url)) as journal, closing(RedisJournal(url)) as other:
        journal.settle(7, NOW, b"record")
        end = time.monotonic() + 20
        while not other.settled([7]):
            assert time.monotonic() < end
            time.sleep(0.01)


def test_news_of_other_processes_is_seen(redis_server: Server) -> None:
    """What another process appended before an exchange is read after it; a second question asks the server."""
    url = redis_server.url("news:")
    with closing(RedisStore(url)) as store, closing(RedisJournal(url)) as journal, closing(RedisJournal(url)) as other:
        assert journal._hub is store._hub
        store.exchange(touch_at(START, 1, 5))
        assert journal.since(0) == []
        other.append([entry_of("a")])
        store.exchange(touch_at(START, 2, 5))
        assert texts(journal) == ["a"]
        store.exchange(touch_at(START, 3, 5))
        other.append([entry_of("b")])
        last = journal.since(0)[-1][0]
        assert journal.since(last) == []


def test_everything_expires(redis_server: Server) -> None:
    """Every name has a time to live, keys and sign-ups at least the retention, renewed by each write."""
    client, url = redis_server.client(), redis_server.url("ttl:")
    with closing(open_store(url, secret=SECRET)[0]) as store, closing(open_journal(url)) as journal:
        store.exchange(touch_at(START, 1, 5))
        client.expire(Names(b"ttl:").key(5), 100)
        store.exchange(touch_at(START, 2, 5, 6))
        store.report(1, 1, START)
        journal.append([entry_of("a"), entry_of("b", brief=True)])
        journal.settle(1, NOW, b"record")
        journal.settled([1])
        names = list(client.scan_iter("ttl:*", count=1000))
        assert len(names) == 3 + 2 + 1 + 2 + 2
        for name in names:
            assert client.ttl(name) >= (RETENTION // SECOND if b"{j}" not in name else 8 * 86_400)
    assert client.ttl(Names(b"ttl:").key(5)) > KEEP - 100
    assert len(names[0]) + 4 <= 24


def test_peeking_and_asking_write_nothing(redis_server: Server) -> None:
    """Reading, from whatever side, leaves the server as it was."""
    client, url = redis_server.client(), redis_server.url("read:")
    with closing(RedisStore(url)) as store, closing(RedisJournal(url)) as journal:
        store.exchange(touch_at(START, 1, 5))
        before = client.info("stats")["total_error_replies"], client.dbsize(), client.lastsave()
        changes = client.info("persistence")["rdb_changes_since_last_save"]
        store.peek(touch_at(START + 1, 2, 5, 77))
        store.peek(touch_at(START + 1, 1, 5))
        assert not store.report(99, 1, START)
        assert (journal.since(0), journal.settled([1, 2])) == ([], {})
        assert client.info("persistence")["rdb_changes_since_last_save"] == changes
        assert before[1] == client.dbsize()


def test_forgotten_scripts_are_sent_again(redis_server: Server) -> None:
    """A server that forgot its scripts, as after a restart, is given them again in the same call."""
    with closing(RedisStore(redis_server.url("scripts:"))) as store:
        for number in range(1, 4):
            redis_server.client().script_flush()
            assert not store.exchange(touch_at(START, number, 5)).repeated
        assert KeyView(store.peek(touch_at(START, 9, 5)).states[1], START).count(HOUR_1) == 3


def test_prefixes_keep_stores_apart(redis_server: Server) -> None:
    """Two prefixes are two stores in one server, whatever their secrets."""
    with (
        closing(open_store(redis_server.url("one:"), secret=SECRET)[0]) as one,
        closing(open_store(redis_server.url("two:"), secret="another secret of the tests")[0]) as two,
    ):
        one.exchange(touch_at(START, 1, 5))
        assert two.peek(touch_at(START, 1, 5)).states == (None, None)


def test_sweeping_goes_on_where_it_ended(redis_server: Server) -> None:
    """A sweep looks at no more names than it may, and enough of them forget all silent keys."""
    with closing(RedisStore(redis_server.url("sweep:"))) as store:
        for number in range(1, 400):
            store.exchange(touch_at(START, number, 1000 + number))
        late = START + 2 * RETENTION
        store.exchange(touch_at(late, 400, 5))
        gone = [store.sweep(late, limit=100) for _ in range(40)]
        assert sum(gone) == 2 * 399
        assert max(gone) < 400
        assert len(store) == 2


def test_over_tls(tmp_path: Path) -> None:
    """With rediss:// the store checks the certificate, and goes on over TLS; a stranger's certificate is refused."""
    certify(tmp_path)
    with server(port=True, tls=tmp_path) as one:
        url = f"rediss://localhost:{one.port}/0?ssl_ca_certs={tmp_path}"
        with closing(RedisStore(f"{url}/ca.pem")) as store:
            for number in range(1, 300):
                assert not store.exchange(touch_at(START + number, number, 5)).repeated
            answer = asyncio.run(_once(store, 300))
            assert KeyView(answer, START + 300).count(HOUR_1) == 299
        with pytest.raises(StoreUnavailable, match=r"cannot be reached: .*certificate"):
            RedisStore(f"{url}/other.pem")


def test_cluster_over_tls(tmp_path: Path) -> None:
    """With rediss+cluster:// all nodes are spoken to over TLS, and each has to show a certificate that is trusted."""
    certify(tmp_path)
    with cluster(tls=tmp_path) as running:
        url = f"{running.url()}&ssl_ca_certs={tmp_path}"
        with closing(RedisStore(f"{url}/ca.pem")) as store:
            for number in range(1, 50):
                store.exchange(touch_at(START + number, number, *range(5, 25)))
            states = store.peek(touch_at(START + 50, 0, *range(5, 25))).states
            assert [KeyView(state, START + 50).count(HOUR_1) for state in states[1:]] == [49] * 20
        assert all(one.client().dbsize() for one in running.servers)
        with pytest.raises(StoreUnavailable, match=r"cannot be reached: .*certificate"):
            RedisStore(f"{url}/other.pem")


async def _once(store: RedisStore, number: int) -> object:
    try:
        return (await store.exchange_async(touch_at(START + number, number, 5))).states[1]
    finally:
        await store.close_async()


def test_event_loop_gets_the_same_answers(redis_server: Server) -> None:
    """Awaited exchanges answer as the others do, in one loop after another, with threads in between."""
    with closing(RedisStore(redis_server.url("async:"))) as store:
        memory, history = MemoryStore(), random_history(5, 300)

        async def part(touches: list[object]) -> None:
            for touch in touches:
                answer, wanted = await store.exchange_async(touch), memory.exchange(touch)
                assert (answer.repeated, answer.states == wanted.states or _bytes(answer)) == (
                    wanted.repeated, answer.states == wanted.states or _bytes(wanted),
                )  # fmt: skip
            redis_server.client().script_flush()
            await store.close_async()

        for start in range(0, len(history), 100):
            asyncio.run(part(history[start : start + 100]))
            touch = touch_at(START + start, 10**6 + start, 3)
            assert _bytes(store.exchange(touch)) == _bytes(memory.exchange(touch))


def _bytes(answer: object) -> list[bytes | None]:
    return [None if state is None else state.blob for state in answer.states]


def test_event_loop_is_not_held_up(redis_server: Server) -> None:
    """Many exchanges are under way at once; one that is too late is given up, and its connection with it."""

    async def work(store: RedisStore) -> None:
        await asyncio.gather(*(store.exchange_async(touch_at(START + n, n, 5), timeout=60) for n in range(1, 101)))
        answer = await store.exchange_async(touch_at(START + 200, 200, 5))
        assert KeyView(answer.states[1], START + 200).count(HOUR_1) == 100
        running.client().execute_command("CLIENT PAUSE", 1500, "ALL")
        with pytest.raises(StoreTimeout):
            await store.exchange_async(touch_at(START + 201, 201, 5), timeout=0.05)
        again = await store.exchange_async(touch_at(START + 201, 201, 5), timeout=60)
        assert KeyView(again.states[1], START + 201, 201).count(HOUR_1) == 101
        await store.close_async()

    with server() as running, closing(RedisStore(running.url(max_connections="8"))) as store:
        asyncio.run(work(store))


def test_child_of_a_fork_opens_its_own_connections(redis_server: Server) -> None:
    """A store that was opened before a fork works on both sides, and what the parent holds is written once."""
    url = redis_server.url("fork:")
    with closing(RedisStore(url)) as store, closing(RedisJournal(url)) as journal:
        store.exchange(touch_at(START, 1, 5))
        journal._hub.behind.stop()
        journal.settle(1, NOW, b"record")
        child = os.fork()
        if child == 0:
            status = 1
            try:
                for number in range(1000, 1200):
                    store.exchange(touch_at(START + number, number, 5))
                status = 0 if len(journal._hub.settled) == 1 and not journal._hub.settled.take(9) else 2
            finally:
                os._exit(status)
        for number in range(2000, 2200):
            store.exchange(touch_at(START + number, number, 5))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert KeyView(store.peek(touch_at(START + 3000, 9, 5)).states[1], START + 3000).count(HOUR_1) == 401
        assert journal.settled([1]) == {1: b"record"}


def test_eviction_is_noticed_and_remembered() -> None:
    """A server that evicts makes every answer say so, also those of a store that is opened later."""
    with server("--maxmemory-policy", "volatile-ttl") as running:
        url = running.url()
        with closing(RedisStore(url)) as store:
            for number in range(1, 200):
                assert not store.exchange(touch_at(START + number, number, number + 10)).evicting
            client = running.client()
            client.config_set("maxmemory", client.info("memory")["used_memory"] - 20_000)
            store.exchange(touch_at(START + 300, 300, 5))
            client.config_set("maxmemory", 0)
            store._hub.look()
            assert store.exchange(touch_at(START + 301, 301, 5)).evicting
        with closing(RedisStore(url)) as later:
            assert later.peek(touch_at(START + 301, 301, 5)).evicting
        client.config_resetstat()
        with closing(RedisStore(running.url("fresh:"))) as fresh:
            assert not fresh.peek(touch_at(START + 301, 301, 5)).evicting


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_server_that_is_here(name: str) -> None:
    """Redis and Valkey, where their programs are found, keep the same bytes as memory does."""
    try:
        program(name)
    except AssertionError:
        program()  # at least one of them there has to be
        return
    with server(name=name) as running, closing(RedisStore(running.url())) as store:
        memory = MemoryStore()
        for touch in random_history(9, 200):
            assert _bytes(store.exchange(touch)) == _bytes(memory.exchange(touch))


def test_package_is_loaded_only_if_asked_for() -> None:
    """The stores are imported without redis."""
    import subprocess

    code = "import sys, signup_risk.stores; sys.exit('redis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
