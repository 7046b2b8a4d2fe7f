"""Exact losses: float64 residuals summed example by example.

Subtracting the two large sums of the training kernel, or float32 residuals below 1e-11, would give nonsense when the
model memorises; here x is subtracted from z's activation before anything is squared.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from sdd_tui.engine.fused_cpu.cache import kernel
from sdd_tui.engine.fused_cpu.dense import F, add_z, copy
from sdd_tui.engine.fused_cpu.encode import encode, stop_at
from sdd_tui.engine.fused_cpu.team import share

PAD = 64
"""Numbers between z and W in scratch: without them a store to z and the next load of W share their low 12 address bits,
and the load waits."""

GROUP = 128
"""Examples a task: enough to reuse a tile of W, few enough to share among threads."""


@kernel
def activations_small(dims, z, w, H, t, low):
    """max(z, low) of example t for one tile; `w` holds the m rows of the tile and its bias, m = len(dims)."""
    M = len(dims)
    h0 = H[t, 0]
    h1 = H[t, 1] if M > 1 else h0
    h2 = H[t, 2] if M > 2 else h0
    for j in range(F):
        value = w[M * F + j] + h0 * w[j]
        if M > 1:
            value += h1 * w[F + j]
        if M > 2:
            value += h2 * w[2 * F + j]
        z[j] = max(value, low)


@kernel
def activations_blocked(z, w, H, t, low):
    """max(z, low) of examples t to t + 3 for one tile, any m; H has m rounded up to a multiple of four columns."""
    M = H.shape[1]
    for j in range(F):
        z[j] = z[F + j] = z[2 * F + j] = z[3 * F + j] = w[M * F + j]
    for k in range(0, M, 4):
        add_z(z, w[k * F : (k + 4) * F], H, t, k)
    for j in range(4 * F):
        z[j] = max(z[j], low)


@kernel
def tile_residual(r, rows, roots, cursor, row, first, width):
    """Σ I (r - x)² over one tile of one example; `cursor` walks its active features and is returned.

    `roots` holds the tile's √I, or nothing where all are 1.
    """
    indptr, indices, values = rows
    last = indptr[row + 1]
    while cursor < last and indices[cursor] < first + width:
        r[indices[cursor] - first] -= values[cursor]
        cursor += 1
    for j in range(roots.shape[0]):
        r[j] *= roots[j]
    total = 0.0
    for j in range(width):
        total += r[j] * r[j]
    return total, cursor


@kernel
def losses(dims, W, V, b, rows, roots, H, cursors, scratch, out, row0, n_rows, lows, team):
    """out[t] = loss of example t, in the paper's units, by all threads of the team; all arrays float64."""
    low = lows[0]
    rank, n_threads = team
    n = V.shape[1]
    M = H.shape[1]
    s = scratch[rank]
    z = s[: 4 * F]
    w = s[4 * F + PAD : (5 + M) * F + PAD]
    task0, task1 = share((n_rows + GROUP - 1) // GROUP, rank, n_threads)
    for task in range(task0, task1):
        first = task * GROUP
        last = min(first + GROUP, n_rows)
        encode(dims, W, rows, H, row0, first, last)
        stop_at(H, first, last, lows[1])
        for t in range(first, last):
            out[t] = 0.0
            cursors[t] = rows[0][row0 + t]
        for j0 in range(0, n, F):
            width = min(F, n - j0)
            own = roots[j0 : j0 + width]
            for k in range(V.shape[0]):
                copy(w[k * F : k * F + width], V[k, j0 : j0 + width])
            copy(w[M * F : M * F + width], b[j0 : j0 + width])
            if len(dims) > 0:
                for t in range(first, last):
                    activations_small(dims, z, w, H, t, low)
                    total, cursors[t] = tile_residual(z, rows, own, cursors[t], row0 + t, j0, width)
                    out[t] += total
            else:
                for t in range(first, last, 4):
                    activations_blocked(z, w, H, t, low)
                    for e in range(min(4, last - t)):
                        total, cursors[t + e] = tile_residual(
                            z[e * F : (e + 1) * F], rows, own, cursors[t + e], row0 + t + e, j0, width
                        )
                        out[t + e] += total
