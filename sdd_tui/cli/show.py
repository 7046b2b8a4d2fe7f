"""`sdd show`: one run's numbers and hidden vectors, or any panel of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sdd_tui.cli.options import Json, RunsDir, RunWord

if TYPE_CHECKING:
    from sdd_tui.store.reader import Run


def show(
    run: RunWord,
    runs_dir: RunsDir = None,
    step: Annotated[int | None, typer.Option("--step", min=0, help="As it was at this step.")] = None,
    panel: Annotated[
        str | None,
        typer.Option(
            "--panel",
            help="Draw a panel of the app at the terminal's size: loss, features, hidden, planes (both),"
            " dimensionality, norms, events, gram, inspector or system.",
            metavar="PANEL",
        ),
    ] = None,
    item: Annotated[
        int | None, typer.Option("--item", min=0, help="The example that the inspector shows.", metavar="I")
    ] = None,
    json: Json = False,
) -> None:
    """Show a run: what it is, its losses, its hidden vectors drawn; or one panel, or its numbers.

    Example: sdd show latest --panel dimensionality --step 2000
    """
    from sdd_tui.cli.report import as_json, summary
    from sdd_tui.store.index import find_run
    from sdd_tui.store.layout import runs_dir as where
    from sdd_tui.store.reader import open_run

    opened = open_run(find_run(run, where(runs_dir)))
    if panel is not None:
        _panel(opened, panel, step, item, json)
    elif json:
        typer.echo(as_json(opened, step))
    else:
        summary(opened, step)


def _panel(run: Run, name: str, step: int | None, item: int | None, json: bool) -> None:
    import json as json_module
    import math

    from sdd_tui.cli.picture import has_colours, show, size
    from sdd_tui.config import suggest
    from sdd_tui.errors import ConfigError, plain
    from sdd_tui.panels.catalogue import PANELS, drawn
    from sdd_tui.panels.look import Look
    from sdd_tui.panels.numbers import as_json
    from sdd_tui.panels.view import View

    names = ["features", "hidden"] if name == "planes" else [name]
    if unknown := [n for n in names if n not in PANELS]:
        known = [*PANELS, "planes"]
        raise ConfigError(
            f"--panel {plain(unknown[0])}: there is no such panel."
            f"{suggest(unknown[0], known) or ' There are ' + ', '.join(known) + '.'}"
        )
    view = View(run)
    view.look(math.inf)
    if name == "dimensionality":
        view.history.extend(run, view.steps, math.inf)
    view.go(step)
    look = Look(colours=has_colours(), item=-1 if item is None else item)
    if json:
        numbers = {n: as_json(PANELS[n].numbers(view, look)) for n in names}
        typer.echo(json_module.dumps(numbers if len(names) > 1 else numbers[name]))
        return
    columns, rows = size()
    for n in names:
        drawing = drawn(PANELS[n], view, look, columns, max(6, rows // len(names) - 1))
        at = "" if drawing.note.startswith("step") else f"step {view.step:,}  "
        title = f"{PANELS[n].title}  {at}{drawing.note}".rstrip()[:columns]
        show([[(title, "text")], *drawing.rows])
