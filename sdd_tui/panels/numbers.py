"""A panel's numbers as JSON has them: arrays become lists, what is not finite becomes null."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

DIGITS = 9
"""Significant digits: enough for float32."""


def as_json(value: Any) -> Any:
    """The value in JSON's own types."""
    if isinstance(value, dict):
        return {str(k): as_json(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return as_json(value.tolist())
    if isinstance(value, list | tuple):
        return [as_json(v) for v in value]
    if isinstance(value, np.generic):
        return as_json(value.item())
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
