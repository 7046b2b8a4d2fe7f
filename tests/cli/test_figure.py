"""`sdd figure`: what is listed, drawn, said and refused."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from sdd_tui.figures import NAMES
from tests.cli.helpers import COMMAND, TINY, Caller, assert_one_sentence, imported
from tests.sweep.synthetic import synthetic
from tests.terminal import Terminal


@pytest.fixture
def swept(runs: Path) -> Path:
    """A finished sweep along T."""
    runs.mkdir()
    return synthetic(runs, points=20, seeds=2)


@pytest.mark.parametrize("args", [[], ["--list"], ["norms", "--list"]])
def test_figures_are_listed_with_what_each_shows(call: Caller, args: list[str]) -> None:
    answer = call("figure", *args)
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert [line.split()[0] for line in lines] == list(NAMES)
    assert all(line.endswith(shows) for line, shows in zip(lines, NAMES.values(), strict=True))


def test_a_figure_is_written_and_nothing_is_said(call: Caller, swept: Path, tmp_path: Path) -> None:
    answer = call("figure", "norms", "--from", "made-up", "-o", str(tmp_path / "a.svg"))
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert "made-up" in (tmp_path / "a.svg").read_text()
    page = (tmp_path / "a.svg").read_text()
    assert call("figure", "double-descent", "--from", "made-up", "--column", "-o", str(tmp_path / "b.svg")).code == 0
    assert 'width="241.2pt"' in (tmp_path / "b.svg").read_text() and 'width="241.2pt"' not in page


def test_without_a_file_it_is_drawn_here(call: Caller, swept: Path) -> None:
    answer = call("figure", "double-descent", "--from", "latest")
    assert answer.code == 0
    assert "loss" in answer.out and "dimensionalities" in answer.out and "planes" in answer.out
    assert "weight norm against T" in call("figure", "norms", "--from", "made-up").out


def test_several_sweeps_stand_below_one_another_each_with_its_name(call: Caller, swept: Path) -> None:
    shutil.copytree(swept, swept.with_name("again"))
    answer = call("figure", "norms", "--from", "made-up", "--from", "again")
    assert answer.code == 0
    lines = [line.strip() for line in answer.out.splitlines()]
    assert lines.count("weight norm against T") == 2
    assert lines.index("made-up") < lines.index("weight norm against T") < lines.index("again")
    assert "made-up" not in call("figure", "norms", "--from", "made-up").out


def test_without_a_source_the_newest_is_taken_and_named(call: Caller, runs: Path, tmp_path: Path) -> None:
    call("run", *TINY, "--quiet", "--name", "a")
    answer = call("figure", "loss", "-o", str(tmp_path / "a.png"))
    assert (answer.code, answer.out, answer.err) == (0, "", f"from {runs / 'a'}\n")
    answer = call("figure", "planes")
    assert "features W_j" in answer.out and answer.err == f"from {runs / 'a'}\n"


def test_an_animation_says_how_many_frames_are_drawn(call: Caller, runs: Path, tmp_path: Path) -> None:
    call("run", *TINY, "--quiet", "--name", "a")
    answer = call("figure", "animation", "--from", "a", "-o", str(tmp_path / "a.gif"))
    said = [re.fullmatch(r"(\d+) of (\d+) frames", line) for line in answer.err.splitlines()]
    assert answer.code == 0 and all(said)
    done = [int(found[1]) for found in said if found]
    assert done[0] == 0 and done == sorted(done) and f"{done[-1]}" == said[-1][2]  # type: ignore[index]


def test_the_planes_can_be_of_another_step_than_the_last(call: Caller, runs: Path, tmp_path: Path) -> None:
    call("run", *TINY, "--quiet", "--name", "a")
    for step, shown in ((), "40 steps"), (("--step", "0"), "step 0 of 40"):
        target = tmp_path / f"{len(step)}.svg"
        assert call("figure", "planes", "--from", "a", *step, "-o", str(target)).code == 0
        assert f"  ·  {shown}  ·  " in target.read_text(encoding="utf-8")
    assert "step 0 " in call("figure", "planes", "--from", "a", "--step", "0").out
    refused = call("figure", "loss", "--from", "a", "--step", "0")
    assert_one_sentence(refused, 2, "loss is not of one step, so none can be named; two-circles and planes are.")


def test_on_a_terminal_the_frames_are_counted_on_one_line_which_is_gone_in_the_end(
    runs: Path, tmp_path: Path, call: Caller
) -> None:
    call("run", *TINY, "--quiet", "--name", "a")
    words = [*COMMAND, "figure", "animation", "--from", "a", "-o", str(tmp_path / "a.gif")]
    with Terminal(words, 80, 24) as terminal:
        assert terminal.ended() == 0
        assert not terminal.text.strip()
    assert (tmp_path / "a.gif").exists()


@pytest.mark.parametrize("name", ["planes", "two-circles", "animation"])
def test_why_there_is_no_frame_ends_in_one_full_stop(call: Caller, runs: Path, tmp_path: Path, name: str) -> None:
    call("run", *TINY, "--quiet", "--name", "a")
    meta = json.loads((runs / "a" / "meta.json").read_text(encoding="utf-8"))
    (runs / "a" / "meta.json").write_text(json.dumps(meta | {"data_sha256": "0"}), encoding="utf-8")
    out = str(tmp_path / ("a.gif" if name == "animation" else "a.svg"))
    answer = call("figure", name, "--from", "a", "-o", out)
    assert answer.code
    assert answer.err.endswith("Start a new run.\n")


def test_refusals_are_one_sentence(call: Caller, swept: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "a.svg")
    call("run", *TINY, "--quiet", "--name", "a")
    assert_one_sentence(call("figure", "nroms"), 2, "Did you mean 'norms'?")
    assert_one_sentence(call("figure", "norms", "--from", "a", "-o", out), 2, "a is a run, and norms is drawn from")
    assert_one_sentence(call("figure", "norms", "--from", "a"), 2, "a is a run, and norms is drawn from")
    assert_one_sentence(call("figure", "loss", "--from", "made-up"), 2, "made-up is a sweep")
    assert_one_sentence(call("figure", "t-by-m", "--from", "made-up", "-o", out), 2, "model.n_hidden does not vary")
    assert_one_sentence(call("figure", "norms", "--from", "b", "-o", out), 3, "there is no such sweep")
    assert_one_sentence(call("figure", "t-by-m", "-o", out), 3, "`sdd sweep run t-by-m-quick` makes one")
    assert_one_sentence(call("figure", "norms", "--from", "made-up", "-o", "a.jpg"), 2, ".png, .svg or .pdf")
    assert_one_sentence(call("figure", "norms", "--from", "made-up", "-o", str(tmp_path / "x" / "a.svg")), 7, "written")
    assert not (tmp_path / "a.svg").exists()


def test_without_a_sweep_of_one_s_own_the_results_that_come_with_the_program_are_drawn(
    call: Caller, runs: Path, tmp_path: Path
) -> None:
    drawn = call("figure", "norms", "-o", str(tmp_path / "norms.svg"))
    assert drawn.code == 0 and "verified/paper/double-descent" in drawn.err
    assert (tmp_path / "norms.svg").stat().st_size > 10_000


def test_without_matplotlib_it_says_what_to_install(
    call: Caller, swept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdd_tui.figures.rendering.find_spec", lambda name: None)
    answer = call("figure", "norms", "--from", "made-up", "-o", str(tmp_path / "a.svg"))
    assert_one_sentence(answer, 2, "pip install 'sdd-tui[figures]'")
    assert call("figure", "norms", "--from", "made-up").code == 0


def test_only_a_file_needs_matplotlib_and_none_needs_pyplot_or_an_engine(swept: Path, tmp_path: Path) -> None:
    for args in (["--list"], ["norms", "--from", "made-up"]):
        assert not imported("figure", *args) & {"torch", "numba", "textual", "matplotlib"}
    found = imported("figure", "norms", "--from", "made-up", "-o", str(tmp_path / "a.svg"), whole=True)
    assert "matplotlib.figure" in found
    assert not found & {"torch", "numba", "textual", "plotext", "matplotlib.pyplot"}


def test_a_figure_is_not_written_over_what_is_there_unless_it_is_forced(
    call: Caller, swept: Path, tmp_path: Path
) -> None:
    words = ("figure", "norms", "--from", "made-up", "-o")
    (tmp_path / "a.svg").write_text("mine")
    assert_one_sentence(call(*words, str(tmp_path / "a.svg")), 5, "is there already. Add --force")
    assert (tmp_path / "a.svg").read_text() == "mine"
    assert call(*words, str(tmp_path / "a.svg"), "--force").code == 0
    assert "made-up" in (tmp_path / "a.svg").read_text()
    os.mkfifo(tmp_path / "b.svg")
    assert_one_sentence(call(*words, str(tmp_path / "b.svg"), "--force"), 2, "is a device or a pipe")
    assert (tmp_path / "b.svg").is_fifo()
