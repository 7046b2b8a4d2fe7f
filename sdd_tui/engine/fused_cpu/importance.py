"""Features of different importance I: Σ I (max(z, 0) - x)², by way of the plain dense pass.

√I max(z, 0) = max(√I z, 0): with √I v and √I b in the place of v and b the dense pass gives dH as it is, and the
gradients of v and b but for another √I. At active features the correction is -I x.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from sdd_tui.engine.fused_cpu.cache import kernel
from sdd_tui.engine.fused_cpu.dense import F


@kernel
def scale(to, source, factors):
    """to = source · factors."""
    for j in range(factors.shape[0]):
        to[j] = source[j] * factors[j]


@kernel
def scale_decoder(scaled, params, roots, tile0, tile1):
    """√I v and √I b of some tiles; nothing where `roots` is empty, and `scaled` is then v and b themselves."""
    first, last = tile0 * F, min(tile1 * F, roots.shape[0])
    if last <= first:
        return
    _, V, b = params
    for k in range(V.shape[0]):
        scale(scaled[0][k, first:last], V[k, first:last], roots[first:last])
    scale(scaled[1][first:last], b[first:last], roots[first:last])


@kernel
def scale_gradient(grad, roots, first, width):
    """The dense pass's part of one tile's gradient: the decoder's rows and the bias's."""
    if roots.shape[0] == 0:
        return
    m = (grad.shape[0] - 1) // 2
    for k in range(m + 1):
        scale(grad[k, :width], grad[k, :width], roots[first : first + width])
