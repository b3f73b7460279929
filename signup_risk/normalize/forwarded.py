"""Find the applicant's address behind proxies.

Every proxy on the way appends the address that it was called from to a header, so the header reads from the oldest
claim to the newest, and only what one's own proxies wrote can be believed. Whatever stands left of that was typed by
whoever wanted to. The way to go is therefore from the right: from the peer, which the network itself vouches for, over
proxies that are trusted, to the first address that is not.

Others got this wrong in ways that are tested here (Adam Pritchard, "The perils of the 'real' client IP", 2022): the
leftmost entry taken as the client's, the header believed from any peer (gin, CVE-2020-28483), only the first of
several headers of one name read, a single-value header believed though no proxy sets it, several headers tried in
turn so that the one nobody sets can be forged, ``X-Forwarded-For`` and ``X_Forwarded_For`` mixed up, and a quotation
mark left open in ``Forwarded`` that swallows what the proxy appends.

An address of a trusted proxy is never the answer: if nothing beyond the proxies is known, the address is unknown.
Taking a proxy's own would put all applicants behind one address, and make its counts speak against each of them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import islice
from typing import Any, Final

from signup_risk.errors import ConfigurationError
from signup_risk.normalize.ip import MAX_LENGTH, bare_address

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Headers in any usual form: a mapping, pairs of text or bytes (ASGI), or a WSGI environ.
Headers = Mapping[str, Any] | Iterable[tuple[str | bytes, str | bytes]]

#: Says whether the hop of a number, the peer being the first, is a trusted proxy.
Trusts = Callable[[int, Address | None], bool]

#: Entries read, and characters of them, both from the right. Nobody has that many proxies; servers refuse headers
#: of more than 8 to 64 KB themselves.
MAX_HOPS: Final = 32
MAX_TEXT: Final = 8192

#: Stands among trusted proxies for a peer without an address, as a Unix socket is one (nginx names it likewise).
UNIX: Final = "unix:"

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.IGNORECASE)

# RFC 7239 4: token "=" (token / quoted-string); unquoted IPv6 in brackets, which it forbids, is seen and harmless.
_PAIR: Final = re.compile(r"""\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))\s*(?=;|$)""")
_ESCAPED: Final = re.compile(r"\\(.)")
_OBFUSCATED_PORT: Final = re.compile(r":_[A-Za-z0-9._-]+$")  # RFC 7239 6.3


def client_ip(
    headers: Headers,
    peer: str | None,
    *,
    trusted_proxies: int | Collection[str] = (),
    header: str = "X-Forwarded-For",
) -> str | None:
    """Return the address that a request came from, as far as one's own proxies can vouch for it.

    Networks are the safer way to name proxies: with a number, whoever reaches an inner proxy past the outer one forges
    what the outer one would have written. Trust no network that others can send from, such as a cloud's or the whole
    range of a content delivery network whose workers anybody can rent.

    Args:
        headers: A mapping (values may be lists), pairs of text or bytes as ASGI has them, or a WSGI environ.
            Several headers of one name count as one, in their order.
        peer: Address that the connection came from (``REMOTE_ADDR``, ``scope["client"][0]``); None if it has none.
        trusted_proxies: Networks or addresses of the proxies in front of the application, ``unix:`` for a peer
            without an address; or their number, the peer being the first. Without any, headers are not read.
        header: The one header that the proxies set: ``X-Forwarded-For``, ``Forwarded`` (RFC 7239), or one that holds
            a single address (``CF-Connecting-IP``, ``True-Client-IP``, ``X-Real-IP``). The last kind is believed from
            a trusted peer alone, and every such peer has to set it or take it away.

    Returns:
        The address in canonical text, without port and zone, an IPv4-mapped one as IPv4. None if it is not known:
        the peer has no address, a trusted proxy passed on no address (``unknown``, an obfuscated identifier, no
        header at all), or there are none but trusted proxies on the way.

    Raises:
        ConfigurationError: The trusted proxies or the header's name cannot be used. No content of a header raises.

    Examples:
        >>> headers = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9, 10.0.0.7"}
        >>> client_ip(headers, "10.0.0.1", trusted_proxies=["10.0.0.0/8"])
        '203.0.113.9'
        >>> client_ip(headers, "198.51.100.4", trusted_proxies=["10.0.0.0/8"])
        '198.51.100.4'
        >>> client_ip(headers, "10.0.0.1", trusted_proxies=2)
        '203.0.113.9'
        >>> client_ip(headers, "10.0.0.1")
        '10.0.0.1'
    """
    name = _checked_name(header)
    trusts = _trust(trusted_proxies)
    found = _address(peer)
    if not trusts(1, found):
        return _text_of(found)
    values = _values(headers, name)
    if name not in _LISTS:
        # Of several, nobody can say which one the proxy wrote.
        return _text_of(_outside(_address(values[0]), trusts)) if len(values) == 1 else None
    entries = islice(_LISTS[name](",".join(values)), MAX_HOPS)
    for hop, entry in enumerate(entries, start=2):
        if not trusts(hop, entry):
            return _text_of(entry)
    return None


def _outside(address: Address | None, trusts: Trusts) -> Address | None:
    """Return an address unless it is one of a trusted proxy; behind a number of hops no address is."""
    return None if trusts(MAX_HOPS + 2, address) else address


def _text_of(address: Address | None) -> str | None:
    return None if address is None else str(address)


def _address(text: str | None) -> Address | None:
    """Read an address; only the mapped form is unwrapped, since anybody can own a 6to4 address of a private one."""
    if not text or len(text) > MAX_LENGTH:
        return None
    try:
        address = ipaddress.ip_address(bare_address(text.strip()))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _checked_name(header: str) -> str:
    if not _NAME.fullmatch(header):
        raise ConfigurationError(
            f"the header is named {header[:40]!r}; give the one header that your proxies set, as it is sent: "
            "X-Forwarded-For, Forwarded, CF-Connecting-IP or the like"
        )
    return header.lower()


def _values(headers: Headers, name: str) -> list[str]:
    """Return the values of a header in their order.

    The name as it is sent goes first. ``HTTP_...`` counts in a WSGI environ alone, which every server builds itself:
    elsewhere somebody may have sent a header of that very name.
    """
    items = getattr(headers, "items", None)
    pairs: Any = headers if items is None else items()
    found = [text for key, value in pairs if _decoded(key).lower() == name for text in _texts(value)]
    if not found and isinstance(headers, Mapping) and "REQUEST_METHOD" in headers:
        return _texts(headers.get(f"HTTP_{name.upper().replace('-', '_')}"))
    return found


def _texts(value: Any) -> list[str]:
    return [_decoded(one) for one in value] if isinstance(value, list | tuple) else [_decoded(value)] if value else []


def _decoded(value: Any) -> str:
    """Return text; bytes of headers are Latin-1 (RFC 9110 5.5), which never fails."""
    return value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else ""


def _trust(trusted: int | Collection[str]) -> Trusts:
    if isinstance(trusted, bool | str | bytes):
        raise ConfigurationError(f"trusted_proxies is {trusted!r}; give a list of networks, or a number of proxies")
    if isinstance(trusted, int):
        if not 0 <= trusted < MAX_HOPS:
            raise ConfigurationError(f"trusted_proxies is {trusted}; a number of proxies is 0 to {MAX_HOPS - 1}")
        return lambda hop, _address: hop <= trusted
    texts = tuple(str(one) for one in trusted)
    return partial(_in_networks, _networks(texts), UNIX in texts)


def _in_networks(networks: tuple[Network, ...], trusts_sockets: bool, hop: int, address: Address | None) -> bool:
    if address is None:
        return trusts_sockets and hop == 1
    return any(address in network for network in networks)


@lru_cache(maxsize=64)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Read networks, once for each setting."""
    networks = []
    for text in texts:
        if text == UNIX:
            continue
        try:
            network = ipaddress.ip_network(text.strip())
        except ValueError as problem:
            raise ConfigurationError(
                f"trusted_proxies holds {text[:60]!r}, which is no network ({problem}); write 10.0.0.0/8, "
                f"2001:db8::/32, a single address, or {UNIX} for a socket"
            ) from None
        if network.prefixlen == 0:
            raise ConfigurationError(
                f"trusted_proxies holds {text!r}; if everybody is trusted, anybody can type any address. Name the "
                "networks of your own proxies, or their number"
            )
        networks.append(network)
    return tuple(networks)


def _listed(text: str) -> Iterator[Address | None]:
    """Yield the entries of ``X-Forwarded-For`` from the right; empty ones do not count (RFC 9110 5.6.1)."""
    for entry in islice(reversed(_newest(text).split(",")), MAX_HOPS):
        if entry.strip():
            yield _address(entry)


def _forwarded(text: str) -> Iterator[Address | None]:
    """Yield the addresses of ``Forwarded`` from the right, None for an element that names none."""
    for element in islice(_elements(_newest(text)), MAX_HOPS):
        if element.strip():
            yield _address(_identifier(element.strip()))


def _newest(text: str) -> str:
    """Return the right end of a long header, cut between two entries."""
    return text if len(text) <= MAX_TEXT else text[-MAX_TEXT:].partition(",")[2]


def _elements(text: str) -> Iterator[str]:
    """Split at the commas outside of quotation marks, from the right.

    From the left, one mark that the client leaves open would hide the comma before what the proxy appended.
    """
    quoted, end = False, len(text)
    for index in range(len(text) - 1, -1, -1):
        if text[index] == '"':
            before = text[max(0, index - MAX_LENGTH) : index]
            quoted ^= (len(before) - len(before.rstrip("\\"))) % 2 == 0
        elif text[index] == "," and not quoted:
            yield text[index + 1 : end]
            end = index
    yield text[:end]


def _identifier(element: str) -> str | None:
    """Return the node of the one ``for`` of an element; None if it has none, several or is not well-formed."""
    found, position = [], 0
    while position < len(element):
        if element[position] == ";":
            position += 1
            continue
        pair = _PAIR.match(element, position)
        if pair is None:
            return None
        if pair[1].lower() == "for":
            found.append(pair[3] if pair[2] is None else _ESCAPED.sub(r"\1", pair[2]))
        position = pair.end()
    return _OBFUSCATED_PORT.sub("", found[0]) if len(found) == 1 else None


_LISTS: Final[Mapping[str, Callable[[str], Iterator[Address | None]]]] = {
    "x-forwarded-for": _listed,
    "forwarded": _forwarded,
}
