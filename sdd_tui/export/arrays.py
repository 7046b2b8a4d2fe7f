"""NumPy's .npz: everything that fits arrays, nothing pickled, written member by member.

A run:

    metrics/COLUMN         (rows,) each; metrics/step is int64, the others float64
    frames/step            (k,) recorded steps
    frames/W  b  V         (k, m, n), (k, n), (k, m, n), as they were recorded (float32, or float16 as float32)
    frames/H  D_f  D_X     (k, m, T), (k, n), (k, T) float64, for the T training examples in X/
    final/step  W  b  V    the newest exact parameters, (m, n), (n,), (m, n), in the precision of training, and their
                           step: frames that are rounded may reach further where a run did not end
    X/indptr indices values   those examples, row by row: example i has the features indices[indptr[i]:indptr[i + 1]]
    events/step time kind text   (events,) each
    config  meta  status  run    text

A sweep: cells/COLUMN (cells,) each, D_f (cells, 8), D_X (cells, 5), and of each finished cell W/CELL (m, n), b/CELL
(n,), V/CELL (m, n) and H/CELL (m, T); sweep, sweep.toml as text.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdd_tui.errors import plain
from sdd_tui.export.contents import RunContents, SweepContents
from sdd_tui.run.arrays import Parameters
from sdd_tui.run.layout import number
from sdd_tui.sweep.columns import LARGEST, QUARTILES


def to_npz(contents: RunContents | SweepContents, path: Path) -> None:
    """Write it all, compressed (lightly: parameters are noise to a compressor)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        if isinstance(contents, RunContents):
            _run(contents, file)
        else:
            _sweep(contents, file)


def _run(contents: RunContents, file: zipfile.ZipFile) -> None:
    for name, column in contents.columns.items():
        _put(file, f"metrics/{name}", column)
    frames, final = contents.frames, contents.final
    if frames is not None:
        found: dict[str, NDArray[Any] | None] = {"step": frames.step, "W": frames.W, "b": frames.b, "V": frames.V}
        found |= {"H": frames.H, "D_f": frames.D_f, "D_X": frames.D_X}
        _put_all(file, "frames", found)
        X = frames.examples
        _put_all(file, "X", {"indptr": X.indptr, "indices": X.indices, "values": X.values})
    if final is not None:
        _put_all(file, "final", {"step": np.array(final.step), **_arrays(final)})
    _events(contents, file)
    for name, text in contents.words.items():
        if name != "events":
            _put(file, name, np.array(text, np.str_))


def _events(contents: RunContents, file: zipfile.ZipFile) -> None:
    events = contents.events
    _put(file, "events/step", np.array([e["step"] for e in events], np.int64))
    _put(file, "events/time", np.array([number(e.get("time")) for e in events], np.float64))
    for name in ("kind", "text"):
        _put(file, f"events/{name}", np.array([plain(str(e.get(name, "")), 1_000) for e in events], np.str_))


def _sweep(contents: SweepContents, file: zipfile.ZipFile) -> None:
    columns = contents.columns
    for name, column in columns.items():
        _put(file, f"cells/{name}", column)
    for name, parts in (("D_f", LARGEST), ("D_X", QUARTILES)):
        _put(file, name, np.stack([columns[part].astype(np.float64) for part in parts], axis=1))
    for cell in columns["cell"][columns["state"] == "finished"].tolist():
        plane = contents.plane(cell)
        if plane is not None:
            for name, array in {**_arrays(plane.parameters), "H": plane.H}.items():
                _put(file, f"{name}/{cell}", array)
    for name, text in contents.words.items():
        _put(file, name, np.array(text, np.str_))


def _arrays(parameters: Parameters) -> dict[str, NDArray[Any]]:
    named = {"W": parameters.W, "b": parameters.b}
    return named if parameters.V is None else {**named, "V": parameters.V}


def _put_all(file: zipfile.ZipFile, folder: str, arrays: dict[str, NDArray[Any] | None]) -> None:
    for name, array in arrays.items():
        if array is not None:
            _put(file, f"{folder}/{name}", array)


def _put(file: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    with file.open(f"{name}.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
