"""Fetch from a real server on this machine: whole bodies only, and only from where it is allowed."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from signup_risk.errors import ReferenceProblem
from signup_risk.references.download import fetch_url
from tests.references.publisher import Publisher, publisher


@pytest.fixture
def served() -> Iterator[Publisher]:
    """Run a server."""
    with publisher() as running:
        yield running


def test_a_body_comes_whole(served: Publisher) -> None:
    """The body is returned as it was sent, with or without an announced length; the agent names the library."""
    body = bytes(range(256)) * 1000
    assert fetch_url(served.serve("/a", body), len(body)) == body
    assert fetch_url(served.serve("/b", body, announced=None), len(body)) == body
    assert served.agents == ["signup-risk", "signup-risk"]


def test_a_body_cut_short_is_refused(served: Publisher) -> None:
    """Fewer bytes than announced are not taken for the file."""
    with pytest.raises(ReferenceProblem, match="cut short, 5 of 10 bytes"):
        fetch_url(served.serve("/a", b"12345", announced=10), 100)


@pytest.mark.parametrize("announced", [-1, None])
def test_a_body_too_long_is_refused(served: Publisher, announced: int | None) -> None:
    """No more than the allowed bytes are read, whatever the server announces."""
    with pytest.raises(ReferenceProblem, match="longer than 1,000 bytes"):
        fetch_url(served.serve("/a", b"x" * 2000, announced=announced), 1000)


@pytest.mark.parametrize("status", [404, 500, 503])
def test_an_error_is_told(served: Publisher, status: int) -> None:
    """A server's error is named by its number."""
    with pytest.raises(ReferenceProblem, match=f"answered {status}"):
        fetch_url(served.serve("/a", b"sorry", status=status), 100)


def test_no_server() -> None:
    """A refused connection is told, with what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(ReferenceProblem, match="check the connection"):
            fetch_url(url, 100, timeout=5)


def test_a_silent_server() -> None:
    """A server that accepts and says nothing is given up on."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(ReferenceProblem, match="timed out"):
            fetch_url(f"http://127.0.0.1:{silent.getsockname()[1]}/", 100, timeout=0.05)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://127.0.0.1/",
        "file:///etc/hostname",
        "http://192.0.2.1/",
        "localhost/x",
        "",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    """Only https is fetched from elsewhere, and no local file ever."""
    with pytest.raises(ReferenceProblem, match="only https is allowed"):
        fetch_url(url, 100)


def test_redirects_are_followed_only_to_allowed_addresses(served: Publisher) -> None:
    """A redirect cannot lead to where a request may not go."""
    target = served.serve("/target", b"here")
    assert fetch_url(served.serve("/good", status=302, location=target), 100) == b"here"
    for location in ("http://example.com/", "file:///etc/hostname", "ftp://127.0.0.1/x"):
        with pytest.raises(ReferenceProblem, match=r"only https is allowed|answered 302"):
            fetch_url(served.serve("/bad", status=302, location=location), 100)
