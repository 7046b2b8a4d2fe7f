"""The fields of the form, read off RunConfig, and the configuration that texts typed into them mean. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import getitem
from typing import Any

from sdd_tui.config import RunConfig, field_help, parse_config
from sdd_tui.errors import ConfigError, plain
from sdd_tui.notation import ALIASES
from sdd_tui.numerals import unpadded
from sdd_tui.presets import with_overrides

WORDS = ("preset", "title", "device", "data.file")
"""Settings that are text: taken as typed, where `5` or `true` would be a value of another type elsewhere."""

ENDLESS = 10**12
"""Upper limits beyond this are not worth saying."""


@dataclass(frozen=True)
class Field:
    """One setting as the form shows it."""

    name: str
    """Dotted."""
    symbol: str
    choices: tuple[str, ...]
    """What it can be, where that is a short list."""
    help: str
    limits: str

    @property
    def group(self) -> str:
        """Its table; `run` for those of no table."""
        return self.name.rpartition(".")[0] or "run"

    @property
    def label(self) -> str:
        """Its last name."""
        return self.name.rpartition(".")[2]


@lru_cache
def fields() -> tuple[Field, ...]:
    """Every setting, in the order of the configuration."""
    symbols = {setting: symbol for symbol, setting in ALIASES.items()}
    schema = RunConfig.model_json_schema()
    found = []
    for name, words in field_help().items():
        about = schema
        for part in name.split("."):
            about = about["properties"][part]
            if "$ref" in about:
                about = schema["$defs"][about["$ref"].rpartition("/")[2]]
        choices = ("true", "false") if about.get("type") == "boolean" else tuple(about.get("enum", ()))
        found.append(Field(name, symbols.get(name, ""), choices, words, _limits(name, about)))
    return tuple(found)


def as_text(value: Any) -> str:
    """A setting as it stands in its field."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return unpadded(f"{value:g}" if float(f"{value:g}") == value else str(value))
    return str(value)


def texts(config: RunConfig) -> dict[str, str]:
    """Dotted name -> text, of every setting."""
    found = {}
    for field in fields():
        value: Any = config
        for part in field.name.split("."):
            value = getattr(value, part)
        found[field.name] = as_text(value)
    return found


def configured(config: RunConfig, changes: dict[str, str]) -> RunConfig:
    """The configuration with texts typed over some settings. Raises ConfigError with a sentence about the first."""
    words = {name: text for name, text in changes.items() if name in WORDS}
    numbers = [f"{name}={text}" for name, text in changes.items() if name not in WORDS]
    try:
        settings = config.model_dump()
        for name, text in words.items():
            *tables, leaf = name.split(".")
            reduce(getitem, tables, settings)[leaf] = text
        base = parse_config(settings, "form")
        return with_overrides(base, numbers).model_copy(update={"title": base.title})
    except ConfigError as error:
        sentence = str(error).removeprefix("form: ").removeprefix(" ".join(plain(n) for n in numbers) + ": ")
        raise ConfigError(sentence) from None


def problems(config: RunConfig, changes: dict[str, str]) -> dict[str, str]:
    """Setting -> what is wrong with its text; {} when a run can be started."""
    found: dict[str, str] = {}
    for name, text in changes.items():
        try:
            configured(config, {name: text})
        except ConfigError as error:
            if str(error).startswith(name):  # else it may get on with the other changes
                found[name] = str(error)
    if found:
        return found
    try:
        configured(config, changes)
    except ConfigError as error:
        leaf = str(error).split(" ", 1)[0]
        named = [field.name for field in fields() if leaf in (field.name, field.label)]
        return {(named or list(changes))[0]: str(error)}
    return {}


def _limits(name: str, about: dict[str, Any]) -> str:
    """What a setting can be, in words."""
    if name == "device":
        return "auto, cpu, mps, cuda or cuda:N"
    if "anyOf" in about:
        return " or ".join(_limits(name, one) for one in about["anyOf"])
    if "const" in about:
        return str(about["const"])
    if about.get("type") not in ("integer", "number"):
        return ", ".join(about.get("enum", [])) or ("true or false" if about.get("type") == "boolean" else "text")
    kind = "a whole number" if about["type"] == "integer" else "a number"
    lower, above = about.get("minimum"), about.get("exclusiveMinimum")
    upper, below = about.get("maximum"), about.get("exclusiveMaximum")
    parts = [f"from {lower:,}" if lower is not None else "", f"above {above:,}" if above is not None else ""]
    parts += [f"to {upper:,.0f}" if upper is not None and upper < ENDLESS else ""]
    parts += [f"to below {below:,}" if below is not None else ""]
    return " ".join([kind, *(part for part in parts if part)])
