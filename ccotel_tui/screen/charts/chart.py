"""A chart as rows of cells: labelled ticks, lines or bars, who is who at their right. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from rich.cells import cell_len

from ccotel_tui.panels.output.units import RATES
from ccotel_tui.query.measures import Unit
from ccotel_tui.query.window import Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts import bars, lines
from ccotel_tui.screen.charts.cells import BLANK, Cell, CellRow, Role, text_cells
from ccotel_tui.screen.charts.roles import SIGNS
from ccotel_tui.screen.charts.scale import Scale, scale_for, tick_labels
from ccotel_tui.screen.charts.time_axis import axis_row
from ccotel_tui.screen.format.cells import fitted, right

Form = Literal["lines", "dashes", "bars"]

GUTTER = 8
"""Columns of the ticks' labels, so that charts below one another share their time axis."""

_NARROW_GUTTER = 6

_NARROW = 60
"""Columns under which the gutter is narrow."""

_NARROWEST_MARGIN = 18
"""Columns in which a model's name and a value are whole."""

FEWEST_ROWS = 5
"""Of a chart with its times."""

_MARK = "█"
_HIDDEN_MARK = "□"
_MARKED = "▸"
_MARK_WIDTH = 2


@dataclass(frozen=True)
class ChartSeries:
    """A series to draw: its points at their buckets' ends, and its value as text.

    One that is `hidden` has no known points, but its name and its value.
    """

    name: str
    role: Role
    points: Sequence[tuple[int, float | None]]
    value: str = ""
    hidden: bool = False


LineEnd = tuple[int, ChartSeries]
"""The row in which a series ends, or has its name."""


@dataclass(frozen=True)
class Chart:
    """What a chart shows: its series, the most important first, in one unit over one window.

    `margin` are the columns at its right for names and values, equal for charts below one another.
    `cursor_ns` is the end of the bucket whose values are read; `marks` are times that something
    happened at, each with its sign: they have a row of their own above the times. `marked` is the
    name of the series that keys are about. Where it is `colourless` each series has a sign. Names
    stand at the lines' ends only where these are the values told, which those of running sums are.
    """

    series: Sequence[ChartSeries]
    unit: Unit
    window: Window
    form: Form
    ends_now: bool = True
    margin: int = 0
    running: bool = True
    cursor_ns: int | None = None
    marks: Sequence[tuple[int, str]] = ()
    marked: str = ""
    colourless: bool = False

    @property
    def has_signs(self) -> bool:
        """Whether signs tell its series apart."""
        return self.colourless and len(self.series) > 1

    def sign(self, series: ChartSeries) -> str:
        """What stands before a series' name in the legend; empty where the line's end tells.

        What is not drawn, as the number of series without a name, has none.
        """
        if series.hidden:
            return _HIDDEN_MARK
        if not series.points:
            return ""
        if self.has_signs:
            return SIGNS[series.role]
        return _MARK if self.form == "bars" else ""


@dataclass(frozen=True)
class Drawing:
    """A chart's rows, and where in them its canvas and its series' names are.

    `named` are the series by the rows of their names, from `gutter + columns` on.
    """

    rows: Sequence[CellRow]
    gutter: int
    columns: int
    named: Mapping[int, ChartSeries]


def draw_chart(chart: Chart, width: int, height: int) -> Drawing:
    """The chart in exactly so many rows of so many columns; the last row are the times."""
    rows = height - 1 - bool(chart.marks)
    stacks = _bars(chart, width) if chart.form == "bars" else ()
    scale = _scale(chart, stacks, rows)
    labels = tick_labels(scale, chart.unit)
    gutter = max(_gutter(width), *(len(label) + 1 for label in labels.values()))
    margin = right_margin(chart, width)
    columns = max(1, width - gutter - margin)
    drawn = (
        _bar_rows(chart, stacks, scale, columns) if stacks else _line_rows(chart, scale, columns)
    )
    if chart.has_signs:
        dashes = chart.form == "dashes"
        drawn = bars.signed_bars(drawn) if stacks else lines.signed_lines(drawn, dashes=dashes)
    named = _legend(chart, scale) if margin else {}
    canvas = _with_grid(drawn, scale)
    if chart.cursor_ns is not None:
        canvas = _with_cursor(canvas, _column_of(chart, chart.cursor_ns, columns))
    picture = []
    for at, cells in enumerate(canvas):
        row = scale.rows - 1 - at
        label = text_cells(right(labels.get(row, ""), gutter - 1) + " ", "label")
        name = _entry(chart, named[at], margin) if at in named else [BLANK] * margin
        picture.append([*label, *cells, *name])
    below = [axis_row(chart.window, gutter, columns, ends_now=chart.ends_now)]
    if chart.marks:
        below.insert(0, [*[BLANK] * gutter, *_marks_row(chart, columns)])
    picture += [[*row, *[BLANK] * margin] for row in below]
    return Drawing(picture, gutter, columns, named)


def right_margin(chart: Chart, width: int) -> int:
    """Columns for names and values at the right of a chart; 0 where they stand below it."""
    margin = min(chart.margin, width * 2 // 5)
    series = chart.series
    needed = margin_for((each.name for each in series), (each.value for each in series))
    return margin if margin >= max(needed, min(chart.margin, _NARROWEST_MARGIN)) else 0


def margin_for(names: Iterable[str], values: Iterable[str]) -> int:
    """The columns that these names and values need beside a chart."""
    name = max(map(cell_len, names), default=0)
    value = max(map(cell_len, values), default=0)
    return 1 + (_MARK_WIDTH + name + 1 if name else 0) + value


def bar_ns(chart: Chart, width: int) -> int:
    """How much time a bar stands for, where the chart is so wide."""
    buckets = max(len(series.points) for series in chart.series)
    return chart.window.step_ns * max(1, -(-buckets // _columns(chart, width)))


def highest_bar(chart: Chart, width: int) -> float:
    """What the highest bar amounts to, where the chart is so wide."""
    return _highest(_bars(chart, width))


def _highest(stacks: Sequence[bars.BarStack]) -> float:
    return max((sum(max(0.0, n or 0.0) for n in stack) for stack in stacks), default=0.0)


def _gutter(width: int) -> int:
    return _NARROW_GUTTER if width < _NARROW else GUTTER


def _columns(chart: Chart, width: int) -> int:
    return max(1, width - _gutter(width) - right_margin(chart, width))


def _bars(chart: Chart, width: int) -> Sequence[bars.BarStack]:
    """The bars from the bottom, the least important series first; at most one a column."""
    columns = [[number for _, number in series.points] for series in reversed(chart.series)]
    mean = chart.unit in (*RATES, "ratio")
    return bars.merged(list(zip(*columns, strict=True)), _columns(chart, width), mean=mean)


def _scale(chart: Chart, stacks: Sequence[bars.BarStack], rows: int) -> Scale:
    if stacks:
        return scale_for(0.0, _highest(stacks), rows, chart.unit, on_edges=True)
    values = [n for s in chart.series for _, n in s.points if n is not None and isfinite(n)]
    return scale_for(min(values, default=0.0), max(values, default=0.0), rows, chart.unit)


def _bar_rows(
    chart: Chart, stacks: Sequence[bars.BarStack], scale: Scale, columns: int
) -> list[CellRow]:
    roles = [series.role for series in reversed(chart.series)]
    return bars.draw_bars(stacks, roles, scale.per_row, columns, scale.rows)


def _line_rows(chart: Chart, scale: Scale, columns: int) -> list[CellRow]:
    """The series' lines or dashes, the most important above the others."""
    length = chart.window.to_ns - chart.window.from_ns
    height = scale.highest - scale.lowest
    drawn: list[tuple[Role, tuple[lines.Dots, ...]]] = []
    for series in reversed(chart.series):
        points = [
            (
                (at - chart.window.from_ns) / length,
                None if n is None else (n - scale.lowest) / height,
            )
            for at, n in series.points
        ]
        if chart.form == "dashes":
            bucket = chart.window.step_ns / length
            dots = lines.dashes(points, bucket, columns, scale.rows)
        else:
            dots = lines.stretches(points, columns, scale.rows)
        drawn.append((series.role, tuple(dots)))
    return list(lines.draw_lines(tuple(drawn), columns, scale.rows))


def _with_grid(canvas: Sequence[CellRow], scale: Scale) -> list[CellRow]:
    """The canvas with a faint line at each tick, where nothing is drawn.

    Where each row would be one, only the lowest is.
    """
    rows: list[CellRow] = []
    ticks = scale.ticks()
    if len(ticks) >= len(canvas):
        ticks = {0: ticks[0]}
    for at, cells in enumerate(canvas):
        value = ticks.get(scale.rows - 1 - at)
        if value is None:
            rows.append(list(cells))
            continue
        mark = "▁" if scale.on_edges else "┈" if value else "─"
        grid = Cell(mark, "grid")
        rows.append([grid if cell == BLANK else cell for cell in cells])
    return rows


def _with_cursor(canvas: Sequence[CellRow], column: int) -> list[CellRow]:
    """The canvas with an upright line in that column, behind what is drawn there."""
    upright = Cell("│", "strong")
    return [
        [
            upright if at == column and (cell == BLANK or cell.role == "grid") else cell
            for at, cell in enumerate(cells)
        ]
        for cells in canvas
    ]


def _column_of(chart: Chart, time_ns: int, columns: int) -> int:
    """The last column of the bucket that ends then."""
    length = chart.window.to_ns - chart.window.from_ns
    return min(columns, max(1, round((time_ns - chart.window.from_ns) * columns / length))) - 1


def _marks_row(chart: Chart, columns: int) -> CellRow:
    row = [BLANK] * columns
    for time_ns, sign in chart.marks:
        row[_column_of(chart, time_ns, columns)] = Cell(sign, "bad" if sign == "!" else "total")
    return row


def _legend(chart: Chart, scale: Scale) -> Mapping[int, ChartSeries]:
    """The series by the rows, from the top, of their names: at the lines' ends or on top."""
    if not any(series.name or series.value for series in chart.series):
        return {}
    if chart.form != "lines" or not chart.running:
        ends = [(scale.rows - 1 - at, series) for at, series in enumerate(chart.series)]
    else:
        ends = [
            (0 if series.hidden else scale.row_of(last or 0.0), series)
            for series in chart.series
            if (last := _last(series.points)) is not None or series.hidden
        ]
    return {scale.rows - 1 - row: series for row, series in _named(ends, scale.rows)}


def _named(ends: Sequence[LineEnd], rows: int) -> Sequence[LineEnd]:
    """Return the names with rows of their own; of those that have none their number is said."""
    if len(ends) <= rows:
        return _apart(ends, rows)
    named, unnamed = ends[: rows - 1], ends[rows - 1 :]
    more = ChartSeries(strings.MORE.format(count=len(unnamed)), "others", ())
    return _apart([*named, (min(row for row, _ in unnamed), more)], rows)


def _apart(ends: Sequence[LineEnd], rows: int) -> list[LineEnd]:
    """The series with rows of their own, in their order and as near to their ends as can be."""
    # Of one row the most important is the highest.
    order = sorted(range(len(ends)), key=lambda at: (ends[at][0], -at))
    placed: list[int] = []
    for at, index in enumerate(order):
        lowest = placed[-1] + 1 if placed else 0
        placed.append(min(max(ends[index][0], lowest), rows - (len(ends) - at)))
    return [(row, ends[index][1]) for row, index in zip(placed, order, strict=True)]


def _entry(chart: Chart, series: ChartSeries, margin: int) -> CellRow:
    """A blank or the mark of the keys, the sign, the name and the value at the right edge.

    A name has its line's colour where nothing else tells whose the line is: text reads better.
    """
    sign = chart.sign(series)
    before = sign.ljust(_MARK_WIDTH) if sign else ""
    room = margin - 1 - cell_len(before) - cell_len(series.value) - 1
    name = fitted(series.name, room) + " " if room > 0 else ""
    role, value_role = ("others", "others") if series.hidden else (series.role, "text")
    first = Cell(_MARKED, "strong") if series.name and series.name == chart.marked else BLANK
    name_role = value_role if sign else role
    return [
        first,
        *text_cells(before, role),
        *text_cells(name, name_role),
        *text_cells(series.value, value_role),
    ]


def _last(points: Sequence[tuple[int, float | None]]) -> float | None:
    return next((n for _, n in reversed(points) if n is not None and isfinite(n)), None)
