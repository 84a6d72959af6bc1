"""The palette: the keys' commands in the order of the help, then sessions and themes."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider

from ccotel_tui.panels.output.units import shown
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.sessions.lines import Session
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.screen.messages import SessionChosen
from ccotel_tui.screen.themes import THEMES

if TYPE_CHECKING:
    from ccotel_tui.screen.main.main_screen import MainScreen


class Command(NamedTuple):
    """A sentence, what stands below it, and what it does."""

    sentence: str
    below: str
    run: Callable[[], object]


class PaletteScreen(CommandPalette):
    """The palette, which in a terminal without room for its list has no page to turn."""

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)


class Palette(Provider):
    """Finds commands by their sentence; without a query lists them in groups."""

    async def discover(self) -> Hits:
        for command in self._commands():
            yield DiscoveryHit(command.sentence, command.run, help=command.below)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands():
            if (score := matcher.match(command.sentence)) > 0:
                highlighted = matcher.highlight(command.sentence)
                yield Hit(score, highlighted, command.run, help=command.below)

    def _commands(self) -> Iterator[Command]:
        app, screen = self.app, cast("MainScreen", self.screen)
        for key in KEYS:
            if key.listed:
                run = partial(app.run_action, key.full_action)
                yield Command(key.help, f"{key.label}  {key.shown}", run)
        for session in screen.sessions:
            chosen = SessionChosen(session.row.session_id)
            yield Command(_sentence(session), session.now, partial(app.post_message, chosen))
        for theme in THEMES:
            sentence = strings.THEME.format(name=theme.name)
            run = partial(app.run_action, f"app.use_theme({theme.name!r})")
            yield Command(sentence, "", run)


def _sentence(session: Session) -> str:
    words = strings.SCOPED.format(session=session.name), session.project
    return "  ".join(filter(None, (*words, shown(session.row.cost, "usd"))))
