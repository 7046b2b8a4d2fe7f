"""A run, live or recorded: header, losses, feature norms, and the two planes of the paper."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Grid
from textual.screen import Screen
from textual.widgets import Footer, Static

from sdd_tui.draw.chart import Series, line_chart
from sdd_tui.draw.plane import extent, plane
from sdd_tui.engine.geometry import describe
from sdd_tui.engine.metrics import norms
from sdd_tui.errors import SddError, plain
from sdd_tui.notation import short
from sdd_tui.store.control import ask
from sdd_tui.store.layout import ACTIVE, number
from sdd_tui.store.reader import FrameView, open_run
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.screens.confirm import ConfirmScreen
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.theme import COLOURS
from sdd_tui.tui.widgets.picture import Picture

POLL_S = 0.1
"""Seconds between two looks at the run: ten frames a second follow the fastest run and cost a terminal little."""

LEGEND = "  ".join(
    f"[{COLOURS[name]}]━[/] {words}"
    for name, words in (("train", "train"), ("test", "test"), ("level", "zero output = 1"))
)
"""Under the loss chart, as markup of our own."""


class RunScreen(Screen[None]):
    """Follows a run directory; everything shown is read from it."""

    BINDINGS = bindings("run")

    def __init__(self, run: Path) -> None:
        """Raises SddError when there is no run to read."""
        super().__init__()
        self._run = open_run(run)
        self._log_x = False
        self._shown: dict[str, Any] | None = None
        self._frame_step: int | None = None

    def compose(self) -> ComposeResult:
        """Header, four panels, footer."""
        yield Static(id="header", markup=False)
        with Grid(id="panels"):
            yield Picture("loss", "no losses yet", id="loss")
            yield Picture("feature norms ‖W_j‖", "no frames yet", id="norms")
            yield Picture("features W_j", "no frames yet", id="features")
            yield Picture("hidden vectors h_i", "no frames yet", id="hidden")
        yield Footer()

    def on_mount(self) -> None:
        """Show what there is, and follow the disk from now on."""
        self.follow()
        self.set_interval(POLL_S, self.follow)

    def follow(self) -> None:
        """Show what is new; cheap when nothing is."""
        if not self._run.path.exists():
            gone = Text(f"{plain(self._run.path.name, 60)}\nthis run's directory is gone", "bold red")
            self.query_one("#header", Static).update(gone)
            return
        rows = self._run.poll()
        status = self._run.status
        if status != self._shown or rows:
            self._shown = status
            self._show_header()
        if rows:
            self._show_losses()
        steps = self._run.frame_steps
        newest = int(steps[-1]) if len(steps) else -1
        if newest != self._frame_step:
            self._frame_step = newest
            self._show_frame()
        if problem := self._run.problems.get("frames.bin"):
            self._say_of_frames(f"frames.bin: {problem}")

    @property
    def _status(self) -> dict[str, Any]:
        """The status shown, with the newest row's numbers where the file, written once a second, lags."""
        status, row = self._shown or {}, self._run.newest
        return status | row if number(row.get("step")) > number(status.get("step")) else status

    @property
    def _state(self) -> str:
        return plain(str(self._status.get("state", "unreadable")))

    def _show_header(self) -> None:
        self.query_one("#header", Static).update(self._header())

    def _header(self) -> Text:
        """Three lines: what it is, how far it is, what came out so far."""
        status = self._status
        text = Text(no_wrap=True, overflow="ellipsis")
        try:
            config = self._run.config
        except SddError as error:
            return text.append(str(error), "bold red")
        d = config.data
        T = "∞" if d.n_examples == "inf" else f"{d.n_examples:,}"
        text.append(plain(config.preset), "bold")
        text.append(f"  n {d.n_features:,}  m {config.model.n_hidden}  S {d.sparsity:g}  T {T}", "dim")
        text.append(f"  {plain(config.title)}\n")
        state = self._state
        step, total = number(status.get("step")), config.optim.steps
        text.append(state, "bold").append(f"  step {step:,.0f} of {total:,}" if math.isfinite(step) else "")
        rate = number(status.get("steps_per_second"))
        if state == "running" and rate > 0:
            text.append(f"  {rate:,.0f} steps/s  ETA {_duration((total - step) / rate)}")
        elif state == "starting":
            text.append("  (the first run here compiles for 5-10 s)")
        device = "cpu" if config.device == "auto" else config.device
        text.append(f"  {plain(config.engine)} on {device}\n", "dim")
        for label, key, colour in (
            ("train", "train_loss", COLOURS["train"]),
            ("test", "test_loss", COLOURS["test"]),
            ("‖W‖", "weight_norm", ""),
            ("‖b‖", "bias_norm", ""),
        ):
            value = number(status.get(key))
            text.append(f"{label} ", "dim").append(f"{short(value)}   ", colour)
        if problem := self._run.problems.get("status.json"):
            text.append(f"status.json: {plain(problem, 100)}", "bold red")
        outcome = status.get("outcome")
        if isinstance(outcome, dict):
            words = [plain(str(outcome[k]), 100) for k in ("solution", "reason", "advice") if outcome.get(k)]
            if isinstance(corners := outcome.get("polygon"), int):
                words.append(f"regular {_polygon(corners)}")
            text.append("; ".join(words), "bold")
        return text

    def _show_losses(self) -> None:
        table = self._run.metrics
        step = table["step"]
        x = np.maximum(step, 1) if self._log_x else step
        series = [Series(x, table["train_loss"], "train"), Series(x, table["test_loss"], "test")]
        draw = partial(line_chart, series, log_x=self._log_x, log_y=True, level=1.0)
        self.query_one("#loss", Picture).show(draw, LEGEND)

    def _show_frame(self) -> None:
        try:
            frame = self._run.frame()
        except SddError as error:
            self._say_of_frames(plain(str(error).split(": ", 1)[-1], 200))
            return
        self._show_norms(frame)
        self._show_planes(frame)

    def _say_of_frames(self, words: str) -> None:
        for panel in ("#norms", "#features", "#hidden"):
            self.query_one(panel, Picture).say(words)

    def _show_norms(self, frame: FrameView) -> None:
        ordered = np.sort(norms(frame.W))[::-1]
        rank = np.arange(1, len(ordered) + 1, dtype=np.float64)
        draw = partial(line_chart, [Series(rank, ordered, "feature")], log_x=True)
        self.query_one("#norms", Picture).show(draw, f"by rank; the longest {short(float(ordered[0]))}")

    def _show_planes(self, frame: FrameView) -> None:
        W, H = np.asarray(frame.W, np.float64), frame.H
        for id, vectors, colour in (("#features", W, "feature"), ("#hidden", H, "hidden")):
            half = extent(vectors[:2])
            panel = self.query_one(id, Picture)
            note = f"step {frame.step:,}  ±{half:.3g}"
            if id == "#hidden":
                corners = describe(H).polygon
                note = (f"{H.shape[1]:,} shown" if corners is None else f"regular {_polygon(corners)}") + f"  {note}"
            panel.show(partial(plane, vectors, colour=colour, limit=half), note)

    def action_pause(self) -> None:
        """Pause a running run, let a paused one go on."""
        if self._state in ACTIVE:
            self._ask("continue" if self._state == "paused" else "pause")
        else:
            self.notify(f"The run is {self._state}: there is nothing to pause.", markup=False, timeout=2)

    def action_stop(self) -> None:
        """Ask, then stop."""
        if self._state not in ACTIVE:
            self.notify(f"The run is {self._state} already.", markup=False, timeout=2)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._ask("stop")

        self.app.push_screen(ConfirmScreen("Stop this run? A checkpoint is written: sdd resume goes on."), answered)

    def action_log_x(self) -> None:
        """Switch the axis of steps."""
        self._log_x = not self._log_x
        self._show_losses()

    def action_back(self) -> None:
        """Back to the lists."""
        self.app.pop_screen()

    def action_help(self) -> None:
        """Keys and symbols."""
        self.app.push_screen(HelpScreen("run"))

    def action_quit(self) -> None:
        """Leave; the run goes on."""
        self.app.exit()

    def _ask(self, request: str) -> None:
        try:
            ask(self._run.path, request)
        except SddError as error:
            self.notify(str(error), severity="error", markup=False)


def _duration(seconds: float) -> str:
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60}:{whole % 60:02d}" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02d}"


def _polygon(corners: int) -> str:
    names = {3: "triangle", 4: "square", 5: "pentagon", 6: "hexagon", 7: "heptagon", 8: "octagon"}
    return names.get(corners, f"{corners}-gon")
