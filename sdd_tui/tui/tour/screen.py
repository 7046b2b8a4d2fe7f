"""The guided tour on the screen: a recording plays up to what is said of it, with the panel lit that shows it."""

from __future__ import annotations

from rich.text import Text
from textual import work

from sdd_tui.errors import SddError
from sdd_tui.panels.catalogue import PANELS
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.paper.kept import example
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.playhead import Playhead
from sdd_tui.tui.screens.help import HelpScreen
from sdd_tui.tui.screens.run import RunScreen
from sdd_tui.tui.settings import Memory
from sdd_tui.tui.toast import tell
from sdd_tui.tui.tour.moments import Said, moments, said
from sdd_tui.tui.tour.stations import STATIONS
from sdd_tui.tui.widgets.panel_grid import PanelGrid, ordered

FIRST = ["hidden", "features", "loss", "dimensionality"]
"""The panels that the tour speaks of, on the smallest terminals first."""

CURVE = "double-descent"
"""The sweep that comes with the program, on which the tour ends."""

LONGEST = 330
"""Characters of a sentence at most."""


class TourScreen(RunScreen, inherit_bindings=False):
    """One station: its recording, and what is said of it."""

    BINDINGS = bindings("tour")
    CSS = "TourScreen #header { text-wrap: wrap; }"

    def __init__(self, station: int = 0, line: int = 0) -> None:
        """`line` is the sentence that it begins with; -1 for the last."""
        super().__init__(STATIONS[station].run)
        self.number, self.line = station, line
        self._said: list[Said] = []

    @property
    def sentence(self) -> Said | None:
        """What is said; None while it is looked for."""
        return self._said[self.line] if self._said else None

    def arrive(self) -> None:
        """Show the beginning, and find out what is to be said."""
        grid = self.query_one(PanelGrid)
        self.set_focus(grid.slots[0])
        self.head, self.options = Playhead(0), ViewOptions()
        self._find()

    @property
    def layout_names(self) -> list[str]:
        """The tour's own order; what one has arranged elsewhere stays there."""
        return ordered(FIRST)

    @work(thread=True)
    def _find(self) -> None:
        try:
            station = STATIONS[self.number]
            found = said(station, moments(station))
        except SddError as error:
            self.app.call_from_thread(tell, self.app, error)
            return
        self.app.call_from_thread(self._begin, found)

    def _begin(self, found: list[Said]) -> None:
        if self.is_there:
            self._said = found
            self._go(self.line if 0 <= self.line < len(found) else len(found) - 1)

    def _go(self, line: int) -> None:
        """Play up to what a sentence is about, or go back to it."""
        self.line, step = line, self._said[line].step
        self.query_one(PanelGrid).go_to(self._said[line].panel)
        self.seek(Playhead(self.head.step or 0, playing=True) if step > (self.head.step or 0) else Playhead(step))

    def seek(self, head: Playhead) -> None:
        """Play no farther than to what is spoken of."""
        playing = head.playing or self.head.playing  # a slow machine may play to the end at one tick, and stand there
        if playing and self.sentence is not None and (head.step or 0) >= self.sentence.step:
            head = Playhead(self.sentence.step)
        super().seek(head)

    def words(self, pace: str) -> Text:
        """The sentence, above it what it is about."""
        station, config = STATIONS[self.number], self.view.config
        text = Text().append(f"Tour, {self.number + 1} of {len(STATIONS)}  {station.title}", "bold")
        text.append(f"  {pace}\n" if pace else "\n", "italic")
        if (now := self.sentence) is not None and config is not None:
            text.append(f"{now.words}\n")
            to = f" → {now.step:,}" if self.view.step != now.step else ""
            panel = f"{list(PANELS).index(now.panel) + 1} {PANELS[now.panel].title}"
            where = f"step {self.view.step:,}{to} of {config.optim.steps:,}  look at {panel}"
            where += f"  {self.line + 1}/{len(self._said)}"
            source = f"  {station.source}"
            text.append(where + (source if len(where + source) <= self.size.width - 2 else ""), "dim")
        return text

    def on_resize(self) -> None:
        """As many lines as the longest sentence takes, beside the title and what it is about."""
        self.query_one("#header").styles.height = 3 + LONGEST // max(1, self.size.width - 4)

    def action_next(self) -> None:
        """The next sentence, or the next station; while it plays, straight to what the sentence is about."""
        if self.head.playing and self.sentence is not None:
            self.seek(Playhead(self.sentence.step))
        elif self.line + 1 < len(self._said):
            self._go(self.line + 1)
        elif self._said:
            self.action_station(1)

    def action_before(self) -> None:
        """The sentence before, or the last one of the station before."""
        if self._said and self.line > 0:
            self._go(self.line - 1)
        elif self.number > 0:
            self._change(self.number - 1, -1)

    def action_station(self, by: int) -> None:
        """Another station; after the last one, the whole curve."""
        if self.number + by >= len(STATIONS):
            self.services.memory.keep(tour=None)
            self.dismiss()
            try:
                self.services.open_sweep(example(CURVE))
            except SddError as error:
                tell(self.app, error)
            self.app.notify("The whole curve, trained at the paper's own scale: n = 10,000. ← and → walk along it.")
        elif self.number + by >= 0:
            self._change(self.number + by, 0)

    def _change(self, station: int, line: int) -> None:
        self.services.memory.keep(tour=[station, max(0, line)])
        self.app.switch_screen(TourScreen(station, line))

    def action_play(self) -> None:
        """Play up to what is spoken of, or pause; once there, from the beginning."""
        if self.head.playing:
            self.seek(self.head.toggled(self.steps))
        else:
            there = self.sentence is not None and self.view.step >= self.sentence.step
            self.seek(Playhead(0 if there else self.view.step, playing=True))

    def action_help(self) -> None:
        """The panel in focus, keys and symbols."""
        self.app.push_screen(HelpScreen("tour", self.in_focus.panel))

    def remember(self) -> None:
        """Keep the place, to go on there the next time."""
        if self._said:
            self.services.memory.keep(tour=[self.number, self.line])


def tour(memory: Memory) -> TourScreen:
    """The tour where it was left, or its beginning."""
    place = memory.values.get("tour")
    match place:
        case [int(station), int(line)] if 0 <= station < len(STATIONS) and line >= 0:
            return TourScreen(station, line)
    return TourScreen()
