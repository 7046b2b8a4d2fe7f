"""A sweep's directory, and how it is found."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from sdd_tui.errors import BusyError, ConfigError, DamagedError, NotFoundError, SddError
from sdd_tui.panels.sweep.pictures import table
from sdd_tui.run.index import find_run, list_runs
from sdd_tui.run.layout import CONFIG, META, read_json, replace_json
from sdd_tui.run.run_config import read_run_config
from sdd_tui.sweep.directory import (
    add_cells,
    ask_to_stop,
    asked_since,
    asked_to_stop,
    create_sweep,
    find_sweep,
    list_sweeps,
    make_cell,
    read_sweep,
)
from sdd_tui.sweep.presets import added
from sdd_tui.sweep.progress import SweepReader
from sdd_tui.sweep.reduce import points
from sdd_tui.sweep.results import CellResult, Collector, keep
from sdd_tui.sweep.session import begin
from sdd_tui.sweep.slots import places, take_place, used
from sdd_tui.sweep.worker import Worker
from sdd_tui.version import __version__
from tests.sweep.helpers import tiny


def test_a_sweep_is_read_back_and_is_no_run(runs: Path) -> None:
    sweep = tiny({"T": [3, 5], "seed": "range(0, 2)"})
    folder = create_sweep(sweep, runs, "a")
    assert read_sweep(folder) == sweep
    assert list_runs(runs) == []
    with pytest.raises(NotFoundError):
        find_run("a", runs)


def test_a_new_sweep_is_named_like_a_run(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3]}), runs)
    assert folder.name.split("-")[2] == "tiny" and len(folder.name.split("-")[3]) == 4


def test_a_cell_is_an_ordinary_run_made_once(runs: Path) -> None:
    sweep = tiny({"T": [3], "seed": [0]})
    folder = create_sweep(sweep, runs, "a")
    cell = sweep.cells()[0]
    run = make_cell(folder, cell)
    stamp = (run / CONFIG).stat().st_mtime_ns
    assert make_cell(folder, cell) == run and (run / CONFIG).stat().st_mtime_ns == stamp
    assert read_run_config(run) == cell.config
    assert find_run("a/T=3,seed=0", runs) == run
    assert find_run(str(run), runs) == run
    assert [p.name for p in (folder / "cells").iterdir()] == ["T=3,seed=0"]
    assert list_runs(runs) == []


def test_a_cell_whose_name_is_held_by_an_empty_directory_is_made(runs: Path) -> None:
    sweep = tiny({"T": [3]})
    folder, cell = create_sweep(sweep, runs, "a"), sweep.cells()[0]
    (folder / "cells" / cell.name).mkdir()
    assert read_run_config(make_cell(folder, cell)) == cell.config


def test_a_sweep_is_found_as_a_run_is(runs: Path) -> None:
    for name in ("20260101-a-1111", "20260102-b-2222"):
        create_sweep(tiny({"T": [3]}), runs, name)
    assert find_sweep("latest", runs).name == "20260102-b-2222"
    assert find_sweep("1111", runs).name == find_sweep("20260101", runs).name == "20260101-a-1111"
    assert find_sweep(str(runs / "20260101-a-1111"), runs).name == "20260101-a-1111"
    assert [s.name for s in list_sweeps(runs)] == ["20260102-b-2222", "20260101-a-1111"]
    with pytest.raises(NotFoundError, match="could be"):
        find_sweep("2026", runs)
    for nothing in ("", "x", "../runs", "./" + "x" * 5_000):
        with pytest.raises(NotFoundError):
            find_sweep(nothing, runs)


def test_a_taken_name_is_refused(runs: Path) -> None:
    create_sweep(tiny({"T": [3]}), runs, "a")
    with pytest.raises(BusyError, match="already"):
        create_sweep(tiny({"T": [3]}), runs, "a")


def test_a_sweep_with_a_cell_that_can_t_be_trained_is_not_made(runs: Path) -> None:
    with pytest.raises(ConfigError):
        create_sweep(tiny({"T": [0]}), runs, "a")
    assert not runs.exists()


def test_cells_are_added(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3], "seed": [0]}), runs, "a")
    add_cells(folder, added(["T=5,8"]))
    assert [cell.name for cell in read_sweep(folder).cells()] == ["T=3,seed=0", "T=5,seed=0", "T=8,seed=0"]


def test_a_hostile_sweep_is_looked_at_all_the_same(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3]}), runs, "a")
    text = (folder / "sweep.toml").read_text()
    (folder / "sweep.toml").write_text(text.replace("T = [\n    3,\n]", 'T = ["\\u001b[31m", nan, inf, -1, "../../x"]'))
    reader = SweepReader(folder)
    progress = reader.poll()
    found = points(reader.sweep, reader.cells.values(), reader.finished)
    assert (progress.waiting, len(found)) == (5, 5)
    assert all("/" not in name and name.isprintable() for name in reader.cells)
    assert "".join(table(reader.sweep, found)).isprintable()


def test_a_damaged_sweep_is_refused(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3]}), runs, "a")
    (folder / "sweep.toml").write_text(json.dumps({"a": 1}))
    with pytest.raises(DamagedError, match=r"sweep\.toml"):
        read_sweep(folder)


def test_a_sweep_file_cut_anywhere_is_damage_and_never_a_set_of_defaults(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3, 5], "seed": [0, 1]}), runs, "a")
    text = (folder / "sweep.toml").read_bytes()
    for size in range(len(text)):
        (folder / "sweep.toml").write_bytes(text[:size])
        with pytest.raises(DamagedError, match=r"sweep\.toml: (is not whole|this is not TOML)"):
            read_sweep(folder)
    (folder / "sweep.toml").write_bytes(text)
    assert len(read_sweep(folder)) == 4


def of_a_newer_version(folder: Path, meta: dict[str, Any]) -> Path:
    """The sweep as a later version might have written it, with a setting that nobody knows yet."""
    text = (folder / "sweep.toml").read_text(encoding="utf-8")
    (folder / "sweep.toml").write_text(text.replace("[settings.data]", "[settings.data]\nhue = 3"), encoding="utf-8")
    replace_json(folder / META, read_json(folder / META) | meta)
    return folder


@pytest.mark.parametrize("meta", [{"versions": {"sdd-tui": "99.1"}}, {"schema_version": 9}])
def test_a_sweep_of_a_newer_version_that_is_not_understood_says_which_wrote_it(
    runs: Path, meta: dict[str, Any]
) -> None:
    folder = of_a_newer_version(create_sweep(tiny({"T": [3]}), runs, "a"), meta)
    with pytest.raises(DamagedError, match=r"it was written by sdd-tui .*Read it with that version") as refused:
        read_sweep(folder)
    assert "Did you mean" not in str(refused.value)


def test_a_sweep_of_another_layout_is_read_where_it_can_be_and_never_trained(runs: Path) -> None:
    sweep = tiny({"T": [3]})
    folder = create_sweep(sweep, runs, "a")
    replace_json(folder / META, read_json(folder / META) | {"schema_version": 9})
    assert read_sweep(folder) == sweep
    for act in (lambda: begin(folder, 1, 1), lambda: add_cells(folder, added(["T=4"]))):
        with pytest.raises(DamagedError, match="Train on with that version"):
            act()


@pytest.mark.parametrize("meta", [{}, {"schema_version": 1, "created": 1.0}, {"versions": {"sdd-tui": "0.1.0"}}])
def test_a_sweep_of_an_older_version_is_read_and_says_who_wrote_it_last(runs: Path, meta: dict[str, Any]) -> None:
    sweep = tiny({"T": [3]})
    folder = create_sweep(sweep, runs, "a")
    assert read_json(folder / META)["versions"] == {"sdd-tui": __version__}
    replace_json(folder / META, meta)
    assert read_sweep(folder) == sweep
    assert len(add_cells(folder, added(["T=4"]))) == 2
    assert read_json(folder / META) == meta | {"versions": {"sdd-tui": __version__}}


def test_a_setting_in_a_sweep_that_no_version_wrote_is_a_mistake(runs: Path) -> None:
    folder = of_a_newer_version(create_sweep(tiny({"T": [3]}), runs, "a"), {})
    with pytest.raises(DamagedError, match="hue is not a setting"):
        read_sweep(folder)


def test_a_cell_whose_settings_are_not_the_planned_ones_is_not_trained(runs: Path) -> None:
    sweep = tiny({"T": [3]}, over=())
    folder = create_sweep(sweep, runs, "a")
    run = make_cell(folder, sweep.cells()[0])
    text = (run / CONFIG).read_text()
    (run / CONFIG).write_text(text.replace("n_examples = 3", "n_examples = 4"))
    Worker(folder, begin(folder, 1, 1), tied=False).work()
    results = Collector(folder)
    results.poll()
    assert not results.finished
    assert "data.n_examples is 4, and the sweep's plan says 3. Restore the file" in results.trouble["T=3"][0].reason
    assert not (run / "metrics.jsonl").exists()


@pytest.mark.parametrize("link", ["cells", "cells/T=3"])
def test_no_cell_is_trained_through_a_link(runs: Path, link: str) -> None:
    sweep = tiny({"T": [3]}, over=())
    folder, other = create_sweep(sweep, runs, "a"), create_sweep(sweep, runs, "other")
    make_cell(other, sweep.cells()[0])
    if link == "cells":
        (folder / link).rmdir()
    (folder / link).symlink_to(other / link)
    Worker(folder, begin(folder, 1, 1), tied=False).work()
    assert not (other / "cells" / "T=3" / "metrics.jsonl").exists()


@pytest.mark.parametrize("name", ["results.jsonl", "cancel", f"workers/{socket.gethostname()}.0", "workers/.in-use"])
def test_a_file_of_a_sweep_that_is_a_link_changes_nothing_elsewhere(runs: Path, tmp_path: Path, name: str) -> None:
    folder, precious = create_sweep(tiny({"T": [3]}, over=()), runs, "a"), tmp_path / "precious"
    precious.write_text("mine")
    (folder / name).symlink_to(precious)
    for act in (
        lambda: keep(folder, CellResult("T=3", "failed")),
        lambda: ask_to_stop(folder),
        lambda: take_place(folder, 1),
        lambda: used(folder),
    ):
        try:
            act()
        except SddError as error:
            assert str(error).isprintable()
    assert precious.read_text() == "mine"


def test_a_pipe_in_a_sweep_keeps_nobody_waiting(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3]}, over=()), runs, "a")
    for name in ("results.jsonl", "cancel", "workers/x", "sweep.toml"):
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)
    with pytest.raises(DamagedError, match="cancel: can't be read"):
        asked_to_stop(folder)
    assert places(folder) == []
    results = Collector(folder)
    results.poll()
    assert [s.name for s in list_sweeps(runs)] == ["a"]
    with pytest.raises(DamagedError, match="Not a regular file"):
        read_sweep(folder)


def test_a_copied_sweep_is_as_old_as_it_was(runs: Path) -> None:
    for number, name in enumerate("ab"):
        folder = create_sweep(tiny({"T": [3]}), runs, name)
        os.utime(folder / "sweep.toml", (1e9 - number, 1e9 - number))
    assert [s.name for s in list_sweeps(runs)] == ["b", "a"]


def test_a_request_that_can_not_be_read_stops_nobody(runs: Path) -> None:
    folder = create_sweep(tiny({"T": [3]}, over=()), runs, "a")
    assert asked_to_stop(folder) == ""
    ask_to_stop(folder)
    before = asked_to_stop(folder)
    assert before and asked_since(folder, "") and not asked_since(folder, before)
    (folder / "cancel").rename(folder / "away")
    (folder / "cancel").mkdir()  # as a file server's error, to who reads it
    assert not asked_since(folder, before)
    with pytest.raises(DamagedError, match="cancel: can't be read"):
        asked_to_stop(folder)
