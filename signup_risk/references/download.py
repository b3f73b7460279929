"""Fetch a file over HTTPS, whole or not at all."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from ipaddress import ip_address
from typing import IO, Final
from urllib.parse import urlsplit

from signup_risk.errors import ReferenceProblem

# Of one wait for the connection or the next bytes, not of the whole.
TIMEOUT_SECONDS: Final = 30.0


def fetch_url(url: str, most_bytes: int, timeout: float = TIMEOUT_SECONDS) -> bytes:
    """Return the body behind an address.

    Args:
        url: An ``https`` address; plain ``http`` only on this machine, for a mirror or a test.
        most_bytes: Refuse a longer body.
        timeout: Seconds to wait for the connection, and for each piece.

    Raises:
        ReferenceProblem: The address is not allowed, does not answer, or the body is too long or cut short.
    """
    _check_scheme(url)
    request = urllib.request.Request(url, headers={"User-Agent": "signup-risk"})  # noqa: S310 - scheme is checked
    opener = urllib.request.build_opener(_CheckedRedirects)
    try:
        with opener.open(request, timeout=timeout) as response:
            body: bytes = response.read(most_bytes + 1)
            announced = response.headers.get("Content-Length")
    except urllib.error.HTTPError as error:
        with error:
            raise ReferenceProblem(f"{url}: answered {error.code} {error.reason}; try again later") from error
    except (OSError, http.client.HTTPException) as error:
        raise ReferenceProblem(f"{url}: {error}; check the connection and try again") from error
    if len(body) > most_bytes:
        raise ReferenceProblem(f"{url}: longer than {most_bytes:,} bytes; it cannot be what was expected")
    if announced is not None and announced.isdecimal() and int(announced) != len(body):
        raise ReferenceProblem(f"{url}: cut short, {len(body):,} of {int(announced):,} bytes; try again")
    return body


class _CheckedRedirects(urllib.request.HTTPRedirectHandler):
    """Follow redirects only to where a request is allowed to go at all."""

    def redirect_request(  # noqa: PLR0913 - the signature is the standard library's
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _check_scheme(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_scheme(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return
    raise ReferenceProblem(f"{url}: only https is allowed, and http on this machine; give such an address")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
