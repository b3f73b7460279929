"""Hold the catalogue to what the design asks of it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from signup_risk.errors import ConfigurationError, ModelMismatch
from signup_risk.extract import select
from signup_risk.features import FAMILIES, KINDS
from signup_risk.features.catalog import CATALOG, joined
from signup_risk.features.keys import READERS
from signup_risk.features.kinds import INPUTS, KIND


def test_every_family_is_there_and_large_enough() -> None:
    """Eight families, ninety features at least."""
    assert {entry.family for entry in CATALOG} == set(FAMILIES)
    assert len(CATALOG) >= 90


def test_entries_are_complete() -> None:
    """Every feature has a name, a stable code, a text, a meaning of missing and the attributes it reads."""
    for entry in CATALOG:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", entry.name), entry.name
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", entry.reason), entry.name
        assert entry.text
        assert entry.missing
        assert entry.inputs, entry.name
        assert entry.monotone in (-1, 0, 1)


def test_a_reason_code_belongs_to_one_family() -> None:
    """A code that analysts count on means one thing."""
    families: dict[str, set[str]] = {}
    for entry in CATALOG:
        families.setdefault(entry.reason, set()).add(entry.family)
    assert {code: found for code, found in families.items() if len(found) > 1} == {}


def test_twins_are_refused() -> None:
    """Two features of one name are refused, and the name is said."""
    with pytest.raises(ConfigurationError, match=CATALOG[0].name):
        joined((*CATALOG, replace(CATALOG[0], text="another")))


def test_unknown_names_are_refused() -> None:
    """A model that wants a feature that is not there is refused."""
    with pytest.raises(ModelMismatch, match="no_such_feature"):
        select((CATALOG[0].name, "no_such_feature"))


def test_kinds_of_keys_are_sound() -> None:
    """Kinds are unique, made of known values, and remember values that are kinds themselves, for their base rate."""
    assert len(KIND) == len(KINDS) <= 32
    assert INPUTS.keys() == READERS.keys()
    for kind in KINDS:
        assert all(value in INPUTS for value in kind.values)
        assert all(other in INPUTS for other in kind.attributes)


def test_no_attribute_of_a_person_is_guilt() -> None:
    """No feature reads country, names or birth date alone but to compare or measure form."""
    for entry in CATALOG:
        assert set(entry.inputs) != {"country"}, entry.name
        if set(entry.inputs) == {"birth_date"}:
            assert entry.unit == "flag", entry.name
            assert entry.reason == "BIRTH_DATE_IMPOSSIBLE", entry.name
