"""The dashboard: what keys change of what is shown, and where they lead."""

import os

from textual import on
from textual.content import Content

from ccotel_tui.errors import UsageError
from ccotel_tui.screen import messages, strings
from ccotel_tui.screen.data.selection import Selection
from ccotel_tui.screen.format.page import Page
from ccotel_tui.screen.format.status import in_full
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.screen.live_app import LiveApp
from ccotel_tui.screen.palette import Palette, PaletteScreen
from ccotel_tui.screen.settings_file import edit_settings, known_settings
from ccotel_tui.screen.themes import THEMES
from ccotel_tui.screen.views.pages.doctor import DoctorScreen
from ccotel_tui.screen.views.pages.grafana import board_of, opened_board


class Dashboard(LiveApp):
    """Panels of one source, and the keys that change which."""

    COMMANDS = {Palette}
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

    @on(messages.MoreWanted)
    @on(messages.QuestionChanged)
    def action_refresh_now(self) -> None:
        self._refresher.ask()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
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
        wrong = self._recorder.in_full(in_full(self._recorder, self._source_switch.note))
        self._main.show_page(self._main.view.explanation(self._main.focused, wrong))

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
            self._main.show_page(Page(strings.SETTINGS, Content(str(error))))
            return
        if settings.theme != "auto":
            self.theme = settings.theme
        self._use_keys(settings)
        self._main.tell(strings.SETTINGS_LATER)

    async def action_grafana(self) -> None:
        board, source = board_of(self._main.open_view), self._source_switch.backend.name
        period, scope = self._selection.period, self._selection.scope
        period, scope = self._main.view.on_board(period, scope)
        base = self._controls.grafana
        self._main.show_page(await opened_board(base, board, period, scope, self._zone, source))

    def action_doctor(self) -> None:
        if self._controls.doctor is not None:
            self.push_screen(DoctorScreen(self._controls.doctor))
