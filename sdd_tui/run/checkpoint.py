"""Checkpoints: parameters, Adam's moments and the step, in safetensors files named by step.

Full precision, nothing pickled, replaced atomically, with a checksum of everything in it. The newest is the one
with the highest step; when a newer one is complete the one before goes, unless it is one of the kept ones.
"""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui import files
from sdd_tui.engine.interface import Activation, State, Tensors
from sdd_tui.errors import DamagedError, not_permitted
from sdd_tui.run.layout import CHECKPOINTS, check_own, writing

PATTERN = re.compile(r"step-(\d{9})\.safetensors")


def path_of(run: Path, step: int) -> Path:
    """Where the checkpoint of a step lies."""
    return run / CHECKPOINTS / f"step-{step:09d}.safetensors"


def steps(run: Path) -> list[int]:
    """Steps that have a checkpoint, ascending. Raises DamagedError where that can't be seen: resuming must not take it
    for a run without any."""
    check_own(run, (CHECKPOINTS,))
    try:
        names = [path.name for path in (run / CHECKPOINTS).iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError:
        raise not_permitted(str(run / CHECKPOINTS)) from None
    except OSError as error:
        raise DamagedError(f"{run / CHECKPOINTS}: can't be read ({error.strerror}).") from None
    return sorted(int(match[1]) for name in names if (match := PATTERN.fullmatch(name)))


def newest(run: Path) -> tuple[int, int, int] | None:
    """(step, inode, time in ns) of the newest checkpoint, which another one changes; None where there is none.

    Raises DamagedError.
    """
    while found := steps(run):
        try:
            stat = path_of(run, found[-1]).lstat()
            return found[-1], stat.st_ino, stat.st_mtime_ns
        except FileNotFoundError:  # dropped meanwhile, for a newer one
            continue
        except OSError as error:
            raise DamagedError(f"{path_of(run, found[-1])}: can't be read ({error.strerror}).") from None
    return None


def save(run: Path, state: State, seconds: float, kept: set[int]) -> None:
    """Write the checkpoint of the state's step, then drop older ones that are not in `kept`. Raises NoRoomError."""
    write(run, state.step, packed(state, seconds), kept)


def packed(state: State, seconds: float) -> bytes:
    """The file of a checkpoint."""
    from safetensors.numpy import save as pack

    arrays = _arrays(state)
    metadata = {
        "format": "sdd-checkpoint",
        "version": "1",
        "step": str(state.step),
        "seconds": repr(seconds),
        "output": state.output,
        "hidden": state.hidden,
    }
    metadata["crc32"] = _checksum(arrays, metadata)
    return bytes(pack(arrays, metadata))


def write(run: Path, step: int, content: bytes, kept: set[int]) -> None:
    """Write the file of a step, then drop older ones that are not in `kept`. Raises NoRoomError."""
    path = path_of(run, step)
    with writing(path):
        files.make_folder(path.parent)
        files.clear_remains(path.parent)
        files.replace(path, content)
        for old in steps(run):
            if old < step and old not in kept:
                path_of(run, old).unlink(missing_ok=True)


def load(run: Path, step: int, shape: tuple[int, int], tied: bool) -> tuple[State, float]:
    """(state, training seconds so far) of a checkpoint of a model of shape (m, n). Raises DamagedError."""
    from safetensors import SafetensorError, safe_open

    path = path_of(run, step)
    try:
        files.open_read(path).close()  # or a pipe in its place would be waited for
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except PermissionError:
        raise not_permitted(str(path)) from None
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedError(f"{path}: this checkpoint can't be read ({type(error).__name__}). {_advice(run)}") from None
    if metadata.pop("crc32", "") != _checksum(arrays, metadata) or metadata["step"] != str(step):
        raise DamagedError(f"{path}: this checkpoint's bytes were changed. {_advice(run)}")
    m, n = shape
    wanted = {"W": (1, m, n), "b": (1, n)} | ({} if tied else {"V": (1, m, n)})
    found = {name: a.shape for name, a in arrays.items() if "." not in name}
    if found != wanted:
        raise DamagedError(
            f"{path}: this checkpoint is of another model ({_shapes(found)}; the configuration says {_shapes(wanted)})."
        )
    parts = [
        Tensors(arrays[f"{p}W"], arrays[f"{p}b"], None if tied else arrays[f"{p}V"]) for p in ("", "first.", "second.")
    ]
    output: Activation = "linear" if metadata["output"] == "linear" else "relu"
    hidden: Activation = "relu" if metadata.get("hidden") == "relu" else "linear"  # older ones do not say
    return State(parts[0], parts[1], parts[2], output, step, hidden), float(metadata["seconds"])


def _arrays(state: State) -> dict[str, NDArray[Any]]:
    named: dict[str, NDArray[Any]] = {}
    for prefix, tensors in (("", state.params), ("first.", state.first), ("second.", state.second)):
        for name, array in tensors.arrays().items():
            named[prefix + name] = np.ascontiguousarray(array)
    return named


def _checksum(arrays: dict[str, NDArray[Any]], metadata: dict[str, str]) -> str:
    """Of every byte, and of what the bytes mean: names, types and shapes."""
    value = zlib.crc32(repr(sorted(metadata.items())).encode())
    for name in sorted(arrays):
        value = zlib.crc32(f"{name} {arrays[name].dtype.str} {arrays[name].shape}".encode(), value)
        value = zlib.crc32(np.ascontiguousarray(arrays[name]).tobytes(), value)
    return f"{value:08x}"


def _advice(run: Path) -> str:
    others = steps(run)[:-1]
    if others:
        return f"Delete it to go on from step {others[-1]:,}."
    return "Delete it to start again from step 0."


def _shapes(shapes: dict[str, tuple[int, ...]]) -> str:
    return ", ".join(f"{name} {'×'.join(map(str, s[1:]))}" for name, s in sorted(shapes.items()))
