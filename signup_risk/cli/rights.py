"""Answer people's requests: ``signup-risk forget`` and ``signup-risk export``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import fields
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from signup_risk.cli.data import chosen_references
from signup_risk.cli.table import aligned
from signup_risk.errors import ConfigurationError
from signup_risk.scorer.person import Person
from signup_risk.scorer.rights import Rights
from signup_risk.scorer.rights_open import open_rights
from signup_risk.scorer.rights_results import Erasure

_NAMES: Final = tuple(field.name for field in fields(Person))

_WHO: Final = """
Whoever is meant is named by options, or, so that no shell remembers it, by a file: one JSON object a line, each for one
person, with one or more of email, phone, country, device, card and signup_id.

exit status: 0 something was found by every value, 1 by some nothing was, 2 nothing could be done"""

_FORGET: Final = (
    """\
Erases what is kept of a person in velocity, campaigns and the ledger of outcomes, and says what was removed. Keys that
others share keep their counts, which are then nobody's. Sign-ups go on meanwhile; a second run removes nothing.
"""
    + _WHO
)

_EXPORT: Final = (
    """\
Prints what is kept of a person in velocity, campaigns and the ledger of outcomes, as JSON, one object a person.
"""
    + _WHO
)


def add_rights(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> list[argparse.ArgumentParser]:
    """Describe the commands and return them."""
    form = argparse.RawDescriptionHelpFormatter
    about = "erase what is kept of a person", "show what is kept of a person"
    forget = commands.add_parser("forget", help=about[0], description=_FORGET, formatter_class=form)
    forget.set_defaults(run=run_forget)
    forget.add_argument("--json", action="store_true", help="print JSON, one object a person")
    export = commands.add_parser("export", help=about[1], description=_EXPORT, formatter_class=form)
    export.set_defaults(run=run_export)
    for parser in (forget, export):
        parser.add_argument("--store", metavar="URL", required=True, help="velocity store: sqlite:///PATH, redis://HOST")
        parser.add_argument("--from", dest="source", metavar="FILE", help="who is meant, JSON Lines; - for stdin")
        parser.add_argument("--email", metavar="ADDRESS", help="mailbox")
        parser.add_argument("--phone", metavar="NUMBER", help="telephone number, E.164, or national with --country")
        parser.add_argument("--country", metavar="CODE", help="country of the number, ISO 3166-1 alpha-2")
        parser.add_argument("--device", metavar="ID", help="device.id")
        parser.add_argument("--card", metavar="TOKEN", help="card.token")
        parser.add_argument("--signup-id", metavar="ID", help="signup_id")
    return [forget, export]


def run_forget(options: argparse.Namespace) -> int:
    """Erase what is kept of the persons that the options name.

    Returns:
        0, or 1 if something could not be found.
    """
    persons, missing = list(_persons(options)), False
    with _rights(options) as rights:
        for person in persons:
            done = rights.forget(person)
            missing = missing or bool(done.not_found)
            print(json.dumps(done.to_dict()) if options.json else erasure_text(done))
    return 1 if missing else 0


def run_export(options: argparse.Namespace) -> int:
    """Print what is kept of the persons that the options name.

    Returns:
        0, or 1 if something could not be found.
    """
    persons, missing = list(_persons(options)), False
    with _rights(options) as rights:
        for person in persons:
            kept = rights.export(person)
            missing = missing or bool(kept.not_found)
            print(json.dumps(kept.to_dict(), indent=None if len(persons) > 1 else 1))
    return 1 if missing else 0


def erasure_text(done: Erasure) -> str:
    """Return a report for people."""
    rows = [("place", "kind", "removed")]
    rows += [(one.place, one.kind, f"{one.count:,}") for one in done.removed if one.count]
    lines = [f"{done.signups:,} sign-ups found, {done.total:,} things removed"]
    lines += [aligned(rows)] if len(rows) > 1 else []
    lines += [f"nothing found by: {', '.join(done.not_found)}"] if done.not_found else []
    return "\n".join([*lines, *(f"stays: {text}" for text in done.remains)])


def _rights(options: argparse.Namespace) -> AbstractContextManager[Rights]:
    """Open the rights of a store that is there; a mistyped path must not become an empty store."""
    scheme, _, rest = options.store.partition("://")
    if scheme == "memory":
        raise ConfigurationError("a memory store ends with its process and keeps nothing; give the store's own URL")
    if scheme == "sqlite" and not Path(unquote(rest[1:])).is_file():
        raise ConfigurationError(f"there is no velocity store {unquote(rest[1:])}; check --store")
    return open_rights(options.store, chosen_references(options))


def _persons(options: argparse.Namespace) -> Iterator[Person]:
    given = {name: value for name in _NAMES if (value := getattr(options, name)) is not None}
    if options.source is None:
        yield Person(**given)
        return
    if given:
        raise ConfigurationError("persons are named by options or by --from, not by both; leave out one of them")
    text = sys.stdin.read() if options.source == "-" else Path(options.source).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield _person(number, line)


def _person(number: int, line: str) -> Person:
    """Read one line; what it holds is in no message."""
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    is_read = isinstance(told, dict) and all(name in _NAMES and isinstance(told[name], str) for name in told)
    if not is_read:
        raise ConfigurationError(
            f"line {number} of --from is no JSON object of texts named {', '.join(_NAMES)}; nothing was done"
        )
    return Person(**told)
