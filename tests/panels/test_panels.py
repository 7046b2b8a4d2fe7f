"""Every panel: what it shows of a recorded run, at any size, and of damaged ones."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdd_tui.panels.catalogue import PANELS, drawn, measured
from sdd_tui.panels.comparison import Beside, Comparison
from sdd_tui.panels.events import _line, entries
from sdd_tui.panels.numbers import as_json
from sdd_tui.panels.view import View
from sdd_tui.panels.view_options import Colouring, Scale, ViewOptions
from sdd_tui.run.reader import open_run
from tests.damage import any_look, files, harm, made_run

RECORDED = Path(__file__).parents[1] / "tui" / "recorded" / "pentagon-small"


@pytest.fixture(scope="module")
def view() -> View:
    return shown(RECORDED)


def shown(run: Path, step: int | None = None) -> View:
    view = View(open_run(run))
    view.poll(10)
    view.history.extend(view.run, view.steps, 10)
    view.go(step)
    return view


def text(view: View, name: str, options: ViewOptions, width: int = 60, height: int = 20) -> str:
    return "\n".join("".join(t for t, _ in row) for row in drawn(PANELS[name], view, options, width, height).rows)


@pytest.mark.parametrize("name", PANELS)
def test_at_any_size_rows_are_as_wide_as_the_panel_and_no_more_than_fit(view: View, name: str) -> None:
    for width, height in ((1, 1), (5, 3), (17, 6), (38, 8), (80, 20), (130, 12), (40, 50), (200, 57)):
        rows = drawn(PANELS[name], view, ViewOptions(), width, height).rows
        assert len(rows) <= max(height, 1)
        assert {sum(len(t) for t, _ in row) for row in rows} <= {width}, (name, width, height)


@pytest.mark.parametrize("name", PANELS)
@settings(max_examples=15, deadline=None)
@given(
    options=st.builds(
        ViewOptions,
        log_x=st.booleans(), log_y=st.booleans(), smooth=st.sampled_from([0, 5, 51]), rate=st.booleans(),
        cross=st.one_of(st.none(), st.floats(0, 3e4)), colour=st.sampled_from(get_args(Colouring)),
        scale=st.sampled_from(get_args(Scale)), zoom=st.floats(0.1, 50), fit=st.booleans(),
        offset=st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5)),
        window=st.one_of(st.none(), st.tuples(st.floats(0, 1e4), st.floats(1e4, 3e4))),
        projection=st.sampled_from(["axes", "principal", "turning"]),
        overlay=st.booleans(), outline=st.booleans(), star=st.booleans(), kind=st.sampled_from(["example", "feature"]),
        item=st.integers(-1, 1000), pages=st.tuples(*[st.integers(0, 5)] * 3), colours=st.booleans(),
    )
)  # fmt: skip
def test_in_any_look_there_is_a_drawing_and_its_cells_can_be_pointed_at(name: str, options: ViewOptions) -> None:
    view = shown(RECORDED)
    drawing = drawn(PANELS[name], view, options, 70, 20)
    assert drawing.rows
    for column, row in ((0, 0), (35, 10), (69, 19), (200, 99)):
        hit = drawing.hit(column, row)
        assert hit is None or hit.value >= 0
        drawing.spot(column, row)
    as_json(PANELS[name].numbers(view, options))


def test_the_loss_panel_says_the_losses_at_the_marked_step(view: View) -> None:
    early = shown(RECORDED, 100)
    note = drawn(PANELS["loss"], early, ViewOptions(), 60, 20).note
    assert f"step {early.step:,}" in note
    row = early.row_at(early.step)
    assert f"{row['train_loss']:.4f}" in note
    assert "step" not in drawn(PANELS["loss"], view, ViewOptions(), 60, 20).note
    assert "lr" in drawn(PANELS["loss"], view, ViewOptions(rate=True), 60, 20).note


def test_a_click_on_a_chart_means_its_step(view: View) -> None:
    drawing = drawn(PANELS["loss"], view, ViewOptions(), 60, 20)
    hit = drawing.hit(59, 5)
    assert hit is not None and (hit.kind, hit.value) == ("step", 20_000)
    assert drawing.hit(0, 5) is None


def test_the_regular_polygon_is_named_and_outlined(view: View) -> None:
    drawing = drawn(PANELS["hidden"], view, ViewOptions(), 60, 25)
    assert "regular pentagon" in drawing.note
    colours = {c for row in drawing.rows for _, c in row}
    assert "outline" in colours
    without = drawn(PANELS["hidden"], view, ViewOptions(outline=False), 60, 25)
    assert "outline" not in {c for row in without.rows for _, c in row}


def test_the_outline_goes_through_the_hidden_vectors(view: View) -> None:
    assert view.snapshot is not None
    corners = PANELS["hidden"]._outline(view.snapshot, ViewOptions())  # type: ignore[attr-defined]
    far = np.abs(corners[:, :, None] - view.snapshot.H[:, None, :]).max(axis=0).min(axis=1)
    assert far.max() < 0.12 * view.snapshot.hidden_norms.max()


def test_a_click_on_a_vector_finds_its_example(view: View) -> None:
    drawing = drawn(PANELS["hidden"], view, ViewOptions(outline=False), 60, 25)
    cells = [(x, y) for y, row in enumerate(drawing.rows) for x, c in enumerate("".join(t for t, _ in row)) if c == "●"]
    hits = [drawing.hit(*cell) for cell in cells]
    assert sorted(h.value for h in hits if h and h.kind == "example") == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("colour", ["dimensionality", "norm", "example"])
def test_planes_are_coloured_by_a_measure(view: View, colour: str) -> None:
    options = replace(ViewOptions(), colour=colour)  # type: ignore[arg-type]
    for name in ("features", "hidden"):
        colours = {c for row in drawn(PANELS[name], view, options, 60, 25).rows for t, c in row if t.strip()}
        assert any(c.startswith("one" if colour == "example" else "shade") for c in colours)


def test_a_common_scale_is_the_larger_one(view: View) -> None:
    own = [drawn(PANELS[n], view, ViewOptions(), 60, 25).note.split("  ")[0][1:] for n in ("features", "hidden")]
    common = [
        drawn(PANELS[n], view, ViewOptions(scale="common"), 60, 25).note.split("  ")[0][1:]
        for n in ("features", "hidden")
    ]
    assert common == [max(own, key=float)] * 2


def test_the_test_set_can_be_seen_below(view: View) -> None:
    rows = drawn(PANELS["hidden"], view, ViewOptions(overlay=True), 60, 25).rows
    assert "under" in {c for row in rows for t, c in row if t.strip()}


def test_the_dimensionality_panel_has_the_line_and_the_history(view: View) -> None:
    drawing = drawn(PANELS["dimensionality"], view, ViewOptions(), 60, 24)
    assert "m/T 0.4" in drawing.note
    assert "level" in {c for row in drawing.rows for _, c in row}
    numbers = PANELS["dimensionality"].numbers(view, ViewOptions())
    assert len(numbers["steps"]) == len(view.steps) == len(numbers["largest_D_f"])
    np.testing.assert_allclose(numbers["D_X"], 0.4, atol=0.02)
    np.testing.assert_allclose(numbers["largest_D_f"][-1], np.sort(numbers["D_f"])[::-1][:8])
    assert "D*" in text(view, "dimensionality", ViewOptions(star=True), 60, 24)


def test_the_gram_panel_shows_who_shares_directions(view: View) -> None:
    numbers = PANELS["gram"].numbers(view, ViewOptions())
    np.testing.assert_allclose(np.diag(numbers["cosines"]), 1)
    assert sorted(numbers["examples"].tolist()) == [0, 1, 2, 3, 4]
    assert "+9" in text(view, "gram", ViewOptions(colours=False), 60, 12)
    drawing = drawn(PANELS["gram"], view, ViewOptions(pages=(0, 0, 1)), 30, 8)
    hit = drawing.hit(0, 0)
    assert hit is not None and hit.kind == "example"


def test_the_inspector_adds_up(view: View) -> None:
    numbers = PANELS["inspector"].numbers(view, ViewOptions(item=2))
    snapshot = view.snapshot
    assert snapshot is not None
    x = np.zeros(snapshot.W.shape[1])
    x[numbers["features"]] = numbers["values"]
    out = np.maximum(snapshot.W.T @ (snapshot.W @ x) + snapshot.b, 0)
    np.testing.assert_allclose(numbers["h"], snapshot.W @ x)
    np.testing.assert_allclose(numbers["loss"], ((out - x) ** 2).sum(), rtol=1e-9)
    np.testing.assert_allclose(numbers["output"], out[numbers["features"]])
    feature = PANELS["inspector"].numbers(view, ViewOptions(kind="feature", item=int(numbers["features"][0])))
    assert 2 in feature["examples"]
    assert "example 2 of 5" in drawn(PANELS["inspector"], view, ViewOptions(item=2), 60, 20).note


def test_mean_loss_over_the_examples_is_the_recorded_train_loss(view: View) -> None:
    assert view.snapshot is not None
    first = shown(RECORDED, 0)
    assert first.snapshot is not None
    mean = np.mean([first.snapshot.reconstruction(i).loss for i in range(5)])
    assert mean == pytest.approx(first.row_at(0)["train_loss"], rel=1e-5)


def test_events_mark_where_one_is_and_lead_there(view: View) -> None:
    drawing = drawn(PANELS["events"], view, ViewOptions(), 60, 20)
    lines = ["".join(t for t, _ in row) for row in drawing.rows]
    (here,) = [line for line in lines if line.startswith("▸")]
    assert "finished" in here
    hit = drawing.hit(3, 0)
    assert hit is not None and hit.kind == "step" and hit.value == view.events[0]["step"]


@pytest.mark.parametrize(
    ("kind", "text", "wide", "narrow"),
    [
        ("finished", "memorising", "finished   memorising", "finished: memorising"),
        ("finished", "finished: memorising", "finished   memorising", "finished: memorising"),
        ("checkpoint", "checkpoint kept", "checkpoint kept", "checkpoint: kept"),
        ("stopped", "stopped, as asked", "stopped    as asked", "stopped: as asked"),
        ("regime", "middle → memorising", "regime     middle → memorising", "middle → memorising"),
        (
            "regime",
            "the solution changed from clusters to memorising",
            "regime     the solution changed from clusters to memorising",
            "clusters to memorising",
        ),
        (
            "stored",
            "96 of 100 examples are away from the origin",
            "stored     96 of 100 examples are away from the origin",
            "96 of 100 off the origin",
        ),
    ],
)
def test_an_event_says_its_kind_once_in_new_words_and_old_ones(kind: str, text: str, wide: str, narrow: str) -> None:
    (entry,) = entries([{"step": 1000, "kind": kind, "text": text}])
    told = ["".join(words for words, _ in _line(entry, False, width)) for width in (100, 38)]
    assert told == [f"     1,000 {wide}", f"   1,000 {narrow}"]


@pytest.mark.parametrize(
    "words",
    ["memorising → generalising", "96 of 100 stored", "1,999 of the first 2,000 stored", "regular polygon of 13"],
)
def test_the_words_of_events_fit_beside_the_other_panels(words: str) -> None:
    (entry,) = entries([{"step": 1000, "kind": "regime", "text": words}])
    row = _line(entry, False, 40)
    assert sum(len(text) for text, _ in row) <= 40


def lost(step: int, count: int, kind: str = "lost") -> dict[str, object]:
    return {
        "step": step,
        "kind": kind,
        "text": f"{count:,} of 200 {'at' if kind == 'lost' else 'away from'} the origin",
    }


def test_examples_that_are_lost_one_after_the_other_share_a_line_until_something_else_happens() -> None:
    told = entries(
        [
            lost(100, 46),
            lost(200, 90, "stored"),
            lost(8_100, 50),
            lost(18_243, 69),
            {"step": 20_000, "kind": "checkpoint", "text": "kept"},
            lost(30_000, 70),
        ]
    )
    assert [(e.step, e.last, e.text) for e in told] == [
        (100, 18_243, "46 to 69 of 200 at the origin"),
        (200, 200, "90 of 200 away from the origin"),
        (20_000, 20_000, "kept"),
        (30_000, 30_000, "70 of 200 at the origin"),
    ]
    assert "46 to 69 of 200 at the origin by 18,243" in "".join(words for words, _ in _line(told[0], False, 60))


def test_the_event_in_view_says_what_it_means_where_there_is_room(view: View) -> None:
    panel = PANELS["events"]
    at = shown(RECORDED, max(e["step"] for e in view.events if e["kind"] == "polygon"))
    tall, flat = (
        "\n".join("".join(text for text, _ in row) for row in panel.draw(at, ViewOptions(), 44, height).rows)
        for height in (14, 5)
    )
    assert "as far apart as a plane allows" in " ".join(tall.split())
    assert "plane" not in flat


def test_the_edge_of_the_planes_says_what_matters_most_first(view: View) -> None:
    drawing = drawn(PANELS["hidden"], view, ViewOptions(overlay=True, colour="example"), 60, 20)
    assert drawing.note.split("  ")[1:] == ["test set", "regular pentagon", "by example", "green: theory"]
    brief = drawing.note.replace("regular ", "").removesuffix("  green: theory")
    assert drawing.note.startswith("±") and drawing.brief == brief


def test_panels_depend_on_what_they_draw(view: View) -> None:
    early, late = shown(RECORDED, 0), view
    for name in ("features", "hidden", "norms", "dimensionality", "gram", "inspector"):
        assert PANELS[name].depends(early, ViewOptions()) != PANELS[name].depends(late, ViewOptions())
    assert PANELS["loss"].depends(late, ViewOptions()) == PANELS["loss"].depends(late, ViewOptions(colour="norm"))
    assert PANELS["loss"].depends(late, ViewOptions()) != PANELS["loss"].depends(late, ViewOptions(log_x=False))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """m -> a run with something in every file."""
    folder = tmp_path_factory.mktemp("made")
    return {m: made_run(folder / str(m), m) for m in (2, 3)}


@pytest.mark.parametrize("seed", range(60))
def test_random_bytes_in_any_file_leave_every_panel_drawn(tmp_path: Path, made: dict[int, Path], seed: int) -> None:
    rng = random.Random(seed)
    run = shutil.copytree(made[2 + seed % 2], tmp_path / "run")
    names = files(run)
    harm(run / names[seed // 2 % len(names)], rng)
    harm(run / rng.choice(files(run)), rng)
    view = shown(run)
    for step in (None, 0, 75, 106):
        view.go(step)
        options = any_look(rng)
        for panel in PANELS.values():
            panel.depends(view, options)
            drawing = drawn(panel, view, options, 70, 20)
            assert all(t.isprintable() for row in drawing.rows for t, _ in row)
            for hit in (drawing.hit(8, 5), drawing.hit(40, 12)):
                assert hit is None or hit.kind == "step" or hit.value >= 0
            as_json(measured(panel, view, options))


@pytest.mark.parametrize("m", [2, 3])
@pytest.mark.parametrize("broken", [np.nan, np.inf, 3e38])
def test_frames_that_are_not_finite_are_drawn_in_every_look(
    tmp_path: Path, made: dict[int, Path], m: int, broken: float
) -> None:
    run = shutil.copytree(made[m], tmp_path / "run")
    raw = (run / "frames.bin").read_bytes()
    frame = 8 + 4 * 50 * (m + 1)
    numbers = np.frombuffer(raw[1024 + 8 : 1024 + frame], "<f4").copy()
    numbers[[0, 7]] = broken
    (run / "frames.bin").write_bytes(raw[: 1024 + 8] + numbers.tobytes() + raw[1024 + frame :])
    view = shown(run, 60)
    for seed in range(20):
        options = replace(any_look(random.Random(seed)), star=seed % 2 == 0)
        for panel in PANELS.values():
            assert drawn(panel, view, options, 70, 20).rows
            measured(panel, view, options)


SAID = {
    "metrics.jsonl": ("loss", "metrics.jsonl: 400 lines can't be read"),
    "events.jsonl": ("events", "events.jsonl: 400 lines can't be read"),
    "frames.bin": ("hidden", "its header can't be read"),
    "config.toml": ("features", "this is not TOML"),
    "status.json": ("system", "status.json: can't be read as JSON"),
    "meta.json": ("system", "meta.json: can't be read as JSON"),
}


@pytest.mark.parametrize("name", SAID)
def test_a_panel_says_what_it_cannot_read(tmp_path: Path, made: dict[int, Path], name: str) -> None:
    run = shutil.copytree(made[2], tmp_path / "run")
    (run / name).write_bytes(b"\x1b[2J\xff no\n" * 400)
    panel, words = SAID[name]
    shown_text = text(shown(run), panel, ViewOptions(), 100, 20)
    assert words in " ".join(shown_text.split())


@pytest.mark.parametrize(("panel", "name"), [("loss", "metrics.jsonl"), ("events", "events.jsonl")])
def test_a_panel_says_that_it_can_read_a_part_only(
    tmp_path: Path, made: dict[int, Path], panel: str, name: str
) -> None:
    run = shutil.copytree(made[2], tmp_path / "run")
    (run / name).write_bytes(b"no\n" + (run / name).read_bytes())
    view = shown(run)
    assert drawn(PANELS[panel], view, ViewOptions(), 100, 20).note.startswith("1 line can't be read")
    assert f"{name}: 1 line can't be read" in text(view, "system", ViewOptions(), 100, 20)


def test_a_log_that_cannot_be_read_is_said(tmp_path: Path, made: dict[int, Path]) -> None:
    run = shutil.copytree(made[2], tmp_path / "run")
    (run / "console.log").unlink()
    (run / "console.log").mkdir()
    assert "console.log can't be read (Is a directory)" in text(shown(run), "system", ViewOptions(), 100, 20)


def test_what_is_not_finite_is_null_in_json() -> None:
    assert as_json({"a": np.array([1.0, np.nan]), "b": (float("inf"), 2), "c": np.int64(3)}) == {
        "a": [1.0, None],
        "b": [None, 2],
        "c": 3,
    }


def test_the_dimensionality_history_says_its_values_at_the_marked_step(view: View) -> None:
    early = shown(RECORDED)
    steps, D_f, D_X = early.history.columns
    options = ViewOptions(cross=float(steps[3]) + 0.5)
    note = drawn(PANELS["dimensionality"], early, options, 120, 24).note
    assert f"step {steps[3]:,}  D_f {D_f[3, 0]:.3f}  D_X {D_X[3, 1]:.3f}, {D_X[3, 2]:.3f}" in note


def test_the_loss_panel_says_raw_and_smoothed_losses(view: View) -> None:
    rows = view.rows
    note = drawn(PANELS["loss"], view, ViewOptions(cross=float(rows["step"][20]), smooth=5), 90, 20).note
    assert f"test {rows['test_loss'][20]:.4f} ({rows['test_loss'][18:23].mean():.4f})" in note
    assert "mean of 5" in note


def test_zoomed_charts_show_the_steps_of_the_window_however_far_the_run_is() -> None:
    options = ViewOptions(log_x=False, log_y=False).zoomed(2, 1.0, (0, 10_000))
    assert options.window == (5_000, 10_000)
    for name in ("loss", "dimensionality", "norms"):
        drawing = drawn(PANELS[name], shown(RECORDED), replace(options, pages=(2, 2, 2)), 40, 18)
        column = next(c for c in range(40) if drawing.hit(c, 16))
        first, last = drawing.hit(column, 16), drawing.hit(39, 16)
        assert first and last and (first.value, last.value) == (5_000, 10_000), name


def test_the_line_of_the_zero_output_is_there_while_zoomed_wherever_1_is(tmp_path: Path) -> None:
    run = shutil.copytree(RECORDED, tmp_path / "run")
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    changed = [row | {"train_loss": 0.1, "test_loss": 1 + row["step"] / 1e4} for row in rows]
    (run / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in changed))
    for log_y in (True, False):
        for column, seen in (("train and test", True), ("test", False)):
            options = ViewOptions(log_y=log_y, window=(5_000, 20_000), fit=column == "test")
            drawing = drawn(PANELS["loss"], shown(run), options, 60, 20)
            assert ("level" in {c for row in drawing.rows for t, c in row}) == seen


def test_a_held_scale_fits_the_longest_vector_of_all_frames(view: View) -> None:
    held = [
        drawn(PANELS[panel], shown(RECORDED, step), ViewOptions(scale="fixed"), 60, 25).note
        for panel in ("features", "hidden")
        for step in (0, 20_000)
    ]
    assert held[0].split("  ")[0] == held[1].split("  ")[0] and held[2].split("  ")[0] == held[3].split("  ")[0]
    frames = [view.run.frame(int(s)) for s in view.steps]
    longest = max(float(np.linalg.norm(f.H, axis=0).max()) for f in frames)
    assert float(held[2].split("±")[1].split()[0]) == pytest.approx(1.12 * longest, rel=1e-2)


def test_shades_are_explained_in_a_corner(view: View) -> None:
    for name in ("features", "hidden"):
        corner = drawn(PANELS[name], view, ViewOptions(colour="dimensionality"), 60, 25).rows[-1]
        assert "".join(t for t, _ in corner).startswith("0 ●●●●●● ≥ 0.3")
    longest = drawn(PANELS["hidden"], view, ViewOptions(colour="norm"), 60, 25).rows[-1]
    assert view.snapshot is not None
    assert f"●●● {view.snapshot.hidden_norms.max():.3g} " in "".join(t for t, _ in longest)


def test_a_turning_view_keeps_its_scale() -> None:
    view = shown(RECORDED.with_name("deep-small"))
    notes = {
        drawn(PANELS[name], view, ViewOptions(projection="turning", turn=turn), 60, 20).note.split("  ")[0]
        for turn in (0.0, 30.0, 70.0, 200.0)
        for name in ("hidden",)
    }
    assert len(notes) == 1


def test_nothing_is_drawn_of_a_branch_before_it_begins(tmp_path: Path) -> None:
    late = View(open_run(RECORDED))
    late.poll(10)
    late.steps = late.steps[2:]  # as a branch's frames, which begin at its step
    comparison = Comparison([shown(RECORDED), late])
    comparison.go(0)
    first = int(late.steps[0])
    rows = "\n".join("".join(t for t, _ in row) for row in Beside().draw(comparison, ViewOptions(), 100, 20).rows)
    assert f"begins at step {first:,}" in rows
    assert list(Beside().numbers(comparison, ViewOptions())) == [RECORDED.name]
    comparison.go(first)
    rows = "\n".join("".join(t for t, _ in row) for row in Beside().draw(comparison, ViewOptions(), 100, 20).rows)
    assert "begins" not in rows


def test_one_choice_is_seen_in_every_panel(view: View) -> None:
    assert view.snapshot is not None
    active = {int(j) for j in view.snapshot.active(2)}
    example, feature = ViewOptions(item=2), ViewOptions(kind="feature", item=max(active))
    none = ViewOptions()
    for options, own, other in ((example, "hidden", "features"), (feature, "features", "hidden")):
        assert text(view, own, options).count("◆") == 1 and "◆" not in text(view, own, none)
        assert "◇" in text(view, other, options) and "◇" not in text(view, own, options)
        assert text(view, "dimensionality", options) != text(view, "dimensionality", none)
        assert "chosen" in {c for row in drawn(PANELS["dimensionality"], view, options, 60, 20).rows for _, c in row}
        assert PANELS["dimensionality"].depends(view, options) != PANELS["dimensionality"].depends(view, none)
    assert text(view, "gram", example, 80, 20).count("◀") == 1 and "◀" not in text(view, "gram", none, 80, 20)
    assert 2 in view.snapshot.active_in(max(active))[0]
