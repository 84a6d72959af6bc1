"""The dashboard: what keys change of what is shown, and where they lead."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ccotel_tui.errors import UsageError
from ccotel_tui.screen import strings
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.screen.live_app import LiveApp
from ccotel_tui.screen.settings_file import edit_settings, known_settings
from ccotel_tui.screen.themes import THEMES

if TYPE_CHECKING:
    from ccotel_tui.screen import messages
    from ccotel_tui.screen.data.selection import Selection
    from ccotel_tui.screen.palette import Palette


def _palette() -> type[Palette]:
    from ccotel_tui.screen.palette import Palette

    return Palette


class Dashboard(LiveApp):
    """Panels of one source, and the keys that change which."""

    COMMANDS = {_palette}
    BINDINGS = [key.binding() for key in KEYS]

    async def on_session_chosen(self, message: messages.SessionChosen) -> None:
        self._go_in(self._selection.of_session(message.session_id))
        await self._main.enter("session")

    async def on_prompt_chosen(self, message: messages.PromptChosen) -> None:
        self._go_in(self._selection.of_session(message.session_id))
        await self._main.open_prompt((message.session_id, message.prompt_id))

    async def on_behind_wanted(self, message: messages.BehindWanted) -> None:
        period = message.behind.period
        self._go_in(self._selection.of_period(period) if period else self._selection)
        await self._main.open_behind(message.behind)

    def _go_in(self, selection: Selection) -> None:
        """Be about that, and remember the way back."""
        if not self._main.entered:
            self._way.clear()
        self._way.append((self._main.open_view, self._selection))
        self._select(selection)

    def on_more_wanted(self) -> None:
        self._refresher.ask()

    def on_question_changed(self) -> None:
        self._refresher.ask()

    def action_refresh_now(self) -> None:
        self._refresher.ask()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self._has_begun:
            return action in ("quit", "suspend_process")
        return action == "quit" or self._main.check_action(action, parameters)

    def action_step_window(self, by: int) -> None:
        self._select(self._selection.stepped(by))

    def action_move_window(self, by: int) -> None:
        self._select(self._selection.moved(by, self._clock(), self._zone))

    def action_window_now(self) -> None:
        self._select(self._selection.up_to_now())

    def action_pause(self) -> None:
        paused = self._refresher.paused = not self._refresher.paused
        self._main.hold(paused)
        if not paused:
            self._refresher.ask()
        self._update_status()

    def action_info(self) -> None:
        self._main.explain(self._recorder, self._source_switch.note)

    async def action_step_back(self) -> None:
        if self._main.view.clear():
            return
        if self._main.entered:
            view, selection = self._way.pop()
            self._select(selection)
            await self._main.reopen(view)
            self._main.entered = bool(self._way)
        elif self._main.open_view not in self._main.sections:
            await self._main.action_section(self._main.last_section)
        elif self._selection.scope != self._selection.full_scope:
            self._select(self._selection.of_all_sessions())

    def action_command_palette(self) -> None:
        from ccotel_tui.screen.palette import PaletteScreen

        if not isinstance(self.screen, PaletteScreen):
            hint = strings.PALETTE_HINT
            self.push_screen(PaletteScreen(placeholder=hint, id="--command-palette"))

    def action_next_theme(self) -> None:
        names = [theme.name for theme in THEMES]
        # A theme of the palette is in no turn: after it comes the first.
        place = names.index(self.theme) + 1 if self.theme in names else 0
        self.action_use_theme(names[place % len(names)])

    def action_use_theme(self, name: str) -> None:
        """Show the theme, now and at the next start."""
        self.theme = self._files.choices.theme = name
        self._main.tell(strings.THEME.format(name=name))

    def action_edit_settings(self) -> None:
        """Open the settings in the editor; colours and keys change at once."""
        path = self._files.settings_path
        if path is None:
            return
        try:
            with self.suspend():
                edit_settings(path, os.environ)
            settings = known_settings(path)
        except UsageError as error:
            self._main.show_error(strings.SETTINGS, error)
            return
        if settings.theme != "auto":
            self.theme = settings.theme
        self._use_keys(settings)
        self._main.tell(strings.SETTINGS_LATER)

    async def action_grafana(self) -> None:
        source = self._source_switch.backend.name
        await self._main.open_board(self._selection, self._zone, source)
