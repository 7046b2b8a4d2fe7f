"""A user may have no home, or one that can't be looked into; nothing is made anywhere then, and all goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdd_tui.errors import NoRoomError
from sdd_tui.tui.settings import Memory, Settings, read_settings, write_settings
from sdd_tui.user_dirs import settings_path, user_dir


def test_without_a_home_there_is_no_place_of_one_s_own(no_home: None) -> None:
    assert [user_dir(kind) for kind in ("config", "state", "cache")] == [None] * 3
    assert settings_path() is None


def test_without_a_home_the_app_has_its_defaults_and_remembers_nothing(
    no_home: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings() == (Settings(), "")
    memory = Memory()
    memory.keep(layout=["loss"])
    memory.save()
    with pytest.raises(NoRoomError, match="no home directory"):
        write_settings(Settings())
    assert list(tmp_path.iterdir()) == []


def test_settings_that_can_not_be_seen_are_the_defaults_with_a_sentence(own_settings: Path) -> None:
    (own_settings / "config").symlink_to("config")
    settings, words = read_settings()
    assert settings == Settings()
    assert str(settings_path()) in words and "can't be read" in words
