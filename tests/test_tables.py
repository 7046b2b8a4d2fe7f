"""Reading TOML quickly gives what reading it gives."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdd_tui.config import RunConfig, to_toml
from sdd_tui.tables import loads_alike

PIECES = st.sampled_from(
    [
        "a = 1\n",
        "[a]\n",
        "[b]\n",
        "[a.b]\n",
        "[[c]]\n",
        "x = [\n",
        "[1],\n",
        "]\n",
        's = """\n',
        '"""\n',
        "'''\n",
        "# [\n",
    ]
)


def outcome(loads: object, text: str) -> object:
    try:
        return loads(text)  # type: ignore[operator]
    except tomllib.TOMLDecodeError as error:
        return str(error)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_file_reads_as_tomllib_reads_it(text: str) -> None:
    assert outcome(loads_alike, text) == outcome(tomllib.loads, text)


@pytest.mark.parametrize("config", [RunConfig(), RunConfig(title='"""\n[data]\nx = 1')])
def test_a_configuration_reads_as_it_was_written(config: RunConfig) -> None:
    assert RunConfig.model_validate(loads_alike(to_toml(config))) == config
