"""AdamW on one tile of features, as torch's: decoupled decay, bias-corrected moments, denormal moments set to zero."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sdd_tui.engine.fused_cpu.cache import kernel

DECAY, SIZE, ROOT = 0, 1, 2
"""Columns of the schedule's table."""

BETA1, REST1, BETA2, REST2, EPS, SCALE, LOW, FLUSH, LOW_HIDDEN = 0, 1, 2, 3, 4, 5, 6, 7, 8
"""Places in the array of constants; REST1 is 1 - β1, SCALE is 2/T or 2/(T n), LOW and LOW_HIDDEN are 0 for
ReLU and -inf for linear."""


@kernel
def adamw(p, first, second, g, row, c):
    """AdamW on one row of a tile; `row` is the step's line of the schedule's table, `c` the constants."""
    decay, size, root = row[DECAY], row[SIZE], row[ROOT]
    beta1, rest1, beta2, rest2 = c[BETA1], c[REST1], c[BETA2], c[REST2]
    eps, scale, flush = c[EPS], c[SCALE], c[FLUSH]
    zero = p.dtype.type(0)
    for j in range(p.shape[0]):
        gj = g[j] * scale
        mj = beta1 * first[j] + rest1 * gj
        vj = beta2 * second[j] + rest2 * gj * gj
        mj = zero if abs(mj) < flush else mj
        vj = zero if vj < flush else vj
        first[j] = mj
        second[j] = vj
        p[j] = p[j] * decay - size * mj / (np.sqrt(vj) / root + eps)


@kernel
def update_tile(grad, params, first, second, row, c, tied, j0, width):
    """AdamW on the parameters of one tile of features."""
    W, V, b = params
    m = W.shape[0]
    j1 = j0 + width
    for k in range(m):
        adamw(V[k, j0:j1], first[1][k, j0:j1], second[1][k, j0:j1], grad[k, :width], row, c)
        if not tied:
            adamw(W[k, j0:j1], first[0][k, j0:j1], second[0][k, j0:j1], grad[m + 1 + k, :width], row, c)
    adamw(b[j0:j1], first[2][j0:j1], second[2][j0:j1], grad[m, :width], row, c)
