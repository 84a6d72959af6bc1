"""The dashboard's one way to its terminal: what any widget draws crosses it."""

import os
from collections.abc import Sequence

from rich.cells import set_cell_size
from rich.console import Console
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.driver import Driver
from textual.filter import LineFilter

from ccotel_tui.panels.output import sanitize
from ccotel_tui.screen import themes


class PlainApp(App[None]):
    """An app that writes no control or hidden characters, whatever text a widget has."""

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        if themes.is_colourless(os.environ):
            # Textual reads it once, and says it as `no_color`.
            os.environ["NO_COLOR"] = "1"
        super().__init__(driver_class)
        self._plain_lines = _PlainLines()
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.DARK.name
        # A traceback: its colours would be letters on the stream that is plain.
        self.error_console = Console(stderr=True, color_system=None, markup=False, highlight=False)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._plain_lines]

    def refresh_css(self, animate: bool = True) -> None:
        """Parse the style sheets anew, where they are in use: the first screen has them parsed."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.DARK.variables

    def copy_to_clipboard(self, text: str) -> None:
        super().copy_to_clipboard(sanitize.in_lines(text))


class _PlainLines(LineFilter):
    """Takes out of lines what is not to be seen; what stands beside it keeps its column."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return list(map(_plain, segments))


def _plain(segment: Segment) -> Segment:
    text = sanitize.in_one_line(segment.text, instead="")
    if text == segment.text:
        return segment
    return Segment(set_cell_size(text, segment.cell_length), segment.style, segment.control)
