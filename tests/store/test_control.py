from __future__ import annotations

from pathlib import Path

import pytest

from sdd_tui.errors import ConfigError
from sdd_tui.store import control


def test_requests_come_in_the_order_they_were_put(tmp_path: Path) -> None:
    for request in ("pause", "continue", "checkpoint", "stop"):
        control.ask(tmp_path, request)
    assert control.take(tmp_path) == ["pause", "continue", "checkpoint", "stop"]


def test_a_request_is_taken_once_and_kept_in_done(tmp_path: Path) -> None:
    path = control.ask(tmp_path, "stop")
    control.take(tmp_path)
    assert control.take(tmp_path) == []
    assert [p.name for p in (tmp_path / "control" / "done").iterdir()] == [path.name]


def test_no_folder_means_no_requests(tmp_path: Path) -> None:
    assert control.take(tmp_path) == []


@pytest.mark.parametrize(
    "junk", [b"", b"\xff\x00", b"[]", b'{"request": "explode"}', b'{"request": ["stop"]}', b"[" * 99_999]
)
def test_junk_is_put_aside_and_not_obeyed(tmp_path: Path, junk: bytes) -> None:
    control.ask(tmp_path, "pause")
    (tmp_path / "control" / "0.json").write_bytes(junk)
    assert control.take(tmp_path) == ["pause"]
    assert control.take(tmp_path) == []


def test_half_written_requests_and_other_files_are_left_alone(tmp_path: Path) -> None:
    control.ask(tmp_path, "pause")
    (tmp_path / "control" / ".1-stop.json").write_text('{"request": "stop"}')
    (tmp_path / "control" / "notes.txt").write_text("mine")
    assert control.take(tmp_path) == ["pause"]
    assert (tmp_path / "control" / "notes.txt").exists()


def test_only_known_requests_can_be_put(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="explode is not a request"):
        control.ask(tmp_path, "explode")
