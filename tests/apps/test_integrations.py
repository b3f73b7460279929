"""The integrations fill in what a request says, let the caller's word stand, and say what is wrong with a setting."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.http import HttpRequest
from django.test.utils import override_settings
from starlette.requests import Request

from signup_risk import ConfigurationError, InvalidSignup, Scorer, Signup
from signup_risk.integrations import django as django_risk
from signup_risk.integrations.fastapi import SignupRisk
from signup_risk.integrations.visit import Seen
from tests.apps import django_app
from tests.apps.sites import SITES

SEEN = Seen("192.0.2.7", "curl/8", "en")
NOBODY = Seen(None, None, None)


@pytest.mark.parametrize(
    ("fields", "ip_address", "device"),
    [
        ({}, "192.0.2.7", ("curl/8", "en", None)),
        ({"device": {"id": "d1"}}, "192.0.2.7", ("curl/8", "en", "d1")),
        ({"device.id": "d1"}, "192.0.2.7", ("curl/8", "en", "d1")),
        ({"device": {"id": "d1"}, "device.user_agent": "app/2"}, "192.0.2.7", ("app/2", "en", "d1")),
        ({"device": {"user_agent": "app/2", "accept_language": "de"}}, "192.0.2.7", ("app/2", "de", None)),
        ({"device": {"user_agent": None}, "ip_address": None}, None, (None, "en", None)),
        ({"device": None, "ip_address": "192.0.2.8"}, "192.0.2.8", ("curl/8", "en", None)),
    ],
)
def test_what_the_caller_gives_stands(
    fields: dict[str, Any], ip_address: str | None, device: tuple[str | None, ...]
) -> None:
    """Headers fill what the caller leaves out, nested or dotted; what is given stays, unknown included."""
    before = repr(fields)
    signup = Signup.from_mapping(SEEN.filled(fields))
    assert signup.ip_address == ip_address
    assert (signup.device.user_agent, signup.device.accept_language, signup.device.id) == device
    assert repr(fields) == before


def test_what_is_not_seen_is_unknown() -> None:
    """A request without headers leaves nothing behind but unknown fields, and no warning."""
    assert Signup.from_mapping(NOBODY.filled({})) == Signup()
    assert Signup.from_mapping(NOBODY.filled({})).warnings == ()


def test_fields_that_are_no_mapping_are_refused() -> None:
    """A caller's mistake is named as everywhere else."""
    with pytest.raises(InvalidSignup, match="a list"):
        SEEN.filled([])  # type: ignore[arg-type]


def request_of(*headers: tuple[str, str], peer: tuple[str, int] | None = ("127.0.0.1", 4711)) -> Request:
    """Return a request as a server hands it on."""
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw, "client": peer})


def test_fastapi_reads_the_request() -> None:
    """Address, agent and languages come from the request, the address from the header that was named."""
    forged, passed = ("X-Forwarded-For", "198.51.100.6"), ("Forwarded", 'for=6.6.6.6, for="[2001:db8::7]:1"')
    headers = (forged, passed, ("User-Agent", "a/1"), ("Accept-Language", "de"))

    async def run() -> list[Seen]:
        risk = SignupRisk("memory://", trusted_proxies=1, client_ip_header="Forwarded")
        async with risk.lifespan():
            visits = [await risk.visit(request_of(*headers)), await risk.visit(request_of(forged, peer=None))]
            assert {visit.scorer for visit in visits} == {risk.scorer}
        return [visit.seen for visit in visits]

    assert asyncio.run(run()) == [Seen("2001:db8::7", "a/1", "de"), NOBODY]


def test_fastapi_opens_once_and_closes_with_the_last() -> None:
    """Applications of one process share the scorer; it is closed with the last of them and can be opened again."""

    async def run() -> None:
        risk = SignupRisk("memory://")
        async with risk.lifespan():
            first = risk.scorer
            async with risk.lifespan():
                assert risk.scorer is first
            assert (await (await risk.visit(request_of())).assess({"email": "ada@example.com"})).decision == "allow"
        with pytest.raises(ConfigurationError, match="closed"):
            first.assess({})
        async with risk.lifespan():
            assert risk.scorer is not first

    asyncio.run(run())


def test_fastapi_says_what_is_missing() -> None:
    """Proxies that cannot be meant are refused at once, and a forgotten lifespan is named at the first visit."""
    with pytest.raises(ConfigurationError, match="trusted_proxies"):
        SignupRisk("memory://", trusted_proxies=["*"])
    with pytest.raises(ConfigurationError, match=r"lifespan=risk\.lifespan"):
        asyncio.run(SignupRisk("memory://").visit(request_of()))


def test_a_failing_start_leaves_nothing_open() -> None:
    """A store that cannot be opened fails the start of the application, and says why."""

    async def run() -> None:
        risk = SignupRisk("nowhere://")
        with pytest.raises(ConfigurationError, match="nowhere"):
            async with risk.lifespan():
                pass
        with pytest.raises(ConfigurationError, match="not open"):
            _ = risk.scorer

    asyncio.run(run())


@pytest.mark.parametrize(
    "setting", [None, {}, "memory://", {"TRUSTED_PROXIES": []}, {"STORE": "memory://", "PROXIES": 1}]
)
def test_django_settings_that_cannot_be_meant(setting: Any) -> None:
    """A setting without a store, or with a key that is not known, is refused with what was allowed."""
    with override_settings(SIGNUP_RISK=setting), pytest.raises(ConfigurationError, match=r"SIGNUP_RISK.*STORE"):
        django_risk.scorer()


def test_django_opens_once_for_many_threads() -> None:
    """Threads that come at the same moment get the same scorer; a changed setting gets another one."""
    together = Barrier(8)

    def get(_number: int) -> Scorer:
        together.wait()
        return django_risk.scorer()

    with override_settings(SIGNUP_RISK={"STORE": "memory://"}):
        with ThreadPoolExecutor(8) as threads:
            (first,) = set(threads.map(get, range(8)))
        with override_settings(SIGNUP_RISK={"STORE": "memory://", "OPTIONS": {"explain": "never"}}):
            assert django_risk.scorer() is not first
    django_risk.close()
    with pytest.raises(ConfigurationError, match="closed"):
        first.assess({})


def test_django_reads_the_request() -> None:
    """Address, agent and languages come from the request, the address from the header that was named."""
    request = HttpRequest()
    request.META = {
        "REQUEST_METHOD": "POST",
        "REMOTE_ADDR": "10.0.0.1",
        "HTTP_X_FORWARDED_FOR": "198.51.100.6",
        "HTTP_CF_CONNECTING_IP": "2001:db8::7",
        "HTTP_USER_AGENT": "a/1",
        "HTTP_ACCEPT_LANGUAGE": "de",
    }
    setting = {"STORE": "memory://", "TRUSTED_PROXIES": ["10.0.0.0/8"], "CLIENT_IP_HEADER": "CF-Connecting-IP"}
    with override_settings(SIGNUP_RISK=setting):
        assert django_risk._seen(request) == Seen("2001:db8::7", "a/1", "de")
    with override_settings(SIGNUP_RISK={"STORE": "memory://"}):
        assert django_risk._seen(request) == Seen("10.0.0.1", "a/1", "de")
    assert django_app.urlpatterns
    assert set(SITES) == {"fastapi", "django", "django_async"}
