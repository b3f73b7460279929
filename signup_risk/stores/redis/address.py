"""Read the URL of a Redis or Valkey store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from redis.connection import Connection, SSLConnection, UnixDomainSocketConnection, parse_url

from signup_risk.errors import ConfigurationError

#: Begins every name unless the URL says otherwise.
PREFIX: Final = "sr1:"

#: Connections that a process opens at most to one server.
CONNECTIONS: Final = 32

#: Seconds that connecting may take in the background, whatever the deadline of the call that asked for it.
CONNECT_SECONDS: Final = 5.0

_PREFIX: Final = re.compile(r"[A-Za-z0-9:_.-]{1,32}")

#: What redis-py reads from a URL and this library decides itself.
_OURS: Final = (
    "timeout", "socket_timeout", "socket_connect_timeout", "retry_on_timeout", "retry_on_error", "protocol",
    "decode_responses", "encoding", "encoding_errors", "health_check_interval", "max_connections", "legacy_responses",
    "connection_class", "parser_class",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """Say where a store is and how to connect to it.

    Attributes:
        kind: redis-py's class of connection.
        options: What that class takes; may hold a password.
        prefix: Begins every name.
        is_cluster: Whether the server is a node of a cluster.
        connections: Connections that a process opens at most to one server.
    """

    kind: type[Connection | SSLConnection | UnixDomainSocketConnection]
    options: dict[str, Any]
    prefix: str
    is_cluster: bool
    connections: int

    def __repr__(self) -> str:
        return f"<Address {self.where}>"

    @property
    def where(self) -> str:
        """Return the address for messages, without user and password."""
        return self.name(self.node)

    @property
    def node(self) -> tuple[str, int]:
        """Return host and port; for a Unix socket its path and 0."""
        if "path" in self.options:
            return str(self.options["path"]), 0
        return str(self.options.get("host", "localhost")), int(self.options.get("port", 6379))

    def name(self, node: tuple[str, int]) -> str:
        """Return the name of a server for messages."""
        return f"unix://{node[0]}" if "path" in self.options else f"{node[0]}:{node[1]}"

    def connection(self, node: tuple[str, int]) -> Any:
        """Return a connection to a node, not connected yet."""
        options = self.options if "path" in self.options else {**self.options, "host": node[0], "port": node[1]}
        return self.kind(**options)


def read_address(url: str) -> Address:
    """Read a URL.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://`` as redis-py reads them (``redis.from_url``: user, password,
            database, ``ssl_ca_certs``, ``ssl_cert_reqs`` and the like), or ``redis+cluster://``, ``rediss+cluster://``
            with any node of a cluster. Beside these ``prefix`` and ``max_connections``.

    Raises:
        ConfigurationError: It cannot be read.
    """
    scheme, _, rest = url.partition("://")
    is_cluster = scheme.endswith("+cluster")
    head, _, query = rest.partition("?")
    pairs = dict(parse_qsl(query))
    prefix = pairs.pop("prefix", PREFIX)
    if not _PREFIX.fullmatch(prefix):
        raise ConfigurationError("the prefix of the store's URL is not 1 to 32 of A-Z a-z 0-9 : _ . -")
    bare = f"{scheme.removesuffix('+cluster')}://{head}" + (f"?{urlencode(pairs)}" if pairs else "")
    try:
        options: dict[str, Any] = parse_url(bare)  # type: ignore[no-untyped-call]
        connections = int(options.get("max_connections", CONNECTIONS))
        kind = options.get("connection_class", Connection)
        ours = {"protocol": 2, "socket_timeout": CONNECT_SECONDS, "socket_connect_timeout": CONNECT_SECONDS}
        options = {name: value for name, value in options.items() if name not in _OURS} | ours
        kind(**options)
    except (TypeError, ValueError) as problem:
        raise ConfigurationError(
            "the store's URL cannot be read: it is redis://user:password@host:port/database, rediss://..., "
            "unix:///path?db=0 or redis+cluster://..., with query options as redis.from_url takes them "
            f"({type(problem).__name__})"
        ) from None  # the cause may quote the URL, and with it a password
    if connections < 1:
        raise ConfigurationError(f"max_connections of the store's URL is {connections}; allowed are 1 and more")
    if is_cluster and options.get("db"):
        raise ConfigurationError("a cluster has no numbered databases; leave the number out of the store's URL")
    return Address(kind, options, prefix, is_cluster, connections)
