"""A sweep on disk: a directory beside the runs, whose cells are runs.

    runs/20261123-101500-double-descent-3f2a/
      meta.json        schema version, when it was made, and which version wrote sweep.toml
      sweep.toml       the resolved sweep (a sweep's file like any other)
      cells/CELL/      ordinary run directories, each made when a worker begins it; result.json when it is finished
      results.jsonl    one line a finished or failed cell, in the order they ended
      workers/         who works here: a locked file each, which names its cells
      cancel           changes when somebody asks the workers to stop
      console.log      what workers say

It has neither config.toml nor status.json, so it is no run.
"""

from __future__ import annotations

import fcntl
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sdd_tui import files
from sdd_tui.config import RunConfig, differing
from sdd_tui.engine.setup import resolve_device
from sdd_tui.errors import BusyError, ConfigError, DamagedError, NotFoundError, SddError, plain
from sdd_tui.run.bits import FREE, another_setting
from sdd_tui.run.create import make
from sdd_tui.run.index import created, find_run, folders_in, listed, meant
from sdd_tui.run.layout import (
    CELLS,
    CONFIG,
    LATEST,
    META,
    SCHEMA_VERSION,
    check_name,
    home,
    new_name,
    read_json,
    replace,
    replace_json,
    writing,
)
from sdd_tui.run.run_config import newer_version, read_run_config
from sdd_tui.run.staging import clear, move_in, staging
from sdd_tui.run.written import check_whole_sweep
from sdd_tui.sweep.axes import Axis
from sdd_tui.sweep.data_check import check_files
from sdd_tui.sweep.plan import Cell, Sweep
from sdd_tui.sweep.presets import parse, to_toml
from sdd_tui.tables import read_toml
from sdd_tui.version import __version__

SWEEP = "sweep.toml"
RESULTS = "results.jsonl"
RESULT = "result.json"
WORKERS = "workers"
CANCEL = "cancel"

VERSIONS = {"sdd-tui": __version__}
"""What meta.json says of who wrote sweep.toml; sweeps of the first versions say nothing."""


def create_sweep(sweep: Sweep, runs: Path, name: str | None = None, confirmed: bool = False, here: bool = True) -> Path:
    """Make the directory of a sweep that has not begun; `here` says that this machine will train it, so that its device
    must be there. Raises BusyError for a taken name, ConfigError, NotFoundError, NoDeviceError, NoRoomError."""
    kinds = sweep.check(confirmed)
    check_files(sweep)
    for config in kinds if here else ():
        resolve_device(config)
    folder = runs / (check_name(name) if name is not None else new_name(sweep.preset))
    text = to_toml(sweep)
    with writing(folder):
        runs.mkdir(parents=True, exist_ok=True)
        clear(runs)
        with staging(runs) as made:
            for inside in (made, made / CELLS, made / WORKERS):
                inside.mkdir()
            replace(made / SWEEP, text)
            replace_json(made / META, {"schema_version": SCHEMA_VERSION, "created": time.time(), "versions": VERSIONS})
            try:
                move_in(made, folder)
            except FileExistsError:
                raise BusyError(f"{folder}: there is a run, a sweep or a file of that name already.") from None
    return folder


def add_cells(folder: Path, more: Sequence[Axis], confirmed: bool = False) -> Sweep:
    """Add values to the axes of the sweep in a directory, one process after the other; the sweep then. Raises
    ConfigError, NotFoundError, DamagedError, NoRoomError."""
    check_trainable(folder)
    turn = folder / WORKERS / ".adding"
    with writing(turn):
        files.make_folder(turn.parent)
        file = files.open_append(turn)
    with file:
        with suppress(OSError):  # without locks the last one's cells stay
            fcntl.flock(file, fcntl.LOCK_EX)
        sweep = read_sweep(folder).with_added(list(more))
        sweep.check(confirmed)
        check_files(sweep)
        replace(folder / SWEEP, to_toml(sweep))
        with suppress(NotFoundError, DamagedError):  # then it says nothing of versions either
            replace_json(folder / META, read_json(folder / META) | {"versions": VERSIONS})
    return sweep


def read_sweep(folder: Path) -> Sweep:
    """The sweep in a directory. What was written was valid, so anything else was changed or lost, or is of a newer
    version: DamagedError."""
    path = folder / SWEEP
    try:
        tables = read_toml(path, recorded=True)
    except (ConfigError, NotFoundError) as error:
        raise DamagedError(str(error)) from None
    try:
        check_whole_sweep(path, tables)
        return parse(tables, plain(str(path), 200), folder.name, folder)
    except (ConfigError, NotFoundError, DamagedError) as error:
        newer = newer_version(folder)
        words = f"{plain(str(path), 200)}: can't be read: {newer} Read it with that version." if newer else str(error)
        raise DamagedError(words) from None


def list_sweeps(runs: Path) -> list[Path]:
    """Every sweep in a directory, newest first. Raises what `list_runs` raises."""
    found = []
    for folder in folders_in(runs):
        if (made := created(folder, SWEEP)) is not None:
            found.append((made, folder.name, folder))
    return [folder for _, _, folder in sorted(found, reverse=True)]


def find_sweep(word: str, runs: Path) -> Path:
    """The sweep that `word` means: a path, a name, `latest`, a unique prefix, or the four digits at a name's end.

    Raises NotFoundError.
    """
    path = home(word)
    if "/" in word or word.startswith((".", "~")):
        if is_sweep(path):
            return path.resolve()
        raise NotFoundError(f"{plain(word)}: this is not the directory of a sweep.")
    sweeps = list_sweeps(runs)
    if word == LATEST and sweeps:
        return sweeps[0]
    name = meant(word, [s.name for s in sweeps])
    if name is None:
        raise NotFoundError(f"{plain(word)}: there is no such sweep in {runs}. `sdd sweep ls` lists them.")
    return runs / name


def find_run_or_sweep(word: str, runs: Path) -> Path:
    """The run that `word` means, or else the sweep; `is_sweep` tells. Raises NotFoundError."""
    try:
        return find_run(word, runs)
    except NotFoundError as missing:
        try:
            return find_sweep(word, runs)
        except NotFoundError:
            raise missing from None


def cell_path(folder: Path, cell: str) -> Path:
    """Where a cell's run lies, or will."""
    return folder / CELLS / cell


def make_cell(folder: Path, cell: Cell) -> Path:
    """The run of a cell, made if nobody has made it yet; an empty directory is nobody's. Raises DamagedError
    for a link, NoRoomError."""
    run = cell_path(folder, cell.name)
    if run.is_symlink() or run.parent.is_symlink():
        raise DamagedError(f"{run}: is reached by a link, and nothing is trained through links inside a sweep.")
    if listed(run) is None:
        with suppress(BusyError):  # another worker was faster
            make(cell.config, run)
    return run


def read_cell(folder: Path, cell: Cell) -> RunConfig:
    """The configuration of a cell's run, once it is the planned one, and what its training began with. Raises what
    reading raises."""
    run, plan = cell_path(folder, cell.name), cell.config
    found = read_run_config(run)
    if other := another_setting(read_json(run / META), plan):
        name, began, planned = other
        raise DamagedError(
            f"{CELLS}/{cell.name}: was trained with {name} {began}, and the sweep's plan says {planned}. Move that"
            " directory away to train the cell anew."
        )
    for name, (planned, value) in differing([plan, found]):
        if name not in FREE:
            raise DamagedError(
                f"{CELLS}/{cell.name}/{CONFIG}: {name} is {plain(str(value))}, and the sweep's plan says"
                f" {plain(str(planned))}. Restore the file, or move the cell's directory away to train it anew."
            )
    return found


def ask_to_stop(folder: Path) -> None:
    """Ask every worker of a sweep to stop, with checkpoints. Raises NoRoomError."""
    replace(folder / CANCEL, secrets.token_hex(8) + "\n")


def asked_to_stop(folder: Path) -> str:
    """What changes when somebody asks the workers to stop. Raises DamagedError where that can't be read."""
    path = folder / CANCEL
    try:
        return files.tail(path, 64).strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise DamagedError(f"{path}: can't be read ({plain(str(error))}). Try again, or remove it.") from None


def asked_since(folder: Path, before: str) -> bool:
    """Whether somebody asked the workers to stop since `asked_to_stop` said `before`; what can't be read asks nothing
    (a file server that restarts)."""
    try:
        return asked_to_stop(folder) != before
    except DamagedError:
        return False


def is_kept(folder: Path) -> bool:
    """Whether a sweep is results that are kept without most of their runs: nothing is trained in it."""
    try:
        return read_json(folder / META).get("kept") is True
    except SddError:
        return False


def check_trainable(folder: Path) -> None:
    """Refuses kept results, and what a newer version writes in another way. Raises ConfigError, DamagedError."""
    if "schema" in (newer := newer_version(folder)):
        raise DamagedError(f"{plain(folder.name, 100)}: {newer} Train on with that version, or start a new sweep.")
    if is_kept(folder):
        raise ConfigError(
            f"{plain(folder.name, 100)} is results that come with the program, and nothing is trained there."
            " `sdd sweep presets` lists what trains them anew."
        )


def is_sweep(path: Path) -> bool:
    """Whether a directory holds a sweep."""
    try:
        return (path / SWEEP).is_file()
    except OSError:  # a name too long for the file system
        return False
