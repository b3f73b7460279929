"""Whatever stands in a file of receipts, there is a receipt or an error that says what is wrong; nothing else."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signup_risk import Receipt, ReceiptRefused, SignupRiskError
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.receipts import read_receipt, read_receipts, replay
from tests.explain.receipt_samples import made
from tests.explain.test_receipts import changed, leaves, resigned

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inside: st.one_of(st.lists(inside, max_size=3), st.dictionaries(st.text(max_size=8), inside, max_size=3)),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def receipt() -> Receipt:
    """Return one receipt."""
    return made()


@pytest.fixture(scope="module")
def bundled() -> ModelArtefact:
    """Return the bundled model."""
    return ModelArtefact.load(bundled_model_path())


@settings(max_examples=150)
@given(data=st.data())
def test_any_value_anywhere_is_read_or_refused(data: st.DataObject, receipt: Receipt, bundled: ModelArtefact) -> None:
    """Any JSON value in any place, under a digest that fits, is refused, or read, written alike and made again."""
    told = receipt.to_dict()
    inner = [("outcome",), ("policy",), ("rested",), ("keyed",), ("model", "versions"), ("features",), ("reasons",)]
    path = data.draw(st.sampled_from([*leaves(told), *inner]))
    text = resigned(changed(told, path, data.draw(JSON)))
    with contextlib.suppress(ReceiptRefused):
        found = read_receipt(text)
        assert found.to_json() == text
        with contextlib.suppress(SignupRiskError):
            assert replay(found, bundled).found.decision in {"allow", "step_up", "review", "block"}


@given(text=st.text())
def test_any_file_is_read_to_its_end(text: str) -> None:
    """Any text gives one answer a line that is not empty, each an error here."""
    found = list(read_receipts(io.StringIO(text)))
    assert all(isinstance(one, ReceiptRefused) for _, one in found)
    assert len(found) <= text.count("\n") + 1


def test_a_line_that_is_too_long_is_one_answer(receipt: Receipt) -> None:
    """Of a line without end a bounded part is read, and the next line is found."""
    lines = ["x" * 3_500_000, receipt.to_json(), ""]
    found: list[tuple[int, Any]] = list(read_receipts(io.StringIO("\n".join(lines))))
    assert [number for number, _ in found] == [1, 2]
    assert isinstance(found[0][1], ReceiptRefused)
    assert found[1][1] == receipt
