"""See that no entry of a journal is passed over as damaged: that would hide a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _every_entry_is_folded(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [record.getMessage() for record in caplog.records if "is damaged" in record.getMessage()] == []
