"""A number, and what it is made of."""

from textual.content import Content

from ccotel_tui.panels.units import shown
from ccotel_tui.screen import words
from ccotel_tui.screen.widgets.panel_view import PanelView

_CELL = 19
"""Columns that a part needs."""


class Stat(PanelView):
    DEFAULT_CSS = "Stat { height: auto; }"

    def render(self) -> Content:
        width = self.size.width
        lines = [self.heading(width)]
        if self.answer is not None and self.answer.state != "error":
            cells = [
                Content.assemble(
                    (f"{words.PARTS[name]} ", "$text-muted"),
                    f"{shown(part, self.panel.unit):>{_CELL - 2 - len(words.PARTS[name])}}  ",
                )
                for name, part in self.answer.parts.items()
            ]
            columns = max(1, (width + 2) // (_CELL + 1))
            for start in range(0, len(cells), columns):
                lines.append(Content("").join(cells[start : start + columns]))
        return Content("\n").join(lines)
