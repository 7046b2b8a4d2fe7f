"""`sdd export` as people call it: names, places, what is wrong, and what stays of an interrupted one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from sdd_tui.export import formats
from tests.cli.helpers import COMMAND, TINY, Answer, Caller, assert_one_sentence
from tests.sweep.synthetic import synthetic
from tests.waiting import PATIENCE_S

FORMATS = [name for name, f in formats.FORMATS.items() if f.library is None or find_spec(f.library)]
QUICK = [name for name in FORMATS if name != "wandb"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to stand in."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def run(call: Caller, runs: Path) -> Path:
    assert call("run", *TINY, "--name", "a", "--quiet").code == 0
    return runs / "a"


@pytest.mark.parametrize("name", QUICK)
def test_the_export_lies_here_under_the_run_s_name_and_is_not_overwritten(
    call: Caller, here: Path, run: Path, name: str
) -> None:
    answer = call("export", "a", "--to", name)
    assert (answer.code, answer.err) == (0, "")
    made = here / answer.out.strip()
    assert made.name.startswith("a") and list(here.iterdir()) == [made]
    before = made.stat()
    assert_one_sentence(call("export", "a", "--to", name), 5, "is there already. Add --force")
    assert made.stat() == before
    assert call("export", "a", "--to", name, "--force").code == 0
    assert made.stat().st_ino != before.st_ino
    assert list(here.iterdir()) == [made]
    assert call("export", "latest", "--to", name, "-o", "other").out == "other\n"


def test_a_sweep_and_its_cells_are_named_alike(call: Caller, here: Path, runs: Path, run: Path) -> None:
    folder = synthetic(runs, 2, 2)
    assert call("export", "made-up", "--to", "csv").out == "made-up.csv\n"
    assert call("export", str(folder), "--to", "csv", "-o", "b.csv").out == "b.csv\n"
    assert (here / "b.csv").read_text().count("\n") == 5
    (folder / "cells").mkdir(exist_ok=True)
    shutil.copytree(run, folder / "cells" / "T=3,seed=0")
    assert call("export", "made-up/T=3,seed=0", "--to", "csv").out == "made-up-T=3,seed=0.csv\n"


def test_planes_that_a_sweep_has_lost_are_named_and_the_rest_is_written(call: Caller, here: Path, runs: Path) -> None:
    synthetic(runs, 1, 2)
    answer = call("export", "made-up", "--to", "npz")
    assert answer.code == 6
    assert answer.out == "made-up.npz\n"
    assert answer.err.splitlines() == [f"T=3,seed={i}: there is no run here." for i in (0, 1)]
    with np.load(here / "made-up.npz") as found:
        assert found["cells/test_loss"].tolist() == [1.0, 1 + 1 / 3]


@pytest.mark.parametrize("what", ["nothing", "./nothing", "../\x1b[31m", "x" * 5_000, "./" + "x" * 5_000, ""])
def test_what_is_neither_a_run_nor_a_sweep_is_not_found(call: Caller, here: Path, what: str) -> None:
    assert_one_sentence(call("export", what, "--to", "csv"), 3)
    assert list(here.iterdir()) == []


def test_a_directory_that_is_neither_is_not_found(call: Caller, here: Path) -> None:
    assert_one_sentence(call("export", str(here), "--to", "csv"), 3, "not a run")


def test_an_unknown_format_is_refused(call: Caller, run: Path) -> None:
    assert_one_sentence(call("export", "a", "--to", "parket"), 2, "Did you mean 'parquet'?")
    assert_one_sentence(call("export", "a", "--to", "\x1b[31m"), 2, "There are csv, parquet")


@pytest.mark.parametrize(("name", "library"), [(n, f.library) for n, f in formats.FORMATS.items() if f.library])
def test_a_missing_library_is_one_sentence_with_what_installs_it(
    call: Caller, here: Path, run: Path, monkeypatch: pytest.MonkeyPatch, name: str, library: str
) -> None:
    (here / library).mkdir()  # a folder of that name is not the library
    hidden = [p for p in sys.path if not (Path(p) / library / "__init__.py").exists()]
    monkeypatch.setattr(sys, "path", [str(here), *hidden])
    for module in [m for m in sys.modules if m.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, module)
    answer = call("export", "a", "--to", name)
    assert_one_sentence(answer, 3, f"the package {library} is not installed; pip install 'sdd-tui[export]' does it")


@pytest.mark.parametrize("name", QUICK)
def test_a_growing_run_is_exported_as_far_as_it_is(call: Caller, here: Path, run: Path, name: str) -> None:
    status = json.loads((run / "status.json").read_text())
    (run / "status.json").write_text(json.dumps(status | {"state": "running", "pid": os.getpid()}))
    with (run / "metrics.jsonl").open("ab") as file:
        file.write(b'{"step": 41, "train_lo')  # not yet
    with (run / "frames.bin").open("ab") as file:
        file.write(b"\x29\0\0\0")
    shutil.rmtree(run / "checkpoints")
    answer = call("export", "a", "--to", name)
    assert (answer.code, answer.err) == (0, "")


@pytest.mark.parametrize(
    ("file", "damage", "words"),
    [
        ("metrics.jsonl", b"nonsense\n{}\n", "metrics.jsonl: 2 lines can't be read"),
        ("events.jsonl", b"nonsense\n", "events.jsonl: 1 line can't be read"),
        ("meta.json", b"{", "meta.json: "),
        ("status.json", b"[]", "status.json: "),
        ("config.toml", b"\xff", "config.toml: "),
        ("frames.bin", b"x" * 5_000, "frames.bin: its header can't be read"),
    ],
    ids=["metrics", "events", "meta", "status", "config", "frames"],
)
@pytest.mark.parametrize("name", QUICK)
def test_what_is_damaged_is_named_and_the_rest_is_written(
    call: Caller, here: Path, run: Path, name: str, file: str, damage: bytes, words: str
) -> None:
    (run / file).write_bytes(damage)
    answer = call("export", "a", "--to", name)
    unused = {"config.toml": ("csv",), "frames.bin": ("csv", "parquet", "tensorboard")}
    if name in unused.get(file, ()):
        assert (answer.code, answer.err) == (0, "")
    else:
        assert answer.code == 6
        assert words in answer.err
        assert "Traceback" not in answer.err
    assert (here / answer.out.strip()).exists()
    if name == "npz":
        with np.load(here / "a.npz") as found:
            frames = len(found["frames/W"]) if "frames/W" in found else 0
            assert (frames > 0) == (file not in ("config.toml", "frames.bin"))
            assert (found["metrics/step"].size > 0) == (file != "metrics.jsonl")


def test_a_sweep_s_damaged_file_is_exit_code_6(call: Caller, here: Path, runs: Path) -> None:
    folder = synthetic(runs, 1, 1)
    (folder / "sweep.toml").write_bytes(b"\xff")
    assert_one_sentence(call("export", "made-up", "--to", "csv"), 6, "sweep.toml")
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_full_disk_is_one_sentence_and_nothing_stays(
    call: Caller,
    disk: Path,
    run: Path,
    name: str,
) -> None:
    room = shutil.disk_usage(disk).free
    (disk / "filler").write_bytes(bytes(room - 4_096))
    answer = call_apart("export", str(run), "--to", name, "-o", str(disk / "x"))
    assert_one_sentence(answer, 7)
    assert [p.name for p in disk.iterdir()] == ["filler"]


@pytest.mark.parametrize("name", QUICK)
def test_a_place_that_can_t_be_written_is_one_sentence(call: Caller, here: Path, run: Path, name: str) -> None:
    assert_one_sentence(call("export", "a", "--to", name, "-o", "no/x"), 7, "its directory is not there")
    assert_one_sentence(call("export", "a", "--to", name, "-o", "/proc/x"), 7, "can't be written")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_export_leaves_nothing(here: Path, run: Path, number: int) -> None:
    code = (
        "import sys, time; from sdd_tui.export import table; from sdd_tui.cli.app import main\n"
        "def slow(contents, path):\n    path.write_text('half'); print('half', flush=True); time.sleep(600)\n"
        "table.to_csv = slow; main()"
    )
    command = [sys.executable, "-c", code, "export", str(run), "--to", "csv"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "half\n"
        assert len(list(here.iterdir())) == 1
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 130
    assert list(here.iterdir()) == []


def test_hostile_text_in_a_run_does_not_reach_the_terminal_raw(call: Caller, here: Path, run: Path) -> None:
    hostile = "a\x1b[31m\udcff\n"
    with (run / "events.jsonl").open("a") as file:
        file.write(json.dumps({"step": 40, "kind": hostile, "text": hostile}) + "\n")
    moved = run.rename(run.parent / hostile)
    for name in QUICK:
        answer = call("export", str(moved), "--to", name)
        assert answer.code == 0, answer.err
        assert (answer.out + answer.err).replace("\n", "").isprintable()
    assert all(p.name.isprintable() for p in here.iterdir())


def call_apart(*args: str) -> Answer:
    """`sdd` in a process of its own, which may take longer on a busy machine."""
    done = subprocess.run([*COMMAND, *args], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    return Answer(done.returncode, done.stdout, done.stderr)
