"""Predict with a LightGBM model through its C API: one row fast, or a table, without NumPy.

Threads. LightGBM's fast single-row predictor (its ``FastConfig``) keeps one buffer, guarded by a mutex of its
own; its source recommends one predictor a thread to avoid contention (``struct SingleRowPredictor`` in
``src/c_api.cpp``, commit bae0b7b of 2026-03-06). Predictors also hold the booster's mutex shared, while
making one takes it alone. So :class:`Booster` keeps a pool: a call takes a free predictor or makes one, and
puts it back. That is as safe as one a thread, needs no more than run at once, and leaks nothing when threads
come and go.

Forks. No OpenMP worker is ever started here unless ``threads`` above 1 is asked for, so a model may be loaded
before a server forks its workers. As with any lock, fork while no other thread is predicting.
"""

from __future__ import annotations

import ctypes
import weakref
from array import array
from collections import deque
from typing import Final, Self

from signup_risk.errors import ModelMismatch
from signup_risk.model.library import check, load_library, load_library_keeping_gil, native_lock, one_thread
from signup_risk.model.text import ModelText, read_model_text

# C_API_DTYPE_FLOAT64, C_API_PREDICT_RAW_SCORE, C_API_PREDICT_CONTRIB (include/LightGBM/c_api.h, 4.x)
_FLOAT64: Final = 1
_RAW_SCORE: Final = 1
_CONTRIBUTIONS: Final = 3
_ALL_TREES: Final = -1


class _LoadedModel:
    """Own LightGBM's handle of a model; it is freed when nothing refers to it any more."""

    __slots__ = ("__weakref__", "handle")

    def __init__(self, text: str) -> None:
        library = load_library()
        handle, iterations = ctypes.c_void_p(), ctypes.c_int()
        with one_thread(library):
            status = library.LGBM_BoosterLoadModelFromString(
                text.encode("ascii"), ctypes.byref(iterations), ctypes.byref(handle)
            )
            check(library, status, "reading model.txt")
        self.handle = handle
        weakref.finalize(self, library.LGBM_BoosterFree, handle).atexit = False


class _RowPredictor:
    """Predict one row at a time with buffers that are made once; used by one thread at a time."""

    __slots__ = ("__weakref__", "_call", "_config", "_length", "_library", "_model", "_result", "_where")

    def __init__(self, model: _LoadedModel, kind: int, columns: int) -> None:
        library = load_library()
        config = ctypes.c_void_p()
        with one_thread(library):
            status = library.LGBM_BoosterPredictForMatSingleRowFastInit(
                model.handle, kind, 0, _ALL_TREES, _FLOAT64, columns, b"num_threads=1", ctypes.byref(config)
            )
            check(library, status, "preparing a prediction")
        # Contributions take a tenth of a millisecond and more: there other threads may well run meanwhile.
        self._library = library if kind == _CONTRIBUTIONS else load_library_keeping_gil()
        self._call = self._library.LGBM_BoosterPredictForMatSingleRowFast
        self._model = model  # the predictor points into it, so it has to live as long
        self._config = config
        self._result = (ctypes.c_double * (columns + 1 if kind == _CONTRIBUTIONS else 1))()
        self._where = ctypes.addressof(self._result)
        self._length = ctypes.byref(ctypes.c_int64())
        weakref.finalize(self, library.LGBM_FastConfigFree, config).atexit = False

    def predict(self, row: array[float]) -> list[float]:
        status = self._call(self._config, row.buffer_info()[0], self._length, self._where)
        if status:
            check(self._library, status, "predicting a row")
        return self._result[:]


class Booster:
    """Predict log-odds of abuse, and what each feature contributes to them.

    Rows are ``array("d")`` in the order of :attr:`feature_names`; NaN says unknown. Methods may be called
    from several threads at once.

    Attributes:
        feature_names: Names of the inputs, in order.
        trees: Number of trees.
    """

    def __init__(self, text: str) -> None:
        """Read a model from the text that LightGBM saves.

        Raises:
            ModelMismatch: If the text is damaged or is not a binary log-odds model of numeric trees.
        """
        described: ModelText = read_model_text(text)
        self.feature_names = described.feature_names
        self.trees = described.trees
        self._columns = len(described.feature_names)
        self._model: _LoadedModel | None = _LoadedModel(text)
        self._free: dict[int, deque[_RowPredictor]] = {_RAW_SCORE: deque(), _CONTRIBUTIONS: deque()}
        # LightGBM prepares a model for contributions once; done here, no later call changes the shared model.
        self._predict(_CONTRIBUTIONS, array("d", bytes(8 * self._columns)))

    def raw_score(self, row: array[float]) -> float:
        """Return the log-odds of one row."""
        return self._predict(_RAW_SCORE, row)[0]

    def contributions(self, row: array[float]) -> list[float]:
        """Return the exact SHAP values of one row, one a feature, and the base value as the last element."""
        return self._predict(_CONTRIBUTIONS, row)

    def raw_scores(self, rows: array[float], *, threads: int = 1) -> array[float]:
        """Return the log-odds of many rows that lie one after the other."""
        return self._predict_table(_RAW_SCORE, rows, threads)

    def contributions_table(self, rows: array[float], *, threads: int = 1) -> array[float]:
        """Return the contributions of many rows, ``len(feature_names) + 1`` numbers a row."""
        return self._predict_table(_CONTRIBUTIONS, rows, threads)

    def close(self) -> None:
        """Let go of LightGBM's memory; calls that are under way finish first."""
        self._model = None
        for pool in self._free.values():
            pool.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _predict(self, kind: int, row: array[float]) -> list[float]:
        self._check_rows(row, len(row) == self._columns)
        pool = self._free[kind]
        try:
            predictor = pool.pop()
        except IndexError:
            predictor = _RowPredictor(self._open_model(), kind, self._columns)
        result = predictor.predict(row)
        if self._model is not None:
            pool.append(predictor)
        return result

    def _predict_table(self, kind: int, rows: array[float], threads: int) -> array[float]:
        self._check_rows(rows, len(rows) % self._columns == 0)
        library, model, count = load_library(), self._open_model(), len(rows) // self._columns
        result = array("d", bytes(8 * count * (self._columns + 1 if kind == _CONTRIBUTIONS else 1)))
        if not count:
            return result
        # The lock spans the call: see _NativeLock for why two such calls must not overlap.
        with native_lock():
            status = library.LGBM_BoosterPredictForMat(
                model.handle, rows.buffer_info()[0], _FLOAT64, count, self._columns, 1, kind, 0, _ALL_TREES,
                f"num_threads={max(1, threads)}".encode(), ctypes.byref(ctypes.c_int64()),
                result.buffer_info()[0],
            )  # fmt: skip
            check(library, status, "predicting a table")
        return result

    def _check_rows(self, rows: array[float], whole: bool) -> None:
        if not isinstance(rows, array) or rows.typecode != "d" or not whole:
            raise ModelMismatch(
                f"rows of this model are array('d') of {self._columns} numbers each, got "
                f"{type(rows).__name__} of {len(rows)}; extract the features with the catalogue that the "
                "model was trained with"
            )

    def _open_model(self) -> _LoadedModel:
        if self._model is None:
            raise ModelMismatch("this model was closed; load it again before predicting")
        return self._model
