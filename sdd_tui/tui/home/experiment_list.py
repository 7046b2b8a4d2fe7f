"""The left side of Home: the experiments under their headings."""

from __future__ import annotations

from rich.text import Text
from textual.widgets.option_list import Option

from sdd_tui.tui.home.experiments import Experiment, experiments
from sdd_tui.tui.keys import bindings
from sdd_tui.tui.widgets.options import Options


class ExperimentList(Options):
    """The experiments under their headings; Enter starts or opens one."""

    BINDINGS = bindings("experiments", "results")

    def __init__(self) -> None:
        groups = experiments()
        self.items: list[Experiment | None] = []
        """What each line is; None for a heading."""
        options = []
        for heading, group in groups:
            self.items += [None, *group]
            options += [Option(Text(heading, "bold"), disabled=True), *map(_option, group)]
        super().__init__(*options, id="experiments")

    @property
    def chosen(self) -> Experiment | None:
        """The one under the cursor."""
        return None if self.highlighted is None else self.items[self.highlighted]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter says what it does."""
        opens = self.chosen is not None and self.chosen.kind in ("results", "others")
        return action not in ("select", "open") or (action == "open") == opens

    def action_open(self) -> None:
        """As Enter on what is started."""
        self.action_select()


def _option(experiment: Experiment) -> Option:
    words = Text.assemble((f" {experiment.name:<11}", "bold"), " ", (experiment.title, "dim"))
    return Option(words, id=experiment.name)
