"""Rows with a bar each: who, how much of it, and out of how many."""

from textual.content import Content

from ccotel_tui.panels.plain import plain
from ccotel_tui.panels.units import shown
from ccotel_tui.screen import words
from ccotel_tui.screen.widgets.cells import fitted
from ccotel_tui.screen.widgets.panel_view import PanelView

_LONGEST_BAR = 30
_FIGURES = 31
"""Columns right of the bar: the ratio, the calls and the failures."""


class Ranked(PanelView):
    DEFAULT_CSS = "Ranked { height: auto; }"

    def render(self) -> Content:
        width = self.size.width
        lines = [self.heading(width)]
        rows = self.answer.rows if self.answer is not None else ()
        label = self.panel.rows.label if self.panel.rows else ""
        names = [plain(str(row[label])) for row in rows]
        names_width = min(24, max((Content(name).cell_length for name in names), default=0))
        bar_width = max(0, min(_LONGEST_BAR, width - names_width - _FIGURES))
        for name, row in zip(names, rows, strict=True):
            failed, succeeded = float(row["failure"] or 0), float(row["success"] or 0)
            ratio = float(row["ratio"] or 0)
            filled = round(bar_width * ratio)
            lines.append(
                Content.assemble(
                    f"{fitted(name, names_width)} ",
                    ("━" * filled, "$success"),
                    ("╌" * (bar_width - filled), "$error"),
                    f" {shown(ratio, 'ratio'):>6}",
                    (f" {failed + succeeded:>5,.0f} {words.CALLS}", "$text-muted"),
                    (f" {failed:>3,.0f} {words.FAILED}" if failed else "", "$text-error"),
                )
            )
        return Content("\n").join(lines)
