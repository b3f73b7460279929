"""Hold what counts of a sign-up's outcomes to a plain search through all that was said."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from signup_risk.stores.ledger import LedgerEntry
from signup_risk.stores.ledger_contract import decision, outcome
from signup_risk.stores.settle import decided, settle

OUTCOMES = st.builds(
    outcome,
    st.just(1),
    st.sampled_from(["abusive", "legitimate", "cleared", "step_up_passed", "step_up_failed"]),
    st.integers(0, 6),
    source=st.sampled_from(["analyst", "chargeback"]),
    confidence=st.sampled_from([0.3, 1.0]),
)
DECISIONS = st.builds(decision, st.just(1), st.sampled_from(["block", "step_up", "allow"]), st.integers(0, 3))
ENTRIES = st.lists(OUTCOMES | DECISIONS, max_size=9)


def sought(entries: list[LedgerEntry], at: int) -> LedgerEntry | None:
    """Return the entry that counts: of each it is asked whether any other one overrules it."""
    known = [(one.known_at, place, one) for place, one in enumerate(entries) if one.known_at <= at]
    told = [row for row in known if row[2].kind == "outcome"]
    standing = [row for row in told if row[2].what != "cleared" and not any(
        other[2].what == "cleared" and other[:2] > row[:2] for other in told)]  # fmt: skip
    for group in (("abusive", "legitimate"), ("step_up_passed", "step_up_failed")):
        own = [row for row in standing if row[2].what in group]
        if own:
            return max(own, key=lambda row: row[:2])[2]
    return None


@settings(max_examples=400)
@given(ENTRIES, st.integers(-1, 7))
def test_what_counts_is_what_a_search_finds(entries: list[LedgerEntry], at: int) -> None:
    """The last strong outcome known that was not withdrawn counts, else the last weak one, and never a decision."""
    found, wanted = settle(entries, at), sought(entries, at)
    assert (found.entry if found else None) == wanted
    if found is not None and wanted is not None:
        assert found.known_at == wanted.known_at <= at
        assert found.label == (wanted.what in ("abusive", "step_up_failed"))
        assert found.is_weak == wanted.what.startswith("step_up")
        assert found.confidence == wanted.confidence


@settings(max_examples=400)
@given(ENTRIES, st.integers(0, 6))
def test_what_becomes_known_later_changes_nothing(entries: list[LedgerEntry], at: int) -> None:
    """The label as of a moment is the same whether or not one knows what was said afterwards."""
    assert settle(entries, at) == settle([one for one in entries if one.known_at <= at], at)


@settings(max_examples=400)
@given(ENTRIES, st.integers(-1, 7))
def test_the_last_decision_counts(entries: list[LedgerEntry], at: int) -> None:
    """Of the decisions known by a moment the latest counts, of equal times the one appended last."""
    decisions = [(one.known_at, place) for place, one in enumerate(entries) if one.kind == "decision"]
    known = [row for row in decisions if row[0] <= at]
    assert decided(entries, at) == (entries[max(known)[1]] if known else None)


def test_a_failed_step_gives_way_to_a_chargeback_and_to_an_appeal() -> None:
    """A weak outcome counts with its confidence until somebody looked, even if it became known later."""
    said = [outcome(1, "step_up_failed", 5, confidence=0.3)]
    found = settle(said, 9)
    assert found is not None
    assert (found.label, found.confidence, found.is_weak) == (1, 0.3, True)
    said.append(outcome(1, "legitimate", 4, source="appeal"))
    settled = settle(said, 9)
    assert settled is not None
    assert (settled.label, settled.confidence) == (0, 1.0)
