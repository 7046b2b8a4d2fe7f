"""The sum over all (feature, example) pairs as if every x were zero: r = max(z, low), z = Vᵀ h + b.

For each tile of F features it adds Σ_t r h to the decoder's gradient, Σ_t r to the bias's and Σ_i r v_i to dH.
The tile is copied into one scratch array, so that every array in the inner loop lies at a constant distance from the
others: only then does LLVM vectorise it without alias checks. `low` is 0 for ReLU and -inf for a linear output.

Two forms. m ≤ 3 (`dims` is a tuple of length m, a compile-time constant): four examples' sums stay in registers,
17 billion pairs a second and core at m = 2. Larger m (`dims` empty): z of four examples lies in scratch and hidden
dimensions go in blocks of four, 150-185 GFLOP/s a core.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from sdd_tui.engine.fused_cpu.cache import kernel

F = 512
"""Features in a tile; 128, 256 and 512 gave 107, 118 and 153 GFLOP/s at m = 16."""


@kernel
def copy(to, source):
    """to[:] = source. Slices start at 0: LLVM vectorises no loop whose index may be negative, as `first + j` may."""
    for j in range(source.shape[0]):
        to[j] = source[j]


@kernel
def accumulate(to, source):
    """to += source."""
    for j in range(source.shape[0]):
        to[j] += source[j]


@kernel
def gather_tile(scratch, V, b, bias_row, first, width):
    """Copy a tile's decoder rows, and its bias to row `bias_row`, into scratch; zeros elsewhere.

    Columns beyond `width` have w = b = 0, hence r = 0, whatever the output.
    """
    m = V.shape[0]
    for j in range(scratch.shape[0]):
        scratch[j] = 0
    for k in range(m):
        copy(scratch[k * F : k * F + width], V[k, first : first + width])
    copy(scratch[bias_row * F : bias_row * F + width], b[first : first + width])


@kernel
def four_in_registers(dims, s, H, dH, t, low):
    """Examples t to t + 3; scratch holds w (m rows), b, then the sums for V (m rows) and b."""
    M = len(dims)
    zero = s.dtype.type(0)
    B, G, GB = M * F, (M + 1) * F, (2 * M + 1) * F
    h00 = H[t, 0]
    h10 = H[t + 1, 0]
    h20 = H[t + 2, 0]
    h30 = H[t + 3, 0]
    h01 = h11 = h21 = h31 = zero
    h02 = h12 = h22 = h32 = zero
    if M > 1:
        h01 = H[t, 1]
        h11 = H[t + 1, 1]
        h21 = H[t + 2, 1]
        h31 = H[t + 3, 1]
    if M > 2:
        h02 = H[t, 2]
        h12 = H[t + 1, 2]
        h22 = H[t + 2, 2]
        h32 = H[t + 3, 2]
    d00 = d10 = d20 = d30 = zero
    d01 = d11 = d21 = d31 = zero
    d02 = d12 = d22 = d32 = zero
    for j in range(F):
        w0 = s[j]
        z0 = s[B + j] + h00 * w0
        z1 = s[B + j] + h10 * w0
        z2 = s[B + j] + h20 * w0
        z3 = s[B + j] + h30 * w0
        if M > 1:
            w1 = s[F + j]
            z0 += h01 * w1
            z1 += h11 * w1
            z2 += h21 * w1
            z3 += h31 * w1
        if M > 2:
            w2 = s[2 * F + j]
            z0 += h02 * w2
            z1 += h12 * w2
            z2 += h22 * w2
            z3 += h32 * w2
        r0 = max(z0, low)
        r1 = max(z1, low)
        r2 = max(z2, low)
        r3 = max(z3, low)
        d00 += r0 * w0
        d10 += r1 * w0
        d20 += r2 * w0
        d30 += r3 * w0
        s[G + j] += r0 * h00 + r1 * h10 + r2 * h20 + r3 * h30
        if M > 1:
            d01 += r0 * w1
            d11 += r1 * w1
            d21 += r2 * w1
            d31 += r3 * w1
            s[G + F + j] += r0 * h01 + r1 * h11 + r2 * h21 + r3 * h31
        if M > 2:
            d02 += r0 * w2
            d12 += r1 * w2
            d22 += r2 * w2
            d32 += r3 * w2
            s[G + 2 * F + j] += r0 * h02 + r1 * h12 + r2 * h22 + r3 * h32
        s[GB + j] += r0 + r1 + r2 + r3
    dH[t, 0] += d00
    dH[t + 1, 0] += d10
    dH[t + 2, 0] += d20
    dH[t + 3, 0] += d30
    if M > 1:
        dH[t, 1] += d01
        dH[t + 1, 1] += d11
        dH[t + 2, 1] += d21
        dH[t + 3, 1] += d31
    if M > 2:
        dH[t, 2] += d02
        dH[t + 1, 2] += d12
        dH[t + 2, 2] += d22
        dH[t + 3, 2] += d32


@kernel
def one_in_registers(dims, s, H, dH, t, low):
    """The same for a single example: what is left when T is not a multiple of four."""
    M = len(dims)
    zero = s.dtype.type(0)
    B, G, GB = M * F, (M + 1) * F, (2 * M + 1) * F
    h0 = H[t, 0]
    h1 = H[t, 1] if M > 1 else zero
    h2 = H[t, 2] if M > 2 else zero
    d0 = d1 = d2 = zero
    for j in range(F):
        w0 = s[j]
        z = s[B + j] + h0 * w0
        if M > 1:
            z += h1 * s[F + j]
        if M > 2:
            z += h2 * s[2 * F + j]
        r = max(z, low)
        d0 += r * w0
        s[G + j] += r * h0
        if M > 1:
            d1 += r * s[F + j]
            s[G + F + j] += r * h1
        if M > 2:
            d2 += r * s[2 * F + j]
            s[G + 2 * F + j] += r * h2
        s[GB + j] += r
    dH[t, 0] += d0
    if M > 1:
        dH[t, 1] += d1
    if M > 2:
        dH[t, 2] += d2


@kernel
def add_z(z, w, H, t, k):
    """z of examples t to t + 3 += hidden dimensions k to k + 3; `w` is their four tile rows."""
    a0, a1, a2, a3 = H[t, k], H[t, k + 1], H[t, k + 2], H[t, k + 3]
    b0, b1, b2, b3 = H[t + 1, k], H[t + 1, k + 1], H[t + 1, k + 2], H[t + 1, k + 3]
    c0, c1, c2, c3 = H[t + 2, k], H[t + 2, k + 1], H[t + 2, k + 2], H[t + 2, k + 3]
    d0, d1, d2, d3 = H[t + 3, k], H[t + 3, k + 1], H[t + 3, k + 2], H[t + 3, k + 3]
    for j in range(F):
        w0, w1, w2, w3 = w[j], w[F + j], w[2 * F + j], w[3 * F + j]
        z[j] += a0 * w0 + a1 * w1 + a2 * w2 + a3 * w3
        z[F + j] += b0 * w0 + b1 * w1 + b2 * w2 + b3 * w3
        z[2 * F + j] += c0 * w0 + c1 * w1 + c2 * w2 + c3 * w3
        z[3 * F + j] += d0 * w0 + d1 * w1 + d2 * w2 + d3 * w3


@kernel
def add_gradient(r, g, H, t, k):
    """Σ_t r h for hidden dimensions k to k + 3; `g` is their four tile rows."""
    a0, a1, a2, a3 = H[t, k], H[t, k + 1], H[t, k + 2], H[t, k + 3]
    b0, b1, b2, b3 = H[t + 1, k], H[t + 1, k + 1], H[t + 1, k + 2], H[t + 1, k + 3]
    c0, c1, c2, c3 = H[t + 2, k], H[t + 2, k + 1], H[t + 2, k + 2], H[t + 2, k + 3]
    d0, d1, d2, d3 = H[t + 3, k], H[t + 3, k + 1], H[t + 3, k + 2], H[t + 3, k + 3]
    for j in range(F):
        r0, r1, r2, r3 = r[j], r[F + j], r[2 * F + j], r[3 * F + j]
        g[j] += r0 * a0 + r1 * b0 + r2 * c0 + r3 * d0
        g[F + j] += r0 * a1 + r1 * b1 + r2 * c1 + r3 * d1
        g[2 * F + j] += r0 * a2 + r1 * b2 + r2 * c2 + r3 * d2
        g[3 * F + j] += r0 * a3 + r1 * b3 + r2 * c3 + r3 * d3


@kernel
def add_hidden(r, w, dH, t, k):
    """Σ_i r w for hidden dimensions k to k + 3 of examples t to t + 3."""
    zero = r.dtype.type(0)
    a0 = a1 = a2 = a3 = zero
    b0 = b1 = b2 = b3 = zero
    c0 = c1 = c2 = c3 = zero
    d0 = d1 = d2 = d3 = zero
    for j in range(F):
        r0, r1, r2, r3 = r[j], r[F + j], r[2 * F + j], r[3 * F + j]
        w0, w1, w2, w3 = w[j], w[F + j], w[2 * F + j], w[3 * F + j]
        a0 += r0 * w0
        a1 += r0 * w1
        a2 += r0 * w2
        a3 += r0 * w3
        b0 += r1 * w0
        b1 += r1 * w1
        b2 += r1 * w2
        b3 += r1 * w3
        c0 += r2 * w0
        c1 += r2 * w1
        c2 += r2 * w2
        c3 += r2 * w3
        d0 += r3 * w0
        d1 += r3 * w1
        d2 += r3 * w2
        d3 += r3 * w3
    for e, (x0, x1, x2, x3) in enumerate(((a0, a1, a2, a3), (b0, b1, b2, b3), (c0, c1, c2, c3), (d0, d1, d2, d3))):
        dH[t + e, k] += x0
        dH[t + e, k + 1] += x1
        dH[t + e, k + 2] += x2
        dH[t + e, k + 3] += x3


@kernel
def four_in_blocks(r, w, b, g, gb, H, dH, t, count, low):
    """Examples t to t + 3, of which the first `count` exist, for any m; r is scratch for their activations."""
    one, zero = r.dtype.type(1), r.dtype.type(0)
    k1 = one if count > 1 else zero
    k2 = one if count > 2 else zero
    k3 = one if count > 3 else zero
    for j in range(F):
        r[j] = r[F + j] = r[2 * F + j] = r[3 * F + j] = b[j]
    for k in range(0, H.shape[1], 4):
        add_z(r, w[k * F : (k + 4) * F], H, t, k)
    for j in range(F):
        r0 = max(r[j], low)
        r1 = max(r[F + j], low) * k1
        r2 = max(r[2 * F + j], low) * k2
        r3 = max(r[3 * F + j], low) * k3
        r[j] = r0
        r[F + j] = r1
        r[2 * F + j] = r2
        r[3 * F + j] = r3
        gb[j] += r0 + r1 + r2 + r3
    for k in range(0, H.shape[1], 4):
        add_gradient(r, g[k * F : (k + 4) * F], H, t, k)
        add_hidden(r, w[k * F : (k + 4) * F], dH, t, k)


@kernel
def dense_tile(dims, scratch, V, b, H, dH, rows, grad, first, width, low, start):
    """`rows` examples against the features first to first + width.

    dH (rows, columns of H) gets Σ_i r v_i over these features alone; grad (2m + 1, F) gets Σ_t r h in its first m rows
    and Σ_t r in the next, added to what is there unless `start`.
    """
    M = H.shape[1]
    m = V.shape[0]
    r = scratch[: 4 * F]
    tile = scratch[4 * F : (6 + 2 * M) * F]
    sums = tile[(M + 1) * F :]
    gather_tile(tile, V, b, M, first, width)
    for t in range(dH.shape[0]):
        for k in range(M):
            dH[t, k] = 0
    if len(dims) > 0:
        t = 0
        while t + 4 <= rows:
            four_in_registers(dims, tile, H, dH, t, low)
            t += 4
        while t < rows:
            one_in_registers(dims, tile, H, dH, t, low)
            t += 1
    else:
        w = tile[: M * F]
        bias = tile[M * F : (M + 1) * F]
        for t in range(0, rows, 4):
            four_in_blocks(r, w, bias, sums, sums[M * F :], H, dH, t, rows - t, low)
    for k in range(m + 1):
        row = (k if k < m else M) * F
        if start:
            copy(grad[k], sums[row : row + F])
        else:
            accumulate(grad[k], sums[row : row + F])
