"""`sdd show`: one run's numbers and hidden vectors, or any panel of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sdd_tui.cli.output.options import Json, RunsDir, RunWord
from sdd_tui.cli.output.options import step as one_step

if TYPE_CHECKING:
    from sdd_tui.cli.output.view_options import PanelOptions
    from sdd_tui.panels.view import View
    from sdd_tui.run.reader import Run

LOOKS = "With --panel"


def _look(*names: str, help: str, **more: Any) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=LOOKS, **more)


def show(
    run: RunWord,
    runs_dir: RunsDir = None,
    step: Annotated[
        int | None, typer.Option("--step", parser=one_step, help="As it was at this step.", metavar="N")
    ] = None,
    panel: Annotated[
        str | None,
        typer.Option(
            "--panel",
            help="Draw a panel of the app at the terminal's size: loss, features, hidden, planes (both),"
            " dimensionality, norms, events, gram, inspector or system.",
            metavar="PANEL",
        ),
    ] = None,
    log_x: Annotated[bool, _look("--log-x/--linear-x", help="Steps on a log axis, or a linear one.")] = True,
    linear_y: Annotated[bool, _look("--linear-y", help="Losses on a linear axis.")] = False,
    smooth: Annotated[int, _look("--smooth", help="Losses averaged over so many rows.", min=0, metavar="N")] = 0,
    colour: Annotated[
        str, _look("--colour", help="Planes coloured by dimensionality, norm or example.", metavar="BY")
    ] = "plain",
    axes: Annotated[str | None, _look("--axes", help="Planes of two of m hidden dimensions.", metavar="I,J")] = None,
    principal: Annotated[bool, _look("--principal", help="Planes of the two principal components.")] = False,
    example: Annotated[
        int | None, _look("--example", help="What the inspector shows and planes mark.", min=0, metavar="I")
    ] = None,
    feature: Annotated[int | None, _look("--feature", help="The same of a feature.", min=0, metavar="J")] = None,
    json: Json = False,
) -> None:
    """Show a run: what it is, its losses, its hidden vectors drawn; or one panel, or its numbers.

    Example: sdd show latest --panel dimensionality --step 2000
    """
    from sdd_tui.cli.output.view_options import PanelOptions
    from sdd_tui.cli.run.report import as_json, summary
    from sdd_tui.errors import ConfigError
    from sdd_tui.run.index import find_run
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.run.reader import open_run

    opened = open_run(find_run(run, where(runs_dir)))
    opened.check_permitted()
    wanted = PanelOptions(log_x, linear_y, smooth, colour, axes, principal, example, feature)
    if panel is not None:
        _panel(opened, panel, step, wanted, json)
    elif wanted != PanelOptions():
        raise ConfigError("sdd show: --panel is missing; the options of its look say nothing without it.")
    elif json:
        typer.echo(as_json(opened, step))
    else:
        summary(opened, step)


def _panel(run: Run, name: str, step: int | None, wanted: PanelOptions, json: bool) -> None:
    import json as json_module
    import math
    import sys

    from sdd_tui.cli.output.picture import show, size
    from sdd_tui.config import suggest
    from sdd_tui.errors import ConfigError, plain
    from sdd_tui.panels.catalogue import PANELS, drawn, measured
    from sdd_tui.panels.view import View

    names = ["features", "hidden"] if name == "planes" else [name]
    if unknown := [n for n in names if n not in PANELS]:
        known = [*PANELS, "planes"]
        raise ConfigError(
            f"--panel {plain(unknown[0])}: there is no such panel."
            f"{suggest(unknown[0], known) or ' There are ' + ', '.join(known) + '.'}"
        )
    view = View(run)
    view.poll(math.inf)
    run.check_permitted()
    if name == "dimensionality":
        view.history.extend(run, view.steps, math.inf)
    view.go(step)
    options = wanted.view_options(view)
    for n in names:
        _check(view, n)
    for file, problem in run.problems.items():
        print(f"{file}: {plain(problem, 200)}", file=sys.stderr)
    if json:
        numbers = {n: measured(PANELS[n], view, options) for n in names}
        typer.echo(json_module.dumps(numbers if len(names) > 1 else numbers[name]))
        return
    columns, rows = size()
    for n in names:
        drawing = drawn(PANELS[n], view, options, columns, max(6, rows // len(names) - 1))
        at = "" if view.snapshot is None or drawing.note.startswith("step") else f"step {view.step:,}  "
        title = f"{PANELS[n].title}  {at}{drawing.note}".rstrip()[:columns]
        show([[(title, "text")], *drawing.rows])


def _check(view: View, name: str) -> None:
    """Raises SddError where there is nothing to draw in a panel, as a file can't be read or there is no frame."""
    from sdd_tui.errors import DamagedError
    from sdd_tui.run.layout import EVENTS, METRICS

    lines = {"loss": (METRICS, len(view.rows["step"])), "events": (EVENTS, len(view.events))}
    if name in lines:
        file, read = lines[name]
        if file in view.run.problems and not read:
            raise DamagedError(f"{view.run.path / file}: {view.run.problems[file]}.")
    elif name != "system" and view.error is not None:
        raise view.error
