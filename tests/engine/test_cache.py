"""The kernel cache saves time where it can and is never in the way."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdd_tui.engine.fused_cpu import cache

EVERYTHING = """
import importlib, pkgutil, sdd_tui
for found in pkgutil.walk_packages(sdd_tui.__path__, "sdd_tui."):
    if not found.name.endswith(("fused_cuda", ".claims")) and ".fused_cuda." not in found.name:
        importlib.import_module(found.name)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "_problems", [])
    return tmp_path / "cache"


def doubled() -> bool:
    """Compile a kernel, or load it, and use it; whether it was loaded."""

    def double(a: Any) -> None:
        for i in range(len(a)):
            a[i] *= 2

    kernel, array = cache.kernel(double), np.arange(3.0)
    kernel(array)
    assert array.tolist() == [0, 2, 4]
    return bool(kernel.stats.cache_hits)


def kept(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file()]


def test_a_kernel_is_compiled_once(place: Path) -> None:
    assert not cache.compiled()
    assert [doubled(), doubled()] == [False, True]
    assert cache.compiled()
    assert len(kept(place)) == 1
    assert cache.problem() == ""


def damages() -> Iterator[Any]:
    yield pytest.param(lambda raw: b"", id="empty")
    yield pytest.param(lambda raw: raw[: len(raw) // 2], id="cut")
    yield pytest.param(lambda raw: raw + b"\0", id="too long")
    yield pytest.param(lambda raw: bytes(len(raw)), id="zeros")
    for share in (0, 0.01, 0.3, 0.6, 0.999):

        def flipped(raw: bytes, share: float = share) -> bytes:
            at = int(share * len(raw))
            return raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :]

        yield pytest.param(flipped, id=f"a bit flipped at {share:.1%}")


@pytest.mark.parametrize("damage", damages())
def test_a_damaged_kernel_is_thrown_away_and_compiled(place: Path, damage: Any) -> None:
    doubled()
    (path,) = kept(place)
    path.write_bytes(damage(path.read_bytes()))
    assert [doubled(), doubled()] == [False, True]
    assert kept(place) == [path]
    assert cache.problem() == ""


@pytest.mark.parametrize("kind", ["pipe", "device", "huge"])
def test_nothing_but_a_kernel_is_read_to_its_end(place: Path, kind: str) -> None:
    doubled()
    (path,) = kept(place)
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.touch()
        os.truncate(path, 1 << 40)  # it takes no room
    assert [doubled(), doubled()] == [False, True]
    assert kept(place) == [path]
    assert not path.is_symlink()
    assert cache.problem() == ""


def test_a_directory_in_a_kernel_s_place_is_one_sentence(place: Path) -> None:
    doubled()
    (path,) = kept(place)
    path.unlink()
    path.mkdir()
    assert not doubled()
    assert kept(place) == []
    assert "is a directory" in cache.problem()


def test_a_full_disk_means_compiling_each_time_and_one_sentence(place: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        assert [doubled(), doubled()] == [False, False]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert kept(place) == []
    assert cache.problem().startswith(f"{cache.cache_dir()}: can't be kept (file too large)")
    assert "NUMBA_CACHE_DIR" in cache.problem()


def test_a_place_that_can_not_be_one_means_compiling_each_time_and_one_sentence(place: Path) -> None:
    place.write_text("a file where the directory would be", encoding="utf-8")
    assert [doubled(), doubled()] == [False, False]
    assert not cache.compiled()
    assert "not a directory" in cache.problem()


def test_without_a_home_kernels_are_compiled_each_time_and_it_is_said(
    place: Path, no_home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [doubled(), doubled()] == [False, False]
    assert not cache.compiled()
    assert "no home directory" in cache.problem()


def test_importing_the_program_makes_nothing(tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
    home = tmp_path / "home"
    home.mkdir()
    env |= {"HOME": str(home), "NUMBA_CACHE_DIR": str(home / "kernels"), "MPLCONFIGDIR": str(tmp_path / "matplotlib")}
    subprocess.run([sys.executable, "-c", EVERYTHING], cwd=home, env=env, check=True, timeout=120)
    assert list(home.iterdir()) == []


def test_kernels_of_another_cpu_have_a_directory_of_their_own(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = cache.cache_dir()
    monkeypatch.setattr(cache.settings, "CPU_NAME", "x86-64-v2")
    cache._key.cache_clear()
    try:
        assert cache.cache_dir() != own
    finally:
        cache._key.cache_clear()


TRAINED = """
import hashlib
import numpy as np
from sdd_tui.engine.data import DataSource, Stream
from sdd_tui.engine.fused_cpu import FusedCPU, culling
from sdd_tui.engine.interface import State, Tensors
from tests.engine.conformance import Case
culling.CULLED_PAIRS = 0
n, T = 300, 700
W = np.random.default_rng(0).standard_normal((1, 2, n)).astype(np.float32)
engine = FusedCPU("float32", 1)
print(engine.needs_compiling())
state = engine.place(State.start(Tensors(W, np.zeros((1, n), np.float32), None), "relu"))
schedule = Case(n, 2, (T,), 0.98, True, "relu", (True,), (1e-2,), (0.01,), 0).schedule(30)
engine.advance(state, engine.load(DataSource(n, 0.98).draw(0, Stream.TRAIN, 0, T)), schedule, 30)
print(hashlib.sha256(state.params.W.tobytes()).hexdigest())
"""


def test_the_process_that_compiles_trains_the_same_bits_as_those_that_load(tmp_path: Path) -> None:
    """A resumed run goes on with kernels from disk. While kernels called each other, a compiling process took for some
    of them the code that they have by themselves, with other roundings than within their callers."""
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", TRAINED]
    (fresh, compiled), (kept, loaded) = (
        subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.split() for _ in range(2)
    )
    assert (fresh, kept) == ("True", "False") and compiled == loaded
