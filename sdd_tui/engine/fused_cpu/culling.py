"""The culled pass by all threads of a team: put examples in order, bound them, sum up, and complete dH.

A task is a group of features with a part of the nodes. Threads take tasks as they come free, so that one without a core
holds up no more than the task it has; each task writes its own sums, which are added in order: the same bits, whoever
did which.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sdd_tui.engine.fused_cpu.aligned import zeros
from sdd_tui.engine.fused_cpu.cache import part
from sdd_tui.engine.fused_cpu.culled import GROUP, LANES, ROW, SUMS, culled_group, hidden_gradient
from sdd_tui.engine.fused_cpu.dense import F, accumulate, copy
from sdd_tui.engine.fused_cpu.order import put_in_order, tree_of
from sdd_tui.engine.fused_cpu.team import TASKS, add, barrier, share

CULLED_FROM = (384, 384, 8_192)
"""Examples from which on the culled pass is the quicker one at every stage of training, for m = 1, 2 and 3. Whole steps
at first and later, as shares of the dense pass's time (Zen 4): m = 2, T = 256 0.94 and 0.76, T = 400 0.80 and 0.55;
m = 3, T = 3,000 1.19 at first, T = 1,000 1.13 and 0.61, T = 10,000 0.91 and 0.72."""

CULLED_PAIRS = 2_000_000
"""(feature, example) pairs from which on it is: lists of open columns are short where features are few. n = 1,000,
T = 1,000: 1.0; T = 2,000 0.74."""

CHUNK = 4096
"""Examples for each further part of the nodes, of at most MOST_CHUNKS: tasks for more threads than there are groups."""

MOST_CHUNKS = 8


@dataclass(frozen=True)
class Sizes:
    """How the work is cut: by T, n and m alone."""

    rows: int
    n: int
    m: int
    wanted: bool = True

    @property
    def culls(self) -> bool:
        """Whether examples are enough for boxes to pay, and m small enough."""
        enough = self.m <= 3 and self.rows >= CULLED_FROM[self.m - 1] and self.rows * self.n >= CULLED_PAIRS
        return self.wanted and enough

    @property
    def width(self) -> int:
        """Features in a group, in whole vectors: a quarter of all, or half where the nodes are cut into parts too."""
        share = -(-self.n // (4 if self.rows < 2 * CHUNK else 2))
        return int(min(GROUP, LANES * -(-max(512, share) // LANES)))

    def arrays(self, dtype: Any, team: int) -> tuple[Any, ...]:
        """Work space for the pass, of no size where it isn't used: the tree and what puts it in order, the width of a
        group, what boxes and groups add to dH, the gradient's parts, indices of open columns, pairs computed."""
        m, rows = (self.m, self.rows) if self.culls else (1, 0)
        tree, cells = tree_of(rows, m, dtype, team)
        n_leaves, n_nodes = len(tree[4]), len(tree[5])
        groups, chunks = -(-self.n // self.width), max(1, min(MOST_CHUNKS, rows // CHUNK))
        shapes = ((groups, n_leaves, SUMS), (groups, n_nodes, SUMS), (groups, rows, m))
        added = tuple(zeros(shape, dtype) for shape in shapes)
        sums = zeros((chunks, m + 1, self.n if self.culls else 0), dtype)
        index = np.empty((team, 2, GROUP if self.culls else 0), np.uint32)
        return tree, cells, self.width, added, sums, index, np.zeros(team, np.int64)


def scratch_of(m: int) -> int:
    """Numbers of scratch a thread needs for the pass."""
    return 3 * (2 * m + 3) * ROW if m <= 3 else 0


@part
def culled_pass(dims, V, b, H, dH, culling, scratch, grad, n_rows, low, team, turn):
    """dH gets Σ_i r v and grad (tiles, 2m + 1, F) Σ_t r h and Σ_t r; `turn` counts the calls with this team's shared
    array."""
    sync, rank, n_threads = team
    tree, cells, width, added, sums, index, tally = culling
    leaves, nodes = tree[4], tree[5]
    n = b.shape[0]
    put_in_order(dims, H, tree, cells, team)
    groups, chunks = (n + width - 1) // width, sums.shape[0]
    n_tasks = groups * chunks
    while True:  # each thread asks once too often
        task = add(sync, TASKS, 1) - turn * (n_tasks + n_threads)
        if task >= n_tasks:
            break
        chunk, group = task // groups, task % groups
        first = group * width
        node0, node1 = share(nodes.shape[0], chunk, chunks)
        culled_group(
            dims, scratch, index[rank], V, b, tree, added, group, first, min(width, n - first), node0, node1, low,
            sums[chunk], tally[rank : rank + 1],
        )  # fmt: skip
    barrier(sync, n_threads)
    leaf0, leaf1 = share(leaves.shape[0], rank, n_threads)
    for leaf in range(leaf0, leaf1):
        hidden_gradient(dims, tree, added, dH, leaf)
    tile0, tile1 = share(grad.shape[0], rank, n_threads)
    for tile in range(tile0, tile1):
        first = tile * F
        last = min(first + F, n)
        for k in range(sums.shape[1]):
            copy(grad[tile, k, : last - first], sums[0, k, first:last])
            grad[tile, k, last - first :] = 0
            for chunk in range(1, chunks):
                accumulate(grad[tile, k, : last - first], sums[chunk, k, first:last])
    barrier(sync, n_threads)
