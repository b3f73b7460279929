"""Keep a review queue in a small file, so that a notebook that dies loses no ruling.

The file names nobody: sign-up ids, analysts and notes are sealed under the secret of the scorer's store
(:meth:`signup_risk.stores.hashing.Hasher.seal`), and only a scorer under the same secret opens it. It is replaced whole
or not at all.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from signup_risk.errors import ConfigurationError
from signup_risk.notebook.review.rows import QueueRow
from signup_risk.notebook.review.ruling import Ruling
from signup_risk.stores import Hasher
from signup_risk.stores.hashing import SIGNUP

#: Version of the file; another is refused.
FORMAT: Final = 1

#: Largest file that is read, in bytes.
_LARGEST: Final = 256 << 20


def digest_of(path: Path) -> str | None:
    """Return a digest of a file, by which a change of it is noticed; None if it is not there or cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def write_queue(path: Path, rows: Sequence[QueueRow], rulings: Sequence[Sequence[Ruling]], hasher: Hasher) -> None:
    """Write a queue.

    Args:
        path: The file.
        rows: Its rows, in order.
        rulings: All rulings, one list a sign-up, in order.
        hasher: Seals it.

    Raises:
        ConfigurationError: The file cannot be written.
    """
    told = {
        "format": FORMAT,
        "what": "a review queue of signup_risk; sealed under the secret of its store",
        "secret_check": hasher.check(),
        "counts": {"rows": len(rows), "ruled": len(rulings)},
        "rows": _sealed([row.to_dict() for row in rows], hasher),
        "rulings": _sealed([[one.to_dict() for one in held] for held in rulings], hasher),
    }
    scratch = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        scratch.touch(mode=0o600)
        scratch.write_text(json.dumps(told, indent=1) + "\n", encoding="ascii")
        scratch.replace(path)
    except OSError as problem:
        with contextlib.suppress(OSError):
            scratch.unlink()
        raise ConfigurationError(f"{path}: cannot be written ({problem.strerror}); check the path") from None


def read_queue(path: Path, hasher: Hasher) -> tuple[list[QueueRow], list[list[Ruling]]]:
    """Read a queue.

    Raises:
        ConfigurationError: The file cannot be read, is none of these, or was sealed under another secret.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigurationError(f"{path}: larger than {_LARGEST >> 20} MB; this is no review queue")
        told = json.loads(path.read_text(encoding="ascii"))
    except OSError as problem:
        raise ConfigurationError(f"{path}: cannot be read ({problem.strerror}); check the path") from None
    except (ValueError, RecursionError):
        raise ConfigurationError(f"{path}: not a review queue; it is written by ReviewQueue.save") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ConfigurationError(f"{path}: not a review queue of format {FORMAT}, which this version reads")
    if told.get("secret_check") not in (hasher.check(), hasher.second_check()):
        raise ConfigurationError(
            f"{path}: was written under another secret; open the scorer on the same store, or with the same secret= "
            "(each memory:// store without one has a secret of its own)"
        )
    try:
        rows = [QueueRow.from_dict(row) for row in _opened(told["rows"], hasher)]
        rulings = [[Ruling.from_dict(one) for one in held] for held in _opened(told["rulings"], hasher)]
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error) as problem:
        raise ConfigurationError(f"{path}: damaged ({type(problem).__name__}); take an earlier copy") from None
    return rows, rulings


def _sealed(content: Any, hasher: Hasher) -> dict[str, str]:
    text = json.dumps(content, separators=(",", ":"))
    name = hasher.name(SIGNUP, text)  # a text under this name is checked when it is opened, and told if it was changed
    return {"name": f"{name:016x}", "sealed": base64.b64encode(hasher.seal(name, text)).decode("ascii")}


def _opened(told: Mapping[str, str], hasher: Hasher) -> Any:
    name = int(told["name"], 16)
    return json.loads(hasher.unseal(name, base64.b64decode(told["sealed"], validate=True)))
