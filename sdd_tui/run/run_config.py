"""A run's config.toml: read as a whole or not at all; of a run of a newer version, as far as it is understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sdd_tui.config import RunConfig, field_help, parse_config
from sdd_tui.errors import ConfigError, DamagedError, NotFoundError, SddError, plain
from sdd_tui.run.layout import CONFIG, META, SCHEMA_VERSION, read_json, whole
from sdd_tui.run.written import check_whole
from sdd_tui.tables import read_toml
from sdd_tui.version import __version__


def read_run_config(run: Path) -> RunConfig:
    """The configuration of a run that is trained on or branched from. What was written was valid, so anything else was
    changed or lost: DamagedError, as for a run of a newer version that is not understood."""
    config, left_out = known_config(run)
    newer = newer_version(run)
    if left_out or "schema" in newer:
        raise DamagedError(f"{run / CONFIG}: {left_out or newer} Train on with that version, or start a new run.")
    return config


def known_config(run: Path) -> tuple[RunConfig, str]:
    """The configuration as far as this version knows its settings, and which of a newer version are left out, in words.
    Raises DamagedError."""
    path, known = run / CONFIG, field_help()
    try:
        tables = read_toml(path, recorded=True)
    except (ConfigError, NotFoundError) as error:
        raise DamagedError(str(error)) from None
    check_whole(path, tables)
    newer = newer_version(run)
    unknown = [path for path in _settings(tables) if ".".join(path) not in known] if newer else []
    for *above, name in unknown:
        (tables[above[0]] if above else tables).pop(name)
    try:
        config = parse_config(tables, plain(str(path), 200))
    except ConfigError as error:
        raise DamagedError(f"{error} {newer}".rstrip()) from None
    words = ", ".join(plain(".".join(path)) for path in unknown)
    return config, f"{words} can't be shown: {newer}" if unknown else ""


def newer_version(run: Path) -> str:
    """A sentence that says which version wrote a run, or a sweep, if it is a newer one than this; nothing for any
    other."""
    try:
        meta = read_json(run / META)
    except SddError:
        return ""
    versions, schema = meta.get("versions"), whole(meta.get("schema_version")) or 0
    written = versions.get("sdd-tui") if isinstance(versions, dict) else None
    written = plain(written, 30) if isinstance(written, str) else "a later version"
    if schema > SCHEMA_VERSION:
        return f"it was written by sdd-tui {written} (schema {schema}), and this is {__version__}."
    newer = written != "a later version" and _numbers(written) > _numbers(__version__)
    return f"it was written by sdd-tui {written}, and this is {__version__}." if newer else ""


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d{1,9}", version)]


def _settings(tables: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """The path of every setting: (table, name) or (name,). Tables of a later version count as one."""
    for name, value in tables.items():
        if isinstance(value, dict) and name in RunConfig.model_fields:
            yield from ((name, inside) for inside in value)
        else:
            yield (name,)
