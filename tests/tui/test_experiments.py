"""Home's experiments: in the paper's order, with what each shows and costs, and opened by Enter."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from sdd_tui.presets import load, presets
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.home.experiments import experiments
from sdd_tui.tui.screens.sweep import SweepScreen
from sdd_tui.tui.screens.sweep_form import SweepFormScreen
from sdd_tui.tui.screens.sweeps import SweepsScreen
from sdd_tui.tui.tour.screen import TourScreen
from tests.tui.driving import driven, settled, text_of

LINES = {e.name: e for _, group in experiments() for e in group}
PLACES = list(LINES)
FIRST = PLACES.index("pentagon")


def test_models_stand_in_the_order_of_their_training_sets_each_once() -> None:
    models = [e.name for e in LINES.values() if e.kind == "model"]
    assert sorted(models) == sorted(p.name for p in presets())
    full = [load(name).data for name in models]
    sizes = [data.n_examples for data in full if data.n_features == 10_000]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("name", PLACES)
def test_a_line_says_what_one_will_see_and_what_it_costs_where_something_is_trained(name: str) -> None:
    line = LINES[name]
    assert len(line.words) > 60
    assert (line.seconds() is not None) == (line.kind in ("model", "sweep"))


def test_more_work_takes_longer_and_small_models_take_seconds() -> None:
    took = {name: line.seconds() or 0.0 for name, line in LINES.items()}
    assert took["quick"] < took["pentagon"] < took["memorize"] < took["middle"] < took["generalize"]
    assert took["double-descent-quick"] < took["double-descent"]


@pytest.mark.parametrize(
    ("name", "screen"),
    [
        ("tour", TourScreen),
        ("results", SweepScreen),
        ("double-descent-quick", SweepFormScreen),
        ("double-descent", SweepFormScreen),
        ("sweeps", SweepsScreen),
    ],
)
async def test_enter_opens_what_trains_no_single_model(tmp_path: Path, name: str, screen: type) -> None:
    by = PLACES.index(name) - FIRST
    async with driven(SddApp(tmp_path), (80, 24)) as pilot:
        await pilot.press(*["down" if by > 0 else "up"] * abs(by))
        await settled(pilot)
        assert ("Enter Open" in text_of(pilot)) == (name in ("results", "sweeps"))
        assert " e Edit" not in text_of(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, screen)


async def test_the_cost_stands_above_the_words_and_follows_the_cursor(tmp_path: Path) -> None:
    async with driven(SddApp(tmp_path)) as pilot:
        about = pilot.app.screen.query_one("#about")
        assert str(about.border_title).endswith("here")
        await pilot.press("home")
        await settled(pilot)
        assert about.border_title == "what it shows"
        assert "sentence" in str(pilot.app.screen.query_one("#about-words", Static).render())
        assert not pilot.app.screen.query_one("#expected").display
