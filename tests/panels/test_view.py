"""A view of a run: which frame it shows, and that it shows none of another run or of before."""

from __future__ import annotations

import math
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from sdd_tui.panels.catalogue import PANELS, drawn
from sdd_tui.panels.view import KEPT_STILLS, View
from sdd_tui.panels.view_options import ViewOptions
from sdd_tui.run.reader import Run, open_run
from sdd_tui.training.branch import branch
from sdd_tui.training.recorder import record
from tests.bench.synthetic import Growing
from tests.run.helpers import small, trained

OF_A_FRAME = ("features", "hidden", "dimensionality", "norms", "gram", "inspector")


def viewed(run: Path) -> View:
    view = View(open_run(run))
    view.poll(10)
    view.go(None)
    return view


def appended(run: Path, step: int) -> None:
    """A frame more, a copy of the last one."""
    path = run / "frames.bin"
    raw = path.read_bytes()
    size = (len(raw) - 1024) // len(open_run(run).frame_steps)
    path.write_bytes(raw + step.to_bytes(8, "little") + raw[len(raw) - size + 8 :])


def test_a_step_before_the_first_frame_shows_the_first(tmp_path: Path) -> None:
    child = branch(trained(small(), tmp_path), 100, small(), tmp_path, "child")
    record(child)
    view = viewed(child)
    view.go(0)
    assert (view.step, view.problem) == (100, "no frames yet")


def test_a_frame_that_comes_after_a_look_is_not_taken_for_the_one_before(tmp_path: Path) -> None:
    run = trained(small(), tmp_path)
    view = viewed(run)
    view = View(open_run(run))
    view.poll(10)
    appended(run, 999)
    view.go(None)
    assert view.step == view.steps[-1] == 200
    view.poll(10)
    view.go(200)
    assert view.step == 200
    view.go(None)
    assert view.step == 999


def test_a_frame_that_is_cut_off_after_a_look_is_not_kept_for_its_step(tmp_path: Path) -> None:
    run = trained(small(), tmp_path)
    view = View(open_run(run))
    view.poll(10)
    whole = (run / "frames.bin").read_bytes()
    (run / "frames.bin").write_bytes(whole[: len(whole) // 2])
    view.go(None)
    assert 0 < view.step < 200
    (run / "frames.bin").write_bytes(whole)
    view.go(None)
    assert view.step == 200


def test_what_a_panel_depends_on_never_comes_back_with_another_frame(tmp_path: Path) -> None:
    view = viewed(trained(small("recording.frames=60"), tmp_path))
    assert len(view.steps) > 2 * KEPT_STILLS
    for name in OF_A_FRAME:
        seen = {}
        for step in view.steps.tolist():  # more than are kept: addresses are used again
            view.go(step)
            seen[step] = PANELS[name].depends(view, ViewOptions())
        assert len(set(seen.values())) == len(seen)
        view.go(0)
        assert PANELS[name].depends(view, ViewOptions()) == seen[0]


def test_what_a_panel_depends_on_changes_with_the_reason_why_there_is_no_frame(tmp_path: Path) -> None:
    run = trained(small(), tmp_path)
    view = viewed(run)
    before = PANELS["gram"].depends(view, ViewOptions())
    whole = (run / "frames.bin").read_bytes()
    seen = [before]
    for harmed in (b"", b"x" * 5_000, whole):
        (run / "frames.bin").unlink()
        (run / "frames.bin").write_bytes(harmed)
        view.poll(10)
        view.go(None)
        seen.append(PANELS["gram"].depends(view, ViewOptions()))
    assert len(set(seen)) == 4, "the last frame is the first one, but read again"


def test_another_run_under_the_same_name_is_opened_anew(tmp_path: Path) -> None:
    run = trained(small(), tmp_path)
    other = trained(small("T=7", "seed=3"), tmp_path, "b")
    view = viewed(run)
    view.history.extend(view.run, view.steps, 10)
    old = {name: panel.depends(view, ViewOptions()) for name, panel in PANELS.items()}
    shutil.rmtree(run)
    other.rename(run)
    view.poll(10)
    view.go(None)
    assert view.config is not None and view.snapshot is not None
    assert view.config.data.n_examples == 7 and view.snapshot.H.shape == (2, 7)
    assert len(view.history) == 0
    assert all(panel.depends(view, ViewOptions()) != old[name] for name, panel in PANELS.items())
    np.testing.assert_array_equal(view.rows["test_loss"], open_run(run).metrics["test_loss"])


def test_a_run_without_its_configuration_stays_open(tmp_path: Path) -> None:
    run = trained(small(), tmp_path)
    view = viewed(run)
    (run / "config.toml").unlink()
    view.poll(10)
    view.go(100)
    assert view.config is not None and view.step <= 100


@pytest.mark.parametrize("name", ["metrics.jsonl", "events.jsonl"])
def test_losses_and_events_that_turn_out_unreadable_are_drawn_again(tmp_path: Path, name: str) -> None:
    run = trained(small(), tmp_path)
    (run / name).write_text("")
    view = viewed(run)
    panel = PANELS["loss" if name == "metrics.jsonl" else "events"]
    before = panel.depends(view, ViewOptions())
    (run / name).write_text("no\n")
    view.poll(10)
    assert panel.depends(view, ViewOptions()) != before


def test_a_look_opens_each_file_of_a_run_once_and_what_it_has_read_is_not_read_again(
    tmp_path: Path, touched: list[str]
) -> None:
    growing = Growing(tmp_path, "growing", rows=50, frames=5)
    view = View(Run(growing.path))
    panels = [panel for panel in PANELS.values() if panel.name != "inspector"]  # of examples, which need no file
    for news in range(3):
        touched.clear()
        view.poll(math.inf)
        view.go(None)
        for panel in panels:
            drawn(panel, view, ViewOptions(), 100, 30)
        opened = Counter(Path(path).name for path in touched if str(growing.path) in path)
        assert opened["status.json"] == 1, news
        assert opened["frames.bin"] == (1 if news < 2 else 0), news
        assert news == 0 or opened["meta.json"] == 0, opened  # examples are held against it when they are drawn
        assert max(count for name, count in opened.items() if name != "meta.json") == 1, opened
        if news == 0:
            growing.grow()
