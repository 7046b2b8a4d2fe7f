"""Weights & Biases' own files, written by its own library in offline mode; `wandb sync` sends them, if it is asked to.

Nothing is sent, asked for or measured here: the user's WANDB_ settings and ~/.netrc play no part, and what the library
would keep in the home directory goes to the temporary directory of the export.
A run is one W&B run: metrics as history, configuration as config, meta data, status and events beside it. A sweep is a
group with one W&B run a cell that ended, its axes as config and what came out as its summary. Each has the times and
the end of the run that was trained, not those of the export.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sdd_tui.errors import NoRoomError, RunFailedError, plain
from sdd_tui.export.contents import RunContents, SweepContents
from sdd_tui.export.wandb_file import is_whole, rewrite
from sdd_tui.run.layout import real

PROJECT = "sdd-tui"
OURS = ("run-*.wandb", "run-*.wandb.syncstate", "config.yaml", "wandb-summary.json")
FOLDER = "wandb"
"""Where the library puts its runs inside the directory it is given."""

EXITS = {"finished": 0, "failed": 1}
KILLED = 255
"""W&B's exit code of what ended, or was left, before its end; it can be resumed here."""


@dataclass(frozen=True)
class _Trained:
    """When a run was trained, and how that ended."""

    state: str
    created: float
    seconds: float
    """Of training."""

    def put(self, record: Any) -> None:
        """Put these times into a record, over those of the export."""
        if record.HasField("run"):
            record.run.start_time.FromMicroseconds(int(self.created * 1e6))
        elif record.HasField("exit"):
            record.exit.runtime = int(self.seconds)
        for items in (record.history.item, record.summary.update):
            values = {".".join(item.nested_key) or item.key: item for item in items}
            seconds = real(json.loads(values["seconds"].value_json)) if "seconds" in values else self.seconds
            for name in values.keys() & {"_runtime", "_wandb.runtime"}:
                values[name].value_json = json.dumps(seconds or 0.0)


def to_wandb(contents: RunContents | SweepContents, folder: Path) -> None:
    """Write the directory: one `offline-run-…` a run."""
    folder.mkdir()
    with _utf8(folder) as place, _offline(place) as session:
        if isinstance(contents, RunContents):
            _run(contents, session)
        else:
            for row in contents.rows():
                _cell(contents, row, session)


class _Session:
    """The library, kept from the network and from the home directory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[str, _Trained] = {}

    def write(
        self,
        name: str,
        config: Mapping[str, Any],
        history: Iterator[tuple[int, dict[str, Any]]],
        trained: _Trained,
        group: str | None = None,
    ) -> None:
        """One run."""
        import wandb

        key = hashlib.sha256(f"{group}/{name}/{config.get('created')}".encode()).hexdigest()[:12]
        run = wandb.init(
            project=PROJECT,
            name=name,
            id=key,  # the same for the same run, so that exporting it again later adds no second one
            group=group,
            config=dict(config),
            dir=self._folder,
            mode="offline",
            settings=wandb.Settings(
                silent=True,
                console="off",
                disable_git=True,
                disable_code=True,
                disable_job_creation=True,
                save_code=False,
                host="",
                x_disable_meta=True,
                x_disable_stats=True,
                x_disable_machine_info=True,
                x_disable_viewer=True,
                x_save_requirements=False,
                root_dir=str(self._folder),
            ),
        )
        for step, values in history:
            run.log(values | {"_timestamp": trained.created + (real(values.get("seconds")) or 0.0)}, step=step)
        run.finish(EXITS.get(trained.state, KILLED))
        self._written[key] = trained

    def complete(self) -> None:
        """Once the library has ended: whether all of it was written, and the runs' own times. Raises NoRoomError."""
        for key, trained in self._written.items():
            files = list((self._folder / FOLDER).glob(f"*-{key}/run-{key}.wandb"))
            if not files or not is_whole(files[0]):
                raise NoRoomError("--to wandb: wandb did not write everything it was given. Is the disk full?")
            rewrite(files[0], trained.put)


@contextmanager
def _utf8(folder: Path) -> Iterator[Path]:
    """A path to a folder as the library takes it: absolute, as it reads a `~` at the beginning as somebody's home, and
    of UTF-8 alone, by way of a link where the folder's own isn't."""
    path = folder.absolute()
    try:
        str(path).encode()
    except UnicodeEncodeError:
        with TemporaryDirectory() as place:
            link = Path(place) / FOLDER
            link.symlink_to(path)
            yield link
    else:
        yield path


@contextmanager
def _offline(folder: Path) -> Iterator[_Session]:
    """The library with an environment of its own, put back in the end."""
    own = folder / "home"
    before, words = dict(os.environ), sys.argv
    sys.argv = words[:1]  # the library keeps the command's words, which may be paths of any bytes
    for name in [n for n in os.environ if n.startswith("WANDB_")]:
        del os.environ[name]
    os.environ |= {
        "WANDB_MODE": "offline",
        "WANDB_SILENT": "true",
        "WANDB_ERROR_REPORTING": "false",  # nor reports of the library's own errors
        "WANDB_CACHE_DIR": str(own),
        "WANDB_CONFIG_DIR": str(own),
        "WANDB_DATA_DIR": str(own),
        "NETRC": str(own / "netrc"),
    }
    session = _Session(folder)
    logging.raiseExceptions = False  # its own log may find no room; what matters is checked in the end
    try:
        import wandb

        try:
            yield session
        except wandb.Error as error:
            raise RunFailedError(f"--to wandb: {plain(str(error), 300)}.") from None
        finally:
            wandb.teardown()
    finally:
        os.environ.clear()
        os.environ |= before
        sys.argv = words
        logging.raiseExceptions = True
    session.complete()
    _tidy(folder)


def _tidy(folder: Path) -> None:
    """Keep the runs alone: logs and links name the temporary directory."""
    shutil.rmtree(folder / "home", ignore_errors=True)
    for path in sorted((folder / FOLDER).rglob("*")):
        if path.is_symlink() or path.suffix == ".log":
            path.unlink()
    for path in sorted((folder / FOLDER).rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _run(contents: RunContents, session: _Session) -> None:
    config = contents.config.model_dump() if contents.config else {}
    about = {"run": contents.name, "meta": contents.meta, "status": contents.status, "events": contents.events}
    columns = {name: column.tolist() for name, column in contents.columns.items()}
    steps = columns.pop("step")
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    created, state = contents.meta.get("created"), str(contents.status.get("state"))
    trained = _Trained(state, contents.created, real(contents.status.get("seconds")) or 0.0)
    session.write(contents.name, {**config, **about, "created": created}, zip(steps, rows, strict=True), trained)


def _cell(contents: SweepContents, row: dict[str, Any], session: _Session) -> None:
    axes = {axis.key for axis in contents.reader.sweep.axes} | {
        f"axis.{axis.key}" for axis in contents.reader.sweep.axes
    }
    config = {name: value for name, value in row.items() if name in axes or isinstance(value, str)}
    results = {name: value for name, value in row.items() if name not in config and name != "step"}
    trained = _Trained(row["state"], contents.created(row["cell"]), row.get("seconds", 0.0))
    session.write(row["cell"], config, iter([(row["step"], results)]), trained, contents.name)
