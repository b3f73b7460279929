"""Try the contract of the role and country references."""

from __future__ import annotations

import json
from pathlib import Path

import phonenumbers
import pytest

from signup_risk.errors import ReferenceProblem
from signup_risk.references import open_references
from tests.references.moments import LATER, NOW

REFERENCES = open_references()
COUNTRIES = REFERENCES.countries


@pytest.mark.parametrize(
    "local", ["postmaster", "no-reply", "noreply", "do.not.reply", "Abuse", "customer_service"]
)
def test_roles(local: str) -> None:
    """Roles are known in every way of writing them."""
    assert REFERENCES.roles.lookup(local, NOW) is True


@pytest.mark.parametrize("local", ["maria", "grant", "may", "mark", "hi", "me", "adminson", "", "x"])
def test_no_roles(local: str) -> None:
    """Names and ordinary handles are no roles, nor is what only begins like one."""
    assert REFERENCES.roles.lookup(local, NOW) is False


def test_roles_expire() -> None:
    """An expired list of roles says nothing."""
    assert REFERENCES.roles.lookup("postmaster", LATER) is None


def test_own_roles(tmp_path: Path) -> None:
    """A user's own list replaces the bundled one."""
    own = tmp_path / "roles.txt"
    own.write_text("# stale_after: 2027-12-31\nfront-door\n")
    roles = open_references(overrides={"roles": own}).roles
    assert roles.lookup("frontdoor", NOW) is True
    assert roles.lookup("postmaster", NOW) is False
    assert roles.lookup("frontdoor", LATER) is None


def test_a_country() -> None:
    """A country has its calling code, zones with older names, clock offsets and languages."""
    facts = COUNTRIES.lookup("IN", NOW)
    assert facts is not None
    assert (facts.code, facts.calling_code) == ("IN", 91)
    assert facts.time_zones >= {"Asia/Kolkata", "Asia/Calcutta"}
    assert facts.utc_offsets == {5.5}
    assert facts.languages >= {"hi", "en", "ta"}


def test_clocks_of_both_halves_of_the_year() -> None:
    """Daylight saving shows as a second offset, in the north and in the south."""
    for code, offsets in (("DE", {1.0, 2.0}), ("NZ", {12.0, 13.0, 12.75, 13.75}), ("JP", {9.0})):
        facts = COUNTRIES.lookup(code, NOW)
        assert facts is not None
        assert facts.utc_offsets == offsets


@pytest.mark.parametrize(
    ("zone", "code"),
    [
        ("Europe/Kiev", "UA"),
        ("Europe/Kyiv", "UA"),
        ("Asia/Calcutta", "IN"),
        ("US/Pacific", "US"),
        ("Europe/Oslo", "NO"),
        ("Europe/Berlin", "NO"),
        ("America/Buenos_Aires", "AR"),
        ("Asia/Saigon", "VN"),
    ],
)
def test_zones(zone: str, code: str) -> None:
    """Older names, and names that stand for several countries since they share a clock, name the country."""
    assert code in (COUNTRIES.countries_of_zone(zone, NOW) or ())


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT+5", "Mars/Olympus", ""])
def test_zones_of_no_country(zone: str) -> None:
    """A zone of no country, known or not, is unknown."""
    assert COUNTRIES.countries_of_zone(zone, NOW) is None


def test_unknown_countries() -> None:
    """A code that is none has no facts."""
    assert COUNTRIES.lookup("XX", NOW) is None


def test_countries_expire() -> None:
    """An expired table knows neither countries nor zones."""
    assert COUNTRIES.lookup("US", LATER) is None
    assert COUNTRIES.countries_of_zone("Europe/Paris", LATER) is None


def test_calling_codes_agree_with_phonenumbers() -> None:
    """Every region of phonenumbers has its calling code in the table."""
    for region in phonenumbers.SUPPORTED_REGIONS:
        facts = COUNTRIES.lookup(region, NOW)
        if region not in {"AC", "TA", "XK"}:  # user-assigned or reserved codes, no countries of ISO 3166-1
            assert facts is not None, region
            assert facts.calling_code == phonenumbers.country_code_for_region(region)


def test_own_table(tmp_path: Path) -> None:
    """A user's own table replaces the bundled one."""
    row = {"calling_code": 999, "zones": ["Mars/Olympus"], "utc_offsets": [0.5], "languages": ["xx"]}
    own = tmp_path / "countries.json"
    own.write_text(json.dumps({"countries": {"XM": row}, "aliases": {"Mars/Mons": "Mars/Olympus"}}))
    countries = open_references(overrides={"countries": own}).countries
    facts = countries.lookup("XM", LATER)
    assert facts is not None
    assert facts.time_zones == {"Mars/Olympus", "Mars/Mons"}
    assert countries.lookup("US", NOW) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"countries": {"US": {}}, "aliases": {}}', '{"countries": 1}']
)
def test_another_file_is_no_table(tmp_path: Path, text: str) -> None:
    """What is not such a table is refused when it is opened."""
    own = tmp_path / "countries.json"
    own.write_text(text)
    with pytest.raises(ReferenceProblem, match="not a country table"):
        open_references(overrides={"countries": own})
