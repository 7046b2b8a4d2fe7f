"""`sdd-tui`: opens the app, on a preset, a run, a sweep or a comparison of runs when one is named."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sdd_tui.errors import ConfigError, ExitCode, NotFoundError, plain
from sdd_tui.streams import answer

command = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]}
)


@command.command()
def sdd_tui(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[tour|PRESET|RUN|SWEEP] [RUN]...",
            help="Take the guided tour, start this preset, or open this run or sweep; two to six runs are compared.",
        ),
    ] = None,
    example: Annotated[
        str | None,
        typer.Option("--example", help="Open a sweep that comes with the program: double-descent.", metavar="NAME"),
    ] = None,
    runs_dir: Annotated[
        str | None, typer.Option("--runs-dir", help="Where runs lie; SDD_RUNS_DIR or ./runs without it.")
    ] = None,
) -> None:
    """Watch toy models train: presets, runs, losses and geometry, live.

    Example: sdd-tui pentagon
    """
    if not all(os.isatty(stream) for stream in range(3)):  # Textual draws on stderr; one that is closed is none
        raise ConfigError("sdd-tui needs a terminal. Without one, `sdd run pentagon` trains and `sdd show` shows.")
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.tui.app import SddApp
    from sdd_tui.tui.settings import read_settings

    runs, (settings, words) = where(runs_dir), read_settings()
    touring = example is None and what == ["tour"]
    if example is not None:
        shown = [_example(example, what)]
    elif touring:
        shown = []
    else:
        shown = _compared(what, runs) if what and len(what) > 1 else [_opened(word, runs) for word in what or ()]
    app = SddApp(runs, shown[0] if shown else None, settings, shown[1:], words, touring)
    app.run()
    raise typer.Exit(app.return_code or ExitCode.DONE)


def _example(name: str, what: Sequence[str] | None) -> Path:
    """The kept sweep of a name. Raises NotFoundError, ConfigError."""
    from sdd_tui.paper.kept import example

    if what:
        raise ConfigError(f"--example {plain(name, 60)} opens that alone, so {plain(what[0], 60)} can't be opened too.")
    return example(name)


def _compared(words: Sequence[str], runs: Path) -> list[Path]:
    """The runs that are meant. Raises NotFoundError, ConfigError."""
    from sdd_tui.panels.comparison import MOST
    from sdd_tui.sweep.directory import find_run_or_sweep, is_sweep

    found = [find_run_or_sweep(word, runs) for word in words]
    for word, path in zip(words, found, strict=True):
        if is_sweep(path):
            raise ConfigError(f"{plain(word, 60)} is a sweep, and runs are compared with runs. Open it alone.")
    if len(found) > MOST:
        raise ConfigError(f"{len(found)} runs are too many to compare at once; {MOST} are the most.")
    return found


def _opened(what: str, runs: Path) -> Path:
    """The run that is meant; a preset's name or a TOML file starts one. Raises SddError."""
    from sdd_tui import presets
    from sdd_tui.run.create import create
    from sdd_tui.sweep.directory import find_run_or_sweep, is_sweep, read_sweep
    from sdd_tui.training.launch import launch

    if what.endswith(".toml") or what in {p.name for p in presets.presets()}:
        run = create(presets.load(what), runs)
        launch(run)
        return run
    try:
        found = find_run_or_sweep(what, runs)
        if is_sweep(found):
            read_sweep(found)  # a damaged one is said before the app is there
        return found
    except NotFoundError as missing:
        try:
            presets.find_preset(what)
        except NotFoundError as error:
            if "Did you mean" in str(error):
                raise error from None
        raise missing from None


def main() -> None:
    """Run the command; errors become one sentence and an exit code."""
    gc.disable()  # until the app is there: imports leave no garbage, and looking for it is a tenth of the start
    answer("sdd-tui", command)


if __name__ == "__main__":
    main()
