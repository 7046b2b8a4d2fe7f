"""The fused engine on the CPU: numba, no torch, nothing T × n in memory, the same bits for any number of threads."""

from sdd_tui.engine.fused_cpu.engine import FusedCPU

__all__ = ["FusedCPU"]
