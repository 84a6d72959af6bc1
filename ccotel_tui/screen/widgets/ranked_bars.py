"""Rows with a bar each: who, and how much of it."""

from textual.content import Content

from ccotel_tui.panels.output.colours import css
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import shown
from ccotel_tui.panels.result import ResultRow
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import fitted, join_cells, right
from ccotel_tui.screen.format.series import number_of
from ccotel_tui.screen.widgets.panel_view import PanelView

_LONGEST_BAR = 30
_SHORTEST_BAR = 4
_FIGURES = 30
"""Columns right of the bar."""
_FIRST = 9
"""Columns of the number that the bar draws."""


class Ranked(PanelView):
    """A bar for the first of a row's numbers beside the largest of all, the others behind it."""

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
            bar, figures = self.bar(row, bar_width), self.figures(row)
            lines.append(Content.assemble(f"{fitted(name, names_width)} ", bar, figures))
        if len(lines) > height > 1:
            more = strings.MORE.format(count=len(lines) - height + 1)
            lines[height - 1 :] = [Content.styled(more, "$foreground-muted")]
        return Content("\n").join(lines)

    def bar(self, row: ResultRow, width: int) -> Content:
        """The row's bar in exactly so many columns."""
        assert self.panel.rows
        assert self.answer
        first = next(iter(self.panel.rows.columns))
        largest = max(number_of(other[first]) or 0.0 for other in self.answer.rows)
        share = (number_of(row[first]) or 0.0) / largest if largest > 0 else 0.0
        filled = round(width * max(0.0, share))
        return Content.assemble(("━" * filled, css(0)), " " * (width - filled))

    def figures(self, row: ResultRow) -> Content:
        """The row's numbers, as many as fit whole."""
        assert self.panel.rows
        unit = self.panel.rows.unit
        first, *others = self.panel.rows.columns
        parts = [Content(right(shown(number_of(row[first]), unit(first)), _FIRST))] + [
            Content.styled(f"{name} {shown(number_of(row[name]), unit(name))}", "$foreground-muted")
            for name in others
        ]
        return join_cells(parts, "  ", _FIGURES)


class Successes(Ranked):
    """A bar for the calls that succeeded, of all there were."""

    def bar(self, row: ResultRow, width: int) -> Content:
        filled = round(width * (number_of(row["ratio"]) or 0.0))
        return Content.assemble(("━" * filled, "$success"), ("╌" * (width - filled), "$error"))

    def figures(self, row: ResultRow) -> Content:
        failed, ratio = (number_of(row[name]) or 0.0 for name in ("failure", "ratio"))
        calls = failed + (number_of(row["success"]) or 0.0)
        return Content.assemble(
            f"{shown(ratio, 'ratio'):>7}",
            (f"{calls:>6,.0f} {strings.counted(strings.CALLS, calls)}", "$foreground-muted"),
            (f"{failed:>4,.0f} {strings.FAILED}" if failed else "", "$text-error"),
        )
