"""Assess sign-ups in a FastAPI or Starlette application.

::

    risk = SignupRisk("sqlite:///velocity.db", trusted_proxies=["10.0.0.0/8"])
    app = FastAPI(lifespan=risk.lifespan)

    @app.post("/signup")
    async def sign_up(form: Form, visit: Annotated[Visit, Depends(risk.visit)]) -> Answer:
        assessment = await visit.assess({"signup_id": form.id, "email": form.email})
        ...

Which response a decision becomes is the endpoint's matter. Servers can rewrite the peer themselves (``uvicorn
--proxy-headers`` does, from 127.0.0.1 by default): let either the server or this do it, and never the server for
everybody (``--forwarded-allow-ips '*'`` believes whatever the client typed).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from signup_risk.errors import ConfigurationError
from signup_risk.integrations.visit import Seen
from signup_risk.normalize.forwarded import client_ip
from signup_risk.results import Assessment
from signup_risk.scorer import ExplainMode, Scorer

__all__ = ["SignupRisk", "Visit"]


@dataclass(frozen=True, slots=True)
class Visit:
    """Hold a visitor of whom a sign-up may come.

    Attributes:
        scorer: The process's scorer.
        seen: What the request says of the visitor.
    """

    scorer: Scorer
    seen: Seen

    async def assess(
        self, fields: Mapping[str, Any], *, explain: ExplainMode | None = None, deadline_ms: float | None = None
    ) -> Assessment:
        """Assess the visitor's sign-up, address and headers filled in; see :meth:`signup_risk.Scorer.assess_async`.

        Args:
            fields: The rest of the input contract. What it gives stands, even None.
            explain: When to give reasons.
            deadline_ms: Milliseconds to wait for the store.
        """
        return await self.scorer.assess_async(self.seen.filled(fields), explain=explain, deadline_ms=deadline_ms)


class SignupRisk:
    """Keep one scorer a process, open while the application is.

    Args:
        store: URL of the store, see :meth:`signup_risk.Scorer.open`.
        trusted_proxies: Proxies in front of the application, see :func:`signup_risk.client_ip`.
        client_ip_header: The header that they set.
        options: Further options of :meth:`signup_risk.Scorer.open`.

    Raises:
        ConfigurationError: The proxies or the header cannot be used. Errors of opening come when the application
            starts.
    """

    def __init__(
        self,
        store: str,
        *,
        trusted_proxies: int | Collection[str] = (),
        client_ip_header: str = "X-Forwarded-For",
        **options: Any,
    ) -> None:
        client_ip((), None, trusted_proxies=trusted_proxies, header=client_ip_header)  # refuses them now, not later
        self._store = store
        self._trusted = trusted_proxies
        self._header = client_ip_header
        self._options = options
        self._scorer: Scorer | None = None
        self._users = 0

    @asynccontextmanager
    async def lifespan(self, _app: object = None) -> AsyncIterator[None]:
        """Open the scorer while the application runs; several applications of a process share it.

        An application with a lifespan of its own enters this one in it.
        """
        if self._scorer is None:
            self._scorer = Scorer.open(self._store, **self._options)
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                async with self.scorer:  # which closes it
                    self._scorer = None

    @property
    def scorer(self) -> Scorer:
        """Return the scorer, for reports and all else that is not a visit.

        Raises:
            ConfigurationError: The application has not been started with :meth:`lifespan`.
        """
        if self._scorer is None:
            raise ConfigurationError(
                "the scorer is not open; make the application with lifespan=risk.lifespan, or enter risk.lifespan(app) "
                "in its own lifespan"
            )
        return self._scorer

    async def visit(self, request: Request) -> Visit:
        """Return the visitor of a request; a dependency for ``Depends``."""
        peer = None if request.client is None else request.client.host
        address = client_ip(request.headers.raw, peer, trusted_proxies=self._trusted, header=self._header)
        headers = request.headers
        return Visit(self.scorer, Seen(address, headers.get("user-agent"), headers.get("accept-language")))
