from __future__ import annotations

import re

import pytest
import typer

from sdd_tui.cli.app import app
from tests.cli.helpers import Caller

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_of_itself(name: str) -> None:
    text = COMMANDS[name].help
    assert re.match(r"[A-Z][^\n]+[.]\n", text), text
    examples = re.findall(r"Example: (.*)", text)
    assert len(examples) == 1
    assert examples[0].split()[:2] == ["sdd", name]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_and_argument_has_help(name: str) -> None:
    for parameter in COMMANDS[name].params:
        assert parameter.help, f"{name} {parameter.name}"


@pytest.mark.parametrize("name", [*COMMANDS, None])
def test_help_is_data_and_exit_code_0(call: Caller, name: str | None) -> None:
    for flag in ("--help", "-h"):
        answer = call(*([name] if name else []), flag)
        assert (answer.code, answer.err) == (0, "")
        assert "Usage" in answer.out
        assert name is None or "Example: sdd" in answer.out
