"""Columns as a data frame: pandas' where it is installed, and a plain dict of arrays elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def data_frame(columns: Mapping[str, NDArray[Any]]) -> Any:
    """A pandas.DataFrame with a column for each (rows,) array, or the dict itself without pandas."""
    try:
        import pandas as pd
    except ImportError:
        return {name: np.array(column) for name, column in columns.items()}
    return pd.DataFrame({name: np.array(column) for name, column in columns.items()})
