"""The fused engine on a GPU: Triton kernels, many steps a CUDA graph, nothing T × n in memory, no float atomics.

Imported only where the device is a GPU, or under Triton's interpreter.
"""

from sdd_tui.engine.fused_cuda.engine import FusedCUDA
from sdd_tui.engine.fused_cuda.layout import MOST_HIDDEN

__all__ = ["FusedCUDA", "MOST_HIDDEN"]
