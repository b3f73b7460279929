"""Show and refresh reference data."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest

import signup_risk.cli.refresh
from signup_risk.cli.data import table
from signup_risk.errors import ReferenceProblem
from signup_risk.references import NAMES, ReferenceInfo
from signup_risk.references.refresh import refresh
from tests.cli.running import Outcome

Run = Callable[..., Outcome]
# With gaps between them, since neighbours are one range.
EXITS = "".join(f"198.51.{100 + number // 100}.{2 * (number % 100)}\n" for number in range(250)).encode()


def test_list_shows_every_reference(run: Run) -> None:
    """The bundled data is complete, in date and as its manifest says; every reference has a line."""
    found = run("data", "list", "--verify")
    assert (found.status, found.errors) == (0, "")
    assert {one.split()[0] for one in found.output.splitlines()[1:]} == set(NAMES)


def test_list_as_json(run: Run, tmp_path: Path) -> None:
    """As JSON every reference has source, date, age and licence, and an own file shows where it is."""
    own = tmp_path / "roles.txt"
    own.write_text("billing\nabuse\n")
    infos = {
        one["name"]: one for one in json.loads(run("data", "list", "--json", "--reference", f"roles={own}").output)
    }
    assert set(infos) == set(NAMES)
    assert (infos["roles"]["path"], infos["roles"]["status"]) == (str(own), "ok")
    assert infos["networks"]["licence"]
    assert infos["networks"]["age_days"] >= 0


def test_table() -> None:
    """Age is counted in days, what nobody configured is told from what is missing, notes stand below."""
    infos = [
        ReferenceInfo("a", as_of=date(2026, 5, 1), stale_after=date(2026, 5, 8), rows=1234, status="expired"),
        ReferenceInfo("b", status="absent", required=False, note="not configured"),
        ReferenceInfo("c", status="absent", note="c.txt: cannot be read"),
    ]
    rows = [one.split() for one in table(infos, date(2026, 5, 11)).splitlines()[1:]]
    assert rows[0] == ["a", "expired", "-", "2026-05-01", "10", "d", "2026-05-08", "1,234", "-", "-"]
    assert rows[1][:3] == ["b", "not", "configured"]
    assert rows[2][:2] == ["c", "absent"]
    assert rows[3:] == [["c:", "c.txt:", "cannot", "be", "read"]]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer requests for one list, and let all others fail."""

    def fetch(url: str, most_bytes: int) -> bytes:
        if "tor" not in url:
            raise ReferenceProblem(f"{url}: not reachable")
        return EXITS[:most_bytes]

    monkeypatch.setattr(signup_risk.cli.refresh, "refresh", partial(refresh, fetch=fetch))


@pytest.mark.usefixtures("network")
def test_refresh_and_list(run: Run, tmp_path: Path) -> None:
    """What was refreshed is loaded from the folder, as list shows."""
    found = run("data", "refresh", "tor_ranges", "--data-dir", tmp_path)
    assert (found.status, found.errors) == (0, "")
    assert found.output.startswith("tor_ranges: 250 rows of 20")
    shown = run("data", "list", "--json", "--data-dir", tmp_path).output
    infos = {one["name"]: one for one in json.loads(shown)}
    assert (infos["tor_ranges"]["status"], infos["tor_ranges"]["rows"]) == ("ok", 250)


@pytest.mark.usefixtures("network")
def test_refresh_says_what_failed(run: Run, tmp_path: Path) -> None:
    """One that cannot be fetched is named with the reason, and the others are renewed."""
    found = run("data", "refresh", "vpn_ranges", "tor_ranges", "--data-dir", tmp_path)
    assert found.status == 1
    assert found.output.startswith("tor_ranges: 250 rows")
    assert found.errors.startswith("signup-risk: vpn_ranges: ")
    assert "not reachable" in found.errors


def test_refresh_of_what_has_no_address(run: Run, tmp_path: Path) -> None:
    """A name that cannot be fetched is refused, with those that can."""
    found = run("data", "refresh", "roles", "--data-dir", tmp_path)
    assert found.status == 2
    assert "'roles' cannot be refreshed; allowed: " in found.errors
    assert list(tmp_path.iterdir()) == []


def test_verify_finds_a_changed_file(run: Run, tmp_path: Path, network: None) -> None:
    """A file that is not what its manifest says is found."""
    run("data", "refresh", "tor_ranges", "--data-dir", tmp_path)
    [path] = tmp_path.glob("tor_ranges-*")
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    found = run("data", "list", "--verify", "--data-dir", tmp_path)
    assert path.name in found.output + found.errors
