"""A sweep: the figure filling in, how far it is, and the way into each of its runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.widgets import Static

from sdd_tui.errors import SddError, plain
from sdd_tui.panels.sweep.panels import VIEWS_IN_TURN, curves_of
from sdd_tui.panels.sweep.view import SweepView
from sdd_tui.panels.system import duration
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.sweep.directory import add_cells, ask_to_stop
from sdd_tui.sweep.launch import launch
from sdd_tui.sweep.presets import added
from sdd_tui.tui.clipboard import copy_numbers
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.messages import PanelPicked
from sdd_tui.tui.screens.ask import AskScreen
from sdd_tui.tui.screens.confirm import ConfirmScreen
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.services import AppScreen
from sdd_tui.tui.toast import tell
from sdd_tui.tui.widgets.footer import KeyFooter
from sdd_tui.tui.widgets.sweep_panes import SweepPanes

POLL_S = 0.5
"""Seconds between two looks at the sweep."""


class SweepScreen(AppScreen):
    """Follows a sweep's directory."""

    BINDINGS = bindings("sweep")

    CSS = """
    #sweep-title { height: 2; padding: 0 1; }
    SweepPanes { height: 1fr; padding: 0 1; }
    SweepPanes PanelView { height: 1fr; }
    #sweep-left { width: 2fr; height: 1fr; }
    #sweep-right { width: 1fr; height: 1fr; padding-left: 1; }
    SweepPanes.narrow { layout: vertical; }
    SweepPanes.narrow #sweep-left, SweepPanes.narrow #sweep-right { width: 1fr; padding: 0; }
    SweepPanes.narrow #sweep-left.shared { height: 2fr; }
    """

    def __init__(self, folder: Path) -> None:
        """Raises SddError when there is no sweep to read."""
        super().__init__()
        self.view = SweepView(folder)
        self.panes = SweepPanes()
        self._options = ViewOptions()
        self._footer_state = ""
        """The sweep's state that the footer's words are about."""

    def compose(self) -> ComposeResult:
        """Title, panes, footer."""
        yield Static(id="sweep-title", markup=False)
        yield self.panes
        yield KeyFooter()

    def on_mount(self) -> None:
        """Follow the disk from now on."""
        self._options = self._options if not self.app.no_color else self._options.without_colours()
        self.panes.go(self.panes.front)
        self.services.pace.on_ready = self.paint
        self.call_after_refresh(self.paint)
        self.set_interval(POLL_S, self.follow)

    def follow(self) -> None:
        """Show what is new."""
        if self.paintable:
            self.view.read()
            self.paint()

    def paint(self) -> None:
        """Draw what has changed, when the terminal has shown what came before."""
        if not self.paintable:
            return
        self.query_one("#sweep-title", Static).update(self._title())
        if (state := self.view.progress.state) != self._footer_state:
            self._footer_state = state
            self.refresh_bindings()
        if self.services.pace.ready and self.panes.paint(self.view, self._options):
            self.services.pace.sent()

    def _title(self) -> Text:
        """What it is, and how far."""
        progress = self.view.progress
        title = Text(plain(self.view.folder.name, 100), "bold", no_wrap=True, overflow="ellipsis")
        title.append(f"  {plain(self.view.sweep.title, 200)}\n", "not bold")
        if self.view.problem:
            return title.append(f"{plain(self.view.problem, 300)}; this is what was read last", "bold red")
        title.append(progress.state).append(f"  {progress.done:,} of {progress.cells:,} cells", "not bold dim")
        if progress.eta_s is not None:
            title.append(f"  ETA {duration(progress.eta_s)}", "not bold")
        if progress.failed:
            title.append(f"  {len(progress.failed):,} failed (u)", "bold red")
        return title

    def footer_word(self, action: str, word: str) -> str:
        """Workers are stopped while there are some, and started where cells are left to train."""
        state = self.view.progress.state
        applies = {"stop": state == "running", "resume": state not in ("running", "finished")}
        return word if applies.get(action, True) else ""

    def on_resize(self) -> None:
        """Show what there is room for."""
        self.panes.arrange_panes()
        self.call_after_refresh(self.paint)

    def on_descendant_focus(self) -> None:
        """The rule of the focused panel is bright."""
        self.paint()

    def on_screen_resume(self) -> None:
        """Catch up."""
        self.services.pace.on_ready = self.paint
        self.call_after_refresh(self.follow)

    def on_panel_picked(self, event: PanelPicked) -> None:
        """A click chooses a point, or a cell that runs or has failed; the hit's value is its index."""
        if event.hit.kind == "cell":
            self.view.pick(self.view.unfinished[event.hit.value])
        else:
            self.view.go(self.view.points[event.hit.value])
        self.paint()

    def action_choose(self, along: int, by: int) -> None:
        """Another point, along an axis."""
        self.view.choose(along, by)
        self.paint()

    def action_end(self, side: int) -> None:
        """The first point of the curve for -1, the last one for 1."""
        self.action_choose(0, side * len(self.view.points))

    def action_turn(self) -> None:
        """The curve along the next axis."""
        self.view.turn()
        self.paint()

    def action_next_run(self) -> None:
        """The next run of the point."""
        self.view.pick_next()
        self.paint()

    def action_unfinished(self) -> None:
        """The next cell that runs or has failed."""
        if not self.view.pick_unfinished():
            self.notify("No cell runs, and none has failed.", timeout=2)
        self.paint()

    def action_open(self) -> None:
        """The run that is shown of the chosen point."""
        point = self.view.point
        run = self.view.run_of(point) if point else None
        if run is None or not _is_there(run):
            self.notify(
                "There is no run of this cell yet." if run else "No run of this point has begun yet.", timeout=2
            )
        else:
            self.services.open_run(run)

    def action_add(self) -> None:
        """Ask for more values of an axis, and train them."""

        def apply(words: str) -> None:
            add_cells(self.view.folder, added(words.split()))
            self._launch()

        words = "Values of its axes, as T=200,300; with spaces between several."
        self.app.push_screen(AskScreen(f"Add to {plain(self.view.folder.name, 60)}", "", words, apply))

    def action_stop(self) -> None:
        """Ask, and ask the workers to stop."""

        def answered(yes: bool | None) -> None:
            if yes:
                try:
                    ask_to_stop(self.view.folder)
                except SddError as error:
                    tell(self.app, error)

        if self.view.progress.state != "running":
            self.notify(f"The sweep is {self.view.progress.state}, so there is nothing to stop.", timeout=3)
        else:
            question = "Stop training this sweep? Its cells write checkpoints, and p goes on from there."
            self.app.push_screen(ConfirmScreen(question), answered)

    def action_resume(self) -> None:
        """Train what is not finished."""
        if (state := self.view.progress.state) in ("running", "finished"):
            more = ": s stops it" if state == "running" else ", so there is nothing to go on with"
            self.notify(f"The sweep is {state}{more}.", timeout=3)
        else:
            self._launch()

    @work(thread=True)
    def _launch(self) -> None:
        try:
            launch(self.view.folder)
        except SddError as error:
            self.app.call_from_thread(tell, self.app, error)

    def action_curves(self) -> None:
        """The test loss, both losses cut as in the paper, or both whole."""
        shown = VIEWS_IN_TURN.index(curves_of(self.view, self._options))
        self._options = replace(self._options, curves=VIEWS_IN_TURN[(shown + 1) % len(VIEWS_IN_TURN)])
        self.paint()

    def action_pane(self, digit: int) -> None:
        """Go to a pane."""
        self.panes.go(self.panes.panes[digit - 1])
        self.call_after_refresh(self.paint)

    def action_step(self, by: int) -> None:
        """Go to the next pane, or the one before."""
        self.panes.step(by)
        self.call_after_refresh(self.paint)

    def action_fill(self) -> None:
        """One pane on the whole screen, or all again."""
        self.panes.fill()
        self.call_after_refresh(self.paint)

    def action_copy(self) -> None:
        """The numbers of the pane in focus."""
        panel = self.panes.front.panel
        copy_numbers(self.app, panel, self.view, self._options)

    def action_help(self) -> None:
        """The pane in focus, keys and symbols."""
        self.app.push_screen(HelpScreen("sweep", self.panes.front.panel))

    def action_back(self) -> None:
        """All panels again, then the lists."""
        if self.panes.filled:
            self.action_fill()
        else:
            self.dismiss()

    def action_quit(self) -> None:
        """Leave; the sweep goes on."""
        self.app.exit()


def _is_there(run: Path) -> bool:
    """Whether a cell has a directory that can be reached."""
    try:
        return run.is_dir()
    except OSError:  # a network file system that has lost it
        return False
