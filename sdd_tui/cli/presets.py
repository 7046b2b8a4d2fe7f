"""`sdd presets`: what there is to train."""

from __future__ import annotations

from typing import Annotated

import typer


def presets(name: Annotated[str | None, typer.Argument(help="Show this preset whole.")] = None) -> None:
    """List the presets, or show one: which figure, what one should see, every setting.

    Example: sdd presets pentagon
    """
    from sdd_tui import presets
    from sdd_tui.config import to_toml
    from sdd_tui.errors import plain

    if name is None:
        found = presets.presets()
        width = max(len(p.name) for p in found)
        for preset in found:
            typer.echo(f"{preset.name:<{width}}  {preset.title}  [{preset.figure}]")
        return
    path = presets.find_preset(name)
    settings = to_toml(presets.load(name))
    comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    for line in [*comments, "", *settings.splitlines()]:
        typer.echo(plain(line, 1_000))
