"""Open what the tests of notebooks share."""

from __future__ import annotations

from typing import Any

import pytest

from signup_risk import Scorer


@pytest.fixture
def scorer() -> Any:
    """Return an open scorer that knows sign-ups s0 to s5."""
    with Scorer.open("memory://", secret="a secret of thirty-two characters") as opened:
        for number in range(6):
            opened.assess(
                {"signup_id": f"s{number}", "at": "2026-06-01T00:00:00+00:00", "email": f"a{number}@example.com"}
            )
        yield opened
