"""A whole sign-up endpoint in FastAPI."""
# Annotations are read as they stand: those of an endpoint inside a function may name what only the function knows.

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from signup_risk.integrations.fastapi import SignupRisk, Visit
from tests.apps.common import ANSWERS, OPTIONS, PROXIES


class Form(BaseModel):
    """Hold what an applicant fills in, and what the page adds."""

    email: str
    first_name: str | None = None
    device_id: str | None = None
    form_seconds: float | None = None


def make_app(store: str) -> FastAPI:
    """Return the application over a store of its own."""
    risk = SignupRisk(store, trusted_proxies=PROXIES, **OPTIONS)
    app = FastAPI(lifespan=risk.lifespan)

    @app.post("/signup")
    async def sign_up(
        form: Form, visit: Annotated[Visit, Depends(risk.visit)], idempotency_key: Annotated[str, Header()]
    ) -> JSONResponse:
        assessment = await visit.assess(
            {
                "signup_id": idempotency_key,
                "email": form.email,
                "first_name": form.first_name,
                "device": {"id": form.device_id},
                "session": {"form_seconds": form.form_seconds},
            }
        )
        status, step = ANSWERS[assessment.decision]
        return JSONResponse({"next": step}, status)

    @app.post("/internal/signups/{signup_id}/outcome")
    async def report(signup_id: str, outcome: Literal["abusive", "legitimate", "cleared"]) -> dict[str, bool]:
        if not await risk.scorer.report_async(signup_id, outcome):
            raise HTTPException(404)
        return {"known": True}

    return app


def worker_app() -> FastAPI:
    """Return the application for one of several worker processes, each of which leaves a note when it is open."""
    app = make_app(os.environ["APP_STORE"])
    opening = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[None]:
        async with opening(running):
            note()
            yield

    app.router.lifespan_context = lifespan
    return app


def note() -> None:
    """Leave a file named after this process."""
    Path(os.environ["APP_NOTES"], str(os.getpid())).touch()
