"""Makes the expected pictures that Home shows beside the presets, presets/expected/NAME.json, from real runs:

    python -m tests.tui.make_expected DIR

DIR holds one finished run a preset, called like it; those that are missing are trained there first (all of them take
about half an hour on one core). A picture is the longest vectors of the last frame, rounded to three digits.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from sdd_tui.presets import load, preset_dir, presets
from sdd_tui.run.create import create
from sdd_tui.run.reader import open_run
from sdd_tui.training.recorder import record

MOST = 300
"""Vectors a picture: 300 of each kind are 10 kB."""

SETTINGS = ("recording.frames=4", "recording.checkpoints=0")
"""What the pictures don't depend on and need not be kept."""

FEATURES_FROM = 20_000
"""From this training-set size on the features form the figure, below it the examples do."""


def longest(vectors: np.ndarray) -> list[list[float]]:
    """The longest columns of (2, k) as pairs."""
    order = np.argsort(-np.hypot(*vectors), kind="stable")[:MOST]
    return [[round(float(x), 3) for x in vectors[:, i]] for i in np.sort(order)]


def main(folder: Path) -> None:
    """Write every picture."""
    out = preset_dir() / "expected"
    out.mkdir(exist_ok=True)
    for preset in presets():
        path = folder / preset.name
        if not path.exists():
            record(create(load(preset.name, SETTINGS), folder, preset.name))
        run = open_run(path)
        frame, config = run.frame(), load(preset.name)
        same = {"data", "model", "optim"}
        assert run.config.model_dump(include=same) == config.model_dump(include=same), f"{path}: another configuration"
        assert frame.step == config.optim.steps, f"{path}: not finished"
        T = config.data.n_examples
        picture = {
            "shown": "features" if T == "inf" or T >= FEATURES_FROM else "hidden",
            "features": longest(np.asarray(frame.W, np.float64)),
            "hidden": longest(frame.H),
        }
        (out / f"{preset.name}.json").write_text(json.dumps(picture, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
