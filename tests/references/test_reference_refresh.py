"""Refresh from a real server on this machine; whatever goes wrong, the old data stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from signup_risk.errors import ConfigurationError, ReferenceProblem
from signup_risk.references import NAMES, open_references
from signup_risk.references.manifest import MANIFEST_NAME, read_manifest
from signup_risk.references.refresh import Refreshed, refresh
from signup_risk.references.sources import SOURCES, Source
from tests.references.databases import write_mmdb
from tests.references.moments import NOW
from tests.references.publisher import Publisher, publisher

TODAY = date(2026, 12, 1)
KNOWN = {source.name: source for source in SOURCES}
DOMAINS = "\n".join(f"{number}.throw.example" for number in range(6000)).encode()
# With gaps between them, since neighbours become one range.
EXITS = "".join(f"185.220.{number // 100}.{2 * (number % 100)}\n" for number in range(400)).encode()


@pytest.fixture
def served() -> Iterator[Publisher]:
    """Run a server."""
    with publisher() as running:
        yield running


def source(served: Publisher, name: str, *bodies: bytes, **answer: int) -> Source:
    """Serve bodies, and return the source of a name with their addresses."""
    count = len(served.answers)
    urls = tuple(
        served.serve(f"/{name}/{count + place}", body, **answer) for place, body in enumerate(bodies)
    )
    return replace(KNOWN[name], urls=urls)


def run(folder: Path, *sources: Source, today: date = TODAY) -> Refreshed:
    """Refresh, and return what became of the first source."""
    return refresh((), folder, today, sources=sources)[0]


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_table_of_sources() -> None:
    """Every source renews a known reference, over https, with its licence."""
    assert set(KNOWN) <= set(NAMES)
    assert len(KNOWN) == len(SOURCES)
    for one in SOURCES:
        assert all(url.startswith("https://") for url in one.urls)
        assert one.licence
        assert one.least_rows > 0


def test_domains(served: Publisher, tmp_path: Path) -> None:
    """A fetched list is used from then on, with its dates and hash."""
    folder = tmp_path / "new" / "folder"
    done = run(folder, source(served, "disposable", DOMAINS))
    assert done.problem == ""
    assert done.entry == read_manifest(folder)["disposable"]
    assert (done.entry.rows, done.entry.as_of, done.entry.stale_after) == (6000, "2026-12-01", "2028-11-30")
    references = open_references(folder)
    assert references.domains.lookup("17.throw.example", NOW).disposable is True
    assert references.verify() == ()


def test_allowed_domains_are_taken_out_of_a_list(served: Publisher, tmp_path: Path) -> None:
    """Smaller free mail and relays in a fetched list are dropped."""
    run(tmp_path, source(served, "disposable", DOMAINS + b"\nposteo.de\nslmails.com\n"))
    assert read_manifest(tmp_path)["disposable"].rows == 6000


def test_ranges(served: Publisher, tmp_path: Path) -> None:
    """Lists of addresses and Apple's CSV become ranges; a relay wins over a list of vpn that holds it too."""
    relays = b"".join(b"172.224.%d.%d/31,US,US-CA,Example,\n" % (n // 60, 4 * (n % 60)) for n in range(12000))
    vpn = b"172.224.0.0/16\n" + b"".join(
        b"198.%d.%d.0/24\n" % (20 + n // 128, 2 * (n % 128)) for n in range(3000)
    )
    results = refresh(
        ("relay_ranges", "vpn_ranges", "tor_ranges"),
        tmp_path,
        TODAY,
        sources=(
            source(served, "relay_ranges", relays),
            source(served, "vpn_ranges", vpn),
            source(served, "tor_ranges", EXITS),
        ),
    )
    assert [result.problem for result in results] == ["", "", ""]
    networks = open_references(tmp_path).networks
    at = NOW - 40 * 86_400_000_000
    relay = networks.lookup("172.224.0.1", at)
    assert (relay.kind, relay.is_vpn, relay.is_relay) == ("relay", False, True)
    assert networks.lookup("172.224.0.2", at).is_vpn is True
    assert networks.lookup("185.220.0.2", at).is_tor is True
    assert networks.lookup("185.220.0.3", at).is_tor is False
    assert networks.lookup("185.220.0.2", NOW).is_tor is None  # a week is the limit for exits


def test_databases(served: Publisher, tmp_path: Path) -> None:
    """Country and number come as databases, and then stand for the bundled one."""
    rows = {"8.8.8.0/24": {"country_code": "US"}, "9.9.9.0/24": {"country_code": "CH"}}
    country = write_mmdb(tmp_path / "c.mmdb", "country ipvAll", rows).read_bytes()
    numbers = {"8.8.8.0/24": {"autonomous_system_number": 15169, "autonomous_system_organization": "Example"}}
    number = write_mmdb(tmp_path / "a.mmdb", "asn ipvAll", numbers).read_bytes()
    results = refresh(
        (),
        tmp_path / "data",
        TODAY,
        sources=(
            replace(source(served, "country", country), least_rows=1),
            replace(source(served, "asn", number), least_rows=1),
        ),
    )
    assert [result.problem for result in results] == ["", ""]
    networks = open_references(tmp_path / "data").networks
    assert networks.lookup("9.9.9.9", NOW).country == "CH"
    assert networks.lookup("8.8.8.8", NOW).organization == "Example"
    assert networks.lookup("1.1.1.1", NOW).asn is None


def wrong(served: Publisher, tmp_path: Path) -> dict[str, Source]:
    """Serve what can go wrong, by name."""
    wide = write_mmdb(
        tmp_path / "w.mmdb", "country ipvAll", {"8.8.8.0/24": {"country_code": "FR"}}
    ).read_bytes()
    missing = source(served, "disposable", DOMAINS)
    return {
        "cut short": source(served, "disposable", DOMAINS, announced=len(DOMAINS) + 1),
        "a web page": source(served, "disposable", b"<html><body>Sign in</body></html>\n" * 6000),
        "not text": source(served, "disposable", b"\xff\xfe" * 20000),
        "too long": replace(source(served, "disposable", DOMAINS), most_bytes=1000),
        "too few rows": source(served, "disposable", DOMAINS[:40000]),
        "a large provider": source(served, "disposable", DOMAINS + b"\ngmail.com\n"),
        "empty": source(served, "disposable", b""),
        "an error": source(served, "disposable", DOMAINS, status=500),
        "no server": replace(missing, urls=(*missing.urls, "http://127.0.0.1:1/")),
        "not ranges": source(served, "tor_ranges", b"exit.example\n" * 1000),
        "all addresses": source(served, "tor_ranges", EXITS + b"0.0.0.0/1\n"),
        "all of IPv6": source(served, "tor_ranges", EXITS + b"::/1\n"),
        "no database": source(served, "country", b"x" * 1000),
        "another database": replace(source(served, "country", wide), least_rows=1),
    }


def test_whatever_goes_wrong_the_old_data_stays(served: Publisher, tmp_path: Path) -> None:
    """After every kind of failure the folder is the same to the byte, and the reason is told."""
    folder = tmp_path / "data"
    for name, body in (("disposable", DOMAINS), ("tor_ranges", EXITS)):
        assert run(folder, source(served, name, body)).problem == ""
    before = snapshot(folder)
    for name, one in wrong(served, tmp_path).items():
        done = run(folder, one)
        assert done.entry is None, name
        assert done.problem.startswith(f"{one.name}: "), name
        assert snapshot(folder) == before, name


def test_half_of_the_present_rows_is_the_least(served: Publisher, tmp_path: Path) -> None:
    """A list that shrinks to less than half of the one in use is not believed."""
    lines = b"".join(b"%d.throw.example\n" % number for number in range(20000))
    assert run(tmp_path, source(served, "disposable", lines)).problem == ""
    assert "has 6,000 rows, at least 10,000" in run(tmp_path, source(served, "disposable", DOMAINS)).problem


def test_one_failure_does_not_stop_the_others(served: Publisher, tmp_path: Path) -> None:
    """What can be renewed is renewed."""
    bad = source(served, "disposable", b"", status=500)
    good = source(served, "tor_ranges", EXITS)
    results = refresh((), tmp_path, TODAY, sources=(bad, good))
    assert [result.entry is not None for result in results] == [False, True]


def test_a_name_without_address_is_refused(tmp_path: Path) -> None:
    """What is self-written or the user's own cannot be refreshed, and the names that can are listed."""
    with pytest.raises(ConfigurationError, match="'roles' cannot be refreshed; allowed: disposable"):
        refresh(("roles",), tmp_path, TODAY)


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    """A file where the folder should be, and a damaged manifest in it, are told before anything is fetched."""
    path = tmp_path / "file"
    path.write_text("x")
    with pytest.raises(ReferenceProblem, match="cannot be made"):
        refresh(("disposable",), path, TODAY)
    (tmp_path / MANIFEST_NAME).write_text("{")
    with pytest.raises(ReferenceProblem, match="not a manifest"):
        refresh(("disposable",), tmp_path, TODAY)


def test_a_full_disk_leaves_the_old_data(
    served: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that fails half-way leaves neither a torn file nor a temporary one."""
    assert run(tmp_path, source(served, "tor_ranges", EXITS)).problem == ""
    before = snapshot(tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    done = run(tmp_path, source(served, "tor_ranges", EXITS + b"9.9.9.9\n"))
    assert "No space left on device" in done.problem
    assert snapshot(tmp_path) == before


def test_files_of_the_last_two_rounds_are_kept(served: Publisher, tmp_path: Path) -> None:
    """A reader that has just read the last manifest still finds its file; older ones are removed."""
    for number in range(4):
        run(tmp_path, source(served, "tor_ranges", EXITS + b"9.9.9.%d\n" % number))
    assert len(list(tmp_path.glob("tor_ranges-*"))) == 2


def test_readers_during_the_swap_see_one_round_or_the_next(served: Publisher, tmp_path: Path) -> None:
    """While another thread opens the folder again and again, every look is whole: old or new, never neither."""
    rounds = [
        replace(
            KNOWN["disposable"],
            urls=(served.serve(f"/round/{number}", DOMAINS.replace(b"throw", b"t%d" % number)),),
        )
        for number in range(12)
    ]
    run(tmp_path, rounds[0])
    seen: list[Sequence[bool | None]] = []
    looked, done = threading.Event(), threading.Event()

    def read() -> None:
        while not done.is_set():
            domains = open_references(tmp_path).domains
            seen.append([domains.lookup(f"7.t{number}.example", NOW).disposable for number in range(12)])
            looked.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for one in rounds[1:]:
            assert run(tmp_path, one).problem == ""
            # No look may span two rounds: the file of the one before last is removed.
            looked.clear()
            assert looked.wait(timeout=60)
    finally:
        done.set()
        reader.join()
    assert all(sum(map(bool, answers)) == 1 for answers in seen)
