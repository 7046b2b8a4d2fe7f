"""Sweep files: presets in presets/sweeps, files of the user's own, and the sweep.toml of a sweep's directory.

base = "quick"                        a run preset or TOML file; optional
zip = [["T", "steps"]]                axes that go together; optional
[settings]                            as in a run's file
[axes]
T = [3, 5, 8]                         lists, or "logspace(3, 1e5, 20)", "linspace(…)", "range(3, 31)"
[reduce]
over = ["seed"]
how = "mean"                          or "best": the run with the lowest training loss
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli_w

from sdd_tui.config import RecordingConfig, RunConfig, parse_config, suggest
from sdd_tui.errors import ConfigError, NotFoundError, plain
from sdd_tui.numerals import loads
from sdd_tui.presets import Preset, anchored, find_preset, preset_dir, put, settings_of, split, value_of
from sdd_tui.presets import load as load_run
from sdd_tui.sweep.axes import Axis, is_axis, parse_axis, parse_words
from sdd_tui.sweep.plan import Sweep
from sdd_tui.tables import LARGEST, read_toml

RECORDING = RecordingConfig(rows=24, frames=8, checkpoints=0, budget_mb=2.0)
"""What a cell keeps unless the sweep says otherwise: there may be thousands."""

FILE = "data.file"
"""The setting that is a path: in a file relative to that file, on the command line to where one is."""

KEYS = ("preset", "title", "base", "settings", "axes", "zip", "reduce")


def presets() -> list[Preset]:
    """Every sweep preset, by name."""
    found = []
    for path in sorted((preset_dir() / "sweeps").glob("*.toml")):
        figure = path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
        found.append(Preset(path.stem, str(read_toml(path).get("title", "")), figure, path))
    return found


def find(name: str) -> Path:
    """The file of a sweep preset, or the TOML file itself when `name` is a path. Raises NotFoundError."""
    if name.endswith(".toml") or "/" in name:
        return find_preset(name)
    known = {preset.name: preset.path for preset in presets()}
    if name not in known:
        hint = suggest(name, list(known)) or f" There are {', '.join(known)}."
        raise NotFoundError(f"{plain(name)} is not a sweep preset.{hint}")
    return known[name]


def load(name: str, overrides: Sequence[str] = ()) -> Sweep:
    """The sweep of a preset or TOML file, with `KEY=VALUE` overrides: `T=3,5,8` gives an axis its values, or makes one.

    Not yet checked: see Sweep.check. Raises NotFoundError, ConfigError.
    """
    path = find(name)
    source = str(path) if name != path.stem else name
    return with_overrides(parse(read_toml(path, loads), plain(source, 200), plain(path.stem), path.parent), overrides)


def parse(tables: dict[str, Any], source: str, preset: str, folder: Path = Path()) -> Sweep:
    """A sweep from the tables of its file, which lies in a folder. Raises NotFoundError, ConfigError."""
    for key in tables:
        if key not in KEYS:
            hint = suggest(key, list(KEYS)) or " A setting of the runs stands under [settings]."
            raise ConfigError(f"{source}: {plain(key)} is not a part of a sweep.{hint}")
    kinds = {"preset": str, "title": str, "base": str, "settings": dict, "axes": dict, "zip": list, "reduce": dict}
    for key, kind in kinds.items():
        if not isinstance(tables.get(key, kind()), kind):
            words = {str: "text", dict: "a table", list: "a list"}[kind]
            raise ConfigError(f"{source}: {key} has to be {words}.")
    over, how = _reduction(tables.get("reduce", {}), source)
    return Sweep(
        tables.get("preset", preset),
        tables.get("title", ""),
        _base(tables, source, folder),
        tuple(_axis(parse_axis(key, written, source), folder) for key, written in tables.get("axes", {}).items()),
        tuple(tuple(_words(tie, f"{source}: zip")) for tie in tables.get("zip", [])),
        over,
        how,
    )


def with_overrides(sweep: Sweep, overrides: Sequence[str]) -> Sweep:
    """The sweep with `KEY=VALUE` applied, in order. Raises ConfigError."""
    settings = sweep.base.model_dump()
    axes = list(sweep.axes)
    said = plain(" ".join(overrides), 200)
    for text in overrides:
        key, value = split(text)
        names = settings_of(key)
        at = next((i for i, axis in enumerate(axes) if axis.settings == names), None)
        if at is not None:
            axes[at] = replace(_axis(parse_words(key, value, said), Path()), key=axes[at].key)
        elif is_axis(value) and names != ("title",):
            axes.append(_axis(parse_words(key, value, said), Path()))
        else:
            for axis in axes:
                if shared := set(names) & set(axis.settings):
                    raise ConfigError(f"{plain(text)}: the axis {axis.key} sets {min(shared)}. Write {axis.key}=….")
            for name in names:
                put(settings, name, _found(name, value_of(value, name), Path()))
    base = parse_config(settings, said) if overrides else sweep.base
    return replace(sweep, base=base, axes=tuple(axes), title=base.title if base.title else sweep.title)


def added(overrides: Sequence[str]) -> list[Axis]:
    """The axes that KEY=VALUE words add values to. Raises ConfigError."""
    said = plain(" ".join(overrides), 200)
    return [_axis(parse_words(*split(text), said), Path()) for text in overrides]


def to_toml(sweep: Sweep) -> str:
    """The sweep as a file that gives an equal one, every setting written out. Raises ConfigError for a huge one."""
    settings = sweep.base.model_dump()
    del settings["preset"], settings["title"]
    tables: dict[str, Any] = {
        "preset": sweep.preset,
        "title": sweep.title,
        "zip": [list(tie) for tie in sweep.tied],
        "settings": settings,
        "axes": {axis.key: axis.written for axis in sweep.axes},
        "reduce": {"over": list(sweep.over), "how": sweep.how},
    }
    text = tomli_w.dumps(tables)
    if len(text.encode()) > LARGEST:
        raise ConfigError(f"{plain(sweep.preset)}: the axes take too much room. Write long ones as ranges.")
    return text


def _base(tables: dict[str, Any], source: str, folder: Path) -> RunConfig:
    """The base configuration: a run preset, cells' small recording, and the sweep's own settings over them."""
    settings = RunConfig().model_dump()
    if name := tables.get("base"):
        settings = load_run(anchored(name, folder) if name.endswith(".toml") or "/" in name else name).model_dump()
    settings |= {"recording": RECORDING.model_dump(), "title": ""}
    for key, value in _written(tables.get("settings", {})):
        try:
            names = settings_of(key)
        except ConfigError as error:
            raise ConfigError(f"{source}: {error}") from None
        for name in names:
            put(settings, name, _found(name, value, folder))
    return parse_config(settings, source)


def _found(setting: str, value: Any, folder: Path) -> Any:
    """A setting's value; of one that is a path, one that is found from anywhere."""
    return anchored(value, folder) if setting == FILE and isinstance(value, str) else value


def _axis(axis: Axis, folder: Path) -> Axis:
    """An axis, the same way."""
    if axis.settings != (FILE,):
        return axis
    values = [_found(FILE, value, folder) for value in axis.values]
    return replace(axis, values=tuple(values), written=values)


def _written(tables: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """(dotted name, value) of everything written in nested tables."""
    found: list[tuple[str, Any]] = []
    for key, value in tables.items():
        found += _written(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, value)]
    return found


def _reduction(table: dict[str, Any], source: str) -> tuple[tuple[str, ...], Any]:
    if unknown := [key for key in table if key not in ("over", "how")]:
        hint = suggest(unknown[0], ["over", "how"])
        raise ConfigError(f"{source}: reduce.{plain(unknown[0])} is not a part of a sweep.{hint}")
    how = table.get("how", "mean")
    if how not in ("mean", "best"):
        raise ConfigError(f"{source}: reduce.how = {plain(repr(how))}: it is mean or best.")
    return tuple(_words(table.get("over", []), f"{source}: reduce.over")), how


def _words(value: Any, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ConfigError(f'{where}: write the axes as a list of their names, for example ["seed"].')
    return value
