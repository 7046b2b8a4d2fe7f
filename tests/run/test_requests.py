from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from sdd_tui.errors import ConfigError
from sdd_tui.run import requests
from sdd_tui.run.layout import STATUS, replace_json
from sdd_tui.run.requests import Asked


def test_no_run_goes_to_a_step_beyond_its_end(tmp_path: Path) -> None:
    replace_json(tmp_path / STATUS, {"step": 5, "steps": 10})
    with pytest.raises(ConfigError, match=r"ends at step 10, before 11"):
        requests.ask(tmp_path, "run_to", 11)
    requests.ask(tmp_path, "run_to", 10)


def test_requests_come_in_the_order_they_were_put(tmp_path: Path) -> None:
    for request in ("pause", "continue", "checkpoint", "stop"):
        requests.ask(tmp_path, request)
    requests.ask(tmp_path, "run_to", 7)
    taken = requests.take(tmp_path)
    assert taken == [Asked("pause"), Asked("continue"), Asked("checkpoint"), Asked("stop"), Asked("run_to", 7)]


def test_a_request_is_taken_once_and_kept_in_done(tmp_path: Path) -> None:
    path = requests.ask(tmp_path, "stop")
    requests.take(tmp_path)
    assert requests.take(tmp_path) == []
    assert [p.name for p in (tmp_path / "control" / "done").iterdir()] == [path.name]


def test_no_folder_means_no_requests(tmp_path: Path) -> None:
    assert requests.take(tmp_path) == []


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\xff\x00",
        b"[]",
        b'{"request": "explode"}',
        b'{"request": ["stop"]}',
        b"[" * 99_999,
        b'{"request": "run_to"}',
        b'{"request": "run_to", "step": null}',
        b'{"request": "run_to", "step": -1}',
        b'{"request": "run_to", "step": 1.5}',
        b'{"request": "run_to", "step": true}',
        b'{"request": "run_to", "step": "9"}',
        b'{"request": "run_to", "step": 1e999}',
        b'{"request": "run_to", "step": NaN}',
        b'{"request": "run_to", "step": 9999999999999999999999}',
        b'{"request": "run_to", "step": ' + b"9" * 9_999 + b"}",
        b'{"request": "stop", "step": []}',
        b'{"request": "stop", "step": 3}',
    ],
    ids=range(18),
)
def test_junk_is_put_aside_and_not_obeyed(tmp_path: Path, junk: bytes) -> None:
    requests.ask(tmp_path, "pause")
    (tmp_path / "control" / "0.json").write_bytes(junk)
    assert requests.take(tmp_path) == [Asked("pause")]
    assert requests.take(tmp_path) == []


def test_half_written_requests_and_other_files_are_left_alone(tmp_path: Path) -> None:
    requests.ask(tmp_path, "pause")
    (tmp_path / "control" / ".1-stop.json").write_text('{"request": "stop"}')
    (tmp_path / "control" / "notes.txt").write_text("mine")
    assert requests.take(tmp_path) == [Asked("pause")]
    assert (tmp_path / "control" / "notes.txt").exists()


def test_only_known_requests_can_be_put(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="explode is not a request"):
        requests.ask(tmp_path, "explode")


@pytest.mark.parametrize(("request_", "step"), [("run_to", None), ("run_to", -1), ("run_to", 2**63), ("pause", 3)])
def test_a_step_goes_with_run_to_alone(tmp_path: Path, request_: str, step: int | None) -> None:
    with pytest.raises(ConfigError, match=f"^{request_} .*{step}"):
        requests.ask(tmp_path, request_, step)
    assert not (tmp_path / "control").exists()


@pytest.mark.parametrize(("text", "step"), [("5000", 5_000), ("5,000", 5_000), ("5_000", 5_000), ("5e3", 5_000)])
def test_a_step_is_asked_for_as_people_write_numbers(text: str, step: int) -> None:
    assert requests.asked_step(text) == step


@pytest.mark.parametrize("text", ["", "1.000", "2.5", "-1", "inf", "many", "5k"])
def test_what_is_no_step_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is not a step"):
        requests.asked_step(text)


def test_who_asks_clears_what_kills_left_of_earlier_requests(tmp_path: Path) -> None:
    (tmp_path / "control").mkdir()
    old, new = (tmp_path / "control" / f".{i}-7-stop.json.0123abcd.new" for i in (1, 2))
    for path, age in ((old, 4_000), (new, 10)):
        path.write_text("{")
        os.utime(path, (time.time() - age,) * 2)
    waiting = requests.ask(tmp_path, "stop")
    assert {path.name for path in (tmp_path / "control").iterdir()} == {waiting.name, new.name}
