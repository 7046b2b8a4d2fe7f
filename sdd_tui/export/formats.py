"""The formats there are, and writing a run or a sweep in one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from sdd_tui.config import suggest
from sdd_tui.errors import ConfigError, NotFoundError, plain
from sdd_tui.export.contents import RunContents, SweepContents
from sdd_tui.export.target import exporting

Contents = RunContents | SweepContents


@dataclass(frozen=True)
class Format:
    """How a format is written."""

    ending: str
    """What the default name ends with."""
    library: str | None
    """The package it takes, of the extra `export`."""
    module: str
    """Module of this package, with the function to_NAME."""


FORMATS = {
    "csv": Format(".csv", None, "table"),
    "parquet": Format(".parquet", "pyarrow", "table"),
    "npz": Format(".npz", None, "arrays"),
    "tensorboard": Format("-tensorboard", "tensorboard", "tensorboard"),
    "wandb": Format("-wandb", "wandb", "wandb"),
}


def check_format(name: str) -> Format:
    """The format of a name, once its library is there. Raises ConfigError, NotFoundError."""
    if name not in FORMATS:
        hint = suggest(name, list(FORMATS)) or f" There are {', '.join(FORMATS)}."
        raise ConfigError(f"--to {plain(name)}: there is no such format.{hint}")
    found = FORMATS[name]
    if found.library is not None and not _installed(found.library):
        raise NotFoundError(
            f"--to {name}: the package {found.library} is not installed; pip install 'sdd-tui[export]' does it."
        )
    return found


def _installed(package: str) -> bool:
    """Whether it is there; a mere folder called wandb, as wandb makes them, has no origin."""
    spec = find_spec(package)
    return spec is not None and spec.origin is not None


def export(contents: Contents, name: str, path: Path, force: bool = False) -> None:
    """Write a run or a sweep to `path`, whole or not at all. Raises BusyError, ConfigError, NotFoundError, NoRoomError;
    what could not be read of it is in the contents' `problems`."""
    form = check_format(name)
    module = import_module(f"sdd_tui.export.{form.module}")
    write: Callable[[Contents, Path], None] = getattr(module, f"to_{name}")
    with exporting(path, force, getattr(module, "OURS", ())) as temporary:
        write(contents, temporary)
