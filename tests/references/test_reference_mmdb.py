"""Read small databases in the layout of each vendor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from signup_risk.errors import ReferenceProblem
from signup_risk.references.mmdb import NOTHING, NetworkFile, NetworkRecord
from tests.references.databases import write_mmdb

BLOCK = "1.2.3.0/24"
AS = {"autonomous_system_number": 64500, "autonomous_system_organization": "Example Net"}
NUMBER = NetworkRecord(None, 64500, "Example Net")
FRANCE = {"country": {"iso_code": "FR", "names": {"en": "France"}}, "registered_country": {"iso_code": "DE"}}


@pytest.mark.parametrize(
    ("database_type", "record", "expected"),
    [
        ("signup_risk network", {"country": "FR", "asn": 64500, "org": "X"}, NetworkRecord("FR", 64500, "X")),
        ("GeoLite2-Country", FRANCE, NetworkRecord("FR")),
        ("GeoLite2-City", {**FRANCE, "city": {"names": {"en": "Paris"}}}, NetworkRecord("FR")),
        ("GeoIP2-Country", FRANCE, NetworkRecord("FR")),
        ("GeoIP2-City", {"registered_country": {"iso_code": "DE"}}, NOTHING),
        ("GeoIP2-City-Europe", FRANCE, NetworkRecord("FR")),
        ("GeoIP2-Enterprise", {**FRANCE, "traits": AS}, NetworkRecord("FR", 64500, "Example Net")),
        ("GeoLite2-ASN", AS, NUMBER),
        ("GeoIP2-ISP", {**AS, "isp": "Example", "organization": "Other"}, NUMBER),
        ("DBIP-Country-Lite", FRANCE, NetworkRecord("FR")),
        ("DBIP-City-Lite", FRANCE, NetworkRecord("FR")),
        ("DBIP-ASN-Lite (compat=GeoLite2-ASN)", AS, NUMBER),
        ("ipinfo generic_lite.mmdb", {"country": "France", "country_code": "FR", "asn": "AS64500", "as_name": "X"},
         NetworkRecord("FR", 64500, "X")),
        ("ipinfo generic_country_asn_free.mmdb", {"country": "FR", "country_name": "France", "asn": "AS64500"},
         NetworkRecord("FR", 64500)),
        ("ipinfo generic_lite.mmdb", {"country": "France", "asn": ""}, NOTHING),
        ("ipinfo standard_privacy.mmdb", {"hosting": "true", "vpn": "", "relay": "", "tor": "", "proxy": ""},
         NetworkRecord(None, None, None, True, False, False, False, False)),
        ("country ipvAll", {"country_code": "FR"}, NetworkRecord("FR")),
        ("asn ipv4", AS, NUMBER),
        ("GeoIP2-Anonymous-IP", {"is_anonymous": True, "is_anonymous_vpn": True, "is_hosting_provider": True},
         NetworkRecord(hosting=True, vpn=True, tor=False, proxy=False)),
        ("GeoIP2-Anonymous-IP", {"is_anonymous": True, "is_residential_proxy": True},
         NetworkRecord(hosting=False, vpn=False, tor=False, proxy=True)),
        ("GeoIP2-Anonymous-IP", {"is_anonymous": True, "is_public_proxy": True, "is_tor_exit_node": True},
         NetworkRecord(hosting=False, vpn=False, tor=True, proxy=True)),
    ],
)  # fmt: skip
def test_layouts(
    tmp_path: Path, database_type: str, record: Mapping[str, Any], expected: NetworkRecord
) -> None:
    """Each vendor's record gives the same kind of answer, with unknown for what it does not say."""
    file = NetworkFile(write_mmdb(tmp_path / "x.mmdb", database_type, {BLOCK: record}))
    assert file.read("1.2.3.4") == expected


def test_an_address_outside_is_unknown(tmp_path: Path) -> None:
    """A database that does not hold an address says nothing of it."""
    file = NetworkFile(write_mmdb(tmp_path / "x.mmdb", "GeoLite2-Country", {BLOCK: FRANCE}))
    assert file.read("9.9.9.9") == NOTHING
    assert file.read("2a00::1") == NOTHING


def test_an_address_outside_of_the_anonymous_ones_is_none_of_them(tmp_path: Path) -> None:
    """MaxMind's anonymity file lists what is anonymous, so the rest is not; of relays it says nothing."""
    file = NetworkFile(
        write_mmdb(tmp_path / "x.mmdb", "GeoIP2-Anonymous-IP", {BLOCK: {"is_anonymous": True}})
    )
    assert file.read("9.9.9.9") == NetworkRecord(hosting=False, vpn=False, relay=None, tor=False, proxy=False)


def test_ipv6(tmp_path: Path) -> None:
    """Both families are looked up in one file; a file of IPv4 alone says nothing of IPv6."""
    both = NetworkFile(
        write_mmdb(tmp_path / "6.mmdb", "country ipvAll", {"2a00::/32": {"country_code": "FR"}})
    )
    assert both.read("2a00::1").country == "FR"
    only = write_mmdb(tmp_path / "4.mmdb", "country ipv4", {BLOCK: {"country_code": "FR"}}, ip_version=4)
    assert NetworkFile(only).read("1.2.3.4").country == "FR"
    assert NetworkFile(only).read("2a00::1") == NOTHING


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "1.2.3.4.5", "::g", "\0"])
def test_text_that_is_no_address(tmp_path: Path, text: str) -> None:
    """Text that is no address has no record, and raises nothing."""
    file = NetworkFile(write_mmdb(tmp_path / "x.mmdb", "country ipvAll", {BLOCK: {"country_code": "FR"}}))
    assert file.read(text) == NOTHING


def test_an_unknown_layout_is_refused_by_name(tmp_path: Path) -> None:
    """A database of another kind would answer nothing for ever, so it is refused when it is opened."""
    path = write_mmdb(tmp_path / "x.mmdb", "Weather-Europe", {BLOCK: {"rain": 1}})
    with pytest.raises(ReferenceProblem, match="'Weather-Europe' is not known"):
        NetworkFile(path)


@pytest.mark.parametrize("content", [b"", b"not a database", bytes(4096)])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file of something else is refused when it is opened."""
    path = tmp_path / "x.mmdb"
    path.write_bytes(content)
    with pytest.raises(ReferenceProblem, match="not an address database"):
        NetworkFile(path)
