"""Presets: finding, listing and loading them, and `KEY=VALUE` overrides.

A preset is a TOML file whose head comment says which figure it is, what one should see and how long it takes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from typing import Any

from sdd_tui.config import RunConfig, field_help, parse_config, suggest
from sdd_tui.errors import ConfigError, NotFoundError, plain
from sdd_tui.notation import ALIASES
from sdd_tui.numerals import Written, has_point, loads, number, whole_number
from sdd_tui.tables import read_toml


@dataclass(frozen=True)
class Preset:
    """A preset as it is listed."""

    name: str
    title: str
    figure: str
    path: Path
    T: float = math.nan
    """Training-set size of a model; NaN for a sweep."""

    def comment(self) -> str:
        """The head comment: figure, what one should see, how long it takes."""
        lines = self.path.read_text(encoding="utf-8").splitlines()
        head = lines[: next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))]
        return "\n".join(line.lstrip("#").strip() for line in head)


def preset_dir() -> Path:
    """Where the presets lie: in the package (installed from a wheel) or beside it (an editable install)."""
    package = Path(__file__).parent
    inside = package / "presets"
    return inside if inside.is_dir() else package.parent / "presets"


def presets() -> list[Preset]:
    """Every preset, from the smallest training set to the largest."""
    found: list[tuple[float, Preset]] = []
    for path in preset_dir().glob("*.toml"):
        tables = read_toml(path)
        T = float(tables.get("data", {}).get("n_examples", 1_000))
        n = int(tables.get("data", {}).get("n_features", 10_000))
        figure = path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
        place = T if n == 10_000 or math.isinf(T) else -1  # those scaled down come first, whatever their T
        found.append((place, Preset(path.stem, tables.get("title", ""), figure, path, T)))
    return [preset for _, preset in sorted(found, key=lambda pair: (pair[0], pair[1].name))]


CHANGED = ", changed: "
"""In a title, before the changes that leave it true."""


def find_preset(name: str) -> Path:
    """The file of a preset, or the TOML file itself when `name` is a path. Raises NotFoundError."""
    if name.endswith(".toml") or "/" in name:
        try:
            path = Path(name).expanduser()
            if path.is_file():
                return path
            if path.is_dir():
                raise NotFoundError(f"{plain(name)}: this is a directory, not a TOML file.")
        except (OSError, RuntimeError):  # a name that is too long, or the home of nobody
            pass
        raise NotFoundError(f"{plain(name)}: there is no such file.")
    known = {preset.name: preset.path for preset in presets()}
    if name not in known:
        hint = suggest(name, list(known)) or f" There are {', '.join(known)}."
        raise NotFoundError(f"{plain(name)} is not a preset.{hint}")
    return known[name]


def load(name: str, overrides: Sequence[str] = ()) -> RunConfig:
    """The configuration of a preset or TOML file, with `KEY=VALUE` overrides. Raises NotFoundError, ConfigError."""
    path = find_preset(name)
    settings = read_toml(path, loads)
    settings.setdefault("preset", plain(path.stem))
    data = settings.get("data")
    if isinstance(data, dict) and isinstance(data.get("file"), str):
        settings["data"] = data | {"file": anchored(data["file"], path.parent)}
    config = parse_config(settings, str(path) if name != path.stem else name)
    return with_overrides(config, overrides)


def with_overrides(config: RunConfig, overrides: Sequence[str]) -> RunConfig:
    """The configuration with `KEY=VALUE` settings applied, in order; KEY is a symbol (T, n, m, S), `seed` or a dotted
    name. Raises ConfigError."""
    if not overrides:
        return config
    settings = config.model_dump()
    settings["title"] = title_with(config.title, config.preset, overrides)
    for text in overrides:
        key, value = split(text)
        for name in settings_of(key):
            put(settings, name, value_of(value, name))
    return parse_config(settings, " ".join(plain(o) for o in overrides))


def title_with(title: str, preset: str, changes: Sequence[str]) -> str:
    """The title of a preset's or a run's settings with some changed (`T=7`, `seed=2`): it can't speak of six examples
    where there are seven. Raises ConfigError for what is no setting."""
    title, _, _ = title.partition(CHANGED)
    if not title or not changes:
        return title
    names = {name for text in changes for name in settings_of(split(text)[0])}
    untrue = any(name.startswith(("data.", "model.")) and not name.endswith(("seed", "n_test")) for name in names)
    return (
        f"{preset} with {words}" if (words := plain(" ".join(changes), 100)) and untrue else f"{title}{CHANGED}{words}"
    )


def anchored(file: str, base: Path) -> str:
    """The absolute path of a data.file that is written relative to a directory; "" stays."""
    try:
        return str(base.absolute() / Path(file).expanduser()) if file else ""
    except RuntimeError:  # the home of nobody
        return str(base.absolute() / file)


def split(override: str) -> tuple[str, str]:
    """KEY and VALUE of a `KEY=VALUE`. Raises ConfigError."""
    key, equals, value = override.partition("=")
    if not equals:
        raise ConfigError(f"{plain(override)}: an override is written KEY=VALUE, for example T=6.")
    return key.strip(), value.strip()


def settings_of(key: str) -> tuple[str, ...]:
    """Dotted names of the settings that KEY means: a symbol, a dotted name or its last part (`lr`), or `seed`, which is
    two. Raises ConfigError."""
    if key == "seed":
        return ("data.seed", "model.seed")
    known = list(field_help())
    name = ALIASES.get(key, key)
    if name in known:
        return (name,)
    same = [k for k in known if k.split(".")[-1] == key]
    if len(same) == 1:
        return (same[0],)
    if same:
        raise ConfigError(f"{key} is ambiguous: write {' or '.join(same)}.")
    leaves = [k.split(".")[-1] for k in known]
    hint = " --name gives a run its name." if key == "name" else suggest(key, [*known, *leaves, *ALIASES, "seed"])
    raise ConfigError(f"{plain(key)} is not a setting.{hint}")


def put(settings: dict[str, Any], name: str, value: Any) -> None:
    """Set the setting of a dotted name; `steps=1e5` stands for 100000, `lr=1` is taken for 1.0 as it is."""
    *tables, leaf = name.split(".")
    target = settings
    for table in tables:
        target = target[table]
    old = target[leaf]
    pointed = isinstance(value, Written) and has_point(value.text)  # to be refused
    if (
        isinstance(value, float)
        and not pointed
        and isinstance(old, int | str)
        and value.is_integer()
        and abs(value) < 2**53
    ):
        value = int(value)
    target[leaf] = value


def value_of(text: str, setting: str) -> Any:
    """What a text means as the value of a setting: a number as people write them, what TOML makes of it, or the bare
    text. A decimal point stays text where a whole number is wanted, to be refused."""
    text = text.strip()
    if is_number(setting) and (found := number(text)) is not None:
        if found == math.inf:
            return "inf"
        if not is_whole(setting):
            return found
        if (count := whole_number(text)) is not None:
            return count
        return text if has_point(text) and found == int(found) else found
    try:
        return loads(f"v = {text}")["v"] if "\n" not in text else text
    except (ValueError, RecursionError):  # not TOML, or a number of thousands of digits, or nested as deeply
        return text


def is_number(setting: str) -> bool:
    """Whether a setting is a number; a whole one, if `is_whole`."""
    return isinstance(_default(setting), int | float) and not isinstance(_default(setting), bool)


def is_whole(setting: str) -> bool:
    """Whether a setting is a whole number."""
    return is_number(setting) and isinstance(_default(setting), int)


@cache
def _default(setting: str) -> Any:
    return reduce(getattr, setting.split("."), RunConfig())
