"""Look for LightGBM's library where it is not, or is broken."""

from __future__ import annotations

import ctypes
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from signup_risk.errors import ConfigurationError, ModelMismatch
from signup_risk.model import library


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Pretend that LightGBM is installed in an empty folder."""
    package = tmp_path / "lightgbm"
    package.mkdir()
    spec = importlib.machinery.ModuleSpec("lightgbm", None, is_package=True)
    spec.submodule_search_locations = [str(package)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)
    for load in (library.load_library, library.load_library_keeping_gil):
        load.cache_clear()
    yield package
    for load in (library.load_library, library.load_library_keeping_gil):
        load.cache_clear()


@pytest.mark.parametrize(
    ("platform", "place"),
    [
        ("linux", "lib/lib_lightgbm.so"),
        ("linux", "lib_lightgbm.so"),
        ("darwin", "lib/lib_lightgbm.dylib"),
        ("darwin", "../lib_lightgbm.dylib"),
        ("win32", "bin/lib_lightgbm.dll"),
    ],
)
def test_the_library_is_found_in_every_layout(
    installed: Path, monkeypatch: pytest.MonkeyPatch, platform: str, place: str
) -> None:
    """Each platform's file name is found in each folder that releases used."""
    path = (installed / place).resolve()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    monkeypatch.setattr(sys, "platform", platform)
    assert library.library_path() == path


def test_an_absent_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without LightGBM the error names the command that installs it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match="pip install"):
        library.library_path()


def test_an_incomplete_package_says_so(installed: Path) -> None:
    """A package without its library is told apart from an absent one."""
    with pytest.raises(ConfigurationError, match="installed without lib_lightgbm"):
        library.library_path()


def test_a_broken_library_says_what_it_needs(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the system cannot load ends in an error that names the usual cause."""
    monkeypatch.setattr(sys, "platform", "linux")
    (installed / "lib_lightgbm.so").write_bytes(b"not a library")
    with pytest.raises(ConfigurationError, match="OpenMP"):
        library.load_library()


def test_errors_of_the_library_carry_its_message() -> None:
    """A failing call raises with LightGBM's own words."""
    loaded = library.load_library()
    handle, iterations = ctypes.c_void_p(), ctypes.c_int()
    status = loaded.LGBM_BoosterLoadModelFromString(
        b"tree\nnum_class=1\n\n", ctypes.byref(iterations), ctypes.byref(handle)
    )
    with pytest.raises(ModelMismatch, match=r"while reading a model: .*label index"):
        library.check(loaded, status, "reading a model")


def test_the_number_of_threads_is_put_back() -> None:
    """Loading a model leaves the process-wide limit of LightGBM as it was."""
    loaded = library.load_library()
    loaded.LGBM_SetMaxThreads(3)
    found = ctypes.c_int()
    with library.one_thread(loaded):
        loaded.LGBM_GetMaxThreads(ctypes.byref(found))
        assert found.value == 1
    loaded.LGBM_GetMaxThreads(ctypes.byref(found))
    loaded.LGBM_SetMaxThreads(-1)
    assert found.value == 3
