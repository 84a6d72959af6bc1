"""The palette: the keys' commands in the order of the help, then what there is to go to."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider

from ccotel_tui.panels.behind import Behind, behind_tool
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import shown
from ccotel_tui.query.period import Period
from ccotel_tui.query.window import DAY, LONGEST_SESSION, local_day, midnight
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.names import short_names
from ccotel_tui.screen.format.sessions.lines import Session
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.screen.messages import BehindWanted, SessionChosen
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
        for sentence, below, rows in (*_models(screen), *_tools(screen), *_days(screen.snapshot)):
            yield Command(sentence, below, partial(app.post_message, BehindWanted(rows)))
        for theme in THEMES:
            sentence = strings.THEME.format(name=theme.name)
            run = partial(app.run_action, f"app.use_theme({theme.name!r})")
            yield Command(sentence, "", run)


Place = tuple[str, str, Behind]
"""What is gone to, what is there, and which rows these are."""


def _models(screen: "MainScreen") -> Iterator[Place]:
    """The models of the sessions that are listed."""
    models = [name for session in screen.sessions for name in session.row.models]
    for model, name in short_names("model", models).items():
        sentence = strings.MODEL_NAMED.format(name=name)
        yield sentence, strings.MODEL_ROWS, Behind("usage", "model", within=model)


def _tools(screen: "MainScreen") -> Iterator[Place]:
    """The tools that were called in the window."""
    answer = screen.newest_answer("tool_success")
    for row in answer.rows if answer and not answer.panel.key else ():
        name = str(row["tool_name"])
        rows = behind_tool("tool_name", name, failed=False)
        yield strings.TOOL_NAMED.format(name=sanitize(name)), strings.TOOL_ROWS, rows


def _days(snapshot: Snapshot | None) -> Iterator[Place]:
    """Today and the days before, of as long as a session is looked for."""
    if snapshot is None:
        return
    zone = snapshot.window.zone
    today = local_day(snapshot.now_ns, zone)
    for ago in range(LONGEST_SESSION // DAY):
        day = today - timedelta(days=ago)
        period = Period(from_ns=midnight(day, zone), to_ns=midnight(day + timedelta(days=1), zone))
        rows = Behind("usage", "model", period if ago else Period())
        yield strings.DAY_NAMED.format(date=day.isoformat()), strings.DAY_ROWS, rows


def _sentence(session: Session) -> str:
    words = strings.SCOPED.format(session=session.name), session.project
    return "  ".join(filter(None, (*words, shown(session.row.cost, "usd"))))
