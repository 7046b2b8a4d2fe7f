"""Figures into files: by the ending, whole or not at all, the same bytes for the same figure."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure

from sdd_tui.errors import NoRoomError

UNDATED = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""Metadata left out or held still: the date would make every file another one."""


def bytes_of(figure: Figure, ending: str) -> bytes:
    """A figure as png, svg or pdf."""
    out = BytesIO()
    figure.savefig(out, format=ending, metadata=UNDATED[ending])
    return out.getvalue()


def write(target: Path, content: bytes) -> None:
    """Write a file whole: readers see the old one or the new one. Raises NoRoomError."""
    temporary = target.with_name(f".{target.name}.new")  # one name, so that kills leave one at most
    try:
        try:
            temporary.write_bytes(content)
            temporary.replace(target)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise NoRoomError(f"{target}: the figure can't be written ({why}). Choose another place with -o.") from None
