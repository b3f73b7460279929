"""Build the commands that are sent: plain ones, and calls of the scripts in ``scripts/``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import resources
from typing import Final, NamedTuple

from signup_risk.stores.redis.layout import constants
from signup_risk.stores.redis.wire import Word, packed


class Script(NamedTuple):
    """Hold a script.

    Attributes:
        source: Its text.
        digest: The name under which a server keeps it.
    """

    source: bytes
    digest: bytes


class Command(NamedTuple):
    """Hold a command.

    Attributes:
        key: A key that it touches; b"" for none. All its keys lie on the same slot.
        words: The command, of a script what follows its digest or source.
        script: The script that it calls.
    """

    key: bytes
    words: tuple[Word, ...]
    script: Script | None = None

    def packed(self) -> bytes:
        """Return the bytes to send, a script by its digest."""
        return packed(self.words if self.script is None else (b"EVALSHA", self.script.digest, *self.words))

    def with_source(self) -> bytes:
        """Return the bytes to send to a server that does not know the script yet; it keeps it from then on."""
        return packed(self.words if self.script is None else (b"EVAL", self.script.source, *self.words))


def plain(key: bytes, *words: Word) -> Command:
    """Return a plain command."""
    return Command(key, words)


def call(script: Script, keys: Sequence[bytes], *words: Word) -> Command:
    """Return the call of a script."""
    return Command(keys[0], (len(keys), *keys, *words), script)


def _script(*names: str) -> Script:
    folder = resources.files("signup_risk.stores.redis") / "scripts"
    text = constants() + "".join((folder / f"{name}.lua").read_text(encoding="utf-8") for name in names)
    source = text.encode()
    return Script(source, hashlib.sha1(source, usedforsecurity=False).hexdigest().encode())


EXCHANGE: Final = _script("state", "exchange")
RECORD: Final = _script("state", "record")
CLAIM: Final = _script("claim")
MARK: Final = _script("mark")
JUDGE: Final = _script("state", "judge")
SWEEP: Final = _script("state", "sweep")
ERASE: Final = _script("state", "erase")
APPEND: Final = _script("append")
SETTLE: Final = _script("settle")
TRIM: Final = _script("trim")
AMEND: Final = _script("amend")
LEDGER_APPEND: Final = _script("ledger_append")
LEDGER_OF: Final = _script("ledger_of")
LEDGER_ERASE: Final = _script("ledger_erase")
