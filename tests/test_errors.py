"""Check the tree of errors that the package draws in its docstring."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from signup_risk import errors


def test_tree_is_as_drawn() -> None:
    """Every class stands in the drawing, under the class that it derives from."""
    drawn = re.findall(r"^([ │├└─]*)([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE)
    path: list[str] = []
    for lead, name in drawn:
        if name not in errors.__all__:
            continue
        depth = len(lead) // 4 - 1
        del path[depth:]
        if path:
            assert getattr(errors, path[-1]) is getattr(errors, name).__bases__[0], name
        path.append(name)
    assert {name for _, name in drawn} >= set(errors.__all__)


def test_every_error_has_the_one_root() -> None:
    """One except clause catches whatever the package raises."""
    assert errors.__all__ == sorted(errors.__all__)
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), errors.SignupRiskError), name


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.InvalidSignup, ValueError),
        (errors.ConfigurationError, ValueError),
        (errors.MissingExtra, ImportError),
    ],
)
def test_standard_kinds(error: type[Exception], builtin: type[Exception]) -> None:
    """Callers who know only the standard errors catch these too."""
    assert issubclass(error, builtin)


@pytest.mark.parametrize(
    "error", [errors.InvalidSignup("at", "a list", "a time"), errors.CardNumberRefused("card.token")]
)
def test_errors_survive_copy_and_pickle(error: errors.InvalidSignup) -> None:
    """Errors cross process borders whole, as workers that score files send them."""
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own bytes
        assert type(twin) is type(error)
        assert (twin.field, twin.kind, twin.allowed, str(twin)) == (
            error.field,
            error.kind,
            error.allowed,
            str(error),
        )
