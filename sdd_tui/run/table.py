"""The recorded losses as columns: a growing float64 array each, so that 100,000 rows take 6 MB instead of 60."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.run.layout import number

COLUMNS = ("step", "train_loss", "test_loss", "weight_norm", "bias_norm", "lr", "seconds")


class Table:
    """Rows of metrics.jsonl; what is not a finite number reads as NaN."""

    def __init__(self) -> None:
        self._values = np.empty((len(COLUMNS), 64))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def clear(self) -> None:
        """Forget every row."""
        self._count = 0

    def extend(self, rows: list[dict[str, Any]]) -> None:
        """Add rows."""
        end = self._count + len(rows)
        if end > self._values.shape[1]:
            grown = np.empty((len(COLUMNS), max(end, 2 * self._values.shape[1])))
            grown[:, : self._count] = self._values[:, : self._count]
            self._values = grown
        for i, name in enumerate(COLUMNS):
            self._values[i, self._count : end] = _numbers([row.get(name) for row in rows])
        self._count = end

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Column -> (rows,), read-only."""
        values = self._values[:, : self._count]
        values.flags.writeable = False
        return dict(zip(COLUMNS, values, strict=True))

    def last(self) -> dict[str, float]:
        """The last row; {} before there is one."""
        return dict(zip(COLUMNS, self._values[:, self._count - 1].tolist(), strict=True)) if self._count else {}


def with_whole_steps(columns: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[Any]]:
    """The columns with `step` as int64, for formats and frames that know whole numbers; absurd ones are cut at 2^62."""
    return {**columns, "step": np.clip(columns["step"], -(2.0**62), 2.0**62).astype(np.int64)}


def _numbers(values: list[Any]) -> NDArray[np.float64]:
    if {type(v) for v in values} <= {int, float, type(None)}:
        try:
            found = np.array(values, np.float64)  # None becomes NaN
            found[~np.isfinite(found)] = np.nan
            return found
        except OverflowError:  # an integer of hundreds of digits
            pass
    return np.array([number(v) for v in values])
