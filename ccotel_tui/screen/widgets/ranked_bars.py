"""Rows with a bar each: who, and how much of it."""

from collections.abc import Mapping, Sequence

from textual.actions import SkipAction
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region, Size
from textual.widget import Widget

from ccotel_tui.panels.behind import Behind, behind_tool
from ccotel_tui.panels.catalogue import TOOL_DURATION
from ccotel_tui.panels.output.units import shown
from ccotel_tui.panels.result import ResultRow
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import fitted, join_cells, right
from ccotel_tui.screen.format.panel_words import panel_footnote
from ccotel_tui.screen.format.series import number_of, row_names
from ccotel_tui.screen.format.table import action_link
from ccotel_tui.screen.widgets.list_panel import ListPanel

_LONGEST_BAR = 40
_SHORTEST_BAR = 4
_FIGURES = 30
"""Columns right of the bar."""
_QUANTILES = ("p50", "p95")
_DURATION = 9
_DURATIONS = len(_QUANTILES) * _DURATION
_FIRST = 9
"""Columns of the number that the bar draws."""


class Ranked(ListPanel):
    """A bar for the first of a row's numbers beside the largest of all, the others behind it."""

    BINDINGS = [
        Binding("up", "mark(-1)", show=False),
        Binding("down", "mark(1)", show=False),
    ]

    _marked = -1
    """The place of the marked row; without the focus none is."""

    def on_mount(self) -> None:
        # What can be clicked looks as its content says: a failure is red here too.
        self.auto_links = False

    def watch_answer(self) -> None:
        self.refresh(layout=True)
        if self.is_mounted:
            self.fill_page()

    def action_mark(self, steps: int) -> None:
        """Mark the row so many on, and have it in sight; beyond the ends the page scrolls."""
        place = self._marked + steps
        if not -1 <= place < len(self._rows):
            raise SkipAction
        self._marked = place
        self.refresh()
        if isinstance(self.parent, Widget):
            line = self.virtual_region.y + 1 + bool(self.columns) + max(0, place)
            self.parent.scroll_to_region(Region(0, line, 1, 1), animate=False)

    def behind_marked(self) -> Behind | None:
        """Return where the rows are that the marked one counts, its failed ones where it has."""
        if not (self.has_focus and 0 <= self._marked < len(self._rows) and self.panel.rows):
            return None
        label, row = self.panel.rows.label, self._rows[self._marked]
        failed = bool(number_of(row.get("failure")))
        return behind_tool(label, str(row[label]), failed=failed)

    @property
    def figures_width(self) -> int:
        """Columns right of the bar."""
        return _FIGURES

    @property
    def least_width(self) -> int:
        """Columns right of the name where there is no room for more."""
        return _FIRST

    @property
    def columns(self) -> Content | None:
        """The names of the figures, where they do not tell themselves."""
        return None

    @property
    def rows_height(self) -> int:
        """The heading, the columns' names, a line a row and the footnote."""
        named = bool(self._rows and self.columns)
        return 1 + named + len(self._rows) + bool(self.panel.footnote)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self.rows_height

    def render(self) -> Content:
        width, height = self.size
        lines = [self.heading(width)]
        label = self.panel.rows.label if self.panel.rows else ""
        names = row_names(label, self._rows)
        figures_width = self.figures_width
        longest = max((Content(name).cell_length for name in names), default=0)
        names_width = max(4, min(longest, width - self.least_width - 1))
        bar_width = max(0, min(_LONGEST_BAR, width - names_width - figures_width - 1))
        if bar_width < _SHORTEST_BAR:
            bar_width = 0
        room = width - names_width - 1 - bar_width
        if names and (columns := self.columns):
            lines.append(Content.assemble(" " * (names_width + 1 + bar_width), columns))
        first = len(lines)
        for name, row in zip(names, self._rows, strict=True):
            bar, figures = self.bar(row, bar_width), self.figures(row, room)
            line = Content.assemble(f"{fitted(name, names_width)} ", bar, figures)
            is_marked = self.has_focus and len(lines) - first == self._marked
            lines.append(line.stylize("reverse") if is_marked else line)
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
    """A bar for the calls beside the most of all, at its end the failed ones; what they took."""

    @property
    def figures_width(self) -> int:
        return _FIGURES + (_DURATIONS if self._has_durations else 0)

    @property
    def least_width(self) -> int:
        return self.figures_width if self._has_durations else _FIRST

    @property
    def columns(self) -> Content | None:
        """The names of the columns, where they do not tell themselves."""
        if not self._has_durations:
            return None
        names = "".join(right(name, _DURATION) for name in _QUANTILES)
        return Content.styled(f"{'':{_FIGURES}}{names}", "$foreground-muted")

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
        texts = (Content.styled(form.format(**numbers), style) for form in forms)
        if failed and self.panel.rows:
            label = self.panel.rows.label
            go = f"screen.behind_tool({label!r}, {str(row[label])!r})"
            texts = (action_link(text.plain, go, style) for text in texts)
        lines = (Content.assemble(share, "  ", text) for text in texts)
        fits = (line for line in lines if line.cell_length <= min(width, _FIGURES))
        figures = next(fits, share)
        if not self._has_durations:
            return figures
        took = self._durations.get(str(row["tool_name"]), {})
        cells = (right(shown(number_of(took.get(q)), "ms"), _DURATION) for q in _QUANTILES)
        return Content.assemble(figures.truncate(_FIGURES, pad=True), *cells)

    @property
    def _has_durations(self) -> bool:
        by_tool = not self.panel.key and bool(self._durations)
        return by_tool and self.size.width >= _FIGURES + _DURATIONS + _DURATIONS

    @property
    def _durations(self) -> Mapping[str, ResultRow]:
        """How long calls took, by their tools."""
        answer = self.beside.get(TOOL_DURATION.id)
        return {str(row["tool_name"]): row for row in answer.rows} if answer else {}
