"""Settings and memory: documented, forgiving where they may be, never in the way."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sdd_tui.errors import ConfigError
from sdd_tui.panels.look import Look, remembered
from sdd_tui.store.layout import settings_path
from sdd_tui.tui.settings import Memory, Settings, read_settings, write_settings


def test_without_a_file_there_are_defaults_and_no_file_is_made() -> None:
    assert read_settings() == Settings()
    assert not settings_path().exists()


def test_what_is_written_is_read_and_every_setting_has_its_comment() -> None:
    wanted = Settings(theme="nord", marks="ascii", fps=5, bandwidth="low")
    write_settings(wanted)
    text = settings_path().read_text()
    assert read_settings() == wanted
    assert tomllib.loads(text) == wanted.model_dump()
    assert text.count("\n# ") == len(Settings.model_fields)


@pytest.mark.parametrize(
    ("text", "word"), [("fps = 0", "fps"), ("marks = 'dots'", "marks"), ("colour = 1", "colour"), ("fps = [", "toml")]
)
def test_what_can_not_be_used_is_named_with_its_file(text: str, word: str) -> None:
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text(text)
    with pytest.raises(ConfigError, match=word) as error:
        read_settings()
    assert str(settings_path()) in str(error.value)


def test_memory_keeps_layout_look_and_places(tmp_path: Path) -> None:
    memory = Memory()
    memory.keep(layout=["hidden"], look=Look(log_x=True, colour="norm").remembered())
    memory.keep_place(str(tmp_path), 700)
    memory.save()
    again = Memory()
    assert again.values["layout"] == ["hidden"]
    assert remembered(again.values["look"]) == Look(log_x=True, colour="norm")
    assert again.table("places") == {str(tmp_path): 700}
    again.keep_place(str(tmp_path), None)
    assert again.table("places") == {}


@pytest.mark.parametrize("damage", ["", "no", "[]", '{"look": 3, "places": [], "layout": {"a": 1}}'])
def test_a_damaged_memory_starts_afresh(own_settings: Path, damage: str) -> None:
    path = own_settings / "state" / "sdd-tui" / "view.json"
    path.parent.mkdir(parents=True)
    path.write_text(damage)
    memory = Memory()
    assert memory.table("places") == {}
    assert remembered(memory.values.get("look")) == Look()


def test_a_memory_that_can_not_be_written_is_no_reason_to_stop(own_settings: Path) -> None:
    (own_settings / "state").write_text("a file where the directory would be")
    memory = Memory()
    memory.keep(layout=["loss"])
    memory.save()
    assert (own_settings / "state").is_file()


@pytest.mark.parametrize("values", [None, 3, {"log_x": 1}, {"colour": "pink"}, {"smooth": 7}, {"item": 5}])
def test_a_look_takes_only_what_fits(values: object) -> None:
    assert remembered(values) == Look()
