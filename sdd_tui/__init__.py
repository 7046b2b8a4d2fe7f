"""A microscope for the toy models of "Superposition, Memorization, and Double Descent"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sdd_tui.store.reader import open_run

__version__ = "0.1.0"
__all__ = ["__version__", "open_run"]


def __getattr__(name: str) -> Any:
    if name == "open_run":  # numpy and pydantic load only when a notebook asks for a run
        from sdd_tui.store.reader import open_run

        return open_run
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
