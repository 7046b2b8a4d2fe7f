"""One training step, many steps a call.

1. By example: encode H (with hidden ReLU, cut it off at 0).
2. By feature tile, a block of examples at a time: the dense pass. The tile's gradient stays with its thread; what the
   tile adds to each example's dH is kept apart.
3. By example: add the tiles' parts of dH in order, and the correction at the active features.
4. By feature tile: the corrections and the encoder's part, feature by feature (column-compressed data), then AdamW.

Threads meet at a barrier between these. Every sum has a fixed order that depends on T, n and m alone, and a tile's
numbers are written by whoever computes it: the same bits for any number of threads. Tiles always go to the same thread,
so that its parameters and moments stay in its cache.

The split: Σ (r - x)² = Σ_all r² + Σ_active [(r - x)² - r²], so half the gradient in z is r everywhere (where z > low),
and -x more at active features; both times their importance, where features differ in it. `lows` are the lowest values
of outputs and of hidden vectors: 0 for ReLU and -inf for linear.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from sdd_tui.engine.fused_cpu.adamw import LOW, LOW_HIDDEN, update_tile
from sdd_tui.engine.fused_cpu.cache import kernel, part
from sdd_tui.engine.fused_cpu.culling import culled_pass
from sdd_tui.engine.fused_cpu.dense import F, dense_tile
from sdd_tui.engine.fused_cpu.encode import encode, stop_at, stop_gradient_at
from sdd_tui.engine.fused_cpu.importance import scale_decoder, scale_gradient
from sdd_tui.engine.fused_cpu.team import barrier, one_by_one, share


@kernel
def correct_small(dims, V, b, rows, targets, H, dH, both, row0, first, last, lows):
    """dH += Σ_active delta v for m = len(dims), where delta is -target where z > low at an active feature, else 0; then
    h and dH side by side into `both`, as the columns read them."""
    indptr, indices, _ = rows
    M = len(dims)
    low, low_hidden = lows
    zero = H.dtype.type(0)
    for t in range(first, last):
        h0 = H[t, 0]
        h1 = H[t, 1] if M > 1 else zero
        h2 = H[t, 2] if M > 2 else zero
        d0 = dH[t, 0]
        d1 = dH[t, 1] if M > 1 else zero
        d2 = dH[t, 2] if M > 2 else zero
        for p in range(indptr[row0 + t], indptr[row0 + t + 1]):
            i = one_by_one(indices, p)
            z = b[i] + h0 * V[0, i]
            if M > 1:
                z += h1 * V[1, i]
            if M > 2:
                z += h2 * V[2, i]
            d = -targets[p] if z > low else zero
            d0 += d * V[0, i]
            if M > 1:
                d1 += d * V[1, i]
            if M > 2:
                d2 += d * V[2, i]
        both[t, 0] = h0
        both[t, M] = zero if h0 <= low_hidden else d0
        if M > 1:
            both[t, 1] = h1
            both[t, M + 1] = zero if h1 <= low_hidden else d1
        if M > 2:
            both[t, 2] = h2
            both[t, M + 2] = zero if h2 <= low_hidden else d2


@kernel
def correct(V, b, rows, targets, H, dH, delta, row0, first, last, low):
    """delta[p] = -target where z > low at an active feature, else 0; dH gets Σ_active delta v."""
    indptr, indices, _ = rows
    p0, p1 = indptr[row0 + first], indptr[row0 + last]
    for p in range(p0, p1):
        delta[p] = b[indices[p]]
    for k in range(V.shape[0]):
        v = V[k]
        for t in range(first, last):
            h = H[t, k]
            for p in range(indptr[row0 + t], indptr[row0 + t + 1]):
                delta[p] += h * v[indices[p]]
    for p in range(p0, p1):
        delta[p] = -targets[p] if delta[p] > low else V.dtype.type(0)
    for k in range(V.shape[0]):
        v = V[k]
        for t in range(first, last):
            total = V.dtype.type(0)
            for p in range(indptr[row0 + t], indptr[row0 + t + 1]):
                total += delta[p] * v[indices[p]]
            dH[t, k] += total


@part
def complete_hidden_gradient(dims, params, rows, targets, work, row0, block, first, last, lows):
    """dH of examples first to last, which lie in the block that starts at `block`: tiles' parts, then corrections."""
    H, dH, delta, both, parts, _ = work
    for t in range(first, last):
        for k in range(H.shape[1]):
            total = parts[0, t - block, k]
            for tile in range(1, parts.shape[0]):
                total += parts[tile, t - block, k]
            dH[t, k] = total
    if len(dims) > 0:
        correct_small(dims, params[1], params[2], rows, targets, H, dH, both, row0, first, last, lows)
    else:
        correct(params[1], params[2], rows, targets, H, dH, delta, row0, first, last, lows[0])
        stop_gradient_at(dH, H, first, last, lows[1])


@part
def dense_pass(dims, params, rows, weights, work, scratch, grad, row0, n_rows, lows, team):
    """Items 2 and 3 with every pair computed, a block of examples at a time."""
    sync, rank, n_threads = team
    targets, _, (V, b) = weights
    H, _, _, _, parts, _ = work
    n, size = V.shape[1], parts.shape[1]
    tile0, tile1 = share(grad.shape[0], rank, n_threads)
    for block in range(0, n_rows, size):
        count = min(size, n_rows - block)
        for tile in range(tile0, tile1):
            j0 = tile * F
            width = min(F, n - j0)
            dense_tile(dims, scratch, V, b, H[block:], parts[tile], count, grad[tile], j0, width, lows[0], block == 0)
        barrier(sync, n_threads)
        t0, t1 = share(count, rank, n_threads)
        complete_hidden_gradient(dims, params, rows, targets, work, row0, block, block + t0, block + t1, lows)
        barrier(sync, n_threads)


@part
def forward_backward(dims, params, rows, weights, work, scratch, grad, row0, n_rows, lows, team, turn):
    """Items 1 to 3 above for one batch: `grad` (tiles, 2m + 1, F) holds the dense part, dH and delta are complete."""
    sync, rank, n_threads = team
    targets, roots, scaled = weights
    H, dH, _, both, _, culling = work
    n = params[0].shape[1]
    tile0, tile1 = share(grad.shape[0], rank, n_threads)
    t0, t1 = share(n_rows, rank, n_threads)
    scale_decoder(scaled, params, roots, tile0, tile1)
    encode(dims, params[0], rows, H, row0, t0, t1)
    stop_at(H, t0, t1, lows[1])
    if len(dims) > 0 and culling[0][0] > 0:
        culled_pass(dims, scaled[0], scaled[1], H, dH, culling, scratch, grad, n_rows, lows[0], team, turn)
        correct_small(dims, params[1], params[2], rows, targets, H, dH, both, row0, t0, t1, lows)
        barrier(sync, n_threads)
    else:
        barrier(sync, n_threads)
        dense_pass(dims, params, rows, weights, work, scratch, grad, row0, n_rows, lows, team)
    for tile in range(tile0, tile1):
        scale_gradient(grad[tile], roots, tile * F, min(F, n - tile * F))


@kernel
def add_column_small(dims, V, b, grad, i, j, encoder, row, x_of, q0, q1, weight, both, low):
    """`add_column` for m = len(dims), with the sums in registers.

    What `correct_small` found is found again: z takes less time than to fetch it from 10 T numbers in the rows' order.
    """
    M = len(dims)
    zero = grad.dtype.type(0)
    b0, v0 = b[i], V[0, i]
    v1 = V[1, i] if M > 1 else zero
    v2 = V[2, i] if M > 2 else zero
    bias = g0 = g1 = g2 = w0 = w1 = w2 = zero
    for q in range(q0, q1):
        t, x = one_by_one(row, q), x_of[q]
        h0 = both[t, 0]
        z = b0 + v0 * h0
        if M > 1:
            h1 = both[t, 1]
            z += v1 * h1
        if M > 2:
            h2 = both[t, 2]
            z += v2 * h2
        d = -weight * x if z > low else zero
        bias += d
        g0 += d * h0
        w0 += x * both[t, M]
        if M > 1:
            g1 += d * h1
            w1 += x * both[t, M + 1]
        if M > 2:
            g2 += d * h2
            w2 += x * both[t, M + 2]
    grad[M, j] += bias
    grad[0, j] += g0
    grad[encoder, j] += w0
    if M > 1:
        grad[1, j] += g1
        grad[encoder + 1, j] += w1
    if M > 2:
        grad[2, j] += g2
        grad[encoder + 2, j] += w2


@kernel
def add_column(sums, row, pos, q0, q1, values, H, dH, delta):
    """One feature's corrections and its encoder part: Σ delta h, Σ delta and Σ x dH over its examples, into `sums`.

    `sums` has two rows as long as H's, contiguous so that hidden dimensions go in vectors; returns Σ delta.
    """
    bias = sums.dtype.type(0)
    decoder, encoder = sums[0], sums[1]
    for k in range(decoder.shape[0]):
        decoder[k] = 0
        encoder[k] = 0
    for q in range(q0, q1):
        t, p = row[q], pos[q]
        d, x = delta[p], values[p]
        bias += d
        for k in range(decoder.shape[0]):
            decoder[k] += d * H[t, k]
            encoder[k] += x * dH[t, k]
    return bias


@kernel
def add_columns(dims, params, grad, sums, columns, rows, weights, work, tied, batch, tile, low):
    """Item 4 without AdamW: complete the gradient of one tile of features.

    Rows of `grad` (2m + 1, F): the decoder's m, the bias's one, the encoder's m; when tied, the encoder's part is added
    to the decoder's.
    """
    tiles, feature, ptr, row, pos, x_of = columns
    H, dH, delta, both, _, _ = work
    roots = weights[1]
    m = (grad.shape[0] - 1) // 2
    if not tied:
        grad[m + 1 :] = 0
    encoder = 0 if tied else m + 1
    for c in range(tiles[batch, tile], tiles[batch, tile + 1]):
        i = feature[c]
        j = i - tile * F
        q0, q1 = ptr[c], ptr[c + 1]
        if len(dims) > 0:
            weight = roots[i] * roots[i] if roots.shape[0] > 0 else grad.dtype.type(1)
            add_column_small(dims, params[1], params[2], grad, i, j, encoder, row, x_of, q0, q1, weight, both, low)
        else:
            grad[m, j] += add_column(sums, row, pos, q0, q1, rows[2], H, dH, delta)
            for k in range(m):
                grad[k, j] += sums[0, k]
                grad[encoder + k, j] += sums[1, k]


@kernel
def advance(dims, params, first, second, data, work, scratch, grad, sums, table, constants, tied, learns, team):
    """`len(table)` training steps of one model, by all threads of the team together; without `learns` they end at the
    gradient, whose rows in `grad` are as in add_columns, not yet scaled.

    params, first and second are (W, V, b), with V the same array as W when tied. `data` is (rows, weights, columns,
    starts, n_rows): step s reads batch s modulo the number of batches, whose examples start at row starts[batch].
    """
    rows, weights, columns, starts, n_rows = data
    sync, rank, n_threads = team
    n = params[0].shape[1]
    tile0, tile1 = share(grad.shape[0], rank, n_threads)
    lows = (constants[LOW], constants[LOW_HIDDEN])
    for s in range(table.shape[0]):
        batch = s % starts.shape[0]
        forward_backward(dims, params, rows, weights, work, scratch[rank], grad, starts[batch], n_rows, lows, team, s)
        for tile in range(tile0, tile1):
            j0 = tile * F
            add_columns(dims, params, grad[tile], sums[rank], columns, rows, weights, work, tied, batch, tile, lows[0])
            if learns:
                update_tile(grad[tile], params, first, second, table[s], constants, tied, j0, min(F, n - j0))
        barrier(sync, n_threads)
