"""TensorBoard event files, written with TensorBoard's own record writer and messages; neither TensorFlow nor torch.

A run is one directory with one event file: every metric as a scalar under its column's name, events as text at their
steps, configuration, meta data and status as text, settings as hyper-parameters. A sweep is a directory with one such
directory a cell that ended: its axes as hyper-parameters, what came out as scalars at its last step.

Scalars are `simple_value`, float32, because every reader of such files knows them: 24 bits of each float64 remain.
Times are the run's: its creation plus the seconds trained, so that TensorBoard's relative axis shows training time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sdd_tui.config import field_help
from sdd_tui.errors import plain
from sdd_tui.export.contents import RunContents, SweepContents
from sdd_tui.run.layout import number

FILE = "events.out.tfevents.{:010d}.sdd"
OURS = ("events.out.tfevents.*.sdd",)
LARGEST = 3.4028234e38
"""The largest float32."""

Hyper = dict[str, bool | int | float | str]


def to_tensorboard(contents: RunContents | SweepContents, folder: Path) -> None:
    """Write the directory."""
    if isinstance(contents, RunContents):
        _run(contents, folder)
        return
    folder.mkdir()
    axes = [axis.key for axis in contents.reader.sweep.axes]
    for row in contents.rows():
        _cell(row, axes, folder / row["cell"], contents.created(row["cell"]))


class _File:
    """One event file."""

    def __init__(self, records: Any) -> None:
        self._records = records

    def scalar(self, tag: str, value: float, step: int, time: float) -> None:
        """A number at a step."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        fits = not math.isfinite(value) or abs(value) <= LARGEST
        self._write(step, time, Summary.Value(tag=tag, simple_value=value if fits else math.copysign(math.inf, value)))

    def text(self, tag: str, text: str, step: int, time: float) -> None:
        """Words at a step, shown as they are."""
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.compat.proto.tensor_pb2 import TensorProto
        from tensorboard.compat.proto.types_pb2 import DT_STRING
        from tensorboard.plugins.text.metadata import create_summary_metadata

        tensor = TensorProto(dtype=DT_STRING, string_val=[text.encode(errors="replace")])
        metadata = create_summary_metadata(display_name="", description="")
        self._write(step, time, Summary.Value(tag=tag, tensor=tensor, metadata=metadata))

    def hyper_parameters(self, values: Hyper, name: str, time: float) -> None:
        """What the HParams tab shows of this run."""
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.plugins.hparams import metadata
        from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionStartInfo

        info = SessionStartInfo(group_name=name, start_time_secs=time)
        for key, value in values.items():
            if isinstance(value, bool):
                info.hparams[key].bool_value = value
            elif isinstance(value, str):
                info.hparams[key].string_value = value
            else:
                info.hparams[key].number_value = value
        about = metadata.create_summary_metadata(HParamsPluginData(session_start_info=info))
        tensor = metadata.NULL_TENSOR
        self._write(0, time, Summary.Value(tag=metadata.SESSION_START_INFO_TAG, tensor=tensor, metadata=about))

    def _write(self, step: int, time: float, value: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        self._records.write(Event(wall_time=time, step=step, summary=Summary(value=[value])).SerializeToString())


@contextmanager
def _writing(folder: Path, time: float) -> Iterator[_File]:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.summary.writer.record_writer import RecordWriter

    folder.mkdir()
    with (folder / FILE.format(int(time))).open("wb") as file:
        records = RecordWriter(file)
        records.write(Event(wall_time=time, file_version="brain.Event:2").SerializeToString())
        yield _File(records)


def _run(contents: RunContents, folder: Path) -> None:
    began = contents.created
    columns = {name: column.tolist() for name, column in contents.columns.items()}
    seconds = [0.0 if math.isnan(s) else s for s in columns["seconds"]]
    with _writing(folder, began) as file:
        file.hyper_parameters(_settings(contents), contents.name, began)
        for name, text in contents.words.items():
            if name != "events":
                file.text(name, _verbatim(text), 0, began)
        for name, values in columns.items():
            if name != "step":
                for step, value, at in zip(columns["step"], values, seconds, strict=True):
                    file.scalar(name, value, step, began + at)
        for event in contents.events:
            at = number(event.get("time"))
            words = f"{event.get('kind')}: {event.get('text')}"
            file.text("events", plain(words, 1_000), event["step"], began if math.isnan(at) else at)


def _settings(contents: RunContents) -> Hyper:
    """Dotted name of every setting -> its value."""
    if contents.config is None:
        return {}
    tables = contents.config.model_dump()
    found: Hyper = {}
    for name in field_help():
        value: Any = tables
        for part in name.split("."):
            value = value[part]
        found[name] = value
    return found


def _cell(row: dict[str, Any], axes: list[str], folder: Path, began: float) -> None:
    with _writing(folder, began) as file:
        file.hyper_parameters({key: row.get(f"axis.{key}", row[key]) for key in axes}, row["cell"], began)
        for name, value in row.items():
            if name in (*axes, "step", "cell") or name.startswith("axis."):
                continue
            if isinstance(value, str):
                file.text(name, plain(value, 1_000), row["step"], began)
            else:
                file.scalar(name, float(value), row["step"], began + row.get("seconds", 0.0))


def _verbatim(text: str) -> str:
    """Text that TensorBoard's Markdown leaves as it is: every line indented."""
    return "".join(f"    {line}\n" for line in text.splitlines())
