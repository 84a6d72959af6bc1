"""The screen that the first frame is of: two bars, with nothing between them yet."""

from datetime import tzinfo
from pathlib import PurePath

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import ContentSwitcher

from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.selection import Selection
from ccotel_tui.screen.format.periods import is_today, period_label
from ccotel_tui.screen.widgets.bars import BottomBar, TopBar
from ccotel_tui.screen.widgets.blank import blank_lines


class Pages(ContentSwitcher):
    """The views, of which one is seen."""

    render_lines = blank_lines


class Bars(Screen[None]):
    """The sections and what is shown of them above, the source and the keys below."""

    render_lines = blank_lines

    def __init__(self, folder: str = "") -> None:
        """`folder` is that of which alone the sessions are shown, if any."""
        super().__init__()
        self._folder = sanitize(PurePath(folder).name)
        self._top_bar, self._bottom_bar = TopBar(SECTIONS), BottomBar()
        self._switcher = Pages()

    def compose(self) -> ComposeResult:
        yield self._top_bar
        yield self._switcher
        yield self._bottom_bar

    def show_selection(self, selection: Selection, zone: tzinfo) -> None:
        """Show in the top bar what the answers are about."""
        bar, period = self._top_bar, selection.period
        bar.window = period_label(period, zone)
        bar.short_window = "" if is_today(period) else bar.window
        session_id = sanitize(selection.scope.session_id)[:4]
        here = strings.HERE.format(folder=self._folder) if self._folder else ""
        bar.scope = strings.SCOPED.format(session=session_id) if session_id else here
