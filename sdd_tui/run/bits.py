"""What decides a run's bits beside its data: settings, which stay what they were, and the machine, which may change.

meta.json has `settings`, as they were when the run began, and `machines`: which one trained from which step on. A run
of an older version has neither until it is trained on.
"""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Any

from sdd_tui.config import RunConfig, field_help
from sdd_tui.errors import DamagedError, plain
from sdd_tui.run.layout import CONFIG, whole

FREE = ("preset", "title", "data.file", "device", "threads")
"""Settings that decide no bits, or are held in another way: a file by the SHA-256 of X, a device as a part of the
machine."""

NAMED = ("engine", "device", "processor")
"""What meta.json says of a machine, beside versions."""

PACKAGES = {"cpu": ("sdd-tui", "numpy", "numba"), "other": ("sdd-tui", "numpy", "torch", "triton")}
"""Packages whose version may decide bits: of the fused engine on a CPU, and of what computes with torch."""


def settings_of(config: RunConfig) -> dict[str, Any]:
    """Dotted name -> value of every setting that decides bits, as meta.json keeps them."""
    return {name: reduce(getattr, name.split("."), config) for name in field_help() if name not in FREE}


def check_settings(run: Path, meta: dict[str, Any], config: RunConfig) -> None:
    """Whether the settings are those that a run began with, as far as its meta.json says. Raises DamagedError."""
    if other := another_setting(meta, config):
        name, began, now = other
        raise DamagedError(
            f"{run / CONFIG}: was changed: {name} was {began} when this run began and is {now} now. Put it back;"
            " `sdd branch` goes on with other settings."
        )


def another_setting(meta: dict[str, Any], config: RunConfig) -> tuple[str, str, str] | None:
    """The first setting that isn't what its run began with, as far as meta.json says: its name, what it was, and what
    it is here, as text."""
    began = meta.get("settings")
    for name, value in settings_of(config).items():
        if isinstance(began, dict) and name in began and began[name] != value:
            return name, plain(str(began[name])), plain(str(value))
    return None


def machines_of(meta: dict[str, Any]) -> list[dict[str, Any]]:
    """Which machine trained from which step on; of an older version's run, the one that it names."""
    found = meta.get("machines")
    if isinstance(found, list):
        return [machine for machine in found if isinstance(machine, dict)]
    return [_machine(meta, 0)] if "device" in meta else []


def note_machine(meta: dict[str, Any], step: int) -> str:
    """Note that the machine of `meta` trains from a step on; one sentence, if another one did before it. What was
    trained from that step on is gone, and so is who did it."""
    before, now = [m for m in machines_of(meta) if _since(m) < step], _machine(meta, step)
    if not before or not (changes := _changes(before[-1], now)):
        meta["machines"] = before or [now]
        return ""
    meta["machines"] = [*before, now]
    return _sentence(step, changes)


def note_replay(meta: dict[str, Any], theirs: dict[str, Any], replaying: dict[str, Any], first: int, last: int) -> str:
    """Note in a branch's meta that a machine (`replaying` says which, as a meta.json does) computes steps `first` to
    `last` of the parent again, whose meta.json is `theirs`; one sentence, if another one had trained them."""
    trained = [m for m in machines_of(theirs) if _since(m) < last]
    before = [m for m in machines_of(meta) if _since(m) < first] or [m for m in trained if _since(m) <= first]
    for machine in (*before[-1:], *(m for m in trained if _since(m) > first)):
        step = max(first, _since(machine))
        now = _machine(replaying, step)
        if first < last and (changes := _changes(machine, now)):
            meta["machines"] = [*(m for m in before if _since(m) < step), now]
            return _sentence(step, changes)
    return ""


def _since(machine: dict[str, Any]) -> int:
    return whole(machine.get("step")) or 0


def _sentence(step: int, changes: list[str]) -> str:
    return f"The bits from step {step:,} on are another machine's: {', '.join(changes)}."


def _machine(meta: dict[str, Any], step: int) -> dict[str, Any]:
    machine = {"step": step} | {name: meta[name] for name in (*NAMED, "versions") if name in meta}
    if "device" in machine:
        machine["device"] = str(machine["device"]).partition(":")[
            0
        ]  # which GPU of a machine is no matter, but its kind
    return machine


def _changes(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What is another; what an older version didn't note is no change."""
    pairs = [(name, before.get(name), now.get(name)) for name in NAMED]
    theirs, ours = (m["versions"] if isinstance(m.get("versions"), dict) else {} for m in (before, now))
    fused = now.get("engine") == "fused" and now.get("device") == "cpu"
    pairs += [(name, theirs.get(name), ours.get(name)) for name in PACKAGES["cpu" if fused else "other"]]
    known = [(name, str(old), str(new)) for name, old, new in pairs if old is not None and new is not None]
    return [f"{name} {plain(old, 60)} → {plain(new, 60)}" for name, old, new in known if old != new]
