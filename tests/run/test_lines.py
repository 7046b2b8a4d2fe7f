from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdd_tui.errors import DamagedError
from sdd_tui.run.layout import append_line
from sdd_tui.run.lines import LONGEST, Lines, cut, parse


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "metrics.jsonl"


def write(path: Path, *steps: int) -> None:
    for step in steps:
        append_line(path, {"step": step})


def steps_of(rows: list[dict[str, object]]) -> list[object]:
    return [row["step"] for row in rows]


def test_only_what_is_new_is_read(path: Path) -> None:
    lines = Lines(path)
    assert lines.poll() == (False, [])
    write(path, 0, 1)
    assert steps_of(lines.poll()[1]) == [0, 1]
    assert lines.poll() == (False, [])
    write(path, 2)
    assert lines.poll() == (False, [{"step": 2}])


def test_half_a_line_means_not_yet(path: Path) -> None:
    lines = Lines(path)
    path.write_text('{"step": 0}\n{"st')
    assert steps_of(lines.poll()[1]) == [0]
    with path.open("a") as file:
        file.write('ep": 1}\n')
    assert steps_of(lines.poll()[1]) == [1]
    assert lines.bad == 0


def test_a_file_cut_back_is_noticed(path: Path) -> None:
    write(path, 0, 1, 2)
    lines = Lines(path)
    lines.poll()
    cut(path, 1)
    assert lines.poll() == (True, [{"step": 0}, {"step": 1}])


def test_a_file_cut_back_and_grown_again_is_noticed(path: Path) -> None:
    write(path, 0, 1, 2)
    lines = Lines(path)
    lines.poll()
    cut(path, 0)
    write(path, 5, 6, 7)
    void, rows = lines.poll()
    assert void
    assert steps_of(rows) == [0, 5, 6, 7]


def test_a_replaced_file_is_noticed(path: Path) -> None:
    write(path, 0, 1)
    lines = Lines(path)
    lines.poll()
    write(path.with_name("other"), 0, 1, 2)
    path.with_name("other").replace(path)
    void, rows = lines.poll()
    assert void
    assert steps_of(rows) == [0, 1, 2]


def test_a_file_that_vanishes_is_noticed(path: Path) -> None:
    write(path, 0)
    lines = Lines(path)
    lines.poll()
    path.unlink()
    assert lines.poll() == (True, [])
    assert lines.poll() == (False, [])


def test_a_bad_line_is_skipped_and_counted(path: Path) -> None:
    path.write_bytes(b'{"step": 0}\nnonsense\n[1]\n{"step": "2"}\n{"step": 3}\n')
    lines = Lines(path)
    assert steps_of(lines.poll()[1]) == [0, 3]
    assert lines.bad == 3


def test_a_long_file_is_read_in_pieces(path: Path) -> None:
    write(path, *range(100))
    lines = Lines(path)
    found: list[object] = []
    while rows := lines.poll(most_bytes=64)[1]:
        found += steps_of(rows)
    assert found == list(range(100))


@settings(deadline=None)
@given(st.binary())
def test_any_line_is_a_row_or_nothing(line: bytes) -> None:
    row = parse(line)
    assert row is None or isinstance(row["step"], int)


@pytest.mark.parametrize("line", [b'{"step": 1' + b"0" * 400 + b"}", b'{"step": true}', b"[" * 100_000, b"\xff\xfe"])
def test_a_hostile_line_is_no_row(line: bytes) -> None:
    assert parse(line) is None


def test_cutting_keeps_the_lines_up_to_a_step_and_returns_the_last(path: Path) -> None:
    write(path, 0, 1, 1, 2)
    with path.open("a") as file:
        file.write('{"st')
    assert cut(path, 1) == {"step": 1}
    assert path.read_text() == '{"step": 0}\n{"step": 1}\n{"step": 1}\n'


def test_cutting_what_is_not_there_is_nothing(path: Path) -> None:
    assert cut(path, 5) == {}
    assert not path.exists()


@pytest.mark.parametrize("text", ['{"step": 0}\nx\n{"step": 2}\n', '{"step": 2}\n{"step": 1}\n', '{"step": -1}\n'])
def test_cutting_refuses_damage_and_changes_nothing(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(DamagedError, match="line"):
        cut(path, 9)
    assert path.read_text() == text


@pytest.mark.parametrize("steps", [[], [0], [0, 2], [1]])
def test_cutting_refuses_gaps(path: Path, steps: list[int]) -> None:
    write(path, *steps)
    with pytest.raises(DamagedError, match="missing"):
        cut(path, 1, [0, 1])


def test_lines_are_read_a_piece_at_a_time_and_what_is_left_is_told(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(
        b"".join(b'{"step": %d}\n' % i for i in range(1000)) + b'{"step": 1000, "x": "' + b"y" * 900 + b'"}\n'
    )
    lines = Lines(path)
    found: list[int] = []
    polls = 0
    while polls == 0 or lines.behind:
        found += [row["step"] for row in lines.poll(most_bytes=300)[1]]
        polls += 1
    assert found == list(range(1001))
    assert polls > 40


def test_two_lines_that_are_only_whole_together_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b'{"step": 1}, {"step": 2}\n{"step": 3, "x": [1\n2]}\n{"step": 4}\n')
    lines = Lines(path)
    assert lines.poll() == (False, [{"step": 4}])
    assert lines.bad == 3


def all_new(lines: Lines) -> list[object]:
    """The steps of all that can be read now, in ten polls at most."""
    found: list[object] = []
    for _ in range(10):
        found += steps_of(lines.poll()[1])
        if not lines.behind:
            return found
    raise AssertionError("it goes on for ever")


@pytest.mark.parametrize("size", [LONGEST - 1, LONGEST, LONGEST + 1, 3 * LONGEST + 5])
@pytest.mark.parametrize("ended", [True, False])
def test_a_line_longer_than_any_of_ours_is_passed_over_once(path: Path, size: int, ended: bool) -> None:
    path.write_bytes(b'{"step": 1}\n' + b"x" * size + (b'\n{"step": 2}\n' if ended else b""))
    lines = Lines(path)
    assert all_new(lines) == ([1, 2] if ended else [1])
    assert lines.bad == (1 if ended or size >= LONGEST else 0)
    with path.open("ab") as file:
        file.write(b'\n{"step": 3}\n')
    assert all_new(lines) == [3]


def test_cutting_refuses_a_line_longer_than_any_of_ours(path: Path) -> None:
    path.write_bytes(b'{"step": 1}\n' + b"x" * LONGEST)
    with pytest.raises(DamagedError, match="line 2 can't be read"):
        cut(path, 5)
