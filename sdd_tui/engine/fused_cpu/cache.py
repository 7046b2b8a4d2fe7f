"""Where compiled kernels are kept, and how they are compiled.

Under the user's cache directory, keyed by CPU, numba and the kernels' own source: numba itself looks only at the file
of the function it caches, so a changed callee in another file would go unseen. NUMBA_CACHE_DIR, if set, wins.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
import platformdirs

njit: Any = numba.njit
settings: Any = numba.config
"""Untyped: numba's stubs know neither `_nrt` nor CACHE_DIR."""

FASTMATH = {"reassoc", "contract", "nsz", "arcp"}
"""Without nnan and ninf: with them a NaN need not stay one, and divergence would be found by luck."""


def cache_dir() -> Path:
    """The directory of the compiled kernels on this machine."""
    sources = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(Path(__file__).parent.glob("*.py"))))
    cpu = llvmlite.binding.get_host_cpu_name()
    name = f"{cpu}-numba{numba.__version__}-{sources.hexdigest()[:12]}"
    return Path(platformdirs.user_cache_dir("sdd-tui")) / "kernels" / name


def processor() -> str:
    """The kind of CPU that kernels are compiled for: this one, or what NUMBA_CPU_NAME says."""
    return str(settings.CPU_NAME or llvmlite.binding.get_host_cpu_name())


def _usable(path: Path) -> bool:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(path, os.W_OK)


if "NUMBA_CACHE_DIR" in os.environ:
    CACHED = True
else:
    CACHED = _usable(cache_dir())
    if CACHED:
        settings.CACHE_DIR = str(cache_dir())


def compiled() -> bool:
    """Whether an earlier process left compiled kernels here, so that the first step needn't wait for the compiler."""
    return CACHED and any(Path(settings.CACHE_DIR).rglob("*.nbc"))


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that works on given arrays alone, and releases the GIL while it runs.

    `_nrt=False` leaves out reference counts: they are atomic, and threads of a team that pass the same arrays around
    would fight for them in every tile. Such a function can't allocate.
    """
    return njit(nogil=True, cache=CACHED, fastmath=FASTMATH, error_model="numpy", _nrt=False)(function)
