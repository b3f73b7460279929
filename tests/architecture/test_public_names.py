"""What the package hands out is a sorted list of names, and importing it does nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import signup_risk

# What a module of the standard library or a dependency opens on import is no matter; what we open is.
WATCHED_IMPORT = """
import sys

done = []
def watch(event, args):
    if event.startswith("socket.") or event in {"subprocess.Popen", "os.fork", "os.mkdir", "os.remove"}:
        done.append(event)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        done.append(f"open {args[0]}")
sys.dont_write_bytecode = True
sys.addaudithook(watch)
IMPORT
print(*done, sep="\\n", end="")
"""


def misplaced(names: Iterable[str]) -> list[str]:
    """Return the names that do not stand in sorted order, or stand twice."""
    listed = list(names)
    return [name for name, wanted in zip(listed, sorted(set(listed)), strict=False) if name != wanted]


def effects(statement: str) -> str:
    """Return what a statement wrote, started or connected to, in a fresh interpreter."""
    code = WATCHED_IMPORT.replace("IMPORT", statement)
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def test_names_are_sorted() -> None:
    """The public names are listed once each, in order."""
    assert misplaced(signup_risk.__all__) == []
    assert len(set(signup_risk.__all__)) == len(signup_risk.__all__)


def test_names_exist() -> None:
    """Every public name can be imported, and nothing else but modules and private names is there."""
    assert [name for name in signup_risk.__all__ if not hasattr(signup_risk, name)] == []
    others = {name for name in vars(signup_risk) if not name.startswith("_")} - set(signup_risk.__all__)
    assert [name for name in others if f"signup_risk.{name}" not in sys.modules] == []


def test_public_classes_say_where_they_come_from() -> None:
    """Every public class has a docstring."""
    classes = [getattr(signup_risk, name) for name in signup_risk.__all__]
    assert [found.__name__ for found in classes if isinstance(found, type) and not found.__doc__] == []


def test_import_has_no_effects() -> None:
    """Importing the package writes no file, starts no process and opens no connection."""
    assert effects("import signup_risk") == ""


def test_disorder_is_found() -> None:
    """The check finds a name out of order."""
    assert misplaced(["Assessment", "Scorer", "Policy"]) == ["Scorer", "Policy"]


def test_effects_are_found(tmp_path: Path) -> None:
    """The watch notices a file that is written and a socket that is made."""
    path = tmp_path / "written"
    assert effects(f"open({str(path)!r}, 'w').close()") == f"open {path}"
    assert "socket." in effects("import socket; socket.socket().close()")
