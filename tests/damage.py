"""Runs and sweeps with something in every file, and what may happen to a file's bytes."""

from __future__ import annotations

import json
import random
import re
import shutil
import struct
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from sdd_tui.panels.view_options import SMOOTHING, Colouring, Kind, Projection, Ranking, Scale, ViewOptions
from sdd_tui.run.create import create
from sdd_tui.run.layout import CONSOLE
from sdd_tui.run.notes import write_note, write_tags
from sdd_tui.run.requests import ask
from sdd_tui.sweep.directory import RESULT, RESULTS, WORKERS, ask_to_stop, cell_path, create_sweep
from sdd_tui.training.branch import branch
from sdd_tui.training.recorder import record
from tests.run.helpers import asking, small
from tests.sweep.helpers import tiny
from tests.sweep.synthetic import made_up

HOSTILE: tuple[object, ...] = (
    None,
    True,
    -1,
    0,
    1e308,
    10**30,
    -(10**400),
    float("nan"),
    "",
    "\x1b[2J[red]x[/]",
    "漢",
    [],
    {},
    [[1]],
    {"a": {}},
)
"""Values that a field of JSON may have in the place of its own."""

NUMBERS = (float("nan"), float("inf"), -float("inf"), 3e38, -3e38, 1e-45, 0.0)
"""Parameters that a frame may hold."""


def made_run(runs: Path, m: int) -> Path:
    """A branch that was stopped between two frames, so that its newest state is a checkpoint's, and has notes, a log
    and a request that nobody obeyed."""
    config = small(f"m={m}", "T=12")
    parent = create(config, runs, "parent")
    record(parent)
    run = branch(parent, 60, config, runs, "run")
    record(run, on_event=asking(run, 106, "stop"))
    write_note(run, "a note")
    write_tags(run, ["one", "two"])
    ask(run, "run_to", 150)
    (run / CONSOLE).write_text("compiling\ntraining\n", encoding="utf-8")
    shutil.rmtree(parent)
    return run


def made_sweep(runs: Path, cell: Path) -> Path:
    """A sweep with a run in each of its cells, results in both places, a worker that is gone and a wish to stop."""
    folder = create_sweep(tiny({"T": [3, 5], "seed": [0, 1]}), runs, "swept")
    lines = []
    for one in tiny({"T": [3, 5], "seed": [0, 1]}).cells():
        value = asdict(made_up(one))
        shutil.copytree(cell, cell_path(folder, one.name))
        (cell_path(folder, one.name) / RESULT).write_text(json.dumps(value), encoding="utf-8")
        lines.append(json.dumps(value) + "\n")
    (folder / RESULTS).write_text("".join(lines[1:]), encoding="utf-8")
    worker = {"host": "elsewhere", "pid": 1, "pid_started": "1", "cells": ["T=3,seed=0"]}
    (folder / WORKERS / "0").write_text(json.dumps(worker), encoding="utf-8")
    ask_to_stop(folder)
    return folder


def files(folder: Path) -> list[str]:
    """Every file below a directory."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def harm(path: Path, rng: random.Random) -> None:
    """Something happens to a file."""
    kinds: list[Callable[[bytes, random.Random], bytes]] = [_noise, _cut, _digits]
    if path.suffix in (".json", ".jsonl"):
        kinds += [_values] * 3
    if path.suffix in (".bin", ".safetensors"):
        kinds += [_floats] * 3
    kind = rng.choice(kinds)
    raw = path.read_bytes()
    path.unlink()
    if rng.random() < 0.05:
        path.mkdir()
    else:
        path.write_bytes(kind(raw, rng))


def _noise(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(raw))
    new = rng.randbytes(rng.choice((1, 10, 3_000)))
    return raw[:at] + new + raw[at + len(new) :]


def _cut(raw: bytes, rng: random.Random) -> bytes:
    return raw[: rng.randint(0, len(raw))]


def _digits(raw: bytes, rng: random.Random) -> bytes:
    """Some numbers are others: the file can still be parsed."""
    words = (b"0", b"1", b"3", b"-1", b"77", b"1e9", b"0.5", b"999999999", b"inf", b"nan", b"9" * 30)
    share = rng.choice((0.02, 0.1, 0.5))
    return re.sub(rb"\d+(\.\d+)?", lambda m: rng.choice(words) if rng.random() < share else m[0], raw)


def _values(raw: bytes, rng: random.Random) -> bytes:
    """A field of each row, or of a table in it, has another value."""
    rows = []
    for line in raw.splitlines() if raw.startswith(b'{"') else [raw]:
        row = _parsed(line)
        if not row:  # harmed before
            rows.append(line)
            continue
        inside = [row, *(v for v in row.values() if isinstance(v, dict) and v)]
        table = rng.choice(inside)
        if rng.random() < 0.5:
            table[rng.choice(list(table))] = rng.choice(HOSTILE)
        rows.append(json.dumps(row).encode())
    return b"\n".join(rows) + b"\n"


def _parsed(line: bytes) -> dict[str, Any]:
    """A table of JSON; {} for anything else."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def _floats(raw: bytes, rng: random.Random) -> bytes:
    """Some numbers are not finite, or very large."""
    found = bytearray(raw)
    for _ in range(rng.choice((1, 20, len(raw) // 8))):
        at = rng.randrange(0, max(1, len(raw) - 4))
        found[at : at + 4] = struct.pack("<f", rng.choice(NUMBERS))
    return bytes(found)


def any_look(rng: random.Random) -> ViewOptions:
    """Any of the ways in which things are shown."""
    named = ("log_x", "log_y", "rate", "fit", "overlay", "outline", "star")
    flags: dict[str, Any] = {name: rng.random() < 0.5 for name in named}
    return ViewOptions(
        **flags,
        smooth=rng.choice(SMOOTHING),
        window=rng.choice([None, (0.0, 30.0), (149.0, 149.5), (1e9, 1e12)]),
        cross=rng.choice([None, 0.0, 50.0, 1e12]),
        colour=rng.choice(get_args(Colouring)),
        scale=rng.choice(get_args(Scale)),
        zoom=rng.choice([0.1, 1.0, 100.0]),
        offset=rng.choice([(0.0, 0.0), (1.5, -1.5)]),
        projection=rng.choice(get_args(Projection)),
        axes=rng.choice([(0, 1), (1, 2), (0, 2)]),
        turn=rng.uniform(0, 360),
        kind=rng.choice(get_args(Kind)),
        item=rng.choice([-1, 0, 3, 49, 1000]),
        ranking=rng.choice(get_args(Ranking)),
        scroll=(rng.choice(["", "inspector", "system"]), rng.choice([0, 7, -7])),
        pages=(rng.randrange(4), rng.randrange(4), rng.randrange(4)),
        colours=rng.random() < 0.5,
    )
