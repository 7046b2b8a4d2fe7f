"""What all tests share: which of them are slow, how many go on at once, and where runs go."""

from __future__ import annotations

import gc
import os
import pwd
import signal
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from sdd_tui.engine.devices import gpu_problem

with suppress(ImportError):  # a node where only the GPU is checked has no Hypothesis
    from hypothesis import HealthCheck, settings

    settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("any machine")  # how long it takes to make an input says how busy the machine is

for number, usual in (signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL):
    if signal.getsignal(number) is signal.SIG_IGN:  # under nohup, or in the background of a script
        signal.signal(number, usual)  # else what tests start would ignore them too

os.environ.setdefault("OMP_NUM_THREADS", "1")  # torch's threads would fight over the cores that the workers share
if gpu_problem():  # before anything imports Triton, which looks at it as it defines its functions
    os.environ.setdefault("TRITON_INTERPRET", "1")


SLOW = (
    "engine/test_conformance.py", "engine/test_fused_cuda", "tui/test_terminal_given_back.py", "tui/test_hangup.py",
    "gpu/", "engine/test_options.py", "paper/test_broken.py", "tui/test_damage.py", "cli/test_live.py",
    "test_packaging.py", "sweep/test_kill.py", "tui/test_command.py", "engine/test_fresh.py", "tui/test_week.py",
    "training/test_kill.py", "sweep/test_local.py", "sweep/test_batches.py", "sweep/slurm/test_task.py",
    "sweep/test_slots.py", "training/test_branch.py", "export/test_wandb.py", "figures/",
    "cli/test_export.py", "cli/test_import_hygiene.py", "cli/verify/test_command.py", "cli/test_figure.py",
    "cli/test_data.py", "cli/test_room.py", "cli/test_streams.py", "engine/test_cache.py", "cli/sweep/test_commands.py",
    "test_encoding.py", "test_docs.py", "run/test_liveness.py", "notebook/test_train.py", "tui/",
)  # fmt: skip
"""Tests that open the app, start processes, or train, compile or interpret kernels for seconds: nine tenths of the
time. `make test` begins with the longest, so that none is waited for at the end; `make check` leaves them out.
First come those that compile kernels for others, beside some that need none: two workers would compile the same twice.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow ones first, then the files with the most tests: at the end no worker waits for another. Each file in one
    piece."""
    many = Counter(item.path for item in items)

    def rank(item: pytest.Item) -> int:
        path = item.path.relative_to(Path(__file__).parent).as_posix()
        return next((at for at, beginning in enumerate(SLOW) if path.startswith(beginning)), len(SLOW))

    for item in items:
        if rank(item) < len(SLOW):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: (rank(item), -many[item.path] if rank(item) == len(SLOW) else 0, item.path))


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it for garbage takes longer than many a test. Nor is what is new looked
    through as often as Python does by itself: a fifth of the time of the app's tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 100)


def pytest_sessionfinish() -> None:
    """One look for garbage instead of pytest's five, which it takes two seconds for: what is left is not looked at."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for a process of their own."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runs directory of the test's own, also for the processes it starts."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("SDD_RUNS_DIR", str(folder))
    return folder


@pytest.fixture
def no_home(own_settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No HOME, and no entry in passwd: as in a container under a number that nobody has."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


@pytest.fixture
def touched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every file that this process opens and every directory that it lists, from now on: how much work a look at the
    disk is, on any machine."""
    paths: list[str] = []
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_follow)  # for good: Python has no way to take one back
    monkeypatch.setattr(sys.modules[__name__], "_touched", paths)
    return paths


_hooked: list[bool] = []
_touched: list[str] | None = None


def _follow(event: str, values: tuple[object, ...]) -> None:
    if _touched is not None and event in ("open", "os.listdir", "os.scandir"):
        _touched.append(str(values[0]))


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and memory of the test's own, also for the processes it starts."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    return home
