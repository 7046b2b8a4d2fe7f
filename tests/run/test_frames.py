from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdd_tui.engine.interface import Tensors
from sdd_tui.errors import DamagedError
from sdd_tui.run.frames import HEADER, Format, FrameFile, cut, read_format


def params(step: int = 0, untied: bool = False) -> Tensors:
    W = np.arange(6, dtype=np.float32).reshape(1, 2, 3) + step
    return Tensors(W, np.full((1, 3), -step, np.float32), -W if untied else None)


def write(path: Path, steps: list[int], untied: bool = False, dtype: str = "f4") -> Format:
    form = Format.of(params(untied=untied), dtype)
    path.write_bytes(form.header() + b"".join(form.pack(s, params(s, untied)) for s in steps))
    return form


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "frames.bin"


@pytest.mark.parametrize("untied", [False, True])
@pytest.mark.parametrize("dtype", ["f4", "f2"])
def test_what_is_packed_is_read(path: Path, untied: bool, dtype: str) -> None:
    write(path, [0, 5, 9], untied, dtype)
    file = FrameFile(path)
    assert file.steps().tolist() == [0, 5, 9]
    step, arrays = file.read(1)
    assert step == 5
    assert set(arrays) == ({"W", "b", "V"} if untied else {"W", "b"})
    np.testing.assert_array_equal(arrays["W"], params(5).W[0])
    assert all(a.dtype == np.float32 for a in arrays.values())


def test_the_header_describes_the_records(path: Path) -> None:
    form = write(path, [3])
    head = json.loads(path.read_bytes()[:HEADER])
    assert (head["format"], head["version"], head["header_bytes"]) == ("sdd-frames", 1, HEADER)
    record = np.dtype([(f["name"], f["dtype"], tuple(f["shape"])) for f in head["fields"]])
    assert record.itemsize == head["record_bytes"] == form.record.itemsize
    row = np.frombuffer(path.read_bytes()[HEADER:], record)[0]
    assert row["step"] == 3
    np.testing.assert_array_equal(row["b"], params(3).b[0])


def test_half_a_record_means_not_yet(path: Path) -> None:
    form = write(path, [0, 1])
    whole = path.read_bytes()
    file = FrameFile(path)
    path.write_bytes(whole[: -form.record.itemsize // 2])
    assert file.steps().tolist() == [0]
    path.write_bytes(whole)
    assert file.steps().tolist() == [0, 1]


def test_half_a_header_means_not_yet(path: Path) -> None:
    write(path, [])
    path.write_bytes(path.read_bytes()[:100])
    assert FrameFile(path).steps().tolist() == []


def test_no_file_means_no_frames(path: Path) -> None:
    file = FrameFile(path)
    assert file.steps().tolist() == []
    with pytest.raises(DamagedError):
        file.read(0)


def test_a_file_cut_back_is_noticed(path: Path) -> None:
    write(path, [0, 1, 2])
    file = FrameFile(path)
    file.steps()
    cut(path, [0])
    assert file.steps().tolist() == [0]
    with pytest.raises(DamagedError, match="not there any more"):
        file.read(2)


def test_a_replaced_file_is_noticed(path: Path) -> None:
    write(path, [0, 1, 2])
    file = FrameFile(path)
    file.steps()
    write(path.with_name("other"), [0, 7, 8, 9])
    path.with_name("other").replace(path)
    assert file.steps().tolist() == [0, 7, 8, 9]


def test_a_file_that_vanishes_is_noticed(path: Path) -> None:
    write(path, [0, 1])
    file = FrameFile(path)
    file.steps()
    path.unlink()
    assert file.steps().tolist() == []


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=HEADER, max_size=HEADER))
def test_random_bytes_are_damage(header: bytes) -> None:
    with pytest.raises(DamagedError):
        read_format(header, Path("frames.bin"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"version": 1', '"version": 2'),
        ('"record_bytes": 44', '"record_bytes": 45'),
        ('"header_bytes": 1024', '"header_bytes": 1023'),
        ('"dtype": "<f4"', '"dtype": "|O8"'),
        ('"shape": [2, 3]', '"shape": [-2, 3]'),
        ('"shape": [2, 3]', '"shape": [2, 99999999999999999999]'),
        ('"name": "step"', '"name": "W"'),
        ('"name": "W"', '"name": "w"'),
    ],
)
def test_a_header_that_lies_is_damage(path: Path, old: str, new: str) -> None:
    header = write(path, []).header().decode()
    assert old in header
    with pytest.raises(DamagedError):
        read_format(header.replace(old, new).encode(), path)


def test_cutting_keeps_the_steps_asked_for(path: Path) -> None:
    form = write(path, [0, 1, 2, 3])
    path.write_bytes(path.read_bytes() + b"half")
    cut(path, [0, 1])
    assert FrameFile(path).steps().tolist() == [0, 1]
    assert path.stat().st_size == HEADER + 2 * form.record.itemsize


def test_cutting_everything_removes_the_file(path: Path) -> None:
    path.write_bytes(b"damaged")
    cut(path, [])
    cut(path, [])
    assert not path.exists()


@pytest.mark.parametrize("steps", [[0], [0, 2], [1, 0], [9, 0, 1], []])
def test_cutting_refuses_gaps_and_disorder_and_changes_nothing(path: Path, steps: list[int]) -> None:
    write(path, steps)
    before = path.read_bytes()
    with pytest.raises(DamagedError, match="missing"):
        cut(path, [0, 1])
    assert path.read_bytes() == before
