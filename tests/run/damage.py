"""Bytes of a run that are overwritten or cut off, as Hypothesis has it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

FILES = ("config.toml", "meta.json", "status.json", "metrics.jsonl", "frames.bin", "events.jsonl")


Damage = st.tuples(st.sampled_from(FILES), st.integers(0, 30_000), st.binary(max_size=12), st.booleans())


def harm(path: Path, at: int, new: bytes, cut: bool) -> None:
    """Overwrite bytes, or cut the file there."""
    raw = bytearray(path.read_bytes())
    at %= len(raw) + 1
    raw[at : at + len(new)] = new
    path.write_bytes(raw[:at] if cut else raw)
