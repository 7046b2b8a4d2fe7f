"""`sdd diff`: the settings in which runs differ."""

from __future__ import annotations

from typing import Annotated

import typer

from sdd_tui.cli.output.options import Json, RunsDir


def diff(
    runs: Annotated[list[str], typer.Argument(metavar="RUN RUN...", help="Two runs or more, as elsewhere.")],
    runs_dir: RunsDir = None,
    json: Json = False,
) -> None:
    """Print the settings in which runs differ, and their losses.

    Example: sdd diff latest pentagon-3f2a
    """
    import json as json_module

    from sdd_tui.config import differing
    from sdd_tui.errors import ConfigError, plain
    from sdd_tui.numerals import short
    from sdd_tui.panels.numbers import as_json
    from sdd_tui.run.index import find_run
    from sdd_tui.run.layout import number
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.run.reader import open_run

    if len(runs) < 2:
        raise ConfigError("sdd diff: name two runs or more. `sdd ls` lists them.")
    opened = [open_run(find_run(word, where(runs_dir))) for word in runs]
    for run in opened:
        run.check_permitted()
    settings = differing([run.config for run in opened])
    losses = {key: [number(run.status.get(key)) for run in opened] for key in ("train_loss", "test_loss")}
    if json:
        rows = {name: list(values) for name, values in settings}
        names = [run.name for run in opened]
        typer.echo(json_module.dumps({"runs": names, "settings": rows, "losses": as_json(losses)}))
        return
    table = [("", *(plain(run.name, 40) for run in opened))]
    table += [(name, *(plain(str(v), 40) for v in values)) for name, values in settings]
    table += [(key.replace("_", " "), *(short(v) for v in values)) for key, values in losses.items()]
    widths = [max(len(cells[i]) for cells in table) for i in range(len(table[0]))]
    for cells in table:
        typer.echo("  ".join(cell.ljust(w) for cell, w in zip(cells, widths, strict=True)).rstrip())
    if not settings:
        typer.echo("They have the same settings.", err=True)
