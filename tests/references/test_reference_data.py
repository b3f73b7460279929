"""Hold the bundled data to what is said of it: complete, small, licensed, consistent with itself."""

from __future__ import annotations

import csv
from io import StringIO

import maxminddb
import pytest
from disposable_email_domains import blocklist

from signup_risk.references import open_references
from signup_risk.references.addresses import SPECIAL_PURPOSE
from signup_risk.references.manifest import BUNDLED, bundled_manifest, check
from signup_risk.references.network_class import CLASSES
from signup_risk.references.texts import read_list
from tests.references.moments import NOW

MOST_BYTES = 15 * 1024 * 1024
REFERENCES = open_references()
COUNTRIES = [
    "US",
    "Mexico",
    "Brazil",
    "Colombia",
    "Chile",
    "Peru",
    "Argentina",
    "France",
    "Sweden",
    "UK",
    "Ireland",
    "Austria",
    "Poland",
    "Czechia",
    "Hungary",
    "Italy",
    "Spain",
    "Romania",
    "Slovakia",
    "Bulgaria",
    "Slovenia",
    "Croatia",
    "Latvia",
    "Russia",
    "Ukraine",
    "Belarus",
    "Turkey",
    "India",
    "Indonesia",
    "Malaysia",
    "Philippines",
    "Vietnam",
    "Thailand",
    "Nepal",
    "Lanka",
    "Bangladesh",
    "Pakistan",
    "Korea",
    "Japan",
    "China",
    "Taiwan",
    "Australia",
    "Zealand",
    "Iran",
    "Kuwait",
    "Qatar",
    "Israel",
    "Egypt",
    "Morocco",
    "Tunisia",
    "Nigeria",
    "Kenya",
    "Uganda",
    "Tanzania",
    "Ghana",
    "Zambia",
    "Sudan",
    "Cameroon",
]


def entries(file: str) -> set[str]:
    """Return the entries of a bundled list."""
    return set(read_list(BUNDLED / file, domains=file != "role_accounts.txt").entries)


def class_rows() -> list[dict[str, str]]:
    """Return the rows of the table of networks."""
    text = (BUNDLED / "network_classes.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(StringIO("\n".join(line for line in text.splitlines() if line[0] != "#"))))


@pytest.mark.parametrize("name", sorted(bundled_manifest()))
def test_each_file_is_what_the_manifest_says(name: str) -> None:
    """Hash and size agree, and the entry names source, version and licence."""
    entry = bundled_manifest()[name]
    check(BUNDLED, entry, whole=True)
    assert entry.source
    assert entry.version
    assert entry.licence
    assert entry.rows > 0


def test_no_file_lacks_an_entry() -> None:
    """Every data file is in the manifest, and the folder stays small."""
    files = {path.name for path in BUNDLED.iterdir() if path.is_file()}
    assert files == {entry.file for entry in bundled_manifest().values()} | {"MANIFEST.json", "NOTICE"}
    assert sum(path.stat().st_size for path in BUNDLED.rglob("*")) < MOST_BYTES


@pytest.mark.parametrize(
    "duty",
    [
        "link\n    back to DB-IP.com",
        "https://db-ip.com",
        "routeviews.org",
        "nro.net",
        "Changed:",
        "7c",
        "Wes Bos",
    ],
)
def test_the_notice_pays_the_licences(duty: str) -> None:
    """The attributions that the licences ask for stand in NOTICE."""
    assert duty in (BUNDLED / "NOTICE").read_text(encoding="utf-8")


def test_deny_lists_hold_nothing_that_is_allowed() -> None:
    """No list of throw-away domains, bundled or of the package, holds free mail or a relay."""
    allowed = entries("free_mail.txt") | entries("privacy_relays.txt")
    for denied in (entries("disposable_fakefilter.txt"), entries("disposable_suspected.txt"), blocklist):
        assert not allowed & set(denied)


def test_free_mail_and_relays_do_not_overlap() -> None:
    """A domain is one or the other."""
    assert not entries("free_mail.txt") & entries("privacy_relays.txt")


@pytest.mark.parametrize(
    "domain",
    [
        "privaterelay.appleid.com",
        "private.icloud.com",
        "mozmail.com",
        "duck.com",
        "simplelogin.com",
        "slmails.com",
        "addy.io",
        "anonaddy.me",
        "passmail.net",
        "passinbox.com",
    ],
)
def test_relays(domain: str) -> None:
    """The relays that people use are known, and called nothing else."""
    facts = REFERENCES.domains.lookup(domain, NOW)
    assert (facts.relay, facts.disposable, facts.free) == (True, False, False)
    assert facts.provider


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "outlook.com",
        "hotmail.co.uk",
        "live.fr",
        "yahoo.co.jp",
        "icloud.com",
        "gmx.de",
        "web.de",
        "t-online.de",
        "orange.fr",
        "free.fr",
        "libero.it",
        "wp.pl",
        "onet.pl",
        "seznam.cz",
        "ukr.net",
        "mail.ru",
        "yandex.ru",
        "qq.com",
        "163.com",
        "sina.com",
        "naver.com",
        "daum.net",
        "docomo.ne.jp",
        "ezweb.ne.jp",
        "uol.com.br",
        "bol.com.br",
        "terra.com.br",
        "rediffmail.com",
        "bigpond.com",
        "xtra.co.nz",
        "shaw.ca",
        "comcast.net",
        "zoho.com",
        "abv.bg",
        "freemail.hu",
        "centrum.sk",
        "telia.com",
        "mail.ee",
        "inbox.lv",
        "walla.co.il",
        "mynet.com",
        "hinet.net",
        "sapo.pt",
        "ziggo.nl",
    ],
)
def test_free_mail_of_many_countries(domain: str) -> None:
    """People of many countries are not taken for throw-away mail; large lists err on several of these."""
    facts = REFERENCES.domains.lookup(domain, NOW)
    assert (facts.free, facts.disposable, facts.suspected) == (True, False, False)


def test_the_table_of_networks() -> None:
    """Numbers stand once, every class is used, every row has a name and its evidence."""
    rows = class_rows()
    numbers = [row["asn"] for row in rows]
    assert len(numbers) == len(set(numbers)) >= 500
    assert {row["class"] for row in rows} == CLASSES
    assert all(row["name"] and row["evidence"] for row in rows)


def test_mobile_networks_of_many_countries() -> None:
    """Carriers' shared addresses are known in at least forty countries, so that nobody is punished for them."""
    mobile = [row["name"] for row in class_rows() if row["class"] == "mobile"]
    assert len(mobile) >= 150
    assert sum(any(country in name for name in mobile) for country in COUNTRIES) >= 40


def test_the_network_database_holds_no_special_address() -> None:
    """Addresses that are no place are left out of the file itself, at both ends of each range."""
    with maxminddb.open_database(str(BUNDLED / "networks.mmdb")) as reader:
        for block in SPECIAL_PURPOSE.split():
            # Addresses that embed IPv4 are resolved by the format itself, to the IPv4 part of the tree.
            if block not in {"::ffff:0:0/96", "2002::/16", "2001::/23"}:
                assert reader.get(block.partition("/")[0]) is None, block


@pytest.mark.parametrize(
    ("address", "country", "asn"),
    [
        ("8.8.8.8", "US", 15169),
        ("9.9.9.9", None, 19281),
        ("200.160.2.3", "BR", 22548),
        ("202.12.27.33", "JP", 7500),
        ("196.216.2.1", None, 33764),
        ("2001:4860:4860::8888", "US", 15169),
        ("2001:500:2::c", None, 2149),
        ("2001:7fd::1", None, 25152),
    ],
)
def test_well_known_addresses(address: str, country: str | None, asn: int) -> None:
    """Public servers that have stood where they stand for many years are found there."""
    facts = REFERENCES.networks.lookup(address, NOW)
    assert facts.asn == asn
    assert country is None or facts.country == country
