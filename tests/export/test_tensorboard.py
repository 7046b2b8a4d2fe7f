"""Read back by TensorBoard's own reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sdd_tui.export.contents import RunContents, SweepContents
from sdd_tui.export.tensorboard import to_tensorboard
from sdd_tui.run.table import COLUMNS

pytest.importorskip("tensorboard", reason="needs tensorboard")


def read(folder: Path) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0})
    return found.Reload()


def read_as_shown(folder: Path, run: str) -> Any:
    """The way TensorBoard itself reads, which sorts values by plugin."""
    from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer

    return EventMultiplexer({run: str(folder)}).Reload().GetAccumulator(run)


def test_every_scalar_comes_back_as_the_nearest_float32(contents: RunContents, tmp_path: Path) -> None:
    to_tensorboard(contents, tmp_path / "a")
    found = read(tmp_path / "a")
    assert set(found.Tags()["scalars"]) == set(COLUMNS) - {"step"}
    for name in found.Tags()["scalars"]:
        events = found.Scalars(name)
        assert [e.step for e in events] == contents.columns["step"].tolist()
        values = np.array([e.value for e in events])
        np.testing.assert_array_equal(values, contents.columns[name].astype(np.float32))
    assert np.isnan([e.value for e in found.Scalars("test_loss")]).sum() == 1


def test_times_are_the_run_s_own(contents: RunContents, tmp_path: Path) -> None:
    to_tensorboard(contents, tmp_path / "a")
    events = read(tmp_path / "a").Scalars("train_loss")
    passed = np.array([e.wall_time for e in events]) - contents.meta["created"]
    np.testing.assert_allclose(passed, contents.columns["seconds"], atol=1e-6)


def test_settings_are_hyper_parameters_and_the_rest_is_text(contents: RunContents, tmp_path: Path) -> None:
    from tensorboard.plugins.hparams.metadata import SESSION_START_INFO_TAG, parse_session_start_info_plugin_data

    to_tensorboard(contents, tmp_path / "a")
    found = read_as_shown(tmp_path / "a", "a")
    metadata = found.SummaryMetadata(SESSION_START_INFO_TAG)
    hyper = parse_session_start_info_plugin_data(metadata.plugin_data.content).hparams
    assert hyper["data.n_features"].number_value == 50
    assert hyper["model.tied"].bool_value is False
    assert hyper["model.tied"].WhichOneof("kind") == "bool_value"
    assert hyper["optim.schedule"].string_value == "cosine"
    assert set(found.PluginTagToContent("text")) == {"run", "config", "meta", "status", "events"}
    events = [(e.step, e.tensor_proto.string_val[0].decode()) for e in found.Tensors("events")]
    assert events == [(e["step"], f"{e['kind']}: {e['text']}") for e in contents.events]
    config = found.Tensors("config")[0].tensor_proto.string_val[0].decode()
    assert '    title = "Small & old <b>"\n' in config  # indented: Markdown shows it as it is


def test_a_sweep_is_a_directory_a_cell_that_ended(sweep: SweepContents, tmp_path: Path) -> None:
    from tensorboard.plugins.hparams.metadata import SESSION_START_INFO_TAG, parse_session_start_info_plugin_data

    to_tensorboard(sweep, tmp_path / "s")
    assert {p.name for p in (tmp_path / "s").iterdir()} == {"T=3,seed=0", "T=3,seed=1", "T=5,seed=0", "T=5,seed=1"}
    found = read(tmp_path / "s" / "T=5,seed=0")
    result = sweep.reader.finished["T=5,seed=0"]
    assert found.Scalars("test_loss")[0].value == np.float32(result.test_loss)
    assert found.Scalars("D_f_1")[0].value == np.float32(result.D_f[0])
    assert found.Scalars("test_loss")[0].step == 40
    assert found.Scalars("test_loss")[0].wall_time == sweep.created("T=5,seed=0") + (result.seconds or 0.0)
    assert sweep.created("T=5,seed=0") > 1e9
    shown = read_as_shown(tmp_path / "s" / "T=5,seed=0", "x")
    content = shown.SummaryMetadata(SESSION_START_INFO_TAG).plugin_data.content
    hyper = parse_session_start_info_plugin_data(content).hparams
    assert {key: value.number_value for key, value in hyper.items()} == {"T": 5, "seed": 0}


def test_neither_tensorflow_nor_torch_is_loaded(contents: RunContents, tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from sdd_tui.run.reader import Run;"
        "from sdd_tui.export.contents import RunContents; from sdd_tui.export.tensorboard import to_tensorboard;"
        "to_tensorboard(RunContents(Run(Path(sys.argv[1]))), Path(sys.argv[2]));"
        "assert not {'tensorflow', 'torch', 'grpc', 'numba'} & set(sys.modules)"
    )
    command = [sys.executable, "-W", "error", "-c", code, str(contents.run.path), str(tmp_path / "a")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
