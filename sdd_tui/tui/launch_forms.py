"""The forms that start a run: of a configuration, or as a branch of another one. What they start is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App

from sdd_tui import presets
from sdd_tui.config import RunConfig
from sdd_tui.errors import plain
from sdd_tui.run.branch_point import TAKEN_OVER
from sdd_tui.run.create import create
from sdd_tui.run.layout import unstamped
from sdd_tui.training.branch import branch
from sdd_tui.training.launch import launch
from sdd_tui.tui.home.details import changed
from sdd_tui.tui.screens.form import FormScreen

Opened = Callable[[Path], object]


def open_form(app: App[Any], config: RunConfig, title: str, runs: Path, opened: Opened) -> None:
    """The form with a configuration in it."""

    def start(wanted: RunConfig, name: str | None) -> Path:
        if wanted.title == config.title:  # nobody wrote another one
            wanted = wanted.model_copy(update={"title": _titled(wanted)})
        run = create(wanted, runs, name)
        launch(run)
        return run

    app.push_screen(FormScreen(config, title, start), _then(opened))


def open_branch(app: App[Any], parent: Path, config: RunConfig, step: int, opened: Opened) -> None:
    """The form for a branch of a run at a step."""

    def start(wanted: RunConfig, name: str | None) -> Path:
        run = branch(parent, step, wanted, parent.parent, name)
        launch(run)
        return run

    title = f"branch from step {step:,} of {plain(unstamped(parent.name), 60)}"
    locked = {".".join(path) for path in TAKEN_OVER}
    why = "its parameters and Adam's moments are taken over"
    app.push_screen(FormScreen(config, title, start, locked, why), _then(opened))


def _then(opened: Opened) -> Callable[[Path | None], None]:
    def closed(run: Path | None) -> None:
        if run is not None:
            opened(run)

    return closed


def _titled(config: RunConfig) -> str:
    """The title, with what was changed against the preset."""
    known = next((known.title for known in presets.presets() if known.name == config.preset), config.title)
    return presets.title_with(known if config.title else "", config.preset, changed(config.model_dump(), config.preset))
