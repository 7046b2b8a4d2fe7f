"""`sdd doctor`: what this machine offers and what the program makes of it."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path
from typing import Any

import typer

from sdd_tui.cli.output.options import Json, RunsDir


def doctor(runs_dir: RunsDir = None, json: Json = False) -> None:
    """Show versions, devices, threads, the terminal and where things go.

    Example: sdd doctor --json
    """
    found = examine(runs_dir)
    if json:
        import json as json_module

        typer.echo(json_module.dumps(found))
        return
    width = max(map(len, found))
    for key, value in found.items():
        typer.echo(f"{key:<{width}}  {value}")


def examine(runs_dir: str | None = None) -> dict[str, Any]:
    """The facts, by name."""
    from importlib.metadata import version

    from sdd_tui.presets import preset_dir
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.user_dirs import NO_HOME, settings_path
    from sdd_tui.version import __version__

    found: dict[str, Any] = {"sdd-tui": __version__, "python": platform.python_version(), "system": platform.platform()}
    for package in (
        "numpy",
        "numba",
        "torch",
        "triton",
        "textual",
        "plotext",
        "rich",
        "typer",
        "pydantic",
        "safetensors",
    ):
        found[package] = version(package) if importlib.util.find_spec(package) else "missing"
    found |= _engine() | _torch_devices() | _gpus()
    size = shutil.get_terminal_size()
    kind = os.environ.get("TERM", "unknown")
    found["terminal"] = f"{size.columns}×{size.lines}, {kind}, {'a terminal' if sys.stdout.isatty() else 'no terminal'}"
    found["encoding"] = sys.stdout.encoding
    folder = where(runs_dir)
    found["runs"] = str(folder.absolute())
    found["room for runs"] = _room(folder)
    found["presets"] = str(preset_dir())
    path = settings_path()
    found["settings"] = _file(path) if path else f"defaults: {NO_HOME}"
    return found


def _file(path: Path) -> str:
    """The path, and whether there is a file that can be seen."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return f"{path} (not there: defaults)"
    except OSError:
        return f"{path} (can't be read: defaults)"
    return str(path)


def _room(path: Path) -> str:
    """What room there is at a path, or where the directories above it end that can be seen; or what lies there."""
    there = next(p for p in (path.absolute(), *path.absolute().parents) if os.path.exists(p))  # noqa: PTH110
    if not there.is_dir():
        return f"can't be used: {there} is not a directory"
    writable = "writable" if os.access(there, os.W_OK) else "not writable"
    return f"{shutil.disk_usage(there).free / 1e9:.1f} GB free, {writable}"


def _engine() -> dict[str, Any]:
    try:
        import llvmlite.binding

        from sdd_tui.engine.devices import cores
        from sdd_tui.engine.fused_cpu import cache
        from sdd_tui.user_dirs import NO_HOME
    except ImportError as error:
        return {"fused engine": f"can't be imported: {error}"}
    folder = cache.cache_dir()
    return {
        "cpu": llvmlite.binding.get_host_cpu_name(),
        "threads": f"{cores()} (a team of our own with a spinning barrier; no OpenMP or TBB needed)",
        "compiled kernels": "yes" if cache.compiled() else "not yet: the first run compiles, 5-10 s",
        "kernel cache": f"{folder}, {_room(folder)}" if folder else f"none: {NO_HOME}, so every run compiles",
    }


def _torch_devices() -> dict[str, Any]:
    try:
        import torch
    except ImportError as error:
        return {"devices": f"cpu (torch can't be imported: {error})"}
    from sdd_tui.engine.devices import gpu_count, gpu_problem

    usable = [i for i in range(gpu_count()) if not gpu_problem(f"cuda:{i}")]
    devices = ["cpu"] + [f"cuda:{i} ({torch.cuda.get_device_name(i)})" for i in usable]
    devices += ["mps"] if torch.backends.mps.is_available() else []
    return {"devices": ", ".join(devices)}


def _gpus() -> dict[str, Any]:
    """What the fused engine makes of the GPUs here, and how busy they are."""
    from sdd_tui.engine.devices import TRITON, gpu_count, gpu_problem, has_triton
    from sdd_tui.training.machine import gpus

    if not gpu_count():
        return {"gpu": "none that NVIDIA's driver offers"}
    problem = gpu_problem()
    plain = f"plain torch: Triton {TRITON[0]}.{TRITON[1]} or later is not installed"
    use = f"not used: {problem}" if problem else "fused kernels" if has_triton() else plain
    lines = gpus() or ["install nvidia-ml-py to see their use, memory and temperature"]
    return {"gpu engine": use} | {f"gpu {i}": line for i, line in enumerate(lines)}
