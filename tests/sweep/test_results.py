"""Collecting what came out of cells."""

from __future__ import annotations

import fcntl
import json
import shutil
import threading
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.config import parse_config
from sdd_tui.run.bits import settings_of
from sdd_tui.run.layout import read_json, replace_json
from sdd_tui.sweep.directory import RESULTS, create_sweep, make_cell
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.results import CellResult, Collector, keep, parse
from tests.sweep.helpers import tiny
from tests.sweep.synthetic import made_up
from tests.waiting import PATIENCE_S


@pytest.fixture
def folder(runs: Path) -> Path:
    """A sweep of four cells, all of them finished."""
    sweep = tiny({"T": [3, 5], "seed": [0, 1]})
    made = create_sweep(sweep, runs, "a")
    for cell in sweep.cells():
        make_cell(made, cell)
        keep(made, made_up(cell))
    return made


def test_results_are_read_back_as_they_were_kept(folder: Path) -> None:
    reader = SweepReader(folder)
    progress = reader.poll()
    assert (progress.done, progress.waiting, progress.state) == (4, 0, "finished")
    assert reader.finished == {cell.name: made_up(cell) for cell in reader.sweep.cells()}


@pytest.mark.parametrize("damage", [b"", b"\x00" * 50 + b"\n", b'{"cell": "T=3,se', b'{"step": 1}\n[]\n{"cell": 3}\n'])
def test_what_the_lines_lack_is_read_from_the_cells(folder: Path, damage: bytes) -> None:
    lines = (folder / RESULTS).read_bytes().splitlines(keepends=True)
    (folder / RESULTS).write_bytes(lines[0] + damage + b"".join(lines[2:]))
    reader = SweepReader(folder)
    assert reader.poll().state == "finished"
    assert reader.finished == {cell.name: made_up(cell) for cell in reader.sweep.cells()}


def test_without_lines_and_result_the_status_says_the_most_important(folder: Path) -> None:
    (folder / RESULTS).unlink()
    run = folder / "cells" / "T=3,seed=0"
    (run / "result.json").unlink()
    outcome = {"solution": "memorising", "polygon": 3}
    replace_json(run / "status.json", read_json(run / "status.json") | {"state": "finished", "outcome": outcome})
    reader = SweepReader(folder)
    assert reader.poll().done == 4
    found = reader.finished["T=3,seed=0"]
    assert (found.solution, found.polygon, found.D_X) == ("memorising", 3, ())


def trained_alone(folder: Path, cell: str, began: bool) -> None:
    """A cell whose config.toml was edited before somebody trained it by itself, or put back afterwards."""
    run = folder / "cells" / cell
    text = (run / "config.toml").read_text(encoding="utf-8")
    other = text.replace("n_examples = 3\n", "n_examples = 4\n")
    assert other != text
    if began:
        settings = settings_of(parse_config(tomllib.loads(other), "other"))
        replace_json(run / "meta.json", read_json(run / "meta.json") | {"settings": settings})
    else:
        (run / "config.toml").write_text(other, encoding="utf-8")


@pytest.mark.parametrize("lost", ["result.json", None])
@pytest.mark.parametrize(("began", "says"), [(False, "data.n_examples is 4"), (True, "with data.n_examples 4")])
def test_a_cell_that_was_trained_with_other_settings_is_not_counted(
    folder: Path, began: bool, says: str, lost: str | None
) -> None:
    cell = "T=3,seed=0"
    if lost:
        (folder / "cells" / cell / lost).unlink()
        status = read_json(folder / "cells" / cell / "status.json")
        replace_json(folder / "cells" / cell / "status.json", status | {"state": "finished"})
    trained_alone(folder, cell, began)
    assert SweepReader(folder).poll().done == 4  # its worker held it against the plan, and wrote a line
    (folder / RESULTS).unlink()
    progress = SweepReader(folder).poll()
    assert (progress.done, progress.state) == (3, "failed")
    (failed,) = progress.failed
    assert failed.cell == cell
    assert f"{says}, and the sweep's plan says 3. " in failed.reason
    assert failed.reason.endswith("to train it anew." if not began else "to train the cell anew.")


def test_a_result_that_names_another_cell_is_not_counted(folder: Path) -> None:
    (folder / RESULTS).unlink()
    shutil.copy(folder / "cells/T=5,seed=1/result.json", folder / "cells/T=3,seed=0/result.json")
    reader = SweepReader(folder)
    progress = reader.poll()
    assert progress.done == 3
    assert reader.finished["T=5,seed=1"].polygon == 5
    assert progress.failed[0].reason == (
        "cells/T=3,seed=0/result.json is of T=5,seed=1. `sdd sweep resume` measures this cell anew."
    )


def test_half_a_line_means_not_yet(folder: Path) -> None:
    shutil.rmtree(folder / "cells")
    whole = (folder / RESULTS).read_bytes()
    (folder / RESULTS).write_bytes(whole[:-10])
    results = Collector(folder)
    results.poll()
    assert len(results.finished) == 3
    (folder / RESULTS).write_bytes(whole)
    results.poll()
    assert len(results.finished) == 4


def test_a_session_gives_a_cell_up_after_two_failures(folder: Path) -> None:
    results = Collector(folder)
    for number, session in enumerate(["one", "one", "two"], 1):
        keep(folder, CellResult("T=9,seed=0", "failed", attempts=number, reason="NaN", session=session))
    results.poll()
    assert results.attempts("T=9,seed=0") == 3
    assert results.open(["T=9,seed=0"], "one") == []
    assert results.open(["T=9,seed=0"], "two") == ["T=9,seed=0"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
)


@given(st.dictionaries(st.sampled_from(list(CellResult.__dataclass_fields__)), json_values))
def test_any_json_is_a_result_or_nothing(line: dict[str, Any]) -> None:
    found = parse(line)
    if found is not None:
        assert found.cell.isprintable() and found.reason.isprintable()
        json.dumps(found.attempts + found.step + found.threads)
        assert all(isinstance(v, float) for v in found.D_f)


def test_lines_are_written_one_writer_after_the_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = CellResult("T=3,seed=0", "failed", reason="killed")
    lock, waits = fcntl.flock, threading.Event()

    def flock(file: Any, how: int) -> None:
        waits.set()
        lock(file, how)

    with (folder / RESULTS).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        monkeypatch.setattr(fcntl, "flock", flock)
        thread = threading.Thread(target=keep, args=(folder, failed))
        thread.start()
        assert waits.wait(PATIENCE_S)
        assert "killed" not in (folder / RESULTS).read_text()
    thread.join(PATIENCE_S)
    assert (folder / RESULTS).read_text().count("killed") == 1


def test_without_locks_lines_are_written_all_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(fd: Any, how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    keep(folder, CellResult("T=3,seed=0", "failed", reason="killed"))
    assert (folder / RESULTS).read_text().count("killed") == 1
