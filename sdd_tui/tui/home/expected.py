"""What a preset will look like: pictures of real runs, kept beside the presets (tests/tui/make_expected.py)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sdd_tui.presets import preset_dir


@dataclass(frozen=True)
class Expected:
    """The vectors that characterise a preset at its last step."""

    symbol: str
    """Of what is shown, short enough to stand beside its scale on a small terminal."""
    colour: str
    vectors: NDArray[np.float64]
    """(2, k)."""


SHOWN = {"features": ("W_j", "feature"), "hidden": ("h_i", "hidden")}


@lru_cache
def expected(preset: str) -> Expected | None:
    """The expected picture of a preset of ours; None where none was made."""
    path = preset_dir() / "expected" / f"{preset}.json"
    if not path.is_file():
        return None
    picture = json.loads(path.read_text(encoding="utf-8"))
    symbol, colour = SHOWN[picture["shown"]]
    return Expected(symbol, colour, np.array(picture[picture["shown"]], np.float64).reshape(-1, 2).T)
