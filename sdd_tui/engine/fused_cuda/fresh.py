"""Fresh data (T = ∞) drawn on the device, by the rule in the head of data.py: the very examples the host draws.

Invariant: nothing depends on how rows are spread over programs or steps over calls. Two kernels, since where an
example's features go is known only once all before it are counted: `count` finds each row's attempt and number of
active features, `fill` draws that attempt again and writes them.

Where a GPU may differ from the host: its logarithm may be off in the last bit, which moves floor(log u / log S) once in
some 10^13 words; and squares, which are multiples of 2^-50, add up exactly in any order below a sum of 8, but not above
(some 24 active features), where a value's last float32 bit may then differ once in some 10^8 values.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
import torch
import triton
import triton.language as tl

from sdd_tui.engine.data import FreshExamples, Stream
from sdd_tui.engine.fused_cuda.batches import Placed
from sdd_tui.engine.fused_cuda.step import on
from sdd_tui.engine.groups import INDEPENDENT

ROWS = 32
"""Examples of a program, one a thread: a warp goes on until its longest example is drawn."""

GAP_UNIT, VALUE_UNIT = tl.constexpr(2.0**-40), tl.constexpr(2.0**-24)


@triton.jit
def words(key, t, block, attempt):
    """The four words of a block of each of the examples t; `key` holds the seed, the stream and the first index.

    numpy's generator counts one up before its first block, hence the 1.
    """
    none = t * 0
    index = (tl.load(key + 2) + t + 1).to(tl.uint64, bitcast=True)
    seed = (tl.load(key) + none).to(tl.uint64, bitcast=True)
    stream = (tl.load(key + 1) + none).to(tl.uint64, bitcast=True)
    rest = none.to(tl.uint64)
    return tl.philox_impl(index, block.to(tl.uint64), attempt.to(tl.uint64), rest, seed, stream)


@triton.jit
def after(position, word, log_s):
    """The active feature that a word gives next after the one at `position`."""
    u = ((word >> 24).to(tl.int64).to(tl.float64) + 1.0) * GAP_UNIT
    return position + tl.floor(tl.log(u) / log_s).to(tl.int64) + 1


@triton.jit(do_not_specialize=["n_rows", "n"])
def count(key, idle, counts, attempts, n_rows, n, R: tl.constexpr):
    """counts[t] active features of R examples, and the attempt that gave them, the first that gave any.

    idle[0] is log S: as a number among the arguments it would arrive in float32.
    """
    t = (tl.program_id(0) * R + tl.arange(0, R)).to(tl.int64)
    log_s = tl.load(idle)
    block, attempt, found = t * 0, t * 0, t * 0
    position = block - 1
    alive = t < n_rows
    while tl.max(alive.to(tl.int32), axis=0) > 0:
        w0, w1, w2, w3 = words(key, t, block, attempt)
        p0 = after(position, w0, log_s)
        p1 = after(p0, w1, log_s)
        p2 = after(p1, w2, log_s)
        position = after(p2, w3, log_s)
        found += (p0 < n).to(tl.int64) + (p1 < n).to(tl.int64) + (p2 < n).to(tl.int64) + (position < n).to(tl.int64)
        empty = (position >= n) & (found == 0)
        block = tl.where(empty, 0, block + 1)
        attempt += empty.to(tl.int64)
        position = tl.where(empty, -1, position)
        alive = alive & (position < n)
    tl.store(counts + t, found, mask=t < n_rows)
    tl.store(attempts + t, attempt, mask=t < n_rows)


@triton.jit
def put(indices, raw, p, last, position, word, squares):
    """Write the feature at `position` and its value at the place p where p < last; p and the squares' sum go on."""
    here = p < last
    x = ((word & 0xFFFFFF).to(tl.int64).to(tl.float64) + 0.5) * VALUE_UNIT
    tl.store(indices + p, position.to(tl.int32), mask=here)
    tl.store(raw + p, x, mask=here)
    return p + here.to(tl.int64), squares + tl.where(here, x * x, 0.0)


@triton.jit(do_not_specialize=["n_rows"])
def fill(key, idle, indptr, attempts, indices, raw, norms, n_rows, R: tl.constexpr):
    """The active features of R examples, their values before they are divided, and the sums of the values' squares."""
    t = (tl.program_id(0) * R + tl.arange(0, R)).to(tl.int64)
    log_s = tl.load(idle)
    p = tl.load(indptr + t, mask=t < n_rows, other=0)
    last = tl.load(indptr + t + 1, mask=t < n_rows, other=0)
    attempt = tl.load(attempts + t, mask=t < n_rows, other=0)
    block, squares = t * 0, tl.zeros((R,), tl.float64)
    position = block - 1
    while tl.max(last - p, axis=0) > 0:
        w0, w1, w2, w3 = words(key, t, block, attempt)
        position = after(position, w0, log_s)
        p, squares = put(indices, raw, p, last, position, w0, squares)
        position = after(position, w1, log_s)
        p, squares = put(indices, raw, p, last, position, w1, squares)
        position = after(position, w2, log_s)
        p, squares = put(indices, raw, p, last, position, w2, squares)
        position = after(position, w3, log_s)
        p, squares = put(indices, raw, p, last, position, w3, squares)
        block += 1
    tl.store(norms + t, squares, mask=t < n_rows)


def steps(fresh: FreshExamples, first: int, many: int, device: str) -> Placed:
    """The batches of steps first to first + many, one after another, on the device: `FreshExamples.steps` there.

    Features in groups are still drawn on the host and copied.
    """
    if fresh.source.groups.size != INDEPENDENT.size:
        return Placed.of(fresh.steps(first, many), device)
    source, n_rows = fresh.source, many * fresh.batch_size
    numbers = np.array([fresh.seed, Stream.STEP, first * fresh.batch_size], np.uint64)
    key = torch.from_numpy(numbers.view(np.int64)).to(device)
    idle = torch.tensor([source.log_idle()], dtype=torch.float64, device=device)
    counts, attempts = (torch.zeros(n_rows, dtype=torch.int64, device=device) for _ in range(2))
    norms = torch.zeros(n_rows, dtype=torch.float64, device=device)
    programs = (triton.cdiv(n_rows, ROWS),)
    with on(device):
        count[programs](key, idle, counts, attempts, n_rows, source.n_features, R=ROWS, num_warps=1)
        indptr = torch.zeros(n_rows + 1, dtype=torch.int64, device=device)
        indptr[1:] = counts.cumsum(0)
        total = int(indptr[-1])  # waits for the device
        indices = torch.zeros(total, dtype=torch.int32, device=device)
        values = torch.zeros(total, dtype=torch.float64, device=device)
        fill[programs](key, idle, indptr, attempts, indices, values, norms, n_rows, R=ROWS, num_warps=1)
    if source.normalise:
        values /= norms.sqrt().repeat_interleave(counts, output_size=total)
    return Placed(source.n_features, indptr, indices, values.to(torch.float32), source.weights())
