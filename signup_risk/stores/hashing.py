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
import stat
from pathlib import Path
from typing import Final

from signup_risk.errors import ConfigurationError

#: Shortest secret taken, in bytes (NIST SP 800-107: at least half of the hash's strength, 128 bits).
SECRET_BYTES: Final = 16

#: Environment variable that holds the secret.
SECRET_VARIABLE: Final = "SIGNUP_RISK_SECRET"  # noqa: S105 - the name of one

#: Variables that hold a path of it instead, and the second secret of a rotation (:mod:`signup_risk.stores.marks`).
FILE_VARIABLE: Final = "SIGNUP_RISK_SECRET_FILE"
SECOND_VARIABLE: Final = "SIGNUP_RISK_SECOND_SECRET"
SECOND_FILE_VARIABLE: Final = "SIGNUP_RISK_SECOND_SECRET_FILE"

#: What is hashed in front of the id of a sign-up.
SIGNUP: Final = b"signup:"

_MASK: Final = (1 << 63) - 1


class Hasher:
    """Name values under one secret.

    Args:
        secret: At least 16 bytes, the same for every process that shares a store.
        second: Hasher under the other of two live secrets; it is asked for what this one did not seal.

    Raises:
        ConfigurationError: The secret is too short.
    """

    __slots__ = ("_secret", "second")

    def __init__(self, secret: bytes, second: Hasher | None = None) -> None:
        if len(secret) < SECRET_BYTES:
            raise ConfigurationError(
                f"the velocity secret has {len(secret)} bytes, at least {SECRET_BYTES} are needed; "
                "make one with: python -c 'import secrets; print(secrets.token_hex(32))'"
            )
        self._secret = secret
        self.second = second

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
        """Return the id of a sign-up that was sealed under its name.

        During a rotation both live secrets are tried; an id that neither sealed, as after its end, stays a number.

        Examples:
            >>> hasher = Hasher(b"not a secret at all, an example")
            >>> name = hasher.name(SIGNUP, "account 1")
            >>> hasher.unseal(name, hasher.seal(name, "account 1"))
            'account 1'
            >>> Hasher(b"another secret, of the time after").unseal(255, b"?")
            'sealed:00000000000000ff'
        """
        for hasher in (self, self.second):
            if hasher is not None and (text := hasher._opened(name, sealed)) is not None:  # noqa: SLF001 - of this class
                return text
        return f"sealed:{name:016x}"

    def _opened(self, name: int, sealed: bytes) -> str | None:
        """Return a sealed id if it is this secret's: under another one it would be noise, and have another name."""
        try:
            text = self._stream(name, sealed).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return None
        return text if self.name(SIGNUP, text) == name else None

    def _stream(self, name: int, data: bytes) -> bytes:
        blocks = range((len(data) + 31) // 32)
        stream = b"".join(hmac.digest(self._secret, b"seal:%d:%d" % (name, block), "sha256") for block in blocks)
        return bytes(map(operator.xor, data, stream))

    def beside(self, second: Hasher) -> Hasher:
        """Return this hasher with the one under the other of two live secrets."""
        return Hasher(self._secret, second)

    def check(self) -> str:
        """Return a mark by which a store recognises the secret without holding it."""
        return hmac.digest(self._secret, b"signup_risk store secret", "sha256")[:8].hex()

    def second_check(self) -> str:
        """Return the mark of the second secret; empty if there is none."""
        return "" if self.second is None else self.second.check()


def random_hasher() -> Hasher:
    """Return a hasher whose secret nobody keeps: for stores that die with the process."""
    return Hasher(secrets.token_bytes(32))


def given_hasher(secret: str | bytes | None = None) -> Hasher:
    """Return the hasher of a store that many machines share: its secret is given, or in the environment or a file.

    Raises:
        ConfigurationError: There is none, or it is too short. None is made here: each machine would make another.
    """
    given = secret if secret is not None else named_secret(SECRET_VARIABLE, FILE_VARIABLE)
    if given is None:
        raise ConfigurationError(
            "a store that many machines share needs one secret for all of them, and none was given; make one with: "
            "python -c 'import secrets; print(secrets.token_hex(32))', and set it as secret=, as "
            f"{SECRET_VARIABLE}, or in the file that {FILE_VARIABLE} names, on every machine"
        )
    return Hasher(given.encode() if isinstance(given, str) else given)


def hasher_for(path: Path | None, secret: str | bytes | None = None) -> Hasher:
    """Find the secret for a store: given, from the environment, or from a file beside an embedded store.

    Args:
        path: The embedded store's file; ``None`` for a store that dies with the process.
        secret: The secret itself, if the caller keeps it.

    Returns:
        The hasher. ``SIGNUP_RISK_SECRET`` holds the secret, or ``SIGNUP_RISK_SECRET_FILE`` the path of a file with it,
        as Docker and Kubernetes mount secrets. Where no secret is found for an embedded store, one is made and written
        beside it, readable by the owner alone.
    """
    given = secret if secret is not None else named_secret(SECRET_VARIABLE, FILE_VARIABLE)
    if given is not None:
        return Hasher(given.encode() if isinstance(given, str) else given)
    if path is None:
        return random_hasher()
    return Hasher(_file_secret(path.with_name(path.name + ".secret")))


def with_second(hasher: Hasher, secret: str | bytes | None = None) -> Hasher:
    """Return a hasher that knows the second secret of a rotation, if one is given or in the environment or a file.

    Raises:
        ConfigurationError: It is too short, or the same as the first.
    """
    given = secret if secret is not None else named_secret(SECOND_VARIABLE, SECOND_FILE_VARIABLE)
    if not given:
        return hasher
    second = Hasher(given.encode() if isinstance(given, str) else given)
    if second.check() == hasher.check():
        raise ConfigurationError(
            f"the second secret is the same as the first; give the one that is coming or going as {SECOND_VARIABLE}, "
            "or none"
        )
    return hasher.beside(second)


def named_secret(variable: str, file_variable: str) -> str | bytes | None:
    """Return a secret from the environment or from the file that it names."""
    given, path = os.environ.get(variable), os.environ.get(file_variable)
    if given is not None and path is not None:
        raise ConfigurationError(f"both {variable} and {file_variable} are set; keep one of them")
    return given if path is None else _mounted_secret(Path(path), file_variable)


def _mounted_secret(path: Path, variable: str) -> bytes:
    """Read a secret that a platform put into a file; the line break at its end is not part of it.

    Raises:
        ConfigurationError: It cannot be read, or others may change it.
    """
    try:
        mode, content = stat.S_IMODE(path.stat().st_mode), path.read_bytes()
    except OSError as problem:
        raise ConfigurationError(
            f"the file {path} that {variable} names cannot be read ({type(problem).__name__}); mount it, or let this "
            "user read it"
        ) from problem
    if os.name == "posix" and mode & 0o022:
        raise ConfigurationError(f"others may change the secret in {path} (mode {mode:o}); chmod go-w it")
    return content.rstrip(b"\r\n")


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
