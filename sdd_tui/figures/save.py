"""Figures into files: by the ending, whole or not at all, the same bytes for the same figure."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure

from sdd_tui import files
from sdd_tui.run.layout import writing

UNDATED = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""Metadata left out or held still: the date would make every file another one."""


def bytes_of(figure: Figure, ending: str) -> bytes:
    """A figure as png, svg or pdf."""
    out = BytesIO()
    figure.savefig(out, format=ending, metadata=UNDATED[ending])
    return out.getvalue()


def write(target: Path, content: bytes) -> None:
    """Write a file whole: readers see the old one or the new one. Raises NoRoomError."""
    with writing(target, "-o"):
        files.replace(target, content)
