"""`sdd`: puts the commands together."""

from __future__ import annotations

import typer

from sdd_tui.cli import bench, control, diff, doctor, export, figure, ls, manage, presets, show, watch
from sdd_tui.cli.run import branch, resume
from sdd_tui.cli.run.command import run
from sdd_tui.cli.sweep import commands as sweep
from sdd_tui.cli.verify.command import verify
from sdd_tui.streams import answer

app = typer.Typer(
    help='Train, keep and inspect the toy models of "Superposition, Memorization, and Double Descent".',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run)
app.command("branch")(branch.branch)
app.command("resume")(resume.resume)
app.command("ls")(ls.ls)
app.command("show")(show.show)
app.command("watch")(watch.watch)
app.command("diff")(diff.diff)
app.command("export")(export.export)
app.command("pause")(control.pause)
app.command("continue")(control.go_on)
app.command("step")(control.step)
app.command("checkpoint")(control.checkpoint)
app.command("stop")(control.stop)
app.command("rename")(manage.rename)
app.command("note")(manage.note)
app.command("trash")(manage.trash)
app.add_typer(sweep.app, name="sweep")
app.command("figure")(figure.figure)
app.command("verify")(verify)
app.command("presets")(presets.presets)
app.command("bench")(bench.bench)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run the command line; the process's exit code is one of ExitCode."""
    answer("sdd", app)


if __name__ == "__main__":
    main()
