"""Figures for print: from sweeps and runs on disk to PNG, SVG, PDF and GIF, and the same in the terminal.

Above the panels, whose readings it shares; below the front ends. Matplotlib, an optional extra, is imported only when
something is drawn, and never its global state: no pyplot.
"""

from __future__ import annotations

from sdd_tui.figures.catalogue import NAMES
from sdd_tui.figures.rendering import render

__all__ = ["NAMES", "render"]
