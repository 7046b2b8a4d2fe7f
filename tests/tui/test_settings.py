"""Settings and memory: documented, forgiving where they may be, never in the way."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from sdd_tui.errors import ConfigError
from sdd_tui.panels.view_options import OF_A_RUN, ViewOptions, remembered
from sdd_tui.tui.settings import MOST_REMEMBERED, Memory, Settings, read_settings, write_settings
from sdd_tui.user_dirs import settings_path


def place() -> Path:
    path = settings_path()
    assert path
    return path


def test_without_a_file_there_are_defaults_and_no_file_is_made() -> None:
    assert read_settings() == (Settings(), "")
    assert not place().exists()


def test_what_is_written_is_read_and_every_setting_has_its_comment() -> None:
    wanted = Settings(theme="nord", marks="ascii", fps=5, bandwidth="low")
    write_settings(wanted)
    text = place().read_text()
    assert read_settings() == (wanted, "")
    assert tomllib.loads(text) == wanted.model_dump()
    assert text.count("\n# ") == len(Settings.model_fields)


@pytest.mark.parametrize(
    ("text", "word"), [("fps = 0", "fps"), ("marks = 'dots'", "marks"), ("colour = 1", "colour"), ("fps = [", "toml")]
)
def test_what_can_not_be_used_is_named_with_its_file(text: str, word: str) -> None:
    place().parent.mkdir(parents=True)
    place().write_text(text)
    with pytest.raises(ConfigError, match=word) as error:
        read_settings()
    assert str(place()) in str(error.value)


def test_memory_keeps_layout_look_and_places(tmp_path: Path) -> None:
    memory = Memory()
    memory.keep(layout=["hidden"], look=ViewOptions(log_x=True, colour="norm").remembered())
    memory.keep_place(str(tmp_path), {"step": 700})
    memory.save()
    again = Memory()
    assert again.values["layout"] == ["hidden"]
    assert remembered(again.values["look"]) == ViewOptions(log_x=True, colour="norm")
    assert again.place(str(tmp_path)) == {"step": 700}
    again.keep_place(str(tmp_path), {})
    again.save()
    assert Memory().table("places") == {}


def test_two_apps_at_once_each_keep_what_they_changed_and_nothing_else() -> None:
    first = Memory()
    first.keep(layout=["loss"], look={"log_x": True, "smooth": 5})
    for name, step in (("a", 1), ("b", 2), ("c", 3)):
        first.keep_place(name, {"step": step})
    first.save()
    one, other = Memory(), Memory()
    one.keep(look={"log_x": False, "smooth": 5})
    one.keep_place("a", {"step": 10})
    one.keep_place("b", {})
    one.save()
    other.keep(layout=["norms"], look={"log_x": True, "smooth": 15})
    other.keep_place("c", {"step": 30})
    other.save()
    for _ in range(2):  # nothing more has changed: neither writes what the other did over again
        one.save()
        other.save()
    found = Memory()
    assert found.values["look"] == {"log_x": False, "smooth": 15}
    assert found.values["layout"] == ["norms"]
    assert found.table("places") == {"a": {"step": 10}, "c": {"step": 30}}


def test_the_places_kept_last_are_remembered_and_no_more_than_so_many() -> None:
    memory = Memory()
    for i in range(MOST_REMEMBERED + 5):
        memory.keep_place(f"run-{i}", {"step": i + 1})
    memory.save()
    kept = list(Memory().table("places"))
    assert len(kept) == MOST_REMEMBERED
    assert kept[-1] == f"run-{MOST_REMEMBERED + 4}"


def test_of_a_run_what_is_zoomed_and_chosen_is_kept_and_only_if_it_is_not_as_usual() -> None:
    assert ViewOptions(log_x=True, cross=5.0, turn=30.0).of_a_run() == {}
    options = ViewOptions(
        window=(250.0, 500.0),
        fit=True,
        offset=(0.5, -0.25),
        zoom=2.0,
        axes=(1, 2),
        kind="feature",
        item=7,
        pages=(0, 2, 1),
    )
    stored = json.loads(json.dumps(options.of_a_run()))
    assert remembered(stored, ViewOptions(smooth=5), OF_A_RUN) == replace(options, smooth=5)


@pytest.mark.parametrize(
    "values",
    [
        {"window": [0.5, 0.2]}, {"window": [-7, 7]}, {"offset": [9, 0]}, {"window": [0]}, {"window": ["a", "b"]},
        {"zoom": float("nan")}, {"zoom": 0}, {"zoom": True}, {"axes": [1, 1]}, {"axes": [0.5, 1]},
        {"item": -2}, {"item": 2**40}, {"item": "3"}, {"page": -1}, {"kind": "run"}, {"kind": ["example"]},
    ],
)  # fmt: skip
def test_a_run_s_look_takes_only_what_fits(values: object) -> None:
    assert remembered(values, ViewOptions(), OF_A_RUN) == ViewOptions()


@pytest.mark.parametrize("damage", ["", "no", "[]", '{"look": 3, "places": [], "layout": {"a": 1}}'])
def test_a_damaged_memory_starts_afresh(own_settings: Path, damage: str) -> None:
    path = own_settings / "state" / "sdd-tui" / "view.json"
    path.parent.mkdir(parents=True)
    path.write_text(damage)
    memory = Memory()
    assert memory.table("places") == {}
    assert remembered(memory.values.get("look")) == ViewOptions()


def test_a_memory_that_can_not_be_written_is_no_reason_to_stop(own_settings: Path) -> None:
    (own_settings / "state").write_text("a file where the directory would be")
    memory = Memory()
    memory.keep(layout=["loss"])
    memory.save()
    assert (own_settings / "state").is_file()


@pytest.mark.parametrize("values", [None, 3, {"log_x": 1}, {"colour": "pink"}, {"smooth": 7}, {"item": 5}])
def test_a_look_takes_only_what_fits(values: object) -> None:
    assert remembered(values) == ViewOptions()
