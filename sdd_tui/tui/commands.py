"""What the command palette offers: everything that can be done where one is, with its key; found by its name, its
description or its key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from textual.actions import parse
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen

from sdd_tui.tui.key_table.key import Key
from sdd_tui.tui.keys import KEYS, shown, together
from sdd_tui.tui.textual_workarounds import parts_of


@dataclass(frozen=True)
class Command:
    """Something that can be done now."""

    entry: Key
    place: DOMNode
    """The screen, list or app whose action it is."""

    def score(self, query: str, letters: float) -> float:
        """How well it is meant: by its key, by words of its name, of its description, or by letters of its name, as
        well as `letters` says (some tens at most); 0 for not at all."""
        query = query.strip() if len(query.strip()) == 1 else query.strip().lower()  # g is one key, G another
        name, words = self.entry.label.lower(), query.lower().split()
        in_name, in_all = (all(word in text for word in words) for text in (name, f"{name} {self.entry.help.lower()}"))
        by_key = query in [key if len(key) == 1 else key.lower() for key in map(shown, self.entry.keys)]
        return 1_000 * by_key + 200 * in_name + 100 * in_all + letters

    def titled(self, name: Content) -> Content:
        """A name with its keys."""
        return Content.assemble(name, "  ", (together([self.entry]), "$accent")) if self.entry.key else name

    def run(self) -> Callable[[], None]:
        """Do it, once the palette is closed."""

        def later() -> None:
            self.place.call_later(self.place.app.run_action, self.entry.action, self.place)

        return later


def available(screen: Screen[object]) -> Iterator[Command]:
    """What can be done on a screen with the focus it has, once each, in the order of the help."""
    places = [*(screen.focused.ancestors_with_self if screen.focused else [screen]), screen.app]
    where = {part: place for place in reversed(places) for part in parts_of(place)}
    named = {"command_palette"}
    for entry in KEYS:
        if (
            (place := where.get(entry.screen)) is not None
            and entry.action not in named
            and _applies(place, entry.action)
        ):
            named.add(entry.action)
            yield Command(entry, place)


def _applies(place: DOMNode, action: str) -> bool:
    """Whether it does something now."""
    where, name, parameters = parse(action)
    target = {"screen": place.screen, "app": place.app}.get(where, place)
    return bool(target.check_action(name, parameters))


class Commands(Provider):
    """Everything in the table that can be done."""

    async def discover(self) -> Hits:
        """All of it."""
        for command in available(self.screen):
            yield DiscoveryHit(
                command.titled(Content(command.entry.label)),
                command.run(),
                command.entry.label,
                command.entry.help,
            )

    async def search(self, query: str) -> Hits:
        """What is meant by a few words: names before descriptions."""
        matcher = self.matcher(query)
        for command in available(self.screen):
            label = command.entry.label
            if (score := command.score(query, matcher.match(label))) > 0:
                yield Hit(score, command.titled(matcher.highlight(label)), command.run(), label, command.entry.help)
