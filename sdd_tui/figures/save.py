"""Figures into files: by the ending, whole or not at all, the same bytes for the same figure."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sdd_tui import files
from sdd_tui.run.layout import writing

UNDATED = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""Metadata left out or held still: the date would make every file another one."""


EDGE = 0.03
"""Inches that stay free at the left and the right."""


def bytes_of(figure: Figure, ending: str) -> bytes:
    """A figure as png, svg or pdf."""
    out = BytesIO()
    bring_in(figure)
    figure.savefig(out, format=ending, metadata=UNDATED[ending])
    return out.getvalue()


def bring_in(figure: Figure) -> None:
    """Narrow axes whose words reach over the figure's sides, and those above and below them: a range of 0.0001 has
    numbers of six digits."""
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    whole = figure.get_figwidth()
    columns: dict[tuple[float, float], list[Axes]] = {}
    for ax in figure.axes:
        columns.setdefault((round(ax.get_position().x0, 6), round(ax.get_position().x1, 6)), []).append(ax)
    for (left, right), column in columns.items():
        boxes = [box for ax in column if (box := ax.get_tightbbox(renderer)) is not None]
        over_left = max([0.0, *(EDGE - box.x0 / figure.dpi for box in boxes)]) / whole
        over_right = max([0.0, *(box.x1 / figure.dpi - whole + EDGE for box in boxes)]) / whole
        for ax in column if over_left or over_right else ():
            _, low, _, height = ax.get_position().bounds
            ax.set_position((left + over_left, low, right - left - over_left - over_right, height))


def write(target: Path, content: bytes, over: bool = True) -> None:
    """Write a file whole: readers see the old one or the new one; without `over` never over one that is there. Raises
    NoRoomError."""
    with writing(target, "-o"):
        files.replace(target, content, over=over)
