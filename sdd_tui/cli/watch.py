"""`sdd watch`: a run's rows and events as they come, in plain lines."""

from __future__ import annotations

import time

import typer

from sdd_tui.cli.output.options import Json, RunsDir, RunWord

POLL_S = 0.2


def watch(run: RunWord, runs_dir: RunsDir = None, json: Json = False) -> None:
    """Follow a run in plain lines until it ends: recorded losses and norms, and what happens.

    Example: sdd watch latest
    """
    import json as json_module

    from sdd_tui.errors import DamagedError, RunFailedError, plain
    from sdd_tui.numerals import short
    from sdd_tui.panels.numbers import as_json
    from sdd_tui.run.index import find_run
    from sdd_tui.run.layout import ACTIVE, STATUS
    from sdd_tui.run.layout import runs_dir as where
    from sdd_tui.run.reader import open_run
    from sdd_tui.run.table import COLUMNS

    opened = open_run(find_run(run, where(runs_dir)))
    opened.check_permitted()
    said = -1
    heard = 0
    if not json:
        typer.echo(f"{'step':>11}  {'train':>9}  {'test':>9}  {'‖W‖':>9}  {'‖b‖':>9}")
    while True:
        opened.poll()
        opened.check_permitted()
        status = opened.told
        table = opened.seen
        rows = [{c: float(table[c][i]) for c in COLUMNS} for i in (table["step"] > said).nonzero()[0]]
        events = opened.happened[heard:]
        heard = len(opened.happened)
        lines = sorted([*((r["step"], 0, r) for r in rows), *((e["step"], 1, e) for e in events)], key=lambda x: x[:2])
        for step, kind, what in lines:
            if json:
                typer.echo(json_module.dumps(as_json(what)))
            elif kind:
                typer.echo(f"{step:>11,}  {plain(str(what.get('kind')), 12)}: {plain(str(what.get('text')), 200)}")
            else:
                numbers = (short(what[c]) for c in ("train_loss", "test_loss", "weight_norm", "bias_norm"))
                typer.echo("  ".join([f"{int(step):>11,}", *(f"{n:>9}" for n in numbers)]))
        said = max([said, *(int(r["step"]) for r in rows)])
        state = str(status.get("state"))
        if state not in ACTIVE:
            break
        time.sleep(POLL_S)
    if not status or state == "damaged":
        raise DamagedError(f"{opened.path / STATUS}: {opened.problems.get(STATUS, 'says no state.')}")
    if state not in ("finished", "stopped"):
        outcome = status.get("outcome") or {}
        raise RunFailedError(f"{opened.name}: {plain(state)}. {plain(str(outcome.get('reason', '')), 200)}")
