"""The applicant's address is what one's own proxies say it is, whatever the applicant writes into headers."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signup_risk import ConfigurationError, client_ip

TRUSTED = ("10.0.0.0/8", "2001:db8:aaaa::/48")
PROXY = "10.0.0.1"
CLIENT = "203.0.113.9"
FORGED = "198.51.100.66"


def forwarded_for(value: Any, peer: str | None = PROXY) -> str | None:
    """Read ``X-Forwarded-For`` from a peer."""
    return client_ip({"X-Forwarded-For": value}, peer, trusted_proxies=TRUSTED)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (CLIENT, CLIENT),
        (f"{FORGED}, {CLIENT}", CLIENT),
        (f"{FORGED},{CLIENT},10.9.9.9", CLIENT),
        (f"{FORGED}, 10.2.2.2, {CLIENT}, 10.9.9.9, 10.8.8.8", CLIENT),
        (f"  {CLIENT}\t,, ,\r\n 10.9.9.9 , ", CLIENT),
        (f"{CLIENT}:50123, 10.9.9.9:80", CLIENT),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:DB8:0:0::7]:443, 2001:db8:aaaa::1", "2001:db8::7"),
        ("fe80::7%eth0", "fe80::7"),
        (f"::ffff:{CLIENT}, ::ffff:10.9.9.9", CLIENT),
        (["6.6.6.6", f"{CLIENT}, 10.9.9.9"], CLIENT),
        (b"203.0.113.9", CLIENT),
        # What a trusted proxy does not tell is unknown, and nobody further left is asked instead.
        (f"{CLIENT}, unknown", None),
        (f"{CLIENT}, _hidden", None),
        (f"{CLIENT}, 10.9.9.9.9", None),
        (f"{CLIENT}, 010.0.0.1", None),
        (f"{CLIENT}, 10.0.0.0/8", None),
        (f"{CLIENT}, localhost", None),
        (f"{CLIENT}, {'1' * 10_000}", None),
        ("10.2.2.2, 10.3.3.3", None),
        ("", None),
        (" , ,", None),
        (None, None),
    ],
)
def test_lists_are_read_from_the_right(value: Any, expected: str | None) -> None:
    """The first entry from the right that is no trusted proxy is the answer, and a proxy's address never is."""
    assert forwarded_for(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"for={CLIENT}", CLIENT),
        (f"for={FORGED}, for={CLIENT};proto=https;by=10.0.0.1", CLIENT),
        (f'FOR="{CLIENT}:4711" ; host=a.example, for=10.9.9.9', CLIENT),
        ('for="[2001:db8::7]:443"', "2001:db8::7"),
        ('for="[2001:db8::7]:_obf.x"', "2001:db8::7"),
        (f'by="a, for={FORGED}";for={CLIENT}', CLIENT),
        (f'host="\\", for={FORGED}";for={CLIENT}', CLIENT),
        (f"for={CLIENT};;proto=http", CLIENT),
        (f'x="a,\\"b";for={CLIENT}', CLIENT),
        (f'for={FORGED}, x="a\\\\";for={CLIENT}', CLIENT),
        (r'for="203.0.113\.9"', CLIENT),
        (f'for={FORGED};x=", for={CLIENT}', CLIENT),
        (f'for="{FORGED}, for={CLIENT}', CLIENT),
        (f'for="{FORGED}\\, for={CLIENT}', CLIENT),
        (f"for={CLIENT}, for=unknown", None),
        (f"for={CLIENT}, for=_gazonk", None),
        (f"for={CLIENT}, by=10.0.0.1;proto=https", None),
        (f"for={FORGED}, for={CLIENT};for={FORGED}", None),
        (f"for={CLIENT}, {CLIENT}", None),
        (f"for={CLIENT}, for =10.9.9.9", None),
        ("for=10.9.9.9", None),
    ],
)
def test_forwarded_is_read_from_the_right(value: str, expected: str | None) -> None:
    """Elements of RFC 7239 are told apart in spite of quoted commas and marks that the client left open."""
    assert client_ip({"Forwarded": value}, PROXY, trusted_proxies=TRUSTED, header="Forwarded") == expected


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": f"{FORGED}, {CLIENT}"},
        {"X-FORWARDED-FOR": f"{FORGED}, {CLIENT}"},
        {"X-Forwarded-For": [FORGED, CLIENT]},
        [("X-Forwarded-For", FORGED), ("Host", "a.example"), ("x-forwarded-for", CLIENT)],
        [(b"x-forwarded-for", b"198.51.100.66"), (b"x-forwarded-for", b"\xff, 203.0.113.9")],
        {"REQUEST_METHOD": "POST", "HTTP_X_FORWARDED_FOR": f"{FORGED}, {CLIENT}", "wsgi.version": (1, 0)},
        # An underscore is not a dash, and what looks like an environ's key may be a header that somebody sent.
        {"x-forwarded-for": CLIENT, "HTTP_X_FORWARDED_FOR": FORGED, "REQUEST_METHOD": "POST"},
        [("x-forwarded-for", CLIENT), ("HTTP_X_FORWARDED_FOR", FORGED), ("x_forwarded_for", FORGED)],
        [("x-forwarded-for", CLIENT), ("Forwarded", f"for={FORGED}"), ("cf-connecting-ip", FORGED)],
    ],
)
def test_every_form_of_headers(headers: Any) -> None:
    """Mappings, pairs, bytes and environs say the same; other headers than the one that is named say nothing."""
    assert client_ip(headers, PROXY, trusted_proxies=TRUSTED) == CLIENT


@pytest.mark.parametrize(
    "headers", [[("HTTP_X_FORWARDED_FOR", FORGED)], {"HTTP_X_FORWARDED_FOR": FORGED}, {"x_forwarded_for": FORGED}]
)
def test_names_that_are_not_the_headers(headers: Any) -> None:
    """A header whose name only resembles the one that is named is not read."""
    assert client_ip(headers, PROXY, trusted_proxies=TRUSTED) is None


@pytest.mark.parametrize(
    ("hops", "expected"), [(0, PROXY), (1, "10.2.2.2"), (2, CLIENT), (3, FORGED), (4, None), (31, None)]
)
def test_a_number_of_proxies(hops: int, expected: str | None) -> None:
    """Behind a number of proxies the entry of that place from the right is the answer, if there is one."""
    assert client_ip({"X-Forwarded-For": f"{FORGED}, {CLIENT}, 10.2.2.2"}, PROXY, trusted_proxies=hops) == expected


@pytest.mark.parametrize("name", ["CF-Connecting-IP", "True-Client-IP", "x-real-ip"])
def test_single_addresses(name: str) -> None:
    """A header with one address counts if it is named, stands there once and comes from a trusted peer."""
    for trusted in (TRUSTED, 1, 2):
        asked: dict[str, Any] = {"trusted_proxies": trusted, "header": name}
        assert client_ip({name: CLIENT}, PROXY, **asked) == CLIENT
        assert client_ip([(name, CLIENT), (name, FORGED)], PROXY, **asked) is None
        assert client_ip({name: f"{CLIENT}, {FORGED}"}, PROXY, **asked) is None
        assert client_ip({}, PROXY, **asked) is None
    assert client_ip({name: "10.9.9.9"}, PROXY, trusted_proxies=TRUSTED, header=name) is None
    assert client_ip({name: FORGED}, CLIENT, trusted_proxies=TRUSTED, header=name) == CLIENT
    assert client_ip({name: FORGED}, CLIENT, header=name) == CLIENT
    assert client_ip({name: FORGED}, PROXY, trusted_proxies=TRUSTED) is None


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("203.0.113.9:4711", CLIENT),
        ("::ffff:203.0.113.9", CLIENT),
        ("[2001:db8::7]:1", "2001:db8::7"),
        ("testclient", None),
        ("", None),
        (None, None),
    ],
)
def test_peers(peer: str | None, expected: str | None) -> None:
    """A peer's address is given in canonical form; one without an address is trusted by nobody who does not say so."""
    assert forwarded_for(FORGED, peer) == expected
    assert client_ip({"X-Forwarded-For": FORGED}, peer) == expected


def test_peers_in_disguise() -> None:
    """A mapped peer is trusted as the address that it is; the 6to4, NAT64 or Teredo form of a private one is not."""
    assert forwarded_for(CLIENT, "::ffff:10.0.0.1") == CLIENT
    for peer in ("2002:a00:1::1", "64:ff9b::a00:1", "2001:0:4136:e378:8000:63bf:f5ff:fffe"):
        assert forwarded_for(FORGED, peer) == str(ipaddress.ip_address(peer))


def test_sockets_are_trusted_by_name() -> None:
    """A peer without an address is a trusted proxy if the caller says so; an entry without one is not."""
    trusted = ("unix:", *TRUSTED)
    assert client_ip({"X-Forwarded-For": f"{CLIENT}, 10.9.9.9"}, None, trusted_proxies=trusted) == CLIENT
    assert client_ip({"X-Forwarded-For": f"{CLIENT}, unknown"}, None, trusted_proxies=trusted) is None


@pytest.mark.parametrize(
    "trusted",
    [True, -1, 32, "10.0.0.0/8", b"10.0.0.0/8", ["10.0.0.1/8"], ["*"], ["proxy.example"], ["0.0.0.0/0"], ["::/0"]],
)
def test_trust_that_cannot_be_meant_is_refused(trusted: Any) -> None:
    """A setting that is no network, trusts everybody or is no list raises, also for a request without headers."""
    with pytest.raises(ConfigurationError, match="trusted_proxies"):
        client_ip({}, None, trusted_proxies=trusted)


@pytest.mark.parametrize("name", ["", "HTTP_X_FORWARDED_FOR", "X-Forwarded-For, Forwarded", "x--y", "ä"])
def test_names_that_cannot_be_meant_are_refused(name: str) -> None:
    """One header is named as it is sent."""
    with pytest.raises(ConfigurationError, match="X-Forwarded-For"):
        client_ip({}, None, header=name)


def test_long_headers_are_bounded() -> None:
    """A megabyte from the client changes nothing; a chain longer than any is not followed to its end."""
    assert forwarded_for("6.6.6.6," * 200_000 + CLIENT) == CLIENT
    assert forwarded_for(CLIENT + ", 10.9.9.9" * 31) == CLIENT
    assert forwarded_for(CLIENT + ", 10.9.9.9" * 32) is None
    quotes = {"Forwarded": '"' * 500_000 + f", for={CLIENT}"}
    assert client_ip(quotes, PROXY, trusted_proxies=TRUSTED, header="Forwarded") == CLIENT


def is_inside(address: Any) -> bool:
    """Tell whether an address is a trusted proxy's."""
    return any(address in ipaddress.ip_network(network) for network in TRUSTED)


PUBLIC = st.ip_addresses().filter(lambda one: not is_inside(one) and not getattr(one, "ipv4_mapped", None))
INSIDE = st.ip_addresses(network=TRUSTED[0]) | st.ip_addresses(network=TRUSTED[1])
TYPED = st.one_of(
    st.text(alphabet=st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60),
    st.lists(
        st.sampled_from(["for=", "10.0.0.1", FORGED, ",", ";", '"', "\\", "[", "]", "2001:db8:aaaa::1", "unknown", ""]),
        max_size=12,
    ).map("".join),
)
NAMES = st.sampled_from(["X-Forwarded-For", "Forwarded", "X-Real-IP"])


def as_listed(address: Any, _by: Any) -> str:
    """Write an entry of ``X-Forwarded-For``."""
    return str(address)


def as_element(address: Any, by: Any) -> str:
    """Write an element of ``Forwarded`` as RFC 7239 wants it."""
    node = f'"[{address}]:443"' if address.version == 6 else str(address)
    return f'proto=https;for={node};by="[{by}], via \\"a\\""'


def through(
    lines: list[str], path: list[Any], joins: list[bool], write: Callable[[Any, Any], str]
) -> list[str]:
    """Pass what a client typed through proxies that append where they were called from, as proxies do.

    Args:
        lines: The header's lines as the client sent them.
        path: The client and the proxies, in the order of the way; the last one is the peer.
        joins: Whether each proxy writes into the last line, instead of another one.
        write: Writes one entry.
    """
    for sender, proxy, joined in zip(path, path[1:], joins, strict=False):
        entry = write(sender, proxy)
        lines = [*lines[:-1], f"{lines[-1]}, {entry}"] if joined and lines else [*lines, entry]
    return lines


@given(st.lists(st.tuples(NAMES, TYPED), max_size=5), PUBLIC, NAMES)
def test_no_header_of_an_untrusted_peer_counts(headers: list[tuple[str, str]], peer: Any, name: str) -> None:
    """Whatever a peer that is not trusted sends, the answer is its own address."""
    assert client_ip(headers, str(peer), trusted_proxies=TRUSTED, header=name) == str(peer)
    assert client_ip(headers, str(peer), header=name) == str(peer)


@pytest.mark.parametrize(("name", "write"), [("X-Forwarded-For", as_listed), ("Forwarded", as_element)])
@given(
    lines=st.lists(TYPED, max_size=3),
    client=PUBLIC,
    proxies=st.lists(INSIDE, min_size=1, max_size=4),
    joins=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_no_prefix_counts_behind_trusted_proxies(
    name: str, write: Callable[[Any, Any], str], lines: list[str], client: Any, proxies: list[Any], joins: list[bool]
) -> None:
    """Whatever a client sends through trusted proxies, the answer is where the first of them was called from."""
    sent = through(lines, [client, *proxies], joins, write)
    headers = [(name, line) for line in sent]
    for trusted in (TRUSTED, len(proxies)):
        assert client_ip(headers, str(proxies[-1]), trusted_proxies=trusted, header=name) == str(client)


@given(st.lists(st.tuples(NAMES, TYPED | TYPED.map(lambda text: text.encode("latin-1"))), max_size=4), INSIDE, NAMES)
def test_answers_are_addresses_and_no_proxys(headers: list[tuple[str, str | bytes]], peer: Any, name: str) -> None:
    """Whatever comes from a trusted peer, the answer is unknown, or a canonical address outside of its networks."""
    found = client_ip(headers, str(peer), trusted_proxies=TRUSTED, header=name)
    if found is not None:
        address = ipaddress.ip_address(found)
        assert str(address) == found
        assert not is_inside(address)
