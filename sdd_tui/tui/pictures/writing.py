"""The pictures that were asked for: an SVG of the screen is written at once, the rest by a process, one at a time.

The screen is taken when the dialog and what was said before are gone from it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.app import App
from textual.timer import Timer

from sdd_tui import files
from sdd_tui.errors import NotFoundError, SddError, plain
from sdd_tui.run.layout import writing
from sdd_tui.tui.pictures.dialog import PictureScreen, Wanted
from sdd_tui.tui.pictures.process import DrawingProcess
from sdd_tui.tui.pictures.shot import as_shot, as_svg, taken
from sdd_tui.tui.pictures.subjects import subjects
from sdd_tui.tui.toast import tell
from sdd_tui.tui.widgets.footer import KeyFooter

LOOK_S = 0.2
"""Seconds between two looks at how far a picture is."""

BAR = 10
"""Cells of the bar in the footer."""


class Pictures:
    """The app's: asks for one, writes it, says how far it is and what came of it."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._process: DrawingProcess | None = None
        self._timer: Timer | None = None

    @property
    def writing(self) -> bool:
        """Whether a process is drawing one."""
        return self._process is not None

    def ask(self) -> None:
        """Ask what there is to be a picture of, and where."""
        busy = ""
        if self._process is not None:
            busy = f"{plain(self._process.target.name, 100)} is still being written: wait for it, or stop it by Esc."
        self._app.push_screen(PictureScreen(subjects(self._app.screen), busy), self._chosen)

    def stop(self) -> None:
        """Write no more of what is being written."""
        if self._process is not None:
            self._process.stop()

    def close(self) -> None:
        """The same, and wait for it."""
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def _chosen(self, wanted: Wanted | None) -> None:
        if wanted is not None:
            self._clear(wanted)

    def _clear(self, wanted: Wanted) -> None:
        self._app.clear_notifications()
        self._app.call_after_refresh(self._begin, wanted)

    def _begin(self, wanted: Wanted) -> None:
        if isinstance(self._app.screen, PictureScreen) or self._app.screen.query("Toast"):
            self._clear(wanted)  # they are on their way
            return
        try:
            with writing(wanted.target, "another name"):
                self._write(wanted)
        except SddError as error:
            tell(self._app, error)

    def _write(self, wanted: Wanted) -> None:
        subject, target = wanted.subject, wanted.target
        if subject.figure:
            self._start(DrawingProcess(["sdd_tui", *subject.command, "-o", str(target)], target))
            return
        strips = taken(self._app, subject.part)
        if not strips:
            raise NotFoundError("The panel is not on the screen any more: there is room for fewer of them.")
        if wanted.at_once:
            files.replace(target, as_svg(strips, self._app.title).encode(), over=False)
            self._say_written(target)
        else:
            self._start(DrawingProcess(["sdd_tui.figures.cells", str(target)], target, as_shot(strips).as_json()))

    def _start(self, process: DrawingProcess) -> None:
        self._process = process
        self._timer = self._app.set_interval(LOOK_S, self._look)
        self._app.screen.refresh_bindings()
        self._look()

    def _look(self) -> None:
        """Say how far it is, or what came of it."""
        process = self._process
        if process is None or not process.ended():
            self._show(_bar(process.progress()) if process is not None else "")
            return
        self._process = None
        if self._timer is not None:
            self._timer.stop()
        if problem := process.problem():
            self._app.notify(problem, severity="information" if process.stopped else "error", markup=False)
        else:
            self._say_written(process.target)
        process.close()
        self._show("")
        self._app.screen.refresh_bindings()

    def _show(self, words: str) -> None:
        for screen in self._app.screen_stack:
            for footer in screen.query(KeyFooter):
                footer.working = words

    def _say_written(self, path: Path) -> None:
        self._app.notify(f"Written: {plain(str(path), 300)}", markup=False)


def _bar(progress: tuple[int, int] | None) -> str:
    if progress is None:
        return "writing …"
    done, total = progress
    filled = BAR * done // max(1, total)
    return f"{'█' * filled}{'░' * (BAR - filled)} {done} of {total}"
