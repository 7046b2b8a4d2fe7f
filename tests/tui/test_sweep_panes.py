"""What the sweep screen's panes draw, and pictures of the screen as a whole."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.draw.canvas import Row
from sdd_tui.draw.marks import plain_text
from sdd_tui.panels.catalogue import PANELS as OF_A_RUN
from sdd_tui.panels.panel import Panel
from sdd_tui.panels.sweep.cells import Cells
from sdd_tui.panels.sweep.map import Map
from sdd_tui.panels.sweep.panels import Curve, Dimensions
from sdd_tui.panels.sweep.planes import Rows
from sdd_tui.panels.sweep.view import SweepView
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.sweep.directory import RESULTS
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.settings import Settings
from tests.tui.sweeping import made, occurrences

LOOK = ViewOptions()
PANELS = (Curve(), Dimensions(), Rows(), Map(), Cells())


def lines(panel: Panel[SweepView], view: SweepView, width: int, height: int, options: ViewOptions = LOOK) -> list[str]:
    return words(panel.draw(view, options, width, height).rows)


def words(rows: list[Row]) -> list[str]:
    return ["".join(text for text, _ in row) for row in rows]


@pytest.mark.parametrize("size", [(1, 1), (20, 6), (60, 12), (118, 20), (198, 40)])
def test_at_any_size_rows_are_as_wide_as_the_panel(swept: Path, gridded: Path, size: tuple[int, int]) -> None:
    for folder in (swept, gridded):
        view = SweepView(folder)
        for panel in PANELS:
            rows = panel.draw(view, ViewOptions(), *size).rows
            assert len(rows) <= max(1, size[1])
            assert {sum(len(t) for t, _ in row) for row in rows} <= {size[0]}, panel.name


def test_the_curve_is_cut_as_in_the_paper_and_marks_what_lies_beyond(swept: Path) -> None:
    view = SweepView(swept)
    cut = "".join(lines(Curve(), view, 80, 16, ViewOptions(curves="cut")))
    assert "▲" in cut and "▼" in cut and "1.02" in cut and "2.05" in cut
    whole = "".join(lines(Curve(), view, 80, 16, ViewOptions(curves="both")))
    assert "▲" not in whole and "1e-" in whole


def test_a_bump_within_the_papers_cut_is_shown_cut_and_a_large_one_whole(runs: Path, recorded: Path) -> None:
    """The sweep of these tests has losses of 2 at its peak; the paper's own bump is 1.015."""
    folder = made(runs, recorded, {"T": [3, 5, 100, 1000, 5000], "seed": [0, 1]})
    assert "test loss" in Curve().draw(SweepView(folder), LOOK, 100, 16).note
    rows = [json.loads(line) for line in (folder / RESULTS).read_text().splitlines()]
    small = [row | {"test_loss": 1 + (row["test_loss"] - 1) / 70} for row in rows]
    (folder / RESULTS).write_text("".join(json.dumps(row) + "\n" for row in small))
    shown = Curve().draw(SweepView(folder), LOOK, 100, 16)
    assert "as in the paper" in shown.note and "1.015" in "".join(words(shown.rows))


@pytest.mark.parametrize("size", [(50, 8), (80, 16), (118, 20)])
def test_the_peak_of_the_test_loss_is_on_its_axis_and_stands_as_a_number(swept: Path, size: tuple[int, int]) -> None:
    shown = lines(Curve(), SweepView(swept), *size)
    assert "▲" not in "".join(shown) and any("2.05" in line for line in shown[: len(shown) // 3])
    labels = [float(found[1]) for line in shown if (found := re.match(r"\s*([\d.]+)┤", line))]
    assert max(labels) >= 2 and min(labels) <= 1


def test_the_strip_has_m_over_t_and_lines_up_with_the_curve(swept: Path) -> None:
    view = SweepView(swept)
    rows = Dimensions().draw(view, ViewOptions(), 80, 16).rows
    assert {"feature", "hidden", "level"} <= {c for row in rows for t, c in row if t.strip()}
    ticks = [
        ("".join(t for t, _ in panel.draw(view, ViewOptions(), 80, 16).rows[-1])) for panel in (Curve(), Dimensions())
    ]
    assert ticks[0] == ticks[1]


def test_the_map_shades_a_grid_and_lists_a_line(swept: Path, gridded: Path) -> None:
    grid = Map().draw(SweepView(gridded), ViewOptions(), 60, 16).rows
    assert any("/heat" in c for row in grid for _, c in row)
    line = "".join(t for row in Map().draw(SweepView(swept), ViewOptions(), 80, 16).rows for t, _ in row)
    assert "2 generalising" in line and "2 memorising" in line


def test_the_map_has_a_letter_for_the_solution_that_won_with_a_legend_and_brackets_at_the_chosen_point(
    gridded: Path,
) -> None:
    view = SweepView(gridded)
    rows = lines(Map(), view, 60, 9)
    assert rows[0].split() == ["m", "\\", "T", "5", "50", "500"]
    assert [row.split() for row in rows if "1.000" in row and "by" not in row] == [
        ["2", "[1.000", "M]", "2.050", "M", "0.990", "G"],
        ["3", "1.000", "M", "2.050", "M", "0.990", "G"],
    ]
    legend = " ".join(rows[-3:])
    assert "G generalising  M memorising" in legend and "0.990" in legend and "2.050 by rank" in legend


def test_letters_and_ranks_are_enough_without_colours_and_in_ascii(gridded: Path) -> None:
    view = SweepView(gridded)
    rows = Map().draw(view, ViewOptions(colours=False), 24, 9).rows
    assert not any("heat" in colour for row in rows for _, colour in row)
    assert [row.split() for row in words(rows) if "M" in row][:2] == [
        ["2", "[", "4M", "]", "7M", "0G"],
        ["3", "4M", "7M", "0G"],
    ]
    assert all(plain_text(row, "ascii").isascii() for row in words(rows))


def test_the_best_run_decides_the_letter_and_stands_first_in_the_table(runs: Path, recorded: Path) -> None:
    folder = made(runs, recorded, {"T": [5, 500], "seed": [0, 1]}, how="best")
    assert "memorising, of 2 memorising" in " ".join(lines(Map(), SweepView(folder), 80, 6))


def test_a_map_that_does_not_fit_is_shown_around_the_chosen_point(runs: Path, recorded: Path) -> None:
    axes = {"T": list(range(3, 33)), "m": list(range(1, 20)), "seed": [0]}
    view = SweepView(made(runs, recorded, axes))
    view.choose(0, 20)
    view.choose(1, 10)
    drawing = Map().draw(view, ViewOptions(), 38, 14)
    assert drawing.brief == "T 16-25 of 30, m 6-15 of 19" and drawing.brief in drawing.note
    assert any("[M]" in row for row in words(drawing.rows))
    hit = drawing.hit(words(drawing.rows)[0].index("20"), 1)
    assert hit is not None and view.points[hit.value].at == {"T": 20, "m": 6}
    assert drawing.hit(0, 0) is None and drawing.hit(2, 13) is None


def test_what_failed_and_what_is_missing_look_different_on_the_map(runs: Path, recorded: Path) -> None:
    axes = {"T": [5, 50], "m": [2, 3], "seed": [0]}
    folder = made(runs, recorded, axes, failed=lambda cell: cell.at == {"T": 50, "m": 3, "seed": 0})
    rows = [row.split() for row in lines(Map(), SweepView(folder), 40, 9)]
    assert ["2", "[1.000", "M]", "2.000", "M"] in rows and ["3", "1.000", "M", "—", "!"] in rows


def test_t_and_s_together_are_drawn_over_occurrences_with_a_line_for_each_sparsity(runs: Path, recorded: Path) -> None:
    for i, T in enumerate(("T", "data.n_examples")):
        view = SweepView(occurrences(runs / str(i), recorded, T=T))
        for panel in (Curve(), Dimensions()):
            rows = lines(panel, view, 80, 16)
            assert any("S=0.9" in row for row in rows) and any("S=0.98" in row for row in rows)
            assert rows[-1].split() == ["T(1-S)", "1", "10"]
        assert "test loss of each S" in Curve().draw(view, ViewOptions(), 80, 16).note
        assert lines(Map(), view, 60, 9)[0].split() == ["S", "\\", "T(1-S)", "1", "2", "5", "10", "30"]


def test_the_curve_of_m_over_t_is_there_however_the_axis_is_written_and_along_m(runs: Path, recorded: Path) -> None:
    for i, T in enumerate(("T", "n_examples", "data.n_examples")):
        view = SweepView(made(runs / str(i), recorded, {T: [5, 50, 500], "m": [2, 3], "seed": [0]}))
        assert any("m/T" in row for row in lines(Dimensions(), view, 80, 16))
        view.turn()
        assert any("m/T" in row for row in lines(Dimensions(), view, 80, 16))
        assert lines(Curve(), view, 80, 16)[-1].split()[0] == "m"


def test_endless_data_stands_at_the_right_edge(runs: Path, recorded: Path) -> None:
    view = SweepView(made(runs, recorded, {"T": [5, 50, 500, "inf"], "seed": [0, 1]}))
    view.choose(0, 10)
    assert view.at == {"T": "inf"}
    for panel in (Curve(), Dimensions()):
        drawing = panel.draw(view, ViewOptions(), 80, 16)
        assert words(drawing.rows)[-1].rstrip().endswith("∞")
        hit = drawing.hit(79, 3)
        assert hit is not None and view.points[hit.value].at == {"T": "inf"}
    assert "T=∞" in lines(Rows(), view, 80, 16)[0]


def test_below_t_stands_how_often_a_feature_occurs_where_one_s_applies(runs: Path, recorded: Path) -> None:
    """S is 0.8 in these sweeps, unless it is an axis of its own: then it is the chosen point's."""
    view = SweepView(made(runs / "a", recorded, {"T": [5, 50, 500, "inf"], "seed": [0, 1]}))
    for panel in (Curve(), Dimensions()):
        rows = lines(panel, view, 80, 16)
        assert rows[-2].split() == ["T", "10", "100", "∞"] and rows[-1].split() == ["T(1-S)", "2", "20", "∞"]
        low = lines(panel, view, 80, 9)
        assert (len(rows), len(low)) == (16, 9) and low[-1].split()[0] == "T"
    view = SweepView(made(runs / "b", recorded, {"T": [5, 50, 500], "S": [0.9, 0.98], "seed": [0]}))
    assert lines(Curve(), view, 80, 16)[-1].split() == ["T(1-S)", "1", "10"]
    view.choose(1, 1)
    assert lines(Curve(), view, 80, 16)[-1].split() == ["T(1-S)", "0.2", "2"]
    view.turn()
    assert lines(Curve(), view, 80, 16)[-1].split()[0] == "S"


def test_panes_of_a_sweep_have_titles_of_their_own_and_say_what_their_numbers_are(swept: Path) -> None:
    view = SweepView(swept)
    assert not {p.title for p in PANELS} & {p.title for p in OF_A_RUN.values()}
    assert "each to its own scale" in Rows().draw(view, LOOK, 80, 16).note
    table = Map().draw(view, LOOK, 80, 16)
    assert words(table.rows)[0].split() == ["runs", "train", "test", "solutions"]
    assert "mean losses" in table.note and "runs: finished of all" in table.note and "how many" in table.note


def test_an_axis_of_words_has_no_curve_but_a_map(runs: Path, recorded: Path) -> None:
    view = SweepView(made(runs, recorded, {"T": [5, 500], "reduction": ["mean", "sum"], "seed": [0]}))
    view.turn()
    assert "reduction has no two numbers" in lines(Curve(), view, 80, 16)[0]
    assert lines(Map(), view, 80, 16)[0].split() == ["T", "\\", "reduction", "mean", "sum"]
    view.choose(0, 1)
    assert view.at == {"T": 5, "reduction": "sum"}


def test_cells_beyond_the_pane_are_counted_and_the_picked_one_is_in_it(runs: Path, recorded: Path) -> None:
    folder = made(runs, recorded, {"T": list(range(3, 33)), "seed": [0]}, failed=lambda cell: True)
    view = SweepView(folder)
    assert view.progress.state == "failed"
    assert lines(Cells(), view, 60, 8)[-1].startswith("and 25 more")
    for _ in range(20):
        view.pick_unfinished()
    drawing = Cells().draw(view, ViewOptions(), 60, 8)
    assert any(row.startswith(f"▸ {view.picked}") for row in words(drawing.rows))
    hit = drawing.hit(3, next(y for y, row in enumerate(words(drawing.rows)) if row.startswith("▸")))
    assert hit is not None and hit.kind == "cell" and view.unfinished[hit.value] == view.picked


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("marks", ["braille", "ascii"])
def test_pictures(snap_compare: Any, runs: Path, swept: Path, size: tuple[int, int], marks: Any) -> None:
    assert snap_compare(SddApp(runs, swept, Settings(marks=marks)), terminal_size=size, press=["right", "right"])


def test_picture_of_a_grid(snap_compare: Any, runs: Path, gridded: Path) -> None:
    assert snap_compare(SddApp(runs, gridded), terminal_size=(120, 40))


@pytest.mark.parametrize("marks", ["braille", "ascii"])
def test_picture_of_a_grid_on_a_small_terminal(snap_compare: Any, runs: Path, gridded: Path, marks: Any) -> None:
    assert snap_compare(SddApp(runs, gridded, Settings(marks=marks)), terminal_size=(80, 24), press=["right", "4"])


def test_picture_of_occurrences(snap_compare: Any, runs: Path, recorded: Path) -> None:
    assert snap_compare(SddApp(runs, occurrences(runs, recorded)), terminal_size=(120, 40), press=["right", "down"])


def test_picture_with_failed_cells_and_endless_data(snap_compare: Any, runs: Path, recorded: Path) -> None:
    axes = {"T": [5, 50, 500, "inf"], "seed": [0, 1, 2, 3]}
    folder = made(runs, recorded, axes, failed=lambda cell: cell.at["seed"] != 0)
    assert snap_compare(SddApp(runs, folder), terminal_size=(120, 24), press=["u", "u"])


def test_picture_of_a_grid_without_colours(
    snap_compare: Any, runs: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    axes = {"T": [5, 10, 20, 50, 100, 200, 500, 1000], "m": [1, 2, 3, 5, 8], "seed": [0]}
    assert snap_compare(SddApp(runs, made(runs, recorded, axes)), terminal_size=(120, 40), press=["right", "down"])
