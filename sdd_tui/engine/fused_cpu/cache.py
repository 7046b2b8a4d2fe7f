"""How kernels are compiled, and where they are kept for the next process.

A file a kernel and kind of its arguments, behind its SHA-256: one that is cut or changed is compiled again, as is one
that can't be read or written, or is a pipe or a device. Numba's own cache ends the program then, looks only at the file
of the function it caches (a changed callee in another file goes unseen), and makes its directories when a kernel is
defined.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import secrets
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
import numpy as np
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from sdd_tui import files
from sdd_tui.errors import plain
from sdd_tui.user_dirs import NO_HOME, user_dir

njit: Any = numba.njit
settings: Any = numba.config
"""Untyped: numba's stubs know neither `_nrt` nor CPU_NAME."""

FASTMATH = {"reassoc", "contract", "nsz", "arcp"}
"""Without nnan and ninf: with them a NaN need not stay one, and divergence would be found by luck."""

SUFFIX = ".kernel"
DIGEST = hashlib.sha256().digest_size
LARGEST = 16 << 20
"""Bytes of a kernel's file at most; the largest has 0.6 MB."""

_problems: list[str] = []
"""What kept this process from keeping a kernel."""


def cache_dir() -> Path | None:
    """The directory of the compiled kernels on this machine, below NUMBA_CACHE_DIR if that is set; None where the user
    has no place for it."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    place = Path(named) if named else user_dir("cache")
    return place / "kernels" / _key() if place else None


@cache
def _key() -> str:
    """What all kernels of one directory have in common: the CPU, versions and their source."""
    sources = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(Path(__file__).parent.glob("*.py"))))
    versions = f"numba{numba.__version__}-numpy{np.__version__}-{sys.implementation.cache_tag}"
    return f"{processor()}-{versions}-{sources.hexdigest()[:12]}"


def processor() -> str:
    """The kind of CPU that kernels are compiled for: this one, or what NUMBA_CPU_NAME says."""
    return str(settings.CPU_NAME or llvmlite.binding.get_host_cpu_name())


def compiled() -> bool:
    """Whether an earlier process left compiled kernels here, so that the first step needn't wait for the compiler."""
    folder = cache_dir()
    try:
        return folder is not None and any(name.endswith(SUFFIX) for name in os.listdir(folder))  # noqa: PTH208
    except OSError:
        return False


def problem() -> str:
    """Why kernels that this process compiled could not be kept, as a sentence; mostly nothing."""
    return _problems[0] if _problems else ""


class Kept:
    """The compiled forms of a function on disk, as numba's dispatcher asks for them."""

    cache_path = None

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """The function compiled for these types of arguments; None to have it compiled."""
        path = self._path(signature, target_context.codegen())
        try:
            raw = files.read(path, LARGEST) if path else b""
        except OSError:
            return None
        if hashlib.sha256(raw[DIGEST:]).digest() != raw[:DIGEST]:
            return None
        return CompileResult._rebuild(target_context, *pickle.loads(raw[DIGEST:]))

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep what was compiled, where that is possible."""
        path = self._path(signature, result.codegen)
        if path is None:
            _problems.append(_sentence("compiled kernels", NO_HOME))
            return
        payload = dumps(result._reduce())
        try:
            _replace(path, hashlib.sha256(payload).digest() + payload)
        except OSError as error:
            _problems.append(_sentence(plain(str(path.parent), 300), os.strerror(error.errno or 0).lower()))

    def _path(self, signature: Any, codegen: Any) -> Path | None:
        folder = cache_dir()
        key = hashlib.sha256(repr((str(signature), codegen.magic_tuple())).encode()).hexdigest()
        return folder / f"{self._function.__qualname__}-{key[:24]}{SUFFIX}" if folder else None


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that works on given arrays alone, and releases the GIL while it runs.

    `_nrt=False` leaves out reference counts: they are atomic, and threads of a team that pass the same arrays around
    would fight for them in every tile. Such a function can't allocate.
    """
    return _kernel(function, FASTMATH)


def exact_kernel(function: Callable[..., Any]) -> Any:
    """The same, which adds up in the order that is written, and rounds each time."""
    return _kernel(function, False)


def part(function: Callable[..., Any]) -> Any:
    """A part of one kernel, written apart from it and compiled within it. LLVM takes a kernel through all its passes
    once by itself and again in each that calls it: 12.4 s for a training step from scratch, 10.1 so."""
    return _compiled(function, FASTMATH, inline="always")


def _kernel(function: Callable[..., Any], fastmath: set[str] | bool) -> Any:
    dispatcher = _compiled(function, fastmath)
    dispatcher._cache = Kept(function)
    return dispatcher


def _compiled(function: Callable[..., Any], fastmath: set[str] | bool, inline: str = "never") -> Any:
    """`forceinline` has LLVM leave no call from one kernel to another. Each would have code by itself and within each
    caller, rounded differently, and a process that compiles would run the first where one that loads runs the second.
    """
    return njit(nogil=True, fastmath=fastmath, error_model="numpy", inline=inline, forceinline=True, _nrt=False)(
        function
    )


def _replace(path: Path, raw: bytes) -> None:
    """Write a whole file under a name of its own first: many processes may compile the same kernel at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(8)}.new")
    try:
        temporary.write_bytes(raw)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _sentence(what: str, why: str) -> str:
    return (
        f"{what}: can't be kept ({why}), so every run compiles its kernels for some seconds. Set NUMBA_CACHE_DIR to a"
        " directory with room for some MB."
    )
