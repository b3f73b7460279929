"""Serve files over HTTP on this machine, well and badly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Publisher:
    """Hold what is served: path -> status, body, announced length (``None`` for none), redirect target."""

    port: int = 0
    answers: dict[str, tuple[int, bytes, int | None, str]] = field(default_factory=dict)
    agents: list[str] = field(default_factory=list)

    def serve(
        self,
        path: str,
        body: bytes = b"",
        *,
        status: int = 200,
        announced: int | None = -1,
        location: str = "",
    ) -> str:
        """Set what a path answers, and return its address."""
        length = len(body) if announced == -1 else announced
        self.answers[path] = (status, body, length, location)
        return self.url(path)

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def publisher() -> Iterator[Publisher]:
    """Run a publisher in threads until the block ends."""
    served = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.agents.append(self.headers["User-Agent"])
            status, body, length, location = served.answers[self.path]
            self.send_response(status)
            if length is not None:
                self.send_header("Content-Length", str(length))
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the output of the tests clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
