"""The files that are handed on name no machine and no package registry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDERS = ("signup_risk", "models", "tests", "scripts", ".ci")

# Written so that this file does not match itself.
FORBIDDEN = re.compile(
    r"(?<![\w.~:/-])/(?:home|root|Users|work|workspace|opt|mnt)/[A-Za-z0-9_.]"
    r"|[A-Za-z]:\\Users\\"
    r"|py[p]i\.(?:org|python\.org)|python[h]osted\.org|registry\.npm[j]s|crates[.]io|anaconda[.]org"
    r"|extra-index-[u]rl|--index-[u]rl"
)


def forbidden(text: str) -> list[str]:
    """Return what a file must not say."""
    return [found.group() for found in FORBIDDEN.finditer(text)]


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    paths = [path for path in root.iterdir() if path.is_file() and path.name != ".coverage"]
    for folder in FOLDERS:
        paths.extend(path for path in (root / folder).rglob("*") if path.is_file())
    for path in paths:
        if path.suffix not in {".pyc", ".mmdb", ".gz"}:
            yield str(path.relative_to(root)), path.read_bytes().decode("utf-8", "replace")


def test_no_machine_is_named(root: Path) -> None:
    """No file holds a path of somebody's machine or the address of a package registry."""
    found = {name: complaints for name, text in _texts(root) if (complaints := forbidden(text))}
    assert found == {}


@pytest.mark.parametrize(
    "text",
    ["open('/" + "home/ada/x')", "/" + "work/main", "C:" + r"\Users\ada", "https://py" + "pi.org/simple"],
)
def test_machine_names_are_found(text: str) -> None:
    """The check finds paths of a machine and addresses of a registry."""
    assert forbidden(text) != []


@pytest.mark.parametrize("text", ["/var/lib/app/velocity.db", "https://example.com/home/x", "/email"])
def test_other_paths_are_left_alone(text: str) -> None:
    """The check leaves paths of a service, parts of addresses and JSON pointers alone."""
    assert forbidden(text) == []
