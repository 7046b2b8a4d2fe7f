"""What each panel draws of recorded runs, as text with the names of its colours: `pytest --snapshot-update` after a
change that is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from sdd_tui.panels.catalogue import PANELS, drawn
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.run.reader import open_run

RECORDED = Path(__file__).parents[1] / "tui" / "recorded"

SIZES = [(78, 18), (118, 34), (198, 54)]
"""What a panel that fills the screen has at 80 × 24, 120 × 40 and 200 × 60."""

OPTIONS = {
    "smooth and linear": ("loss", ViewOptions(log_x=False, log_y=False, smooth=5)),
    "by norm": ("hidden", ViewOptions(colour="norm")),
    "overlaid": ("hidden", ViewOptions(overlay=True)),
    "without outline": ("hidden", ViewOptions(outline=False)),
    "with D*": ("dimensionality", ViewOptions(star=True)),
    "without colours": ("gram", ViewOptions(colours=False)),
}


def written(view: View, name: str, options: ViewOptions, size: tuple[int, int]) -> str:
    """A panel's lines; under each, where they have more than one colour, how many characters have which."""
    lines = []
    for row in drawn(PANELS[name], view, options, *size).rows:
        lines.append("".join(text for text, _ in row).rstrip())
        if len({colour for text, colour in row if text.strip()}) > 1:
            lines.append("    " + " ".join(f"{len(text)}:{colour}" for text, colour in row if text.strip()))
    return "\n".join(lines)


def shown(run: str) -> View:
    view = View(open_run(RECORDED / run))
    view.poll(10)
    view.history.extend(view.run, view.steps, 10)
    view.go(None)
    return view


@pytest.fixture(scope="module")
def view() -> View:
    return shown("pentagon-small")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
@pytest.mark.parametrize("name", PANELS)
def test_panel(view: View, name: str, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    assert written(view, name, ViewOptions(), size) == snapshot


@pytest.mark.parametrize("case", OPTIONS)
def test_panel_with_options(view: View, case: str, snapshot: SnapshotAssertion) -> None:
    name, options = OPTIONS[case]
    assert written(view, name, options, SIZES[0]) == snapshot


@pytest.mark.parametrize("projection", ["axes", "principal"])
@pytest.mark.parametrize("name", ["features", "hidden"])
def test_planes_of_three_dimensions(name: str, projection: str, snapshot: SnapshotAssertion) -> None:
    options = ViewOptions(projection=projection)  # type: ignore[arg-type]
    assert written(shown("deep-small"), name, options, SIZES[0]) == snapshot
