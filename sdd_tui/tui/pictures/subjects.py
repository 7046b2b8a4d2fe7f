"""What there is on a screen to make a picture of: itself, the panel in focus, the figures of its run or sweep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.screen import Screen

from sdd_tui.figures.catalogue import ENTRIES
from sdd_tui.figures.checks import fitting
from sdd_tui.figures.rendering import MOVING, installed
from sdd_tui.panels.view import View
from sdd_tui.run.layout import unstamped
from sdd_tui.tui.screens.panel_screen import PanelScreen
from sdd_tui.tui.screens.run import RunScreen
from sdd_tui.tui.screens.sweep import SweepScreen
from sdd_tui.tui.widgets.panel_view import PanelView

ENDINGS = (".svg", ".png", ".pdf")


@dataclass(frozen=True)
class Subject:
    """Something that there can be a picture of."""

    title: str
    about: str
    stem: str
    """What a file of it is called, without its ending."""
    endings: tuple[str, ...] = ENDINGS
    """What it can be written as."""
    part: PanelView | None = None
    """The part of the screen; all of it without one."""
    figure: str = ""
    """The figure that `sdd figure` draws, if it is one."""
    source: Path = Path()
    """The run or sweep that the figure is drawn from."""
    step: int | None = None
    """The step that is in view, of a figure of one step."""

    @property
    def command(self) -> list[str]:
        """The words of `sdd` that draw the figure, but where to."""
        step = [] if self.step is None else ["--step", str(self.step)]
        return ["figure", self.figure, "--from", str(self.source), *step]


def subjects(screen: Screen[Any]) -> list[Subject]:
    """Everything on a screen that there can be a picture of, itself first."""
    still = ENDINGS if installed() else ENDINGS[:1]
    stem = _stem(screen)
    found = [Subject("this screen", "What stands on it, as it is.", f"{stem}-screen", still)]
    if (panel := _panel(screen)) is not None:
        about = "The panel in focus, as it stands on the screen."
        found.append(Subject(f"panel {panel.panel.title}", about, f"{stem}-{panel.panel.name}-panel", still, panel))
    return [*found, *_figures(screen, stem)] if installed() else found


def _stem(screen: Screen[Any]) -> str:
    """What the screen is about, as files may be called."""
    name = f"sdd-{type(screen).__name__.removesuffix('Screen').lower()}"
    if isinstance(screen, RunScreen):
        name = unstamped(screen.view.run.name)
    elif isinstance(screen, SweepScreen):
        name = unstamped(screen.view.folder.name)
    return re.sub(r"[^A-Za-z0-9._+=,-]+", "-", name).strip("-.")[:60] or "sdd"


def _panel(screen: Screen[Any]) -> PanelView | None:
    match screen:
        case PanelScreen():
            return screen.in_focus
        case SweepScreen():
            return screen.panes.front
    return None


def _figures(screen: Screen[Any], stem: str) -> Iterator[Subject]:
    match screen:
        case RunScreen(view=View() as view):
            for name in _of_run(view):
                step = view.step if ENTRIES[name].of_a_step else None
                yield _figure(name, stem, view.run.path, step)
        case SweepScreen() if screen.view.points:
            for entry in fitting(screen.view.sweep):
                yield _figure(entry.name, stem, screen.view.folder)


def _figure(name: str, stem: str, source: Path, step: int | None = None) -> Subject:
    moving = name == "animation"
    at = "" if step is None else f" --step {step}"
    about = f"As `sdd figure {name}{at}` draws it: {ENTRIES[name].shows}."
    title, endings = ("animation", MOVING) if moving else (f"figure {name}", ENDINGS)
    file = stem if name in stem else f"{stem}-{name}"
    return Subject(title, about, file, endings, figure=name, source=source.absolute(), step=step)


def _of_run(view: View) -> Iterator[str]:
    """The figures that a run has what they show of."""
    if len(view.rows["step"]):
        yield "loss"
    if len(view.steps):
        yield from ("planes", "dimensionality")
    outcome = view.now.get("outcome")
    if isinstance(outcome, dict) and outcome.get("two_circles"):
        yield "two-circles"
    if len(view.steps) > 1 and len(view.rows["step"]):
        yield "animation"
