"""Whatever comes from the terminal, the app goes on: bytes that are no text, sequences that are no keys, sizes that are
none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key
from textual.message import Message

from sdd_tui.tui.driver import Parser
from tests.terminal import APP, Terminal

PIECES = st.sampled_from(
    [
        "\x1b",
        "[",
        "1",
        ";",
        ":",
        "u",
        "~",
        "M",
        "m",
        "<",
        "0",
        "R",
        "A",
        "?",
        "$y",
        "48",
        "t",
        "9999999",
        "57441",
        "²",
        "٣",
    ]
)
"""What sequences are made of, digits of other scripts included."""


def messages(text: str) -> list[Message]:
    """What a terminal's input means; then `a` is typed."""
    parser = Parser()
    return [*parser.feed(text), *parser.tick(), *parser.feed("\x1b[201~" + " " * 40 + "a")]


@given(st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=40).map(lambda pieces: "\x1b" + "".join(pieces)))
def test_after_any_input_a_key_is_still_a_key(text: str) -> None:
    last = messages(text)[-1]
    assert isinstance(last, Key) and last.key == "a"


@pytest.mark.parametrize("code", ["1:2", ":", "1114112", "99999999999", "55296", "97;1;55296", "97;1;1114112"])
def test_a_key_of_no_character_is_no_key(code: str) -> None:
    found = [m.key for m in messages(f"\x1b[{code}u") if isinstance(m, Key)]
    assert set(found) <= {"space", "a", "upper_a"} and found[-1] == "a"


def test_no_size_in_the_input_changes_where_the_mouse_is() -> None:
    parser = Parser()
    list(parser.feed("\x1b[48;0;0;0;0t"))
    (move,) = parser.feed("\x1b[<35;7;5M")
    assert (move.x, move.y) == (6, 4)  # type: ignore[attr-defined]


NASTY = [
    b"\xbc",
    b"\xff\xfe\xc3\x28\xe2\x82",
    b"\x1b[1:2u",
    b"\x1b[1114112u",
    b"\x1b[97;1;55296u",
    b"\x1b[48;99999;99999;99999;99999t",
    b"\x1b[48;0;0;0;0t",
    b"\x1b[?2048;1$y",
    b"\x1b[<0;99999;99999M\x1b[<0;99999;99999m",
    b"\x1b[<99999999999999;1;1M",
    b"\x1b[200~\x1b]52;c;b3duZWQ=\x07\x9b6n\xbc\x1b[201~",
    b"\x1b[99999999;99999999R",
    bytes(range(0x80, 0x100)),
]


@pytest.mark.parametrize("keys", ["", "/", "e"], ids=["lists", "filter", "form"])
def test_no_bytes_end_the_app_nor_come_back_as_commands(runs: Path, keys: str) -> None:
    with Terminal([*APP, "--runs-dir", str(runs)]) as terminal:
        terminal.until(lambda text: "experiments" in text)
        terminal.send(keys)
        for data in NASTY:
            os.write(terminal.master, data)
            terminal.look(0.05)
        asked = terminal.written.count(b"\x1b[?1004h")
        terminal.send("\x1a")  # Ctrl-Z, with no shell to go back to: takes the terminal again
        terminal.until(lambda _: terminal.written.count(b"\x1b[?1004h") > asked)
        assert b"]52;c;b3du" not in terminal.written.replace(b"?]52", b"")
        assert b"\x9b6n" not in terminal.written
        assert terminal.shown.columns == 120
        terminal.send("\x11")
        assert terminal.ended() == 0
