"""Whatever is wrong with a run's files: what is readable is written, and only an SddError comes out."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdd_tui.errors import SddError
from sdd_tui.export.contents import RunContents
from sdd_tui.export.formats import FORMATS, export
from sdd_tui.run.reader import Run
from tests.run.damage import Damage, harm

NAMES = [n for n, f in FORMATS.items() if n != "wandb" and (f.library is None or find_spec(f.library))]


@settings(max_examples=25, deadline=None)
@given(st.lists(Damage, min_size=1, max_size=3))
def test_any_damage_leaves_an_export_or_one_sentence(
    finished: Path, tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[str, int, bytes, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    run = shutil.copytree(finished, folder / "a")
    for name, at, new, cut in damage:
        harm(run / name, at, new, cut)
    for name in NAMES:
        try:
            contents = RunContents(Run(run))
            export(contents, name, folder / name)
        except SddError as error:
            assert "\n" not in str(error)
            assert not (folder / name).exists()
        else:
            assert (folder / name).exists()
            assert all("\n" not in problem for problem in contents.problems.values())
    assert {p.name for p in folder.iterdir()} <= {"a", *NAMES}
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "value", ["x", None, [], {"a": 1}, True, 10**400, float("nan"), "\x1b[31m\ud800", -1, 2**63 - 1], ids=range(10)
)
def test_any_value_in_events_and_meta_can_be_exported(run: Path, tmp_path: Path, value: object) -> None:
    event = {"step": 3, "time": value, "kind": value, "text": value}
    with (run / "events.jsonl").open("a") as file:
        file.write(json.dumps(event) + "\n")
    with (run / "metrics.jsonl").open("a") as file:
        file.write(json.dumps({"step": 2**63 - 1, "train_loss": value, "seconds": value}) + "\n")
    (run / "meta.json").write_text(json.dumps({"created": value, "parent": value}))
    for name in NAMES:
        export(RunContents(Run(run)), name, tmp_path / name)
