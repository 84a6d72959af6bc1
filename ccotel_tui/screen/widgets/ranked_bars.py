"""Rows with a bar each: who, how much of it, and out of how many."""

from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import shown
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import fitted
from ccotel_tui.screen.widgets.panel_view import PanelView

_LONGEST_BAR = 30
_SHORTEST_BAR = 4
_FIGURES = 30
"""Columns right of the name: the ratio, the calls and the failures."""


class Ranked(PanelView):
    def render(self) -> Content:
        width, height = self.size
        lines = [self.heading(width)]
        rows = self.answer.rows if self.answer and self.has_numbers else ()
        label = self.panel.rows.label if self.panel.rows else ""
        names = [sanitize(str(row[label])) for row in rows]
        longest = max((Content(name).cell_length for name in names), default=0)
        names_width = max(4, min(24, longest, width - _FIGURES))
        bar_width = max(0, min(_LONGEST_BAR, width - names_width - _FIGURES - 1))
        if bar_width < _SHORTEST_BAR:
            bar_width = 0
        for name, row in zip(names, rows, strict=True):
            failed, succeeded = float(row["failure"] or 0), float(row["success"] or 0)
            ratio = float(row["ratio"] or 0)
            calls = failed + succeeded
            filled = round(bar_width * ratio)
            lines.append(
                Content.assemble(
                    f"{fitted(name, names_width)} ",
                    ("━" * filled, "$success"),
                    ("╌" * (bar_width - filled), "$error"),
                    f"{shown(ratio, 'ratio'):>7}",
                    (
                        f"{calls:>6,.0f} {strings.counted(strings.CALLS, calls)}",
                        "$foreground-muted",
                    ),
                    (f"{failed:>4,.0f} {strings.FAILED}" if failed else "", "$text-error"),
                )
            )
        if len(lines) > height > 1:
            more = strings.MORE.format(count=len(lines) - height + 1)
            lines[height - 1 :] = [Content.styled(more, "$foreground-muted")]
        return Content("\n").join(lines)
