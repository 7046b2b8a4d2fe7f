"""What a sweep will cost: time on a core, from constants measured once and the cells that are finished; and disk.

The constants are of the fused engine on a server core of 2024; another machine's are another multiple of all of them,
which the first finished cells tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Any

from sdd_tui.config import RunConfig
from sdd_tui.training.recording_plan import FIXED_BYTES, ROW_BYTES, make_plan

PAIR_NS = 0.07
"""(feature, example) pair of a step: with PAIR_HIDDEN_NS, 0.13 ns at m = 2 (129 µs a step at n = T = 1,000)."""

PAIR_HIDDEN_NS = 0.03
"""The same for each hidden dimension."""

CULLED_FROM, CULLED_PAIRS = (384, 384, 8_192), 2_000_000
"""Examples, for m = 1, 2 and 3, and pairs, from which on those whose outcome is known are left out."""

CULLED_SHARE, CULLED_POWER = 0.25, -0.2
"""The share of the time that a step then takes, for each hidden dimension and averaged over training, and how it falls
with T: at m = 2 0.41 at T = 1,000, 0.26 at 10,000, 0.16 at 100,000."""

CULLED_LOSS = 0.14
"""The same share of an exact loss."""

PARAMETER_NS = 0.5
"""Parameter of a step, Adam included (2.1 µs a step at n = 1,000, m = 2, T = 5)."""

STEP_NS = 500
"""A step of anything."""

TEST_PAIR_NS = 0.2
"""(feature, example) pair of an exact loss (2 ms for 10,000 test examples at n = 1,000)."""

DRAWN_NS = 35
"""Active feature of a batch of fresh data: drawn, and brought into columns (70 ms for 200,000 examples of ten)."""

TEAM_TRIPLES = 50_000
"""(feature, example, hidden) triples of a step for each thread that trains a model."""

CELL_S = 0.12
"""A cell besides training and its losses: drawing data, making directories, describing the result."""

REFERENCE = 300
"""How much longer the reference engine takes: dense tensors, a step at a time."""


def core_seconds(settings: dict[str, Any]) -> float:
    """What training a configuration, as nested tables, takes on one core. Values that can't be used cost nothing."""
    data, optim = settings["data"], settings["optim"]
    n, m, steps, rows, n_test = (
        _number(v)
        for v in (
            data["n_features"],
            settings["model"]["n_hidden"],
            optim["steps"],
            settings["recording"]["rows"],
            data["n_test"],
        )
    )
    T = _number(data["batch_size"] if data["n_examples"] == "inf" else data["n_examples"])
    T += (_number(data["repeats"]) - 1) * _number(data["repeated"])
    pair = (PAIR_NS + PAIR_HIDDEN_NS * m) * culled_share(n, T, m)
    step = STEP_NS + PARAMETER_NS * n * (m + 1) + n * T * pair
    if data["n_examples"] == "inf":
        step += DRAWN_NS * T * n * (1 - min(1.0, _number(data["sparsity"])))
    evaluated = sum(count * (CULLED_LOSS if culled_share(n, count, m) < 1 else 1) for count in (T, n_test))
    losses = rows * n * evaluated * TEST_PAIR_NS * (1 + m) / 3
    times = REFERENCE if settings["engine"] == "reference" else 1
    return CELL_S + 1e-9 * (steps * step * times + losses)


def alone(settings: dict[str, Any], cores: int) -> float:
    """Seconds that training a configuration takes with a machine to itself."""
    data, m = settings["data"], _number(settings["model"]["n_hidden"])
    T = _number(data["batch_size"] if data["n_examples"] == "inf" else data["n_examples"])
    threads = T * _number(data["n_features"]) * m // TEAM_TRIPLES
    return core_seconds(settings) / max(1, min(cores, threads))


def culled_share(n: float, rows: float, m: float) -> float:
    """Share of the time of all its pairs that a step of so many examples takes."""
    if not 1 <= m <= 3 or rows < CULLED_FROM[int(m) - 1] or rows * n < CULLED_PAIRS:
        return 1.0
    return float(min(1.0, CULLED_SHARE * m * (rows / CULLED_FROM[0]) ** CULLED_POWER))


def cost(cells: Iterable[Any], cores: int) -> tuple[float, int]:
    """Seconds that a sweep's cells take on so many cores, and their bytes on the disk."""
    every = list(cells)
    seconds = seconds_left((cell.core_seconds for cell in every), cores)
    return seconds, sum(bytes_of(cell.config) for cell in every)


def calibration(expected: Iterable[tuple[float, float]]) -> float:
    """How many times longer cells took than expected, from (expected, taken) core seconds; 1 without any.

    Long cells say more than short ones, whose time is overhead: the median is over the longer half.
    """
    pairs = sorted((pair for pair in expected if pair[0] > 0 and pair[1] > 0), reverse=True)
    longer = pairs[: (len(pairs) + 1) // 2]
    return median(taken / wanted for wanted, taken in longer) if longer else 1.0


def seconds_left(core_seconds: Iterable[float], at_once: int) -> float:
    """Seconds until cells are done of which so many are trained at once, a core each."""
    every = list(core_seconds)
    return max(sum(every) / max(1, at_once), max(every, default=0.0))


def bytes_of(config: RunConfig) -> int:
    """Bytes that a cell's directory grows to."""
    plan = make_plan(config)
    numbers = config.data.n_features * (config.model.n_hidden * (1 if config.model.tied else 2) + 1)
    kept = len(plan.checkpoint_steps) + (config.optim.steps not in plan.checkpoint_steps)
    checkpoints = kept * 3 * numbers * (8 if config.precision == "float64" else 4)
    frames = len(plan.frame_steps) * numbers * (2 if plan.frame_dtype == "f2" else 4)
    return len(plan.row_steps) * ROW_BYTES + frames + checkpoints + FIXED_BYTES // 8


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
