"""The cost of one session over its own life, request by request. Pure."""

from collections.abc import Sequence
from datetime import tzinfo

from textual.content import Content

from ccotel_tui.panels.output.units import dollars
from ccotel_tui.query.events import time_of
from ccotel_tui.query.period import Period
from ccotel_tui.query.prompts.rows import PromptRow
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import SECOND, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts.chart import Chart, ChartSeries, margin_for
from ccotel_tui.screen.charts.roles import SeriesRoles
from ccotel_tui.screen.charts.time_axis import tick_text
from ccotel_tui.screen.format.names import short_names
from ccotel_tui.telemetry.conventions import API_REQUEST, model_name

_PROMPT = "▴"
COMPACTED = "▾"
"""The mark of a compaction."""

_COMMAND = "/"


def life_window(prompts: Sequence[PromptRow], now_ns: int, zone: tzinfo, *, runs: bool) -> Window:
    """From the session's first record to its last, or to now where it runs; a second at least."""
    from_ns = min((row.began_ns for row in prompts), default=now_ns)
    last_ns = now_ns if runs else max((row.ended_ns for row in prompts), default=now_ns)
    return Window.between(from_ns - 1, max(last_ns, from_ns + SECOND), zone)


def period_of(prompts: Sequence[PromptRow]) -> Period | None:
    """From a second before the first to one behind the last; None where there is none."""
    if not prompts:
        return None
    from_ns = min(row.began_ns for row in prompts) - SECOND
    return Period(from_ns=from_ns, to_ns=max(row.ended_ns for row in prompts) + SECOND)


def life_chart(
    prompts: Sequence[PromptRow],
    window: Window,
    roles: SeriesRoles,
    *,
    runs: bool,
    compactions: Sequence[int] = (),
) -> Chart | None:
    """The running cost of each model, and of all where there are several; a mark a prompt.

    `compactions` are times with marks of their own, in the place of a prompt's there.
    """
    requests = sorted(
        (event for row in prompts for event in row.events if event["event_name"] == API_REQUEST),
        key=time_of,
    )
    models = list(dict.fromkeys(_model(event) for event in requests))
    names = short_names("model", models)
    series = []
    for model in models:
        points = _running([e for e in requests if _model(e) == model], window)
        cost = points[-1][1] or 0.0
        series.append(
            (cost, ChartSeries(names[model], roles.role("model", model), points, dollars(cost)))
        )
    ordered = [drawn for _, drawn in sorted(series, key=lambda pair: -pair[0])]
    if len(ordered) > 1:
        points = _running(requests, window)
        total = dollars(points[-1][1] or 0.0)
        ordered.insert(0, ChartSeries(strings.TOTAL, "total", points, total))
    if not ordered:
        return None
    marks = [
        (row.began_ns, _COMMAND if row.is_command else _PROMPT) for row in prompts if row.typed
    ]
    marks += [(time_ns, COMPACTED) for time_ns in compactions]
    margin = margin_for([drawn.name for drawn in ordered], [drawn.value for drawn in ordered])
    return Chart(ordered, "usd", window, "lines", runs, margin, marks=marks)


def reading_of(chart: Chart) -> list[Content]:
    """Return the time under the cursor, and what each series had cost by then."""
    assert chart.cursor_ns is not None
    time = Content.styled(tick_text(chart.cursor_ns, chart.window), "bold $text-accent")
    return [time, *(_reading(series, chart.cursor_ns) for series in chart.series)]


def _reading(series: ChartSeries, time_ns: int) -> Content:
    spent = [number for at, number in series.points if at <= time_ns and number is not None]
    value = dollars(spent[-1] if spent else 0.0)
    return Content.assemble((f"{series.name} ", f"${series.role}"), value)


def _running(requests: Sequence[EventRow], window: Window) -> list[tuple[int, float | None]]:
    """What the requests have cost up to each of them; the last point is at the window's end."""
    points: list[tuple[int, float | None]] = [(window.from_ns, 0.0)]
    total = 0.0
    for request in requests:
        cost = request.get("cost_usd")
        # A step: before the request nothing is spent.
        points.append((time_of(request) - 1, total))
        total += cost if isinstance(cost, int | float) else 0.0
        points.append((time_of(request), total))
    return [*points, (window.to_ns, total)]


def _model(request: EventRow) -> str:
    return model_name(str(request.get("model") or ""))
