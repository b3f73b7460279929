"""Turn values into keyed hashes, so that a store holds nothing of a person.

HMAC-SHA-256 (RFC 2104) under a secret of the user's. Without the secret nobody can tell from a store whether an
address is in it, not even by trying all telephone numbers. 63 bits name a key (signed integers in SQLite): among
100 million keys the chance of any collision is 1 in 1,800.
"""

from __future__ import annotations

import hmac
import operator
import os
import secrets
from pathlib import Path
from typing import Final

from signup_risk.errors import ConfigurationError

#: Shortest secret taken, in bytes (NIST SP 800-107: at least half of the hash's strength, 128 bits).
SECRET_BYTES: Final = 16

#: Environment variable that holds the secret.
SECRET_VARIABLE: Final = "SIGNUP_RISK_SECRET"  # noqa: S105 - the name of one

_MASK: Final = (1 << 63) - 1


class Hasher:
    """Name values under one secret.

    Args:
        secret: At least 16 bytes, the same for every process that shares a store.

    Raises:
        ConfigurationError: The secret is too short.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SECRET_BYTES:
            raise ConfigurationError(
                f"the velocity secret has {len(secret)} bytes, at least {SECRET_BYTES} are needed; "
                "make one with: python -c 'import secrets; print(secrets.token_hex(32))'"
            )
        self._secret = secret

    def name(self, kind: bytes, value: str) -> int:
        """Return the 63-bit keyed hash of a value of one kind; never 0."""
        message = kind + value.encode("utf-8", "surrogatepass")
        return (int.from_bytes(hmac.digest(self._secret, message, "sha256")[:8], "little") & _MASK) or 1

    def seal(self, name: int, text: str) -> bytes:
        """Return a text that only the holder of the secret can read again.

        The text is added to a key stream, HMAC-SHA-256 in counter mode under the name (NIST SP 800-108). A name is
        the keyed hash of one text, so no two texts share a stream.
        """
        return self._stream(name, text.encode("utf-8", "surrogatepass"))

    def unseal(self, name: int, sealed: bytes) -> str:
        """Return a sealed text.

        Examples:
            >>> hasher = Hasher(b"not a secret at all, an example")
            >>> hasher.unseal(7, hasher.seal(7, "account 1"))
            'account 1'
        """
        return self._stream(name, sealed).decode("utf-8", "surrogatepass")

    def _stream(self, name: int, data: bytes) -> bytes:
        blocks = range((len(data) + 31) // 32)
        stream = b"".join(hmac.digest(self._secret, b"seal:%d:%d" % (name, block), "sha256") for block in blocks)
        return bytes(map(operator.xor, data, stream))

    def check(self) -> str:
        """Return a mark by which a store recognises the secret without holding it."""
        return hmac.digest(self._secret, b"signup_risk store secret", "sha256")[:8].hex()


def random_hasher() -> Hasher:
    """Return a hasher whose secret nobody keeps: for stores that die with the process."""
    return Hasher(secrets.token_bytes(32))


def given_hasher(secret: str | bytes | None = None) -> Hasher:
    """Return the hasher of a store that many machines share: its secret is given, or in the environment.

    Raises:
        ConfigurationError: There is none, or it is too short. None is made here: each machine would make another.
    """
    given = secret if secret is not None else os.environ.get(SECRET_VARIABLE)
    if given is None:
        raise ConfigurationError(
            "a store that many machines share needs one secret for all of them, and none was given; make one with: "
            "python -c 'import secrets; print(secrets.token_hex(32))', and set it as secret= or "
            f"{SECRET_VARIABLE} on every machine"
        )
    return Hasher(given.encode() if isinstance(given, str) else given)


def hasher_for(path: Path | None, secret: str | bytes | None = None) -> Hasher:
    """Find the secret for a store: given, from the environment, or from a file beside an embedded store.

    Args:
        path: The embedded store's file; ``None`` for a store that dies with the process.
        secret: The secret itself, if the caller keeps it.

    Returns:
        The hasher. Where no secret is found for an embedded store, one is made and written beside it, readable
        by the owner alone.
    """
    given = secret if secret is not None else os.environ.get(SECRET_VARIABLE)
    if given is not None:
        return Hasher(given.encode() if isinstance(given, str) else given)
    if path is None:
        return random_hasher()
    return Hasher(_file_secret(path.with_name(path.name + ".secret")))


def _file_secret(path: Path) -> bytes:
    """Read the secret file, or make it; of several processes that make it at once, one wins and all use it.

    Raises:
        ConfigurationError: It is missing beside a store that was written under one, or cannot be read or made.
    """
    try:
        if not path.exists():
            if path.with_name(path.name.removesuffix(".secret")).exists():
                raise ConfigurationError(
                    f"the velocity store has no secret file {path} beside it; bring it back, or set {SECRET_VARIABLE}, "
                    "or start a new store"
                )
            _make_secret(path)
        return path.read_text(encoding="ascii").strip().encode()
    except (OSError, ValueError) as problem:
        if isinstance(problem, ConfigurationError):
            raise
        raise ConfigurationError(
            f"the secret file {path} cannot be read or made ({type(problem).__name__}); set {SECRET_VARIABLE} instead"
        ) from problem


def _make_secret(path: Path) -> None:
    """Write a new secret whole, readable by the owner alone, unless another process was first."""
    scratch = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    scratch.touch(mode=0o600)
    try:
        scratch.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        _publish(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)


def _publish(scratch: Path, path: Path) -> None:
    try:
        os.link(scratch, path)  # unlike a rename, a link never replaces another process's secret
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not path.exists():
            scratch.replace(path)
