"""Assess sign-ups in a Django application.

::

    SIGNUP_RISK = {                                  # settings.py
        "STORE": "sqlite:////var/lib/shop/velocity.db",
        "TRUSTED_PROXIES": ["10.0.0.0/8"],           # or a number of proxies; none by default
        "CLIENT_IP_HEADER": "X-Forwarded-For",       # the header that they set
        "OPTIONS": {"deadline_ms": 30},              # of Scorer.open
    }

    assessment = assess_signup(request, {"signup_id": str(user_id), "email": form.cleaned_data["email"]})

The first sign-up of a process opens its scorer, so that a server may fork its workers after loading the application.
A process that forks with its scorer open (a first sign-up, or :func:`scorer`, before the fork) has to :func:`close` it
first: its children are refused the SQLite file, which would be damaged.
Which response a decision becomes is the view's matter. Servers have to drop headers with underscores, which WSGI cannot
tell from dashes; Gunicorn, Waitress, mod_wsgi and ``runserver`` do. Waitress takes the headers of proxies away as well,
unless it is told to trust the proxy itself or is given ``clear_untrusted_proxy_headers=False``.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Mapping
from typing import Any, Final

from django import conf
from django.core.signals import setting_changed
from django.http import HttpRequest

from signup_risk.errors import ConfigurationError
from signup_risk.integrations.visit import Seen
from signup_risk.normalize.forwarded import client_ip
from signup_risk.results import Assessment
from signup_risk.scorer import ExplainMode, Scorer

__all__ = ["aassess_signup", "assess_signup", "close", "scorer"]

_SETTING: Final = "SIGNUP_RISK"
_KEYS: Final = ("STORE", "TRUSTED_PROXIES", "CLIENT_IP_HEADER", "OPTIONS")


class _Process:
    """Hold the scorer of this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.scorer: Scorer | None = None
        self.left: list[Scorer | None] = []

    def after_fork(self) -> None:
        """Start anew in a child. The parent's scorer is left alone, and kept so that nobody else closes its files."""
        self.left.append(self.scorer)
        self.lock, self.scorer = threading.Lock(), None


_process: Final = _Process()
if hasattr(os, "register_at_fork"):  # where processes fork
    os.register_at_fork(after_in_child=_process.after_fork)


def assess_signup(
    request: HttpRequest,
    fields: Mapping[str, Any],
    *,
    explain: ExplainMode | None = None,
    deadline_ms: float | None = None,
) -> Assessment:
    """Assess a sign-up, address and headers filled in from the request; see :meth:`signup_risk.Scorer.assess`.

    Args:
        request: The request that asks for an account.
        fields: The rest of the input contract. What it gives stands, even None.
        explain: When to give reasons.
        deadline_ms: Milliseconds to wait for the store.

    Raises:
        ConfigurationError: The setting ``SIGNUP_RISK`` cannot be used.
    """
    return scorer().assess(_seen(request).filled(fields), explain=explain, deadline_ms=deadline_ms)


async def aassess_signup(
    request: HttpRequest,
    fields: Mapping[str, Any],
    *,
    explain: ExplainMode | None = None,
    deadline_ms: float | None = None,
) -> Assessment:
    """Assess a sign-up as :func:`assess_signup` does, without blocking the event loop."""
    filled = _seen(request).filled(fields)
    opened = _process.scorer
    if opened is None:
        opened = await asyncio.get_running_loop().run_in_executor(None, scorer)
    return await opened.assess_async(filled, explain=explain, deadline_ms=deadline_ms)


def scorer() -> Scorer:
    """Return the scorer of this process, for reports and all else; the first call opens it.

    Raises:
        ConfigurationError: The setting ``SIGNUP_RISK`` cannot be used.
    """
    opened = _process.scorer
    if opened is not None:
        return opened
    with _process.lock:
        if _process.scorer is None:
            chosen = _settings()
            _process.scorer = Scorer.open(chosen["STORE"], **chosen.get("OPTIONS", {}))
            atexit.register(close)
        return _process.scorer


def close() -> None:
    """Close the scorer of this process, if there is one; the next sign-up opens another."""
    with _process.lock:
        opened, _process.scorer = _process.scorer, None
    if opened is not None:
        atexit.unregister(close)
        opened.close()


def _seen(request: HttpRequest) -> Seen:
    said, chosen = request.META, _settings()
    address = client_ip(
        said,
        said.get("REMOTE_ADDR"),
        trusted_proxies=chosen.get("TRUSTED_PROXIES", ()),
        header=chosen.get("CLIENT_IP_HEADER", "X-Forwarded-For"),
    )
    return Seen(address, said.get("HTTP_USER_AGENT"), said.get("HTTP_ACCEPT_LANGUAGE"))


def _settings() -> Mapping[str, Any]:
    chosen = getattr(conf.settings, _SETTING, None)
    if not isinstance(chosen, Mapping) or "STORE" not in chosen or set(chosen) - set(_KEYS):
        found = f"the keys {', '.join(map(str, chosen))}" if isinstance(chosen, Mapping) else type(chosen).__name__
        raise ConfigurationError(
            f"the setting {_SETTING} is {found or 'empty'}; give a dictionary with STORE, the URL of the store, and "
            f"possibly {', '.join(_KEYS[1:])}"
        )
    return chosen


def _reopen(*, setting: str, **_others: object) -> None:
    """Follow a setting that a test overrides."""
    if setting == _SETTING:
        close()


setting_changed.connect(_reopen, dispatch_uid="signup_risk")
