from __future__ import annotations

import errno
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdd_tui.engine.interface import State, Tensors
from sdd_tui.errors import DamagedError
from sdd_tui.run import checkpoint
from tests.run.helpers import refuse

SHAPE = (2, 7)


def state(step: int = 5, dtype: type = np.float32, untied: bool = False, kind: str = "relu") -> State:
    rng = np.random.default_rng(step)

    def draw() -> Tensors:
        arrays: list[Any] = [rng.standard_normal((1, *shape)).astype(dtype) for shape in (SHAPE, SHAPE, (7,))]
        W, V, b = arrays
        return Tensors(W, b, V if untied else None)

    return State(draw(), draw(), draw(), kind, step, kind)  # type: ignore[arg-type]


def everything(state: State) -> list[tuple[str, bytes]]:
    return [
        (f"{a.dtype} {n}", a.tobytes())
        for t in (state.params, state.first, state.second)
        for n, a in t.arrays().items()
    ]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("untied", [False, True])
@pytest.mark.parametrize("kind", ["relu", "linear"])
def test_what_is_saved_is_loaded_to_the_bit(tmp_path: Path, dtype: type, untied: bool, kind: str) -> None:
    before = state(dtype=dtype, untied=untied, kind=kind)
    checkpoint.save(tmp_path, before, 1.25, set())
    after, seconds = checkpoint.load(tmp_path, 5, SHAPE, not untied)
    assert everything(after) == everything(before)
    assert (after.step, after.output, after.hidden, after.tied, seconds) == (5, kind, kind, not untied, 1.25)


def test_the_newest_and_the_kept_ones_stay(tmp_path: Path) -> None:
    for step in (0, 1, 2, 3, 4):
        checkpoint.save(tmp_path, state(step), 0.0, {1, 3})
    assert checkpoint.steps(tmp_path) == [1, 3, 4]
    assert len(list((tmp_path / "checkpoints").iterdir())) == 3


def test_the_newest_is_known_by_more_than_its_step(tmp_path: Path) -> None:
    assert checkpoint.newest(tmp_path) is None
    checkpoint.save(tmp_path, state(4), 0.0, set())
    first = checkpoint.newest(tmp_path)
    checkpoint.save(tmp_path, state(4), 0.0, set())
    second = checkpoint.newest(tmp_path)
    assert first is not None and second is not None
    assert first != second and first[0] == second[0] == 4
    checkpoint.path_of(tmp_path, 9).symlink_to("nowhere")
    assert (checkpoint.newest(tmp_path) or (0,))[0] == 9


def test_no_checkpoints_is_none(tmp_path: Path) -> None:
    assert checkpoint.steps(tmp_path) == []


def test_what_a_kill_left_behind_is_no_checkpoint_and_does_not_pile_up(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, state(1), 0.0, set())
    (tmp_path / "checkpoints" / ".new").write_bytes(b"half")
    assert checkpoint.steps(tmp_path) == [1]
    checkpoint.save(tmp_path, state(2), 0.0, set())
    assert [p.name for p in (tmp_path / "checkpoints").iterdir()] == ["step-000000002.safetensors"]


def test_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, state(untied=True), 1.5, set())
    path = checkpoint.path_of(tmp_path, 5)
    whole = path.read_bytes()
    rng = random.Random(1)
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        try:
            after, seconds = checkpoint.load(tmp_path, 5, SHAPE, False)
        except DamagedError:
            continue
        assert (everything(after), seconds) == (everything(state(untied=True)), 1.5), at  # white space in the header


def test_a_cut_file_is_damage_wherever_it_is_cut(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, state(), 0.0, set())
    path = checkpoint.path_of(tmp_path, 5)
    whole = path.read_bytes()
    for size in range(0, len(whole), 7):
        path.write_bytes(whole[:size])
        with pytest.raises(DamagedError):
            checkpoint.load(tmp_path, 5, SHAPE, True)


def test_another_shape_is_damage_and_says_which(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, state(), 0.0, set())
    with pytest.raises(DamagedError, match=r"2×7.*3×7"):
        checkpoint.load(tmp_path, 5, (3, 7), True)
    with pytest.raises(DamagedError, match="another model"):
        checkpoint.load(tmp_path, 5, SHAPE, False)


def test_a_file_under_another_step_s_name_is_damage(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, state(5), 0.0, set())
    checkpoint.path_of(tmp_path, 5).rename(checkpoint.path_of(tmp_path, 6))
    with pytest.raises(DamagedError):
        checkpoint.load(tmp_path, 6, SHAPE, True)


def test_the_advice_names_the_checkpoint_before(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, state(1000), 0.0, {1000})
    checkpoint.save(tmp_path, state(2000), 0.0, {1000})
    checkpoint.path_of(tmp_path, 2000).write_bytes(b"")
    with pytest.raises(DamagedError, match="from step 1,000"):
        checkpoint.load(tmp_path, 2000, SHAPE, True)


@pytest.mark.parametrize("number", [errno.EACCES, errno.ESTALE, errno.EIO])
def test_checkpoints_that_cannot_be_seen_are_damage_and_not_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    checkpoint.save(tmp_path, state(7), 0.0, set())
    refuse(monkeypatch, tmp_path, number, "iterdir", "lstat")
    for ask in (checkpoint.steps, checkpoint.newest):
        with pytest.raises(DamagedError, match="can't be read"):
            ask(tmp_path)


def test_a_newest_checkpoint_that_cannot_be_looked_at_is_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint.save(tmp_path, state(7), 0.0, set())
    refuse(monkeypatch, tmp_path, errno.EIO, "lstat")
    with pytest.raises(DamagedError, match=r"step-000000007.*can't be read"):
        checkpoint.newest(tmp_path)
