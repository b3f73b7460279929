"""Try the contract of the network reference: own files first, lists, age, special addresses."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from signup_risk.errors import ReferenceProblem
from signup_risk.references import NetworkFacts, open_references
from tests.references.databases import write_mmdb
from tests.references.moments import LATER, NOW

# Well-known public addresses: a resolver of Google's, a mobile network, a relay.
GOOGLE, MOBILE, RELAY = "8.8.8.8", "172.56.1.1", "104.28.1.1"


def test_bundled() -> None:
    """The bundled data knows country, number, organisation and kind of well-known networks."""
    networks = open_references().networks
    facts = networks.lookup(GOOGLE, NOW)
    assert (facts.country, facts.asn, facts.organization, facts.kind) == ("US", 15169, "Google", "hosting")
    assert networks.lookup(MOBILE, NOW).kind == "mobile"
    assert networks.lookup(RELAY, NOW).kind == "relay"
    assert networks.lookup("2001:4860:4860::8888", NOW).asn == 15169


def test_expired() -> None:
    """Database and table out of date make everything unknown."""
    assert open_references().networks.lookup(GOOGLE, LATER) == NetworkFacts()


@pytest.mark.parametrize(
    "text", ["10.0.0.1", "192.0.2.1", "2001:db8::1", "::1", "100.64.0.1", "", "x", "8.8.8.8/32"]
)
def test_special_addresses_and_other_text(tmp_path: Path, text: str) -> None:
    """Nothing is known of an address that is no place, even if a database claims to."""
    rows = {
        block: {"country_code": "FR"}
        for block in ("10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32", "100.64.0.0/10")
    }
    own = write_mmdb(tmp_path / "country.mmdb", "country ipvAll", rows)
    networks = open_references(overrides={"country": own}).networks
    assert networks.lookup(text, NOW) == NetworkFacts()


def test_own_files_answer_first_and_the_bundled_one_fills(tmp_path: Path) -> None:
    """A country file decides the country where it has one; number and organisation stay the bundled ones."""
    own = write_mmdb(tmp_path / "c.mmdb", "GeoLite2-Country", {"8.8.8.0/24": {"country": {"iso_code": "FR"}}})
    networks = open_references(overrides={"country": own}).networks
    assert (networks.lookup(GOOGLE, NOW).country, networks.lookup(GOOGLE, NOW).asn) == ("FR", 15169)
    assert networks.lookup(MOBILE, NOW).country == "US"


def test_number_and_organisation_go_together(tmp_path: Path) -> None:
    """A number from one file is not given the organisation of another."""
    own = write_mmdb(
        tmp_path / "a.mmdb",
        "GeoLite2-ASN",
        {"8.8.8.0/24": {"autonomous_system_number": 64500, "autonomous_system_organization": "Example"}},
    )
    facts = open_references(overrides={"asn": own}).networks.lookup(GOOGLE, NOW)
    assert (facts.country, facts.asn, facts.organization, facts.kind) == ("US", 64500, "Example", None)


def test_country_and_number_given_put_the_bundled_one_out_of_use(tmp_path: Path) -> None:
    """With both files the bundled database is not opened, and its absence is no outage."""
    country = write_mmdb(tmp_path / "c.mmdb", "country ipvAll", {"8.8.8.0/24": {"country_code": "FR"}})
    asn = write_mmdb(tmp_path / "a.mmdb", "asn ipvAll", {"8.8.8.0/24": {"autonomous_system_number": 64500}})
    references = open_references(overrides={"country": country, "asn": asn})
    assert references.networks.lookup(MOBILE, NOW).country is None
    assert references.networks.lookup(GOOGLE, NOW).asn == 64500
    assert references.unavailable(NOW) == ()


def test_own_networks_replace_the_bundled_one(tmp_path: Path) -> None:
    """A file for everything stands for the bundled one."""
    rows = {"8.8.8.0/24": {"country": "France", "country_code": "FR", "asn": "AS64500", "as_name": "X"}}
    own = write_mmdb(tmp_path / "n.mmdb", "ipinfo generic_lite.mmdb", rows)
    networks = open_references(overrides={"networks": own}).networks
    assert networks.lookup(GOOGLE, NOW).country == "FR"
    assert networks.lookup(MOBILE, NOW).asn is None


def test_the_age_of_an_own_database_is_what_it_says_itself(tmp_path: Path) -> None:
    """The day of the build counts, not that of the file, and the end is two years later."""
    writer = MMDBWriter(6, "country ipvAll", ipv4_compatible=True)
    writer.insert_network(IPSet(["8.8.8.0/24"]), {"country_code": "FR"})
    own = tmp_path / "c.mmdb"
    writer.to_db_file(str(own))
    content = own.read_bytes()
    place = content.rindex(b"build_epoch") + len(b"build_epoch")
    # The number follows the key: two bytes of type and size, then the seconds.
    size = content[place]
    built = int(datetime(2026, 2, 28, tzinfo=UTC).timestamp())
    own.write_bytes(content[: place + 2] + built.to_bytes(size) + content[place + 2 + size :])
    os.utime(own, (0, 0))
    references = open_references(overrides={"country": own})
    info = next(info for info in references.infos() if info.name == "country")
    assert (str(info.as_of), str(info.stale_after)) == ("2026-02-28", "2028-02-28")
    assert references.networks.lookup(GOOGLE, info.expires_us - 1).country == "FR"
    assert references.networks.lookup(GOOGLE, info.expires_us).country == "US"


def test_anonymity_files_are_combined_with_the_rest(tmp_path: Path) -> None:
    """Flags of a vendor's anonymity file join country and number of another."""
    own = write_mmdb(
        tmp_path / "x.mmdb",
        "GeoIP2-Anonymous-IP",
        {f"{MOBILE}/32": {"is_anonymous": True, "is_residential_proxy": True}},
    )
    networks = open_references(overrides={"anonymous": own}).networks
    hit = networks.lookup(MOBILE, NOW)
    assert (hit.country, hit.kind, hit.is_proxy, hit.is_vpn) == ("US", "proxy", True, False)
    miss = networks.lookup("172.56.1.2", NOW)
    assert (miss.kind, miss.is_proxy, miss.is_tor) == ("mobile", False, False)


@pytest.mark.parametrize(
    ("name", "flag"),
    [("tor_ranges", "is_tor"), ("vpn_ranges", "is_vpn"), ("hosting_ranges", "is_hosting"), ("proxy_ranges", "is_proxy"),
     ("relay_ranges", "is_relay")],
)  # fmt: skip
def test_own_lists_of_ranges(tmp_path: Path, name: str, flag: str) -> None:
    """A list of blocks and addresses as text decides about the addresses in it, in both families."""
    own = tmp_path / "list.txt"
    own.write_text(f"# mine\n{MOBILE}\n2607:fb90::/32 # carrier\n")
    networks = open_references(overrides={name: own}).networks
    assert getattr(networks.lookup(MOBILE, NOW), flag) is True
    assert getattr(networks.lookup("2607:fb90::1", NOW), flag) is True
    assert getattr(networks.lookup("172.56.1.2", NOW), flag) is False


def test_a_list_of_ranges_with_a_mistake_is_refused(tmp_path: Path) -> None:
    """A line that is no block stops the start and names the file."""
    own = tmp_path / "list.txt"
    own.write_text("8.8.8.8/40\n")
    with pytest.raises(ReferenceProblem, match=r"list\.txt.*0 to 32"):
        open_references(overrides={"tor_ranges": own})


def test_own_table_of_classes(tmp_path: Path) -> None:
    """A user's own table of autonomous systems replaces the bundled one."""
    own = tmp_path / "classes.csv"
    own.write_text("asn,class,name,evidence\n15169,education,Example,ours\n")
    facts = open_references(overrides={"network_classes": own}).networks.lookup(GOOGLE, NOW)
    assert (facts.kind, facts.is_hosting) == ("education", False)
    own.write_text("number,kind\n1,2\n")
    with pytest.raises(ReferenceProblem, match="the columns are"):
        open_references(overrides={"network_classes": own})
