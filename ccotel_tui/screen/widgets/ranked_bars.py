"""Rows with a bar each: who, and how much of it."""

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import shown
from ccotel_tui.panels.result import ResultRow
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import fitted, join_cells, right
from ccotel_tui.screen.format.panel_words import panel_footnote
from ccotel_tui.screen.format.series import number_of
from ccotel_tui.screen.widgets.panel_view import PanelView

_LONGEST_BAR = 40
_SHORTEST_BAR = 4
_FIGURES = 30
"""Columns right of the bar."""
_FIRST = 9
"""Columns of the number that the bar draws."""


class Ranked(PanelView):
    """A bar for the first of a row's numbers beside the largest of all, the others behind it."""

    def watch_answer(self) -> None:
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The heading, a line a row and the footnote."""
        return 1 + len(self._rows) + bool(self.panel.footnote)

    def render(self) -> Content:
        width, height = self.size
        lines = [self.heading(width)]
        label = self.panel.rows.label if self.panel.rows else ""
        names = [sanitize(str(row[label])) for row in self._rows]
        longest = max((Content(name).cell_length for name in names), default=0)
        names_width = max(4, min(longest, width - _FIRST - 1))
        bar_width = max(0, min(_LONGEST_BAR, width - names_width - _FIGURES - 1))
        if bar_width < _SHORTEST_BAR:
            bar_width = 0
        room = width - names_width - 1 - bar_width
        for name, row in zip(names, self._rows, strict=True):
            bar, figures = self.bar(row, bar_width), self.figures(row, room)
            lines.append(Content.assemble(f"{fitted(name, names_width)} ", bar, figures))
        if len(lines) > height > 1:
            more = strings.MORE.format(count=len(lines) - height + 1)
            lines[height - 1 :] = [Content.styled(more, "$foreground-muted")]
        if self.panel.footnote and len(lines) < height and self._rows:
            note = Content.styled(panel_footnote(self.panel), "$foreground-muted")
            lines.append(note.truncate(width, ellipsis=True))
        return Content("\n").join(lines)

    def amount(self, row: ResultRow) -> float:
        """The number that the row's bar is as long as."""
        assert self.panel.rows
        return number_of(row[next(iter(self.panel.rows.columns))]) or 0.0

    def bar(self, row: ResultRow, width: int) -> Content:
        """The row's bar in exactly so many columns."""
        largest = max(map(self.amount, self._rows))
        share = self.amount(row) / largest if largest > 0 else 0.0
        filled = round(width * max(0.0, share))
        return Content.assemble(("▆" * filled, "$amount"), " " * (width - filled))

    def figures(self, row: ResultRow, width: int) -> Content:
        """The row's numbers, as many as fit whole."""
        assert self.panel.rows
        unit = self.panel.rows.unit
        first, *others = self.panel.rows.columns
        cells = [Content(right(shown(number_of(row[first]), unit(first)), _FIRST))] + [
            Content.styled(
                f"{strings.COLUMNS.get(name, name)} {shown(number_of(row[name]), unit(name))}",
                "$foreground-muted",
            )
            for name in others
        ]
        return join_cells(cells, "  ", width)

    @property
    def _rows(self) -> Sequence[ResultRow]:
        return self.answer.rows if self.answer and self.has_numbers else ()


class Successes(Ranked):
    """A bar for the calls beside the most of all, at its end the failed ones."""

    def amount(self, row: ResultRow) -> float:
        return (number_of(row["success"]) or 0.0) + (number_of(row["failure"]) or 0.0)

    def bar(self, row: ResultRow, width: int) -> Content:
        largest = max(map(self.amount, self._rows))
        calls, failed = self.amount(row), number_of(row["failure"]) or 0.0
        filled = round(width * calls / largest) if largest > 0 else 0
        bad = min(filled, max(1, round(filled * failed / calls))) if failed > 0 else 0
        return Content.assemble(
            ("▆" * (filled - bad), "$amount"), ("▆" * bad, "$text-error"), " " * (width - filled)
        )

    def figures(self, row: ResultRow, width: int) -> Content:
        failed, ratio = (number_of(row[name]) or 0.0 for name in ("failure", "ratio"))
        calls = self.amount(row)
        share = Content(f"{shown(ratio, 'ratio'):>7}")
        numbers = {"failed": f"{failed:,.0f}", "calls": f"{calls:,.0f}", "count": f"{calls:,.0f}"}
        forms, style = [strings.counted(strings.CALLS, calls)], "$foreground-muted"
        if failed:
            forms, style = [strings.FAILED_OF, strings.FAILED_OF_BRIEF], "$text-error"
        for form in forms:
            line = Content.assemble(share, "  ", (form.format(**numbers), style))
            if line.cell_length <= width:
                return line
        return share
