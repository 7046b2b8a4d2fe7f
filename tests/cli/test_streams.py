"""Nobody reads the words, or the data: a run is never lost to it, and a shell is told what it expects."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sdd_tui.run.index import list_runs
from sdd_tui.run.status import read_status
from sdd_tui.sweep.directory import list_sweeps
from sdd_tui.sweep.progress import SweepReader
from tests.cli.helpers import COMMAND, TINY, Answer, Caller
from tests.paper.helpers import tiny_plan

UNREADABLE = ["closed", "full", "pipe"]
REDIRECTION = {"closed": "{}>&-", "full": "{}>/dev/full", "pipe": ""}
SWEEP = ("double-descent-quick", "n=20", "S=0.8", "data.n_test=10", "steps=40", "T=3", "seed=0")


def sdd(*args: str, stream: int, trouble: str) -> Answer:
    """`sdd` with one of its streams in trouble: closed, on a full disk, or a pipe whose reader has ended."""
    return answered([*COMMAND, *args], stream, trouble)


def answered(line: list[str], stream: int, trouble: str) -> Answer:
    """What a command line answers then."""
    command = ["sh", "-c", f'exec "$@" {REDIRECTION[trouble].format(stream)}', "sh", *line]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        if trouble == "pipe":
            broken = process.stdout if stream == 1 else process.stderr
            assert broken is not None
            broken.close()
            process.stdout, process.stderr = (None, process.stderr) if stream == 1 else (process.stdout, None)
        out, words = process.communicate(timeout=300)
    return Answer(process.returncode, out or "", words or "")


@pytest.mark.parametrize("trouble", UNREADABLE)
def test_a_run_whose_progress_nobody_reads_comes_to_its_end(runs: Path, trouble: str) -> None:
    answer = sdd("run", *TINY, "--name", "a", "--json", stream=2, trouble=trouble)
    assert answer.code == 0
    assert read_status(runs / "a")["state"] == "finished"
    assert '"run": "a"' in answer.out


def test_neither_do_resume_branch_and_sweep_mind(call: Caller, runs: Path) -> None:
    assert call("run", *TINY, "--name", "a", "--quiet").code == 0
    assert sdd("resume", "a", stream=2, trouble="full").code == 0
    assert sdd("branch", "a", "--step", "3", "--name", "b", stream=2, trouble="full").code == 0
    assert sdd("sweep", "run", *SWEEP, "--name", "s", stream=2, trouble="full").code == 0
    assert {run.state for run in list_runs(runs)} == {"finished"}
    assert SweepReader(runs / "s").poll().state == "finished"


@pytest.mark.parametrize("trouble", UNREADABLE)
def test_a_verification_whose_words_nobody_reads_trains_and_judges(runs: Path, tmp_path: Path, trouble: str) -> None:
    plan = tiny_plan(tmp_path, {"T": [3], "seed": [0, 1]})
    code = (
        "from tests.paper.helpers import *\n"
        "from sdd_tui.paper import claims as known\n"
        f"known.TIERS['quick'] = (claim_of(NeededSweep({plan.preset!r}, ())),)\n"
        "from sdd_tui.cli.app import main\n"
        "main()\n"
    )
    answer = answered([sys.executable, "-c", code, "verify", "--quick", "--json"], 2, trouble)
    assert answer.code == 0
    assert '"holds": true' in answer.out
    (folder,) = list_sweeps(runs)
    assert SweepReader(folder).poll().state == "finished"


def test_bad_usage_is_exit_code_2_though_nobody_is_told(runs: Path) -> None:
    assert sdd("ls", "--nonsense", stream=2, trouble="pipe").code == 2


def test_a_run_on_a_pipe_that_nobody_reads_is_whole_and_ends_as_a_pipe_does(runs: Path) -> None:
    line = f"{' '.join(COMMAND)} run {' '.join(TINY)} --name a 2>&1 | true; exit ${{PIPESTATUS[0]}}"
    assert subprocess.run(["bash", "-c", line], check=False, timeout=300).returncode == 141
    assert read_status(runs / "a")["state"] == "finished"


@pytest.mark.parametrize(
    ("command", "trouble"),
    [*((("ls", "--json"), trouble) for trouble in UNREADABLE), (("--help",), "full"), (("watch", "a"), "pipe")],
)
def test_data_that_can_t_be_written_is_one_sentence_or_the_quiet_end_of_a_pipe(
    call: Caller, runs: Path, command: tuple[str, ...], trouble: str
) -> None:
    call("run", *TINY, "--name", "a", "--quiet")
    answer = sdd(*command, stream=1, trouble=trouble)
    why = {"closed": "bad file descriptor", "full": "no space left on device"}
    said = "" if trouble == "pipe" else f"sdd: stdout: can't be written ({why[trouble]}).\n"
    assert (answer.code, answer.err) == (141 if trouble == "pipe" else 7, said)


def test_a_run_whose_result_nobody_reads_is_kept(runs: Path) -> None:
    answer = sdd("run", *TINY, "--name", "a", stream=1, trouble="closed")
    assert answer.code == 7 and answer.err.splitlines()[-1].startswith("sdd: stdout: ")
    assert read_status(runs / "a")["state"] == "finished"


@pytest.mark.parametrize("trouble", ["closed", "full"])
def test_a_worker_ends_with_its_own_code_where_its_log_is_full(tmp_path: Path, trouble: str) -> None:
    command = f'exec "$@" {REDIRECTION[trouble].format(2)}'
    worker = [sys.executable, "-m", "sdd_tui.sweep.worker", str(tmp_path), "--session=a"]
    assert subprocess.run(["sh", "-c", command, "sh", *worker], check=False, timeout=300).returncode == 6


def test_a_file_never_takes_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    code = (
        "import os; from sdd_tui.streams import open_output, open_words; open_words(); open_output();"
        "assert os.open('file', os.O_WRONLY | os.O_CREAT) > 2; os.write(1, b'x')"
    )
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&- >&-', "sh", sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Bad file descriptor" in done.stderr
    assert (tmp_path / "file").read_bytes() == b""


def test_a_stream_that_would_have_to_wait_is_waited_for() -> None:
    code = "from sdd_tui.streams import answer; answer('sdd', lambda: print('x' * 300_000))"
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with subprocess.Popen([sys.executable, "-c", code], stdout=writing) as process, os.fdopen(reading, "rb") as out:
        os.close(writing)
        assert len(out.read()) == 300_001
    assert process.returncode == 0
