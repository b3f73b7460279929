"""Check the tables of the event against each other."""

from __future__ import annotations

import dataclasses
import re
from importlib import resources

from signup_risk import events
from signup_risk.events import warnings
from signup_risk.events.countries import COUNTRY_CODES
from signup_risk.events.fields import BY_NAME, FIELDS, PARTS
from signup_risk.events.signup import Signup

LATER = {
    "EMAIL_ADDRESS_UNUSABLE",
    "PHONE_UNUSABLE",
    "IP_ADDRESS_INVALID",
    "IP_ADDRESS_RESERVED",
    "USER_AGENT_UNUSABLE",
    "NAME_UNUSABLE",
    "ISSUER_ID_NUMBER_UNUSABLE",
    "TIME_ZONE_UNKNOWN",
    "LATE_EVENT",
}


def test_fields_are_those_of_the_values() -> None:
    """Every attribute of the sign-up is read by exactly one entry of the field table."""
    whole = {field.name for field in dataclasses.fields(Signup)} - {*PARTS, "custom", "warnings"}
    for part in PARTS:
        whole |= {f"{part}.{field.name}" for field in dataclasses.fields(getattr(Signup(), part))}
    assert set(BY_NAME) == whole
    assert len(BY_NAME) == len(FIELDS)


def test_warning_codes() -> None:
    """Codes are stable names with a sentence each, those of later floors included."""
    for code, meaning in warnings.WARNING_CODES.items():
        assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code)
        assert meaning.endswith(".")
        assert getattr(warnings, code) == code
    assert set(warnings.WARNING_CODES) >= LATER


def test_exports_are_sorted() -> None:
    """The surface is a list of names that exist, constants before classes, each sorted."""
    assert events.__all__ == sorted(events.__all__, key=lambda name: (not name.isupper(), name))
    assert all(hasattr(events, name) for name in events.__all__)


def test_countries_are_those_of_the_standard() -> None:
    """The list agrees with the one that the time-zone database keeps, but for Kosovo's user-assigned code."""
    table = resources.files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8")
    codes = {line.split("\t")[0] for line in table.splitlines() if not line.startswith("#")}
    assert codes | {"XK"} == COUNTRY_CODES
