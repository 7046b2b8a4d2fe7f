"""A batch that runs out of a GPU's memory, and whether its models then train one by one: exit code 0.

python -m tests.gpu.memory      takes all but 600 MB of the memory first, so that little work suffices
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import torch

from sdd_tui.sweep.directory import create_sweep
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.session import Session
from sdd_tui.sweep.worker import Worker
from tests.sweep.helpers import tiny

LEFT = 600 * 2**20
"""Bytes left to the batch; each of its models takes some 10 MB alone and as much again in the batch."""

MODELS = 40


def main(folder: str) -> int:
    """0 when every cell is finished, and some only at the second attempt."""
    sweep = tiny({"seed": list(range(MODELS))}, over=[])
    large = {"n_features": 100_000, "n_examples": 3_000, "sparsity": 0.9995, "n_test": 20}
    data = sweep.base.data.model_copy(update=large)
    sweep = replace(sweep, base=sweep.base.model_copy(update={"device": "cuda", "data": data}))
    runs = create_sweep(sweep, Path(folder), "full")
    free, _ = torch.cuda.mem_get_info()
    taken = torch.empty(free - LEFT, dtype=torch.uint8, device="cuda")
    Worker(runs, Session("here", "", 1, 1, 1), tied=False, room=lambda config: MODELS).work()
    reader = SweepReader(runs)
    state = reader.poll().state
    attempts = sorted({result.attempts for result in reader.finished.values()})
    print(f"{state}: {len(reader.finished)} of {MODELS} cells, attempts {attempts}, beside {len(taken):,} bytes")
    return 0 if state == "finished" and 2 in attempts else 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        sys.exit(main(place))
