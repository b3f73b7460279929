"""Serve an application over real HTTP, and visit it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from waitress.server import create_server

#: Long enough for any machine; a server that takes longer is broken.
PATIENCE = 60.0

Post = Callable[..., Coroutine[Any, Any, httpx.Response]]


@contextmanager
def serve_asgi(app: Any) -> Iterator[str]:
    """Serve an ASGI application in a thread, and return the address of the server."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", proxy_headers=False, ws="none", lifespan="auto")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        end = time.monotonic() + PATIENCE
        while not server.started:
            assert thread.is_alive(), "the application did not start"
            assert time.monotonic() < end
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listening.close()


@contextmanager
def serve_wsgi(app: Any) -> Iterator[str]:
    """Serve a WSGI application with eight threads, and return the address of the server.

    The server is told to leave headers of proxies alone: which of them to believe is what is tested.
    """
    server = create_server(app, host="127.0.0.1", port=0, threads=8, clear_untrusted_proxy_headers=False)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # The loop ends once it has nothing to watch; a last connection wakes it up to see that.
        server.task_dispatcher.shutdown()
        server.close()
        thread.join(PATIENCE)


def visit(url: str, *calls: dict[str, Any], local: str = "127.0.0.1", at_once: int = 48) -> list[httpx.Response]:
    """Post to an application, many at once, and return the responses in the order of the calls.

    Args:
        url: Where to.
        calls: Arguments of :meth:`httpx.AsyncClient.post`.
        local: Address to call from.
        at_once: How many clients call at the same time; each call has a connection of its own.
    """
    return asyncio.run(_visit(url, calls, local, at_once))


async def _visit(url: str, calls: Sequence[dict[str, Any]], local: str, at_once: int) -> list[httpx.Response]:
    gate = asyncio.Semaphore(at_once)
    # A kept connection may be closed by the server in the moment in which it is used again, on a busy machine too.
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=0)
    transport = httpx.AsyncHTTPTransport(local_address=local, limits=limits)
    async with httpx.AsyncClient(transport=transport, timeout=PATIENCE) as client:

        async def call(arguments: dict[str, Any]) -> httpx.Response:
            async with gate:
                return await client.post(url, **arguments)

        return await asyncio.gather(*(call(arguments) for arguments in calls))
