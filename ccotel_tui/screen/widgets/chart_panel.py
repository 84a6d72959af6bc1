"""A panel over time: its heading and parts, a chart, and a table of what it is made of."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import replace

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.content import Content

from ccotel_tui.panels.catalogue import FIRST_TOKEN
from ccotel_tui.panels.compare.stats import COMPARED_CHART
from ccotel_tui.panels.output.units import RATES, shown
from ccotel_tui.panels.panel import Panel, Rows
from ccotel_tui.panels.result import ResultRow
from ccotel_tui.query.window import Bucket, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts.chart import FEWEST_ROWS, Chart, ChartSeries, bar_ns, right_margin
from ccotel_tui.screen.charts.form import chart_of, forms_of, margin_of, peak, values_at
from ccotel_tui.screen.charts.ranges import (
    COLUMNS_WITH_FIRST_TOKENS,
    FEWEST_COLUMNS,
    QUANTILES,
    over_time_heading,
    range_lines,
)
from ccotel_tui.screen.charts.reader.part import TimeZoom, part_of, without
from ccotel_tui.screen.charts.roles import ROLES, SeriesRoles
from ccotel_tui.screen.charts.sparkline import sparkline_of
from ccotel_tui.screen.charts.time_axis import tick_text
from ccotel_tui.screen.format.cells import NARROW, join_cells, wrapped
from ccotel_tui.screen.format.overview.compared_words import compared_notes, named_budget
from ccotel_tui.screen.format.overview.comparisons import Comparisons
from ccotel_tui.screen.format.panel_words import panel_footnote
from ccotel_tui.screen.format.series import (
    at_most,
    changes_of,
    number_of,
    row_names,
    table,
    together,
)
from ccotel_tui.screen.format.table import action_link
from ccotel_tui.screen.format.times import length_words
from ccotel_tui.screen.messages import PartWanted
from ccotel_tui.screen.widgets.blank import blank_lines
from ccotel_tui.screen.widgets.chart_canvas import ChartCanvas
from ccotel_tui.screen.widgets.panel_view import NO_TEXT, PanelView
from ccotel_tui.screen.widgets.text_lines import Lines

_LOWEST = 6
"""Rows under which a chart is a line of blocks with its last value."""

_LOWEST_BY_ROWS = 4
"""Rows that a chart leaves to a short table."""

_HIGH = 12
"""Rows from which parts and legend may have several lines."""


class ChartPanel(PanelView):
    """A chart under the panel's heading; names and values stand beside it, or below in one line."""

    DEFAULT_CSS = """
    ChartPanel { layout: vertical; }
    ChartPanel > ChartCanvas { height: 1fr; }
    """

    render_lines = blank_lines

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self.roles = SeriesRoles()
        self.margin: int | None = None
        self.comparisons: Comparisons | None = None
        self.charted: Window | None = None
        """Set before the answer: the time that is drawn where no part of it is chosen."""
        self.zoom = TimeZoom()
        self._forms = forms_of(panel)
        self._cursor_ns: int | None = None
        self._hidden: set[str] = set()
        self._marked = ""

    def compose(self) -> ComposeResult:
        yield Lines(classes="heading")
        yield ChartCanvas()
        yield Lines(classes="legend")

    @property
    def shows_increments(self) -> bool:
        curves = self.panel.curves
        return curves is not None and curves.running and self._forms[0] == "bars"

    def turn(self) -> None:
        """Draw the other form of the chart."""
        self._forms = self._forms[::-1]
        self._update()

    def switch_cursor(self) -> None:
        """Put a cursor on the newest bucket, or take it away."""
        buckets = self._part.buckets() if self.charted else ()
        self._cursor_ns = buckets[-1].to_ns if buckets and self._cursor_ns is None else None
        self._update()

    @property
    def bucket_at_cursor(self) -> Bucket | None:
        """The bucket that is read, where there is a cursor."""
        if self._cursor_ns is None or self.window is None:
            return None
        buckets = (each for each in self.window.buckets() if each.to_ns >= self._cursor_ns)
        return next(buckets, None)

    def group(self) -> bool:
        while self.clear_choices():
            pass
        return super().group()

    @property
    def _part(self) -> Window:
        """The time that is drawn."""
        assert self.charted
        return self.zoom.part(self.charted)

    @property
    def cursor_ns(self) -> int | None:
        """The end of the bucket that is read."""
        return self._cursor_ns

    def show_part(self, zoom: TimeZoom) -> None:
        """Draw that part of the window."""
        if zoom != self.zoom:
            self.zoom = zoom
            self._update()

    def switch_series(self, name: str) -> None:
        """Draw the series of that name no longer, or again."""
        self._hidden ^= {name}
        self._update()

    def mark_series(self, steps: int) -> None:
        """Mark the series so many rows on in the legend; beyond its ends none."""
        chart = self._chart()
        names = ["", *(series.name for series in chart.series if series.name)] if chart else [""]
        at = names.index(self._marked) if self._marked in names else 0
        self._marked = names[(at + steps) % len(names)]
        self._update()

    def switch_marked(self) -> bool:
        """Hide or show the series that is marked; whether one is."""
        if self._marked:
            self.switch_series(self._marked)
        return bool(self._marked)

    def clear_choices(self) -> bool:
        """Take away the cursor, else the mark, else show what was hidden; whether anything was."""
        was = self._cursor_ns is not None or bool(self._marked or self._hidden)
        if self._cursor_ns is not None:
            self._cursor_ns = None
        elif self._marked:
            self._marked = ""
        else:
            self._hidden.clear()
        if was:
            self._update()
        return was

    def move_cursor(self, steps: int) -> None:
        """Move the cursor by so many buckets."""
        if self._cursor_ns is None or self.charted is None:
            return
        ends = [bucket.to_ns for bucket in self.charted.buckets()]
        # Time has gone on: the bucket may be another one by now.
        here = bisect_left(ends, self._cursor_ns)
        self._cursor_ns = ends[min(len(ends) - 1, max(0, here + steps))]
        part = self._part
        if part.from_ns < self._cursor_ns <= part.to_ns:
            self._update()
        else:
            self.post_message(PartWanted(0, self._cursor_ns))

    def on_chart_canvas_wheeled(self, message: ChartCanvas.Wheeled) -> None:
        message.stop()
        self.post_message(PartWanted(message.by, message.time_ns))

    def on_chart_canvas_series_clicked(self, message: ChartCanvas.SeriesClicked) -> None:
        message.stop()
        self.switch_series(message.name)

    def on_mount(self) -> None:
        self._update()

    def fit(self) -> None:
        self._update()

    def watch_answer(self) -> None:
        self._update()

    def watch_has_focus_within(self) -> None:
        self._update()

    def on_focus(self) -> None:
        self._update()

    def on_blur(self) -> None:
        self._update()

    def _update(self) -> None:
        """Heading, table and legend as they are needed, the chart in what room is left."""
        if not self.children:
            return
        width, height = self.room
        chart = self._chart()
        notes, end = self._notes(chart, width), self._budget()
        head = [self._reading(chart, width) or self.heading(width, notes, end)]
        if parts := [*self.parts(), *self._counts()]:
            head += wrapped(parts, "  ", width, 1 if height < _HIGH else 3)
        if chart is not None and self._has_ranges and width >= FEWEST_COLUMNS:
            over_time = [over_time_heading(chart, width)] if height >= _HIGH else []
            rows = height - len(head) - len(over_time) - _LOWEST
            head += [*self._ranges(max(2, rows), width), *over_time]
        free = height - len(head)
        below = self._below(chart, max(free - _LOWEST, min(_LOWEST_BY_ROWS, free - 1)), width)
        room = free - len(below)
        # One of its rows may name the series.
        lowest = FEWEST_ROWS if self._has_ranges else _LOWEST - (len(below) == 1)
        if room > _LOWEST + 1 and (note := self._footnote(width)):
            below.append(note)
            room -= 1
        canvas = self.query_one(ChartCanvas)
        canvas.display = chart is not None and room >= lowest
        if chart is not None and not canvas.display and room > 0:
            head.append(sparkline_of(chart, width))
        self.query_one(".heading", Lines).show(head)
        self.query_one(".legend", Lines).show(below)
        canvas.show(chart if canvas.display else None)

    def _chart(self) -> Chart | None:
        if self.answer is None or self.window is None or not self.has_numbers:
            return None
        chart = chart_of(
            self.answer,
            self.window,
            self._forms[0],
            self.roles,
            margin=margin_of([self.answer]) if self.margin is None else self.margin,
            ends_now=self.ends_now,
            cursor_ns=self._cursor_ns,
            behind_total=self.comparisons.behind_total if self.comparisons else None,
        )
        if chart is None:
            return None
        chart = part_of(without(chart, self._hidden), self._part)
        return replace(chart, marked=self._marked)

    def _footnote(self, width: int) -> Content | None:
        """What is easily misread, as much as has room in a line."""
        if self.answer is None:
            return None
        notes = [panel_footnote(self.panel)]
        if changes_of(self.answer, self.beside):
            notes.insert(0, f"{notes[0]} {strings.CHANGE_IS}")
        fitting = (note for note in notes if note and cell_len(note) <= width)
        footnote = next(fitting, None)
        return Content.styled(footnote, "$foreground-muted") if footnote else None

    def _reading(self, chart: Chart | None, width: int) -> Content | None:
        """The time under the cursor and every series' value there, in place of the heading."""
        if chart is None or chart.cursor_ns is None or self.window is None:
            return None
        time = Content.styled(tick_text(chart.cursor_ns, self.window), "bold $text-accent")
        values = [
            Content.assemble((f"{series.name} ", ROLES[series.role]), value)
            for series, value in values_at(chart, chart.cursor_ns)
        ]
        nothing = Content.styled(strings.NOTHING_THEN, "$foreground-muted")
        return join_cells([time, *(values or [nothing])], "  ", width)

    def _notes(self, chart: Chart | None, width: int) -> list[Content]:
        """What the value is compared with or stands beside, the part in sight, what keys do."""
        notes = []
        if self._is_compared and self.comparisons:
            notes = compared_notes(self.comparisons)
        return [
            *notes,
            *([] if width < NARROW else self._first_token(width)),
            *(Content.styled(text, "$foreground-muted") for text in self._words(chart, width)),
        ]

    def _words(self, chart: Chart | None, width: int) -> list[str]:
        if chart is None or self.window is None:
            return []
        words = [strings.PEAK.format(value=peak(chart, width))] if chart.unit in RATES else []
        if chart.window != self.charted:
            ends = (chart.window.from_ns, chart.window.to_ns)
            start, end = (tick_text(time_ns, chart.window) for time_ns in ends)
            form = strings.A_PART_BRIEF if width < NARROW else strings.A_PART
            words.append(form.format(start=start, end=end))
        if chart.form == "bars":
            words.append(strings.A_BAR_IS.format(time=length_words(bar_ns(chart, width))))
        if self.screen.maximized is self and len(chart.series) > 1:
            words.append(strings.CHART_ALONE)
        return words

    def _budget(self) -> Content:
        """Today's budget, and how much of it is spent."""
        if not self._is_compared or self.comparisons is None or not self.comparisons.is_today:
            return NO_TEXT
        budget = self.comparisons.budgets.get("day")
        return named_budget(budget) if budget else NO_TEXT

    @property
    def _is_compared(self) -> bool:
        return self.panel.id == COMPARED_CHART and self.has_numbers

    @property
    def _has_ranges(self) -> bool:
        return self.panel.rows is not None and self.panel.rows.columns.keys() >= set(QUANTILES)

    def _ranges(self, most: int, width: int) -> list[Content]:
        assert self.panel.rows
        assert self.answer
        tokens = self._first_tokens
        changes = changes_of(self.answer, self.beside)
        rows, styles = self.answer.rows, self._styles()
        return at_most(range_lines(self.panel.rows, rows, width, styles, tokens, changes), most)

    @property
    def _first_tokens(self) -> Mapping[str, ResultRow]:
        """The times to first token by their models, where any was told and the rows are models."""
        if self._first_token_of_all is None or self.panel.key:
            return {}
        return {str(row["model"]): row for row in self.beside[FIRST_TOKEN.id].rows}

    @property
    def _first_token_of_all(self) -> float | None:
        """Milliseconds; None where no request told any."""
        answer = self.beside.get(FIRST_TOKEN.id) if self._has_ranges else None
        return number_of(answer.value) if answer else None

    def _first_token(self, width: int) -> Iterator[Content]:
        """That of all models, where theirs have no room or no rows."""
        number = self._first_token_of_all
        if number is not None and (self.panel.key or width < COLUMNS_WITH_FIRST_TOKENS):
            name = f"{strings.FIRST_TOKEN} {QUANTILES[1]} "
            yield Content.assemble((name, "$foreground-muted"), (shown(number, "ms"), "bold"))

    def _below(self, chart: Chart | None, most: int, width: int) -> list[Content]:
        """The rows of the panel's table; or who is who, where nothing stands beside the chart."""
        if chart is None or self.answer is None:
            return []
        if self.panel.rows and len(self.panel.rows.columns) > 1:
            if self._has_ranges and width >= FEWEST_COLUMNS:
                return []
            changes = changes_of(self.answer, self.beside)
            columns = self.panel.rows
            if changes and width < NARROW:
                # There is no room for both; the numbers' page has p99.
                columns = Rows(columns.label, dict([*columns.columns.items()][:-1]))
            lines = table(columns, self.answer.rows, width, "━━", self._styles(), changes)
            last = self._first_token(width) if width < NARROW else ()
            return at_most(lines, most, next(iter(last), None))
        if right_margin(chart, width) or len(chart.series) < 2:
            return []
        return [together([self._entry(chart, series) for series in chart.series], width)]

    def _entry(self, chart: Chart, series: ChartSeries) -> Content:
        """A series in the legend below, which a click hides or shows."""
        sign = chart.sign(series) or "█"
        colour = "$foreground-muted" if series.hidden else ROLES[series.role]
        text_style = "$foreground-muted" if series.hidden else ""
        if series.name == chart.marked:
            text_style = f"bold {text_style}"
        switch = f"screen.switch_series({self.panel.id!r}, {series.name!r})"
        return Content.assemble(
            action_link(f"{sign} ", switch, colour),
            action_link(f"{series.name} {series.value}", switch, text_style),
        )

    def _counts(self) -> Iterator[Content]:
        """The rows of one number each, which need no table."""
        rows = self.panel.rows
        if rows is None or len(rows.columns) > 1 or self.answer is None or not self.has_numbers:
            return
        [column] = rows.columns
        label = strings.ROWS.get(rows.label, rows.label)
        names = row_names(rows.label, self.answer.rows)
        for name, row in zip(names, self.answer.rows, strict=True):
            count = shown(number_of(row[column]), rows.unit(column))
            yield Content.assemble((f"{label} {name} ", "$foreground-muted"), count)

    def _styles(self) -> dict[str, str]:
        """The colours of the table's rows, where a series belongs to each."""
        rows, curves = self.panel.rows, self.panel.curves
        if rows is None or curves is None or curves.label != rows.label or self.answer is None:
            return {}
        names = [str(row[rows.label]) for row in self.answer.rows]
        return {name: ROLES[self.roles.role(rows.label, name)] for name in names}
