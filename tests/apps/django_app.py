"""A whole sign-up endpoint in Django, as a view and as an asynchronous view."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from signup_risk.integrations.django import aassess_signup, assess_signup, scorer
from signup_risk.results import Assessment
from tests.apps.common import ANSWERS

if not settings.configured:
    settings.configure(
        ROOT_URLCONF="tests.apps.django_app",
        SECRET_KEY="of no use here",
        ALLOWED_HOSTS=["127.0.0.1"],
        LOGGING_CONFIG=None,
    )


def fields(request: HttpRequest) -> dict[str, Any]:
    """Return what an applicant filled in, and what the page added, as fields of a sign-up."""
    form = json.loads(request.body)
    return {
        "signup_id": request.headers["Idempotency-Key"],
        "email": form["email"],
        "first_name": form.get("first_name"),
        "device.id": form.get("device_id"),
        "session.form_seconds": form.get("form_seconds"),
    }


def answer(assessment: Assessment) -> JsonResponse:
    """Return the response to an applicant."""
    status, step = ANSWERS[assessment.decision]
    return JsonResponse({"next": step}, status=status)


@require_POST
def sign_up(request: HttpRequest) -> JsonResponse:
    """Answer a sign-up."""
    return answer(assess_signup(request, fields(request)))


@require_POST
async def sign_up_async(request: HttpRequest) -> JsonResponse:
    """Answer a sign-up, as an asynchronous view."""
    return answer(await aassess_signup(request, fields(request)))


@require_POST
def report(request: HttpRequest, signup_id: str) -> JsonResponse:
    """Take what became of a sign-up."""
    known = scorer().report(signup_id, request.GET["outcome"])
    return JsonResponse({"known": known}, status=200 if known else 404)


urlpatterns = [
    path("signup", sign_up),
    path("async/signup", sign_up_async),
    path("internal/signups/<str:signup_id>/outcome", report),
]
