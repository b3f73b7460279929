"""List what ``signup-risk data refresh`` can fetch, and check that what came is what was meant.

Nothing fetched is passed on: it stays in the user's folder, under the publisher's terms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from signup_risk.errors import ReferenceProblem
from signup_risk.references.addresses import Ranges
from signup_risk.references.manifest import BUNDLED
from signup_risk.references.mmdb import NetworkFile
from signup_risk.references.texts import parse_list, read_list

_MEGABYTE: Final = 1 << 20

# No list of hosters or relays covers more; the widest known one, of 892 networks, has 9 % of the IPv4 space.
_LARGEST_SHARE: Final = 0.25

# A list that holds one of these is not a list of throw-away mail, whoever publishes it.
_LARGEST_PROVIDERS: Final = frozenset(
    {
        "gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "aol.com", "proton.me",
        "gmx.de", "web.de", "qq.com", "163.com", "naver.com", "mail.ru", "yandex.ru", "duck.com",
        "privaterelay.appleid.com",
    }
)  # fmt: skip


class Parsed(NamedTuple):
    """Hold what is to be written, the number of rows, and the day of the data where it names one."""

    content: bytes
    rows: int
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Say where a reference is fetched from, and what it must look like.

    Attributes:
        name: The reference that it renews.
        urls: Addresses; several are read together.
        licence: Terms as its publisher states them, read 2026-11.
        suffix: Ending of the written file.
        parse: Turns the bodies into what is written.
        least_rows: Refuse fewer.
        most_bytes: Refuse a longer body.
        believed_days: How long the data is believed.
    """

    name: str
    urls: tuple[str, ...]
    licence: str
    suffix: str
    parse: Callable[[Sequence[bytes]], Parsed]
    least_rows: int
    most_bytes: int
    believed_days: int


def parse_domains(bodies: Sequence[bytes]) -> Parsed:
    """Check a deny list of mail domains: domain names only, and none of the large providers.

    Smaller free mail and relays that a list holds are dropped, since they would win anyway.
    """
    names: set[str] = set()
    for body in bodies:
        names |= set(parse_list(_text(body), "the fetched list", domains=True).entries)
    wrong = sorted(names & _LARGEST_PROVIDERS)
    if wrong:
        raise ReferenceProblem(f"the fetched list calls {wrong[0]} disposable, so it is not to be believed")
    for file in ("free_mail.txt", "privacy_relays.txt"):
        names -= set(read_list(BUNDLED / file, domains=True).entries)
    return Parsed(("\n".join(sorted(names)) + "\n").encode(), len(names))


def parse_ranges(bodies: Sequence[bytes]) -> Parsed:
    """Check a list of blocks or addresses, alone on a line or as the first column of a CSV."""
    blocks: list[str] = []
    for body in bodies:
        lines = (line.partition("#")[0].partition(",")[0].strip() for line in _text(body).splitlines())
        blocks += [line for line in lines if line]
    try:
        ranges = Ranges.of(blocks)
    except ValueError as error:
        raise ReferenceProblem(f"the fetched list: {error}") from error
    pairs4 = zip(ranges.v4_starts, ranges.v4_ends, strict=True)
    pairs6 = zip(ranges.v6_starts, ranges.v6_ends, strict=True)
    shares = (
        sum(end - start + 1 for start, end in pairs4) / 2**32,
        sum(end - start + 1 for start, end in pairs6) / 2**64,
    )
    if max(shares) > _LARGEST_SHARE:
        raise ReferenceProblem(
            f"the fetched list covers {max(shares):.0%} of all addresses, so it is not to be believed"
        )
    return Parsed(ranges.to_bytes(), len(blocks))


def parse_country_database(bodies: Sequence[bytes]) -> Parsed:
    """Check an address database: it opens, its layout is known, and it knows where 8.8.8.8 is."""
    return _parse_database(bodies[0], lambda file: file.read("8.8.8.8").country == "US")


def parse_number_database(bodies: Sequence[bytes]) -> Parsed:
    """Check an address database: it opens, its layout is known, and it knows whose 8.8.8.8 is."""
    return _parse_database(bodies[0], lambda file: file.read("8.8.8.8").asn == 15169)


def _parse_database(body: bytes, is_right: Callable[[NetworkFile], bool]) -> Parsed:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fetched.mmdb"
        path.write_bytes(body)
        with NetworkFile(path) as file:
            if not is_right(file):
                raise ReferenceProblem(
                    f"the fetched database ({file.database_type}) does not know 8.8.8.8, so it is not to be believed"
                )
            return Parsed(body, file.nodes, file.built)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReferenceProblem("the fetched list is not text in UTF-8") from error


_GEO: Final = "https://github.com/sapics/ip-location-db/releases/download/latest"
_GITHUB: Final = "https://raw.githubusercontent.com"
_X4B: Final = f"{_GITHUB}/X4BNet/lists_vpn/main/output"

# In this order: Apple's relays before the lists that hold them by mistake. A relay wins over vpn and hosting
# wherever an address is looked up, so nothing has to be taken out of those lists. The large clouds publish
# ranges too; the table of networks knows them by number.
SOURCES: Final = (
    Source(
        "disposable",
        (f"{_GITHUB}/disposable-email-domains/disposable-email-domains/main/disposable_email_blocklist.conf",),
        "CC0-1.0", ".txt", parse_domains, 5_000, 8 * _MEGABYTE, 730,
    ),
    Source(
        "fakefilter",
        (f"{_GITHUB}/7c/fakefilter/main/txt/data.txt",),
        "BSD-3-Clause", ".txt", parse_domains, 1_000, 8 * _MEGABYTE, 730,
    ),
    Source(
        "relay_ranges",
        ("https://mask-api.icloud.com/egress-ip-ranges.csv",),
        "published by Apple, no terms stated", ".ranges", parse_ranges, 10_000, 64 * _MEGABYTE, 180,
    ),
    # Exits come and go by the hour.
    Source(
        "tor_ranges",
        ("https://check.torproject.org/torbulkexitlist",),
        "published by the Tor Project, no terms stated", ".ranges", parse_ranges, 200, 4 * _MEGABYTE, 7,
    ),
    Source(
        "vpn_ranges",
        (f"{_X4B}/vpn/ipv4.txt",),
        "MIT", ".ranges", parse_ranges, 2_000, 16 * _MEGABYTE, 180,
    ),
    Source(
        "hosting_ranges",
        (f"{_X4B}/datacenter/ipv4.txt",),
        "MIT", ".ranges", parse_ranges, 10_000, 16 * _MEGABYTE, 365,
    ),
    Source(
        "country",
        (f"{_GEO}/user-country.mmdb",),
        "PDDL-1.0", ".mmdb", parse_country_database, 100_000, 64 * _MEGABYTE, 730,
    ),
    Source(
        "asn",
        (f"{_GEO}/origin-asn.mmdb",),
        "PDDL-1.0", ".mmdb", parse_number_database, 100_000, 64 * _MEGABYTE, 730,
    ),
)  # fmt: skip
