"""A figure by name, from sweeps or a run, into a file. Matplotlib is imported inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from sdd_tui.errors import ConfigError, plain
from sdd_tui.figures.catalogue import Entry, entry_of
from sdd_tui.figures.sources import opened
from sdd_tui.panels.view import View

PAGE, COLUMN = 6.75, 3.35
"""Inches: the width of a page's text, and of one of two columns."""

STILL, MOVING = (".png", ".svg", ".pdf"), (".gif",)
"""Endings of files."""


INSTALL = "pip install 'sdd-tui[figures]'"


def render(
    name: str,
    sources: Sequence[Path],
    target: Path,
    width: float = PAGE,
    step: int | None = None,
    over: bool = True,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Draw a figure into a file whose ending says what it is, at a width in inches: one of a step at the last frame up
    to `step`; without `over` never over a file that is there. `progress` is told of an animation's (frames drawn, all).

    Raises ConfigError for a name, an ending or a source that doesn't fit, NotFoundError, DamagedError, NoRoomError.
    """
    entry = entry_of(name)
    ending = check_ending(entry, target)
    source = opened(entry, sources, step)
    check_installed()

    from sdd_tui.figures.animation import frames, gif
    from sdd_tui.figures.drawing import drawn
    from sdd_tui.figures.save import bytes_of, write
    from sdd_tui.figures.style import styled

    with styled(), np.errstate(all="ignore"):  # damaged frames may hold NaN and infinities: they are left out
        if isinstance(source, View) and ending in MOVING:
            content = gif(frames(source, width, progress))
        else:
            content = bytes_of(drawn(name, source, width), ending[1:])
    write(target, content, over)


def check_ending(entry: Entry, target: Path) -> str:
    """The ending of a file that the figure can be written to. Raises ConfigError."""
    ending = target.suffix.lower()
    fit = MOVING if entry.name == "animation" else STILL
    if ending not in fit:
        what = f"{ending} is not an ending of it" if ending else "its ending is missing"
        raise ConfigError(f"{plain(str(target), 200)}: {plain(what)}. {entry.name} is written to {_listed(fit)}.")
    return ending


def check_installed() -> None:
    """Raises ConfigError where matplotlib is missing."""
    if not installed():
        raise ConfigError(f"Figures are drawn with matplotlib, which is not installed: {INSTALL}.")


def installed() -> bool:
    """Whether there is matplotlib; it is not imported."""
    return find_spec("matplotlib") is not None


def _listed(endings: Sequence[str]) -> str:
    return endings[0] if len(endings) == 1 else f"{', '.join(endings[:-1])} or {endings[-1]}"
