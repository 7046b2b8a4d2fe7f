"""Which GPUs the installed torch has kernels for: the one question about devices that only torch can answer.

Imports torch when it is asked; devices.py asks once a GPU is there that torch's CUDA could use.
"""

from __future__ import annotations

import re
from functools import cache


@cache
def architectures() -> tuple[str, ...]:
    """What torch was built for: sm_90, say, or compute_90, which later GPUs can compile."""
    import torch

    return tuple(torch.cuda.get_arch_list())


def has_kernels(capability: tuple[int, int], built_for: tuple[str, ...]) -> bool:
    """Whether a GPU of a compute capability runs what was built for any of these: those of its own major version up to
    its minor one, and what it can compile itself."""
    for kind, number in (name.split("_", 1) for name in built_for):
        digits = re.sub(r"\D", "", number)  # sm_90a
        built = int(digits[:-1]), int(digits[-1])
        if built <= capability and (kind == "compute" or built[0] == capability[0]):
            return True
    return False
