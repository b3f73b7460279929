"""Try how the age of reference data is judged."""

from __future__ import annotations

from datetime import date

import pytest

from signup_risk.references.base import NEVER_US, ReferenceInfo, absent, first_stale_us
from tests.references.moments import at


def test_the_last_day_counts_whole() -> None:
    """Data is believed until the end of its last day in UTC, and not a microsecond longer."""
    info = ReferenceInfo("free_mail", stale_after=date(2026, 6, 30))
    midnight = at("2026-07-01")
    assert info.is_usable(midnight - 1)
    assert not info.is_usable(midnight)
    assert (info.at(midnight - 1).status, info.at(midnight).status) == ("ok", "expired")


def test_data_without_an_end_does_not_age() -> None:
    """A reference that names no end is believed at any moment."""
    assert first_stale_us(None) == NEVER_US
    assert ReferenceInfo("roles").is_usable(at("9999-12-31"))


@pytest.mark.parametrize("moment", [0, at("2026-01-01"), at("2099-01-01")])
def test_absent_data_is_never_usable(moment: int) -> None:
    """What is not there has no age: it stays absent and answers at no moment."""
    info = absent("issuers", "not configured", required=False)
    assert not info.is_usable(moment)
    assert info.at(moment) is info
