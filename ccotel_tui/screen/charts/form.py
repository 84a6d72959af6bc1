"""Which chart a panel's series make: its usual form, and the other one. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from math import fsum, isfinite

from ccotel_tui.panels.compare.stats import COMPARED_CHART
from ccotel_tui.panels.output.units import in_column, shown
from ccotel_tui.panels.panel import Panel
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.measures import Unit
from ccotel_tui.query.query import Series
from ccotel_tui.query.window import Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts.chart import Chart, ChartSeries, Form, highest_bar, margin_for
from ccotel_tui.screen.charts.roles import SERIES_COLOURS, SeriesRoles
from ccotel_tui.screen.format.overview.comparisons import BehindTotal
from ccotel_tui.screen.format.series import by_total, chart_names, in_readable_unit

_NEAR = 1.3
"""A budget of fewer times the highest value is a line."""


SeriesPoints = Sequence[tuple[int, float | None]]


def forms_of(panel: Panel) -> tuple[Form, Form]:
    """The form that answers at a glance, and the other one."""
    if panel.counts:
        # A share of few is no needle: 1 of 2 in a bucket says nothing of the next.
        return "bars", "dashes"
    if "bars" in panel.kind or panel.unit == "1/min":
        return "bars", "lines"
    if panel.curves is not None and panel.curves.running:
        return "lines", "bars"
    # A quantile of a bucket says nothing of the time between two buckets.
    return "dashes", "lines"


def chart_of(
    answer: PanelAnswer,
    window: Window,
    form: Form,
    roles: SeriesRoles,
    *,
    margin: int,
    ends_now: bool,
    cursor_ns: int | None = None,
    behind_total: BehindTotal | None = None,
) -> Chart | None:
    """The chart of the panel's series, largest first; None where there are none.

    Of more series than there are colours the least are drawn as one, where they add up. Where
    there is a total, what it is compared with is drawn behind all lines.
    """
    answer = in_readable_unit(answer)
    panel = answer.panel
    counted = panel.counts is not None and form == "bars"
    running = panel.curves is not None and panel.curves.running
    unit: Unit = "1" if counted else panel.unit
    plotted = by_total(answer.counts if counted else answer.series)
    drawn = len(plotted) if len(plotted) <= SERIES_COLOURS else SERIES_COLOURS - 1
    largest = plotted[0][1] or 0.0 if plotted else 0.0
    names = chart_names(panel, [each for each, _ in plotted])
    series = [
        ChartSeries(
            name,
            roles.role(*next(iter(plotted_series.labels.items()), ("", ""))),
            _points(plotted_series.points, form, running=running),
            in_column(total, largest, unit),
        )
        for name, (plotted_series, total) in zip(names[:drawn], plotted[:drawn], strict=True)
    ]
    if (others := plotted[drawn:]) and form != "dashes":
        points = _points(_sums(least for least, _ in others), form, running=running)
        value = shown(fsum(total or 0.0 for _, total in others), unit)
        name = strings.MORE.format(count=len(others))
        series.append(ChartSeries(name, "others", points, value))
    compared = behind_total and panel.id == COMPARED_CHART
    if running and form == "lines" and panel.unit == "usd" and (len(series) > 1 or compared):
        value = shown(answer.value, panel.unit)
        points = _sums(each for each, _ in answer.series)
        series.insert(0, ChartSeries(strings.TOTAL, "total", _from_its_start(points), value))
        if behind_total and compared:
            series += _behind(behind_total, points)
    if not series:
        return None
    return Chart(series, unit, window, form, ends_now, margin, running, cursor_ns)


def _behind(behind: BehindTotal, total: SeriesPoints) -> Iterator[ChartSeries]:
    """The usual day, and the budget where it would not flatten all else."""
    usual = [(time_ns, behind.usual_at(time_ns)) for time_ns, _ in total]
    numbers = [number or 0.0 for _, number in (*total, *usual)]
    if usual[-1][1] is not None:
        value = shown(usual[-1][1], "usd")
        yield ChartSeries(strings.USUAL_DAY, "ghost", _from_its_start(usual), value)
    if behind.budget and behind.budget < _NEAR * max(numbers):
        level = [(time_ns, behind.budget) for time_ns, _ in total]
        yield ChartSeries(strings.BUDGET_OF["day"], "ghost", level, shown(behind.budget, "usd"))


def values_at(chart: Chart, time_ns: int) -> list[tuple[ChartSeries, str]]:
    """What each series is in the bucket that ends then, where that is known."""
    return [
        (series, shown(value, chart.unit))
        for series in chart.series
        for at, value in series.points
        if at == time_ns and value is not None
    ]


def growth_of(answer: PanelAnswer) -> list[float | None]:
    """What all series of the panel together grew by in each bucket."""
    curves = answer.panel.curves
    sums = _sums(series for series, _ in answer.series)
    is_running = curves is not None and curves.running
    return [number for _, number in (_increments(sums) if is_running else sums)]


def peak(chart: Chart, width: int) -> str:
    """The highest bar where the chart is so wide, or the highest point of a line."""
    if chart.form == "bars":
        highest = highest_bar(chart, width)
    else:
        values = (n for series in chart.series for _, n in series.points)
        highest = max((n for n in values if n is not None), default=0.0)
    return shown(highest, chart.unit)


def margin_of(answers: Iterable[PanelAnswer], behind_total: BehindTotal | None = None) -> int:
    """The columns that the names and values of all these charts need at their right."""
    names = [strings.TOTAL]
    values = []
    if behind_total is not None:
        names += [strings.USUAL_DAY, strings.BUDGET_OF["day"]]
        values.append(shown(behind_total.budget, "usd"))
    for answer in map(in_readable_unit, answers):
        for drawn in (answer.series, answer.counts):
            names += chart_names(answer.panel, [series for series, _ in drawn])
            values += [shown(total, answer.panel.unit) for _, total in drawn]
    return margin_for(names, values)


def _points(points: SeriesPoints, form: Form, *, running: bool) -> SeriesPoints:
    if not running:
        return points
    return _increments(points) if form == "bars" else _from_its_start(points)


def _increments(points: SeriesPoints) -> SeriesPoints:
    """What a running sum grew by in each bucket."""
    increments: list[tuple[int, float | None]] = []
    former = 0.0
    for time_ns, number in points:
        increments.append((time_ns, None if number is None else number - former))
        former = former if number is None else number
    return increments


def _from_its_start(points: SeriesPoints) -> SeriesPoints:
    """A running sum without the time before it leaves 0."""
    start = next((at for at, (_, number) in enumerate(points) if number), len(points))
    return points[max(0, start - 1) :]


def _sums(series: Iterable[Series]) -> SeriesPoints:
    """The sum of all series at each bucket's end; None where none of them is known."""
    sums: list[tuple[int, float | None]] = []
    for points in zip(*(each.points for each in series), strict=True):
        numbers = [number for _, number in points if number is not None and isfinite(number)]
        sums.append((points[0][0], fsum(numbers) if numbers else None))
    return sums
