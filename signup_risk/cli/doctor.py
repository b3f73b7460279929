"""Look at everything that scoring leans on, and say what to do: ``signup-risk doctor``."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal
from urllib.parse import unquote

from signup_risk.cli.data import chosen_references
from signup_risk.errors import ConfigurationError, ModelMismatch, SignupRiskError, StoreError
from signup_risk.events import Signup
from signup_risk.extract import VERSIONS, prepare
from signup_risk.model import ModelArtefact, bundled_model_path
from signup_risk.policy import read_policy
from signup_risk.references import References
from signup_risk.scorer.scorer import DEADLINE_MS
from signup_risk.stores import Hasher, Store, Touch, open_store
from signup_risk.stores.hashing import (
    FILE_VARIABLE,
    SECOND_FILE_VARIABLE,
    SECOND_VARIABLE,
    SECRET_VARIABLE,
    named_secret,
)
from signup_risk.stores.windows import DAY, MINUTE

Level = Literal["ok", "advice", "problem"]

_DESCRIPTION: Final = """\
Looks at store, secret, model, policy, reference data and clock, and says what to do about what is not right.
No sign-up is recorded, and a file that is not there yet is not made. A store that is there notes, as whenever it is
opened, by which secrets its keys are named: a keyed mark of each, not the secret.

exit status: 0 nothing has to be done, 1 something has, 2 the options cannot be used"""

#: Questions put to the store, and the share of the deadline that the slowest may take.
_QUESTIONS: Final = 30
_SHARE: Final = 0.5

#: Days before reference data expire from which on it is said.
_SOON: Final = 14

#: Free space below which a store's disk is called full, in bytes: a million sign-ups take about 1 GB.
_SPACE: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold what was found of one thing.

    Attributes:
        level: ``ok``, ``advice`` (works, could be better) or ``problem`` (has to be mended).
        name: What was looked at.
        text: What was found, and what to do.
    """

    level: Level
    name: str
    text: str


def add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    doctor = commands.add_parser(
        "doctor",
        help="check store, secret, model, reference data and clock",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    doctor.set_defaults(run=run_doctor)
    doctor.add_argument("--store", metavar="URL", default="memory://", help="velocity store (default: memory://)")
    doctor.add_argument("--model", metavar="DIR", help="folder of a model (default: the bundled one)")
    doctor.add_argument("--policy", metavar="FILE", help="policy as TOML or JSON (default: the default policy)")
    doctor.add_argument("--json", action="store_true", help="print JSON, one object a finding")
    return doctor


def run_doctor(options: argparse.Namespace) -> int:
    """Look at everything and print what was found.

    Returns:
        0, or 1 if something has to be mended.
    """
    references = chosen_references(options)
    found = [
        *_model(options.model),
        *_policy(options.policy),
        *_references(references),
        *_secret(options.store),
        *_store(options.store, references),
    ]
    if options.json:
        print(json.dumps([asdict(one) for one in found], indent=1))
    else:
        width = max(len(one.name) for one in found)
        for one in found:
            print(f"{one.level:<8} {one.name:<{width}}  {one.text}")
    return 1 if any(one.level == "problem" for one in found) else 0


def _model(folder: str | None) -> Iterator[Finding]:
    try:
        with closing(ModelArtefact.load(folder or bundled_model_path(), versions=VERSIONS)) as artefact:
            manifest = artefact.manifest
    except ModelMismatch as problem:
        yield Finding("problem", "model", str(problem))
        return
    named = f"{manifest.name} {manifest.version}, {len(manifest.names)} features, golden cases score as saved"
    yield Finding("ok", "model", named)
    if manifest.synthetic:
        advice = "it was trained on simulated traffic; train on your own history with signup-risk train"
        yield Finding("advice", "model", advice)


def _policy(path: str | None) -> Iterator[Finding]:
    if path is None:
        yield Finding("ok", "policy", "the default policy")
        return
    try:
        policy = read_policy(path)
    except ConfigurationError as problem:
        yield Finding("problem", "policy", str(problem))
        return
    yield Finding("ok", "policy", f"{policy.name} {policy.version}")
    if policy.shadow:
        yield Finding("advice", "policy", "it is in shadow: every sign-up is allowed, whatever its score")


def _references(references: References) -> Iterator[Finding]:
    now = datetime.now(UTC)
    infos = [info.at(round(now.timestamp() * 1e6)) for info in references.infos()]
    for info in infos:
        if info.required and info.status != "ok":
            text = f"{info.status}{f': {info.note}' if info.note else ''}; renew it with signup-risk data refresh"
            yield Finding("problem", f"references.{info.name}", text)
        elif info.status == "ok" and info.stale_after is not None and (info.stale_after - now.date()).days < _SOON:
            text = f"good until {info.stale_after}; renew it with signup-risk data refresh"
            yield Finding("advice", f"references.{info.name}", text)
    ready = sum(info.status == "ok" for info in infos)
    yield Finding("ok", "references", f"{ready} loaded; signup-risk data list shows their sources and ages")


def _secret(url: str) -> Iterator[Finding]:
    path = _file_of(url)
    if SECRET_VARIABLE in os.environ or FILE_VARIABLE in os.environ:
        yield from _from_outside("secret", SECRET_VARIABLE, FILE_VARIABLE)
    elif path is not None:
        yield _secret_file(path.with_name(path.name + ".secret"), path)
    elif url.startswith("memory:"):
        yield Finding("ok", "secret", "made anew with each process, as fits a store that dies with it")
    else:
        text = f"a shared store needs one: set {SECRET_VARIABLE} to the same value for every process"
        yield Finding("problem", "secret", text)
    if os.environ.get(SECOND_VARIABLE) or SECOND_FILE_VARIABLE in os.environ:
        yield from _from_outside("second secret", SECOND_VARIABLE, SECOND_FILE_VARIABLE)
        text = "every sign-up is recorded twice; once all have changed and the ledger came along, leave the old one out"
        yield Finding("advice", "second secret", text)


def _from_outside(name: str, variable: str, file_variable: str) -> Iterator[Finding]:
    """Look at a secret that the environment holds, or a file that it names."""
    path = os.environ.get(file_variable)
    try:
        given = named_secret(variable, file_variable)
        Hasher(given.encode() if isinstance(given, str) else given or b"")
    except ConfigurationError as problem:
        yield Finding("problem", name, str(problem))
        return
    if path is None:
        yield Finding("ok", name, f"from {variable}")
        return
    mode = stat.S_IMODE(Path(path).stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        text = f"{path} can be read by others (mode {mode:o}); mount it with mode 400 (defaultMode in Kubernetes)"
        yield Finding("problem" if mode & 0o007 else "advice", name, text)
    else:
        yield Finding("ok", name, f"from {path}, which {file_variable} names")


def _secret_file(path: Path, store: Path) -> Finding:
    if not path.exists():
        if store.exists():
            text = f"{path} is missing beside a store written under it; bring it back or set {SECRET_VARIABLE}"
            return Finding("problem", "secret", text)
        return Finding("ok", "secret", f"will be made at {path}, readable by the owner alone")
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        return Finding("problem", "secret", f"{path} can be read by others (mode {mode:o}); chmod 600 it")
    return Finding("ok", "secret", f"from {path}; back it up with the store, which is worth nothing without it")


def _store(url: str, references: References) -> Iterator[Finding]:
    path = _file_of(url)
    if path is not None and not path.exists():
        yield _place(path)
        return
    try:
        store, hasher = open_store(url)
    except SignupRiskError as problem:
        yield Finding("problem", "store", str(problem))
        return
    try:
        yield from _asked(store, hasher, references)
        if path is not None:
            yield from _disk(path)
    except StoreError as problem:
        yield Finding("problem", "store", str(problem))
    finally:
        store.close()


def _place(path: Path) -> Finding:
    if not path.parent.is_dir():
        return Finding("problem", "store", f"the folder {path.parent} does not exist; make it")
    if not os.access(path.parent, os.W_OK):
        return Finding("problem", "store", f"the folder {path.parent} cannot be written to by this user")
    return Finding("ok", "store", f"{path} will be made with the first scorer")


def _asked(store: Store, hasher: Hasher, references: References) -> Iterator[Finding]:
    """Ask the store as a sign-up does, without leaving a trace."""
    now = datetime.now(UTC)
    touch = prepare(Signup(at=now), round(now.timestamp() * 1e6), references, hasher).keys.touch
    taken = []
    for _ in range(_QUESTIONS):
        started = time.perf_counter()
        answer = store.peek(touch, timeout=5)
        taken.append(1000 * (time.perf_counter() - started))
    taken.sort()
    text = f"answers in {taken[len(taken) // 2]:.2f} ms, the slowest of {_QUESTIONS} in {taken[-1]:.2f} ms"
    slow = taken[-1] > _SHARE * DEADLINE_MS
    advice = f"; that is near the default deadline of {DEADLINE_MS:g} ms: move it nearer, or raise deadline_ms"
    yield Finding("advice" if slow else "ok", "store", text + (advice if slow else ""))
    clock = answer.states[0]
    yield _clock(touch, None if clock is None else clock.newest)


def _clock(touch: Touch, newest: int | None) -> Finding:
    if newest is None:
        return Finding("ok", "clock", "the store has seen no sign-up yet")
    if newest > touch.at + MINUTE:
        text = (
            f"the newest sign-up of the store lies {(newest - touch.at) / MINUTE / 60:.1f} hours ahead of this clock; "
            "set the clocks by NTP, and look for events with times that have not come"
        )
        return Finding("problem", "clock", text)
    days = (touch.at - newest) / DAY
    if days > 1:
        text = f"the newest sign-up of the store is {days:.0f} days old; is it the right store?"
        return Finding("advice", "clock", text)
    return Finding("ok", "clock", "agrees with the times of the store's sign-ups")


def _disk(path: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(path.parent).free
    if not os.access(path, os.W_OK):
        yield Finding("problem", "disk", f"{path} cannot be written to by this user")
    elif free < _SPACE:
        yield Finding("problem", "disk", f"{free / 1e6:,.0f} MB are free beside the store; make room")
    else:
        yield Finding("ok", "disk", f"{path.stat().st_size / 1e6:,.1f} MB used, {free / 1e9:,.0f} GB free")


def _file_of(url: str) -> Path | None:
    scheme, _, rest = url.partition("://")
    return Path(unquote(rest[1:])) if scheme == "sqlite" else None
