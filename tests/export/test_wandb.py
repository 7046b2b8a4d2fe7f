"""Written in a process of its own, as `sdd export` does it, and read back by W&B's own reader."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdd_tui.export.contents import RunContents, SweepContents
from sdd_tui.export.wandb_file import is_whole, rewrite
from sdd_tui.run.liveness import me
from sdd_tui.run.reader import Run
from sdd_tui.run.table import COLUMNS
from sdd_tui.sweep.directory import cell_path

pytest.importorskip("wandb", reason="needs wandb")
datastore = pytest.importorskip("wandb.sdk.internal.datastore", reason="this wandb has no reader in Python")

COMMAND = (sys.executable, "-W", "error", "-m", "sdd_tui", "export")


def export(what: Path, to: Path, place: Path | None = None, /, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, str(what), "--to", "wandb", "-o", str(to)],
        cwd=place,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def records(path: Path) -> list[Any]:
    from wandb.proto.wandb_internal_pb2 import Record

    store, found = datastore.DataStore(), []
    store.open_for_scan(str(path))
    while (data := store.scan_data()) is not None:
        found.append(Record.FromString(data))
    store.close()
    return found


def history(found: list[Any]) -> list[dict[str, Any]]:
    rows = [r.history.item for r in found if r.HasField("history")]
    return [{(i.nested_key[0] if i.nested_key else i.key): json.loads(i.value_json) for i in row} for row in rows]


def config(found: list[Any]) -> dict[str, Any]:
    return {u.key: json.loads(u.value_json) for r in found if r.HasField("run") for u in r.run.config.update}


def test_every_metric_comes_back_to_the_bit_with_the_configuration(contents: RunContents, tmp_path: Path) -> None:
    done = export(contents.run.path, tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    (path,) = (tmp_path / "out" / "wandb").glob("offline-run-*/run-*.wandb")
    found = records(path)
    rows = history(found)
    assert [row["_step"] for row in rows] == contents.columns["step"].tolist()
    for name in COLUMNS[1:]:
        values = np.array([row[name] for row in rows], np.float64)
        assert values.tobytes() == contents.columns[name].tobytes()
    about = config(found)
    assert about["data"] == contents.run.config.data.model_dump()
    assert about["title"] == "Small & old <b>"
    assert about["events"] == contents.events
    assert about["meta"] == contents.meta
    (run,) = [r.run for r in found if r.HasField("run")]
    assert (run.project, run.display_name, run.host) == ("sdd-tui", "a", "")


def test_a_sweep_is_a_group_with_a_run_a_cell_that_ended(sweep: SweepContents, tmp_path: Path) -> None:
    done = export(sweep.reader.folder, tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    paths = list((tmp_path / "out" / "wandb").glob("offline-run-*/run-*.wandb"))
    named = {next(r.run.display_name for r in records(p) if r.HasField("run")): records(p) for p in paths}
    assert set(named) == {"T=3,seed=0", "T=3,seed=1", "T=5,seed=0", "T=5,seed=1"}
    found = named["T=5,seed=0"]
    assert {r.run.run_group for r in found if r.HasField("run")} == {"s"}
    assert config(found) | {"T": 5, "seed": 0, "state": "finished"} == config(found)
    (row,) = history(found)
    assert row["test_loss"] == sweep.reader.finished["T=5,seed=0"].test_loss
    assert row["_step"] == 40


def only_file(folder: Path) -> Path:
    (path,) = folder.rglob("run-*.wandb")
    return path


def ended(found: list[Any]) -> tuple[int, int, float]:
    """Exit code, runtime, and when the run began."""
    (end,) = [r.exit for r in found if r.HasField("exit")]
    (run,) = [r.run for r in found if r.HasField("run")]
    return end.exit_code, end.runtime, run.start_time.ToMicroseconds() / 1e6


def last_summary(found: list[Any]) -> dict[str, Any]:
    updates = [u for r in found if r.HasField("summary") for u in r.summary.update]
    return {".".join(u.nested_key) or u.key: json.loads(u.value_json) for u in updates}


@pytest.mark.parametrize(("state", "code"), [("finished", 0), ("failed", 1), ("paused", 255)])
def test_times_and_the_end_are_the_run_s_own(run: Path, tmp_path: Path, state: str, code: int) -> None:
    for name, change in {"meta.json": {"created": 1.5e9}, "status.json": {"state": state, "seconds": 4000.5}}.items():
        values = json.loads((run / name).read_text(encoding="utf-8")) | change
        (run / name).write_text(json.dumps(values | me()), encoding="utf-8")  # this process is its trainer
    export(run, tmp_path / "out")
    found = records(only_file(tmp_path / "out"))
    assert ended(found) == (code, 4000, 1.5e9)
    rows = history(found)
    seconds = RunContents(Run(run)).columns["seconds"].tolist()
    assert [row["_timestamp"] for row in rows] == pytest.approx([1.5e9 + s for s in seconds], abs=1e-3)
    assert [row["_runtime"] for row in rows] == seconds
    assert last_summary(found)["_wandb.runtime"] == 4000.5


def test_a_cell_s_times_and_end_are_its_own(sweep: SweepContents, tmp_path: Path) -> None:
    export(sweep.reader.folder, tmp_path / "out")
    for path in (tmp_path / "out").rglob("run-*.wandb"):
        found = records(path)
        cell = next(r.run.display_name for r in found if r.HasField("run"))
        made = json.loads((cell_path(sweep.reader.folder, cell) / "meta.json").read_text(encoding="utf-8"))["created"]
        assert ended(found)[0] == (0 if cell in sweep.reader.finished else 1)
        assert ended(found)[2] == pytest.approx(made, abs=1e-3)


def test_a_record_over_the_ends_of_blocks_is_written_as_it_was(contents: RunContents, tmp_path: Path) -> None:
    export(contents.run.path, tmp_path / "out")
    path = only_file(tmp_path / "out")
    before = records(path)
    assert path.stat().st_size > 2 * 32_768
    for size in (0, 1, 32_700, 100_000):

        def longer(record: Any, size: int = size) -> None:
            if record.HasField("run"):
                record.run.notes = "x" * size

        rewrite(path, longer)
        assert is_whole(path)
        found = records(path)
        assert [r for r in found if not r.HasField("run")] == [r for r in before if not r.HasField("run")]
        assert next(len(r.run.notes) for r in found if r.HasField("run")) == size


@pytest.mark.parametrize("name", ["~out", "~dir/out", "out\udcff"])
def test_a_path_may_begin_with_a_tilde_and_have_any_byte(contents: RunContents, tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    try:
        (place / name).parent.mkdir(parents=True)
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    done = export(contents.run.path, Path(name), place)
    assert (done.returncode, done.stderr) == (0, "")
    assert is_whole(only_file(place / name))


def test_the_network_the_home_directory_and_the_user_s_settings_are_left_alone(
    contents: RunContents, tmp_path: Path
) -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                asked.append(connection.recv(200))
                connection.close()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        home = tmp_path / "home"
        home.mkdir()
        (home / ".netrc").write_text(f"machine 127.0.0.1 login user password {'0' * 40}\n")
        (home / ".netrc").chmod(0o600)
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"), url)
        theirs = {"WANDB_BASE_URL": url, "WANDB_API_KEY": "0" * 40, "WANDB_MODE": "online", "WANDB_RUN_ID": "theirs"}
        homes = {name: str(home / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
        done = export(contents.run.path, tmp_path / "out", HOME=str(home), **proxies, **theirs, **homes)
        server.shutdown(socket.SHUT_RDWR)
    thread.join()
    assert done.returncode == 0, done.stderr
    assert asked == []
    assert [p.name for p in home.rglob("*")] == [".netrc"]
    files = [p for p in (tmp_path / "out").rglob("*") if not p.is_dir()]
    assert {p.suffix for p in files} <= {".wandb", ".syncstate"}
    assert not any(p.is_symlink() for p in files)
    assert "0" * 40 not in "".join(p.read_bytes().decode("latin-1") for p in files)
    assert not any("theirs" in p.name for p in files)


def test_a_file_that_was_cut_off_anywhere_is_not_whole(contents: RunContents, tmp_path: Path) -> None:
    export(contents.run.path, tmp_path / "out")
    (path,) = (tmp_path / "out" / "wandb").glob("offline-run-*/run-*.wandb")
    raw = path.read_bytes()
    assert len(raw) > 2 * 32_768
    assert is_whole(path)
    for size in (0, 7, 100, 32_768, 32_770, len(raw) // 2, len(raw) - 1):
        path.write_bytes(raw[:size])
        assert not is_whole(path), size
