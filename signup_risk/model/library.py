"""Find LightGBM's shared library and declare the calls of its C API that serving needs.

The Python package ``lightgbm`` is located but never imported: importing it loads NumPy, SciPy and, where
they are installed, pandas and scikit-learn: 1.4 s and 170 MB (LightGBM 4.7.0), none of which
scoring one row needs. The library alone takes 0.07 s and 13 MB.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

from signup_risk.errors import ConfigurationError, ModelMismatch

_Kind = TypeVar("_Kind", bound=ctypes.CDLL)

_Handle = ctypes.c_void_p
_Text = ctypes.c_char_p
_Int = ctypes.c_int
_Int32 = ctypes.c_int32
_Length = ctypes.POINTER(ctypes.c_int64)

# Names and types from include/LightGBM/c_api.h (LightGBM 4.x, read 2026-03). `data` is void*, results are
# double*; both are passed as plain addresses.
_SIGNATURES: dict[str, tuple[object, ...]] = {
    "LGBM_BoosterLoadModelFromString": (_Text, ctypes.POINTER(_Int), ctypes.POINTER(_Handle)),
    "LGBM_BoosterFree": (_Handle,),
    "LGBM_BoosterPredictForMatSingleRowFastInit": (
        _Handle, _Int, _Int, _Int, _Int, _Int32, _Text, ctypes.POINTER(_Handle),
    ),
    "LGBM_BoosterPredictForMatSingleRowFast": (_Handle, ctypes.c_void_p, _Length, ctypes.c_void_p),
    "LGBM_FastConfigFree": (_Handle,),
    "LGBM_BoosterPredictForMat": (
        _Handle, ctypes.c_void_p, _Int, _Int32, _Int32, _Int, _Int, _Int, _Int, _Text, _Length,
        ctypes.c_void_p,
    ),
    "LGBM_GetMaxThreads": (ctypes.POINTER(_Int),),
    "LGBM_SetMaxThreads": (_Int,),
}  # fmt: skip

_FILE_NAMES = {"darwin": "lib_lightgbm.dylib", "win32": "lib_lightgbm.dll"}
# Where releases have kept the file, relative to the package: `lib` since 4.0, `bin` for Windows wheels and
# some conda builds, beside the package in 2.x and 3.x.
_FOLDERS = ("lib", "bin", ".", "..", "../lib")


class _NativeLock:
    """Serialise the calls that read or set LightGBM's process-wide number of threads.

    `num_threads` is one global of the library (src/utils/openmp_wrapper.cpp). A predictor sizes its buffers
    by it when it is made and uses it again when it runs (src/application/predictor.hpp, src/c_api.cpp), so
    another thread changing it in between would let OpenMP write past the buffers.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self.lock = threading.RLock()


_native = _NativeLock()


@contextmanager
def native_lock() -> Iterator[None]:
    """Hold the process-wide lock around calls that depend on LightGBM's number of threads."""
    with _native.lock:
        yield


def library_path() -> Path:
    """Return the path of LightGBM's shared library without importing the Python package.

    Raises:
        ConfigurationError: If LightGBM is not installed or its library is nowhere to be found.
    """
    spec = importlib.util.find_spec("lightgbm")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError("LightGBM is not installed; run: pip install 'lightgbm>=4.5'")
    name = _FILE_NAMES.get(sys.platform, "lib_lightgbm.so")
    for location in spec.submodule_search_locations:
        for folder in _FOLDERS:
            candidate = Path(location, folder, name)
            if candidate.is_file():
                return candidate.resolve()
    raise ConfigurationError(
        f"LightGBM is installed without {name}; reinstall it: pip install --force-reinstall 'lightgbm>=4.5'"
    )


@cache
def load_library() -> ctypes.CDLL:
    """Load the shared library; calls release the interpreter's lock."""
    return _declared(ctypes.CDLL)


@cache
def load_library_keeping_gil() -> ctypes.PyDLL:
    """Load the same library for calls that are too short to be worth giving the interpreter's lock away.

    Getting it back can cost a whole switch interval (5 ms) when other threads compute, a prediction 10
    microseconds.
    """
    return _declared(ctypes.PyDLL)


def _declared(kind: type[_Kind]) -> _Kind:
    path = library_path()
    try:
        library = kind(str(path))
    except OSError as problem:
        raise ConfigurationError(
            f"LightGBM's library {path.name} cannot be loaded ({problem}); it needs an OpenMP runtime, "
            "for example libgomp1 on Debian or libomp on macOS"
        ) from problem
    for name, types in _SIGNATURES.items():
        function = getattr(library, name)
        function.argtypes = types
        function.restype = _Int
    library.LGBM_GetLastError.restype = _Text
    return library


def check(library: ctypes.CDLL, status: int, doing: str) -> None:
    """Raise ``ModelMismatch`` with LightGBM's own message if a call failed."""
    if status != 0:
        message = library.LGBM_GetLastError().decode("utf-8", "replace")
        raise ModelMismatch(
            f"LightGBM failed while {doing}: {message}. Check that the model folder is complete and that the "
            "installed LightGBM is 4.5 or newer"
        )


@contextmanager
def one_thread(library: ctypes.CDLL) -> Iterator[None]:
    """Keep LightGBM from starting OpenMP threads inside the block.

    Reading a model and preparing contributions run parallel loops. Their worker threads do not survive a
    fork, and GNU's OpenMP then waits for them for ever in the child; without workers a loaded model may be
    forked.
    """
    before = ctypes.c_int()
    with native_lock():
        check(library, library.LGBM_GetMaxThreads(ctypes.byref(before)), "reading its number of threads")
        check(library, library.LGBM_SetMaxThreads(1), "setting its number of threads")
        try:
            yield
        finally:
            library.LGBM_SetMaxThreads(before.value)
