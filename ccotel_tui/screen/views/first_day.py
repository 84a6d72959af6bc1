"""The page before anything was received: who runs and is not heard, and what to do."""

import subprocess
from asyncio import to_thread
from collections.abc import Sequence
from contextlib import suppress

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ccotel_tui.claude.destination import Unheard, settings_send_to, unheard_sessions
from ccotel_tui.claude.environment import exports
from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.local.locations import PROGRAM
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.recorder.state import endpoints
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.format.status import FirstDayText

_LOOK_INTERVAL = 2.0
"""Seconds between two looks at who runs."""

_COMMANDS = {"setup": ["setup"], "try": ["env", "--try"], "demo": ["--demo"]}
_STEPS = (*_COMMANDS, "copy")
_WIDE = 60
"""Columns from which a remedy and what a step does are shown."""


class FirstDay(VerticalScroll):
    """Lines to mark; Enter does the marked one."""

    BINDINGS = [Binding("enter", "begin", show=False)]
    DEFAULT_CSS = "FirstDay > Static { height: auto; }"

    def __init__(self, registry: SessionRegistry) -> None:
        super().__init__(id="first-day")
        self._registry = registry
        self._text = FirstDayText("", "")
        self._recorder = RecorderReport(recording=False)
        self._unheard: Sequence[Unheard] = ()
        self._is_set_up = False
        self._marked = 0
        self._top, self._rest = Static(markup=False), Static(markup=False)

    def compose(self) -> ComposeResult:
        yield self._top
        yield self._rest

    def on_mount(self) -> None:
        self.show(self._text, self._recorder)
        self.set_interval(_LOOK_INTERVAL, self._look)

    def on_resize(self) -> None:
        self._draw()

    def show(self, text: FirstDayText, recorder: RecorderReport) -> None:
        """Show what is known of the recorder."""
        self._text, self._recorder = text, recorder
        if self.is_mounted:
            self._draw()

    def copied(self, as_json: bool) -> str:
        """Return the lines that set the variables."""
        return "\n".join(exports("bash", endpoints(self._recorder.ports)))

    def action_scroll_down(self) -> None:
        if self._marked + 1 < len(_STEPS):
            self._mark(self._marked + 1)
        else:
            super().action_scroll_down()

    def action_scroll_up(self) -> None:
        if self.scroll_offset.y == 0 and self._marked:
            self._mark(self._marked - 1)
        else:
            super().action_scroll_up()

    async def action_begin(self) -> None:
        """Do what is marked."""
        step = _STEPS[self._marked]
        if step in _COMMANDS:
            self.run_command(step)
        else:
            await self.screen.run_action("copy(False)")

    def run_command(self, step: str) -> None:
        """Let the step's command have the terminal until it ends."""
        words = _COMMANDS[step]
        at = ["--db", self._recorder.database] if self._recorder.database and words[0] else []
        with self.app.suspend():
            subprocess.run([*PROGRAM, *words, *at])
            if step == "setup":
                # Ctrl-D does as well.
                with suppress(EOFError):
                    input(f"\n{strings.ENTER_GOES_BACK}")

    async def _look(self) -> None:
        if not self.display or not self.screen.has_class("first-day"):
            return
        ports = [port.port for port in self._recorder.ports]
        running = await to_thread(self._registry.read)
        sessions = await to_thread(unheard_sessions, running.values(), ports)
        is_set_up = await to_thread(settings_send_to, ports)
        if (sessions, is_set_up) != (self._unheard, self._is_set_up):
            self._unheard, self._is_set_up = sessions, is_set_up
            self._draw()

    def _mark(self, place: int) -> None:
        self._marked = place
        self._draw()

    def _draw(self) -> None:
        wide = self.size.width >= _WIDE
        lines = [Content(self._text.head), *self._sessions(wide), Content("")]
        for place, step in enumerate(_STEPS):
            name, does = strings.FIRST_STEPS[step]
            line = f"{'>' if place == self._marked else ' '} {name}"
            words = Content(line).pad_right(max(1, 28 - Content(line).cell_length))
            words = Content.assemble(words, (does if wide else "", "$foreground-muted"))
            if place == self._marked:
                width = self.scrollable_content_region.width
                words = words.pad_right(max(0, width - words.cell_length))
                words = words.stylize_before("on $block-cursor-background")
            lines.append(words)
        self._top.update(Content("\n").join(lines))
        self._rest.update(Content(f"\n{self._text.by_hand}"))

    def _sessions(self, wide: bool) -> list[Content]:
        count = len(self._unheard)
        if not count:
            return [Content(strings.IS_SET_UP)] if self._is_set_up else []
        heading = strings.UNHEARD[count > 1].format(count=count)
        lines = [Content.styled(heading, "$foreground-muted")]
        width = min(16, max(len(each.name) for each in self._unheard))
        for each in self._unheard:
            name = sanitize(each.name)[:width]
            cause, remedy = map(sanitize, map(strings.translated, (each.cause, each.remedy)))
            lines.append(
                Content.assemble(
                    ("x ", "bold $text-error"), (f"{name:{width}}", "bold"), f"  {cause}"
                )
            )
            if wide:
                lines.append(Content.styled(f"{'':{width + 4}}{remedy}", "$foreground-muted"))
        return lines
