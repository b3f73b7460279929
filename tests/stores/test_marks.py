"""A store opens under two secrets while one takes the other's place, and under no third."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from signup_risk.errors import ConfigurationError, StoreMismatch
from signup_risk.stores import open_store
from signup_risk.stores.hashing import SIGNUP, Hasher, with_second
from signup_risk.stores.marks import Marks, Refused, agreed
from tests.stores.servers import Server

A, B, C = "the first secret of all", "the second secret of all", "a third secret, too many"
Open = Callable[[str, str | None], None]


@pytest.fixture(params=["sqlite", "redis"])
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Return a function that opens one store under one secret or two."""
    url = f"sqlite:///{tmp_path}/velocity.db"
    if request.param == "redis":
        running: Server = request.getfixturevalue("redis_server")
        running.client().flushall()
        url = running.url("marks:")

    def opened(secret: str, second: str | None) -> None:
        store, hasher = open_store(url, secret=secret, second_secret=second)
        store.close()
        assert (hasher.second is not None) == (second is not None)

    return opened


def test_a_rotation_step_by_step(opens: Open) -> None:
    """Fill, change places worker by worker in any order, leave the old one out; then the next rotation."""
    for secret, second in ((A, None), (A, B), (A, None), (A, B), (B, A), (A, B), (B, A), (B, None), (B, A), (B, None)):
        opens(secret, second)
    for secret, second in ((B, C), (C, B), (C, None)):
        opens(secret, second)
    with pytest.raises(StoreMismatch, match="written under another secret"):
        opens(A, None)


@pytest.mark.parametrize(
    ("before", "wrong", "said"),
    [
        ([(A, None)], (B, None), "give it as the second secret first"),
        ([(A, None)], (B, A), "give it as the second secret first"),
        ([(A, B)], (C, None), "under another secret"),
        ([(A, B)], (C, A), "under another secret"),
        ([(A, B)], (A, C), "is filling under another second secret"),
        ([(A, B)], (B, C), "two secrets already"),
        ([(A, B), (B, A), (A, B)], (B, C), "two secrets already"),
        ([(A, B), (B, A), (B, C)], (A, None), "under another secret"),
    ],
)
def test_wrong_combinations_are_refused(
    opens: Open, before: list[tuple[str, str | None]], wrong: tuple[str, str | None], said: str
) -> None:
    """Whatever would read under a secret that is not filled, or lose one that is, is refused with what to do."""
    for one in before:
        opens(*one)
    with pytest.raises(StoreMismatch, match=said) as problem:
        opens(*wrong)
    assert not any(secret in str(problem.value) for secret in (A, B, C))
    opens(*before[-1])


def test_a_new_store_may_begin_with_both(opens: Open) -> None:
    """A store that is made under two secrets opens under either."""
    opens(A, B)
    opens(B, None)


def test_marks_of_an_older_version_are_read() -> None:
    """A store that has the mark of one secret and nothing else is one that is in no rotation."""
    assert agreed(Marks("a"), "a", "") == Marks("a")
    with pytest.raises(Refused):
        agreed(Marks("a"), "", "")


def test_two_equal_secrets_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same secret twice is a mistake; an empty second one is none."""
    with pytest.raises(ConfigurationError, match="same as the first"):
        open_store("memory://", secret=A, second_secret=A)
    monkeypatch.setenv("SIGNUP_RISK_SECOND_SECRET", "")
    assert open_store("memory://", secret=A)[1].second is None


def test_secrets_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A mounted file gives the secret without its line break; one that others may change, or none, is refused."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text(A + "\n", encoding="utf-8")
    second.write_text(B, encoding="utf-8")
    for path in (first, second):
        path.chmod(0o400)
    monkeypatch.setenv("SIGNUP_RISK_SECRET_FILE", str(first))
    monkeypatch.setenv("SIGNUP_RISK_SECOND_SECRET_FILE", str(second))
    _, hasher = open_store("memory://")
    assert hasher.check() == Hasher(A.encode()).check()
    assert hasher.second_check() == Hasher(B.encode()).check()
    first.chmod(0o622)
    with pytest.raises(ConfigurationError, match="others may change the secret"):
        open_store("memory://")
    monkeypatch.setenv("SIGNUP_RISK_SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="SIGNUP_RISK_SECRET_FILE names cannot be read"):
        open_store("memory://")
    monkeypatch.setenv("SIGNUP_RISK_SECRET", A)
    with pytest.raises(ConfigurationError, match="keep one of them"):
        open_store("memory://")


def test_ids_sealed_under_either_secret_are_read() -> None:
    """During a rotation ids of both secrets are readable; afterwards those of the old one are numbers, never noise."""
    old, new = Hasher(A.encode()), Hasher(B.encode())
    name = old.name(SIGNUP, "account 1")
    sealed = old.seal(name, "account 1")
    assert with_second(new, A).unseal(name, sealed) == "account 1"
    assert new.unseal(name, sealed) == f"sealed:{name:016x}"
