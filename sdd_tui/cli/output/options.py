"""Options that several commands share, each defined once."""

from __future__ import annotations

from typing import Annotated

import typer

RunsDir = Annotated[
    str | None, typer.Option("--runs-dir", help="Where runs lie; SDD_RUNS_DIR or ./runs without it.", metavar="DIR")
]
RunWord = Annotated[
    str, typer.Argument(metavar="RUN", help="A path, a name, a unique prefix, its last four digits, or latest.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object to stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")]
Overwrite = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]
Force = Annotated[
    bool, typer.Option("--force", help="Train even if another trainer seems to hold the run. It may be damaged.")
]


def step(text: str) -> int:
    """A step on the command line, as people write numbers."""
    from sdd_tui.errors import ConfigError
    from sdd_tui.run.requests import asked_step

    try:
        return asked_step(text)
    except ConfigError as error:
        raise typer.BadParameter(str(error)) from None
