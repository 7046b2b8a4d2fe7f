"""A user's own examples, out of the arrays of an .npz file: X (T, n), or indptr, indices and values; X_test (T', n).

Numpy only. Invariant: the first T rows of a file are the same examples for every larger T, and X gives the same bits in
either form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.config import DataConfig
from sdd_tui.engine.data import Examples, importances
from sdd_tui.errors import ConfigError, plain
from sdd_tui.run.npz import read_npz

SPARSE = ("indptr", "indices", "values")


def user_training_data(d: DataConfig) -> Examples:
    """The first T examples of the file. Raises NotFoundError, ConfigError."""
    assert d.n_examples != "inf"  # DataConfig refuses it with a file
    arrays = read_npz(d.file, ("X", *SPARSE))
    given = _Given(plain(d.file, 200), "X", d.n_features)
    if "X" in arrays:
        rows, indices, values, count = given.dense(arrays["X"], d.n_examples)
    elif missing := [name for name in SPARSE if name not in arrays]:
        raise given.wrong(f"has neither X nor {', '.join(missing)}")
    else:
        rows, indices, values, count = given.sparse(arrays, d.n_examples)
    if count < d.n_examples:
        raise given.wrong(f"has {count:,} examples, and n_examples (T) is {d.n_examples:,}; set T={count} or fewer")
    return given.examples(rows, indices, values, count, d)


def user_test_data(d: DataConfig, most: int) -> Examples | None:
    """The first examples of the file's X_test, at most `most`; None where it has none. Raises like the above."""
    arrays = read_npz(d.file, ("X_test",))
    if "X_test" not in arrays:
        return None
    given = _Given(plain(d.file, 200), "X_test", d.n_features)
    return given.examples(*given.dense(arrays["X_test"], most), d)


_Rows = tuple[NDArray[Any], NDArray[Any], NDArray[np.float64], int]
"""Row, feature and value of every number that is given, and how many rows there are."""


@dataclass(frozen=True)
class _Given:
    """An array of a file: what is wrong with it is said of this name."""

    file: str
    name: str
    n: int

    def wrong(self, words: str) -> ConfigError:
        return ConfigError(f"data.file: {self.file} {words}.")

    def dense(self, X: NDArray[Any], most: int) -> _Rows:
        """The numbers of an array (rows, n)."""
        self._numbers(X, self.name, 2)
        if X.shape[1] != self.n:
            self._other_n(X.shape[1])
        X = X[:most]
        rows, indices = np.nonzero(X)
        return rows, indices, X[rows, indices].astype(np.float64), len(X)

    def sparse(self, arrays: dict[str, NDArray[Any]], most: int) -> _Rows:
        """The numbers of row-compressed arrays."""
        for name in SPARSE:
            self._numbers(arrays[name], name, 1, whole=name != "values")
        indptr, indices, values = (arrays[name] for name in SPARSE)
        whole = len(indptr) > 0 and indptr[0] == 0 and indptr[-1] == len(indices) == len(values)
        if not whole or (indptr[1:] < indptr[:-1]).any():
            raise self.wrong("has an indptr that does not rise from 0 to the number of indices and of values")
        if len(indices) and not 0 <= indices.min() <= indices.max() < self.n:
            self._other_n(int(indices.max()) + 1 if indices.min() >= 0 else int(indices.min()))
        count = min(len(indptr) - 1, most)
        rows = np.repeat(np.arange(count), (indptr[1 : count + 1] - indptr[:count]).astype(np.int64))
        indices, values = indices[: len(rows)].astype(np.int64), values[: len(rows)].astype(np.float64)
        if ((np.diff(rows) == 0) & (np.diff(indices) <= 0)).any():
            raise self.wrong("has indices that do not ascend within an example")
        given = values != 0
        return rows[given], indices[given], values[given], count

    def examples(self, rows: NDArray[Any], indices: NDArray[Any], values: Any, count: int, d: DataConfig) -> Examples:
        """Checked and, if asked for, rescaled to length 1."""
        if not count:
            raise self.wrong(f"has no examples in {self.name}")
        if not np.isfinite(values).all():
            raise self.wrong(f"has a NaN or an infinity in example {rows[~np.isfinite(values)][0]} of {self.name}")
        counts = np.bincount(rows, minlength=count)
        if not counts.all():
            empty = np.flatnonzero(counts == 0)[0]
            raise self.wrong(f"has an example without an active feature: {empty} of {self.name}")
        indptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
            if d.normalise:
                lengths = np.sqrt(np.add.reduceat(values * values, indptr[:-1]))
                values = values / np.repeat(lengths, counts)
            small = values.astype(np.float32)
        if not np.isfinite(small).all() or not np.add.reduceat(np.abs(small), indptr[:-1]).all():
            raise self.wrong(f"has numbers in {self.name} that are too large or too small for 32 bits")
        offsets = np.array([0, count], np.int64)
        return Examples(self.n, indptr, indices.astype(np.int32), small, offsets, importances(self.n, d.importance))

    def _numbers(self, array: NDArray[Any], name: str, dimensions: int, whole: bool = False) -> None:
        if array.dtype.kind not in ("iu" if whole else "fiub"):
            wanted = "whole numbers" if whole else "numbers"
            raise self.wrong(f"has {name} of type {plain(str(array.dtype), 40)}, not of {wanted}")
        if array.ndim != dimensions:
            raise self.wrong(f"has {name} of shape {array.shape}, not of {dimensions} dimensions")

    def _other_n(self, found: int) -> None:
        what = f"has {found:,} features in {self.name}" if found >= 0 else f"has {found} among its indices"
        raise self.wrong(f"{what}, and n_features (n) is {self.n:,}")
