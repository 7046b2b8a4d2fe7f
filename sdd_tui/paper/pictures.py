"""The figures of a report, drawn from the sweeps behind its verdicts by a renderer that the caller brings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sdd_tui import files
from sdd_tui.errors import SddError, plain
from sdd_tui.paper.report import Picture, Report

Render = Callable[[str, Sequence[Path], Path], None]
"""Draws a figure, by name, from sweeps into a file."""


def draw(report: Report, folder: Path, render: Render | str) -> list[Picture]:
    """One SVG for each figure that the report's sweeps can be drawn as, into a folder that is made; what can't be drawn
    says why, as `render` does when it is words. Raises OSError."""
    sources: dict[tuple[str, int], list[Path]] = {}
    for verdict in report.verdicts:
        for run in verdict.runs:
            for name in verdict.claim.need.plan.figures:
                key = (name, int(run.settings["data"]["n_features"]))
                if (sweep := run.run.parent.parent) not in (behind := sources.setdefault(key, [])):
                    behind.append(sweep)
    found = []
    for (name, n), sweeps in sources.items():
        title = f"{name}, n = {n:,}"
        if isinstance(render, str):
            found.append(Picture(title, None, render))
            continue
        files.make_folder(folder)
        target = folder / f"{name}-{n}.svg"
        try:
            render(name, sweeps, target)
            found.append(Picture(title, target))
        except SddError as error:
            found.append(Picture(title, None, plain(str(error), 300)))
    return found
