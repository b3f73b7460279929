"""Hold the example applications as sites that a test starts, visits and stops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.test.utils import override_settings

from signup_risk import Scorer, Signup
from signup_risk.extract import Keys, describe
from tests.apps import django_app, fastapi_app
from tests.apps.common import OPTIONS, PROXIES
from tests.apps.serving import serve_asgi, serve_wsgi, visit


class Serve(Protocol):
    """Serve an application over a store."""

    def __call__(self, store: str) -> AbstractContextManager[str]:
        """Return the address of its sign-up endpoint, as long as it is served."""


@contextmanager
def fastapi_site(store: str) -> Iterator[str]:
    """Serve the FastAPI application."""
    with serve_asgi(fastapi_app.make_app(store)) as url:
        yield f"{url}/signup"


@contextmanager
def _django_settings(store: str) -> Iterator[None]:
    # Leaving them closes the scorer, as the end of a server's process would.
    with override_settings(SIGNUP_RISK={"STORE": store, "TRUSTED_PROXIES": PROXIES, "OPTIONS": OPTIONS}):
        yield


@contextmanager
def django_site(store: str) -> Iterator[str]:
    """Serve the Django application by WSGI with threads."""
    with _django_settings(store), serve_wsgi(get_wsgi_application()) as url:
        yield f"{url}/signup"


@contextmanager
def async_django_site(store: str) -> Iterator[str]:
    """Serve the asynchronous view of the Django application by ASGI."""
    with _django_settings(store), serve_asgi(get_asgi_application()) as url:
        yield f"{url}/async/signup"


SITES: dict[str, Serve] = {"fastapi": fastapi_site, "django": django_site, "django_async": async_django_site}
assert django_app.urlpatterns  # importing it has configured Django


@dataclass(frozen=True)
class Applicant:
    """Hold somebody who signs up.

    Attributes:
        signup_id: Id of the sign-up.
        forwarded: ``X-Forwarded-For`` header, if one is sent.
        email: Mailbox.
        device: Identifier of the device.
    """

    signup_id: str
    forwarded: str | None = None
    email: str = "ada.lovelace@example.com"
    device: str = "d1"

    def call(self) -> dict[str, Any]:
        """Return the arguments of a post."""
        headers = {"Idempotency-Key": self.signup_id, "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
        if self.forwarded is not None:
            headers["X-Forwarded-For"] = self.forwarded
        form = {"email": self.email, "first_name": "Ada", "device_id": self.device, "form_seconds": 41.5}
        return {"headers": headers, "json": form}


def sign_up(url: str, *applicants: Applicant, local: str = "127.0.0.1") -> list[httpx.Response]:
    """Sign up, all at once, and return the responses."""
    return visit(url, *(applicant.call() for applicant in applicants), local=local)


def totals(store: str, *events: dict[str, Any]) -> list[dict[str, int]]:
    """Return for each event how many sign-ups a store has counted on every key that it would touch."""
    with Scorer.open(store) as scorer:
        return [_totals(scorer, event) for event in events]


def _totals(scorer: Scorer, event: dict[str, Any]) -> dict[str, int]:
    signup = Signup.from_mapping({"at": datetime.now(UTC), **event})
    keys = Keys(describe(signup, scorer.references, signup.at_us).context, scorer._hasher)
    states = scorer._store.peek(keys.touch).states
    return {kind: 0 if state is None else state.total for kind, state in zip(keys.kinds, states, strict=True)}
