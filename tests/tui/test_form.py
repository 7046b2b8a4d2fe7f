"""The form: what it says while one types, and the run it starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Static

from sdd_tui.config import RunConfig, field_help, read_config
from sdd_tui.errors import BusyError, ConfigError
from sdd_tui.presets import load, presets
from sdd_tui.run.index import find_run, list_runs
from sdd_tui.tui.app import SddApp
from sdd_tui.tui.form.fields import configured, fields, problems, texts
from sdd_tui.tui.form.widgets import Row
from sdd_tui.tui.screens.confirm import ConfirmScreen
from sdd_tui.tui.screens.form import FormScreen
from sdd_tui.tui.screens.home import HomeScreen
from sdd_tui.tui.screens.run import RunScreen
from tests.tui.driving import comes_to, driven, settled, until


def row(pilot: Pilot[None], name: str) -> Row:
    return next(row for row in pilot.app.screen.query(Row) if row.field.name == name)


async def put(pilot: Pilot[None], name: str, text: str) -> None:
    """Go to a field and type over what stands there."""
    row(pilot, name).box.focus()
    await pilot.pause()
    row(pilot, name).query_one(Input).value = ""
    await pilot.press(*text)
    await settled(pilot)


def about(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#form-about", Static).render())


async def opened(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))


def test_every_setting_has_a_field_with_help_and_limits() -> None:
    assert [field.name for field in fields()] == list(field_help())
    assert all(field.help and field.limits for field in fields())


@pytest.mark.parametrize("config", [RunConfig(), *(load(p.name) for p in presets())], ids=lambda c: c.preset)
def test_what_stands_in_the_fields_is_the_configuration(config: RunConfig) -> None:
    assert configured(config, texts(config)) == config


@given(
    st.dictionaries(
        st.sampled_from([f.name for f in fields()]), st.text(max_size=12) | st.sampled_from(["5", "1e3", "inf"])
    )
)
def test_any_texts_are_a_configuration_or_a_printable_problem(changes: dict[str, str]) -> None:
    found = problems(RunConfig(), changes)
    assert all(words.isprintable() for words in found.values())
    if found:
        with pytest.raises(ConfigError):
            configured(RunConfig(), changes)
    else:
        configured(RunConfig(), changes)


@pytest.mark.parametrize(("text", "T"), [("10,000", 10_000), ("1e4", 10_000), ("INF", "inf"), ("∞", "inf"), ("+3", 3)])
def test_numbers_are_typed_as_people_write_them(text: str, T: object) -> None:
    assert configured(RunConfig(), {"data.n_examples": text}).data.n_examples == T


@pytest.mark.parametrize("name", ["data.n_examples", "optim.lr"])
def test_a_comma_that_is_none_between_thousands_is_a_problem(name: str) -> None:
    assert "'1,5' can't be used" in problems(RunConfig(), {name: "1,5"})[name]


async def test_a_changed_preset_is_started_and_opened(tmp_path: Path) -> None:
    async with driven(SddApp(tmp_path)) as pilot:
        await pilot.press("up", "up", "e")
        assert isinstance(pilot.app.screen, FormScreen)
        await pilot.press("7")
        assert row(pilot, "data.n_examples").has_class("changed")
        await put(pilot, "name", "seven")
        await pilot.press("ctrl+s")
        await opened(pilot)
        run = find_run("seven", tmp_path)
        await comes_to(pilot, run, "finished")
        config = read_config(run / "config.toml")
        assert config.data.n_examples == 7
        assert config.title == "quick with T=7"
        assert config == load("quick", ["T=7"])
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_a_file_of_ones_own_examples_is_typed_as_it_is_called(tmp_path: Path) -> None:
    async with driven(SddApp(tmp_path)) as pilot:
        await pilot.press("e")
        await put(pilot, "data.file", "1,5.npz")
        assert row(pilot, "data.file").has_class("changed") and not row(pilot, "data.file").has_class("wrong")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "1,5.npz is not there" in about(pilot))
        assert list_runs(tmp_path) == []


async def test_a_run_is_started_again_with_changes(runs: Path, recorded: Path) -> None:
    async with driven(SddApp(runs)) as pilot:
        await pilot.press("tab", "e")
        await put(pilot, "optim.steps", "1e3")
        await pilot.press("ctrl+s")
        await opened(pilot)
        before = read_config(recorded / "config.toml")
        run = find_run("latest", runs)
        await comes_to(pilot, run, "finished")
        after = read_config(run / "config.toml")
        assert after.optim.steps == 1_000
        assert after.title.startswith("pentagon with n=400") and after.title.count("steps=1,000") == 1
        assert after.model_dump(exclude={"optim", "title"}) == before.model_dump(exclude={"optim", "title"})


async def test_what_is_wrong_is_said_at_once_and_nothing_starts(tmp_path: Path) -> None:
    async with driven(SddApp(tmp_path)) as pilot:
        await pilot.press("e", "0")
        assert "from 1 to 100,000,000" in about(pilot)
        assert row(pilot, "data.n_examples").has_class("wrong")
        await pilot.press("down")
        assert "Examples a step" in about(pilot)
        assert "n_examples = 0" in about(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert pilot.app.screen.focused is row(pilot, "data.n_examples").box
        await put(pilot, "data.n_examples", "9")
        await put(pilot, "data.n_features", "100")
        await put(pilot, "model.n_hidden", "200")
        assert "larger than n_features" in about(pilot)
        assert row(pilot, "model.n_hidden").has_class("wrong")
        await put(pilot, "model.n_hidden", "2")
        await put(pilot, "name", "../x")
        assert "a run's name is" in about(pilot)
        await pilot.press("ctrl+s")
        assert not tmp_path.exists() or list_runs(tmp_path) == []


async def test_choices_go_around_with_space_and_the_arrows(tmp_path: Path) -> None:
    async with driven(SddApp(tmp_path)) as pilot:
        await pilot.press("e")
        box = row(pilot, "optim.schedule").box
        box.focus()
        for key, value in (("space", "linear"), ("right", "constant"), ("right", "cosine"), ("left", "constant")):
            await pilot.press(key)
            assert box.value == value
        assert "1 setting changed" in str(pilot.app.screen.query_one("#form-count", Static).render())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_up_and_down_go_through_the_fields_and_show_them(tmp_path: Path, size: tuple[int, int]) -> None:
    async with SddApp(tmp_path).run_test(size=size) as pilot:
        await pilot.press("e", "down", "down")
        assert pilot.app.screen.focused is row(pilot, "data.normalise").box
        await pilot.press("up", "enter", "down")
        assert pilot.app.screen.focused is row(pilot, "data.seed").box
        await pilot.press(*["down"] * 20)
        await settled(pilot)
        at = pilot.app.screen.focused
        assert at is not None
        assert pilot.app.screen.query_one("#form-fields").region.contains_region(at.region)


async def test_leaving_asks_only_when_something_would_be_lost(tmp_path: Path) -> None:
    async with driven(SddApp(tmp_path)) as pilot:
        await pilot.press("e", "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        await pilot.press("e", "8", "escape")
        assert isinstance(pilot.app.screen, ConfirmScreen)
        await pilot.press("n")
        assert row(pilot, "data.n_examples").text == "8"
        await pilot.press("escape", "y")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_a_start_that_is_refused_says_why_and_loses_nothing() -> None:
    def refuse(config: RunConfig, name: str | None) -> Path:
        raise BusyError(f"{name}: there is a run of that name already.")

    app: App[None] = App()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(
            FormScreen(load("quick"), "branch", refuse, locked={"data.n_examples"}, why="the branch's")
        )
        await settled(pilot)
        assert row(pilot, "data.n_examples").disabled
        assert "the branch's" in str(app.screen.query_one("#form-title", Static).render())
        await put(pilot, "name", "taken")
        await pilot.click("#form-start")
        await until(pilot, lambda: "taken: there is a run of that name already" in about(pilot))
        assert row(pilot, "name").text == "taken"
