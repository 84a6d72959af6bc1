"""Quantiles as bars on one scale: from 0 to p95, with p50 and p95 marked and p99 as a thin end."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.panels.output.units import shown
from ccotel_tui.panels.panel import Rows
from ccotel_tui.panels.result import ResultRow
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts.chart import Chart
from ccotel_tui.screen.charts.scale import scale_for, tick_labels
from ccotel_tui.screen.format.cells import fitted, right, ruled
from ccotel_tui.screen.format.series import LONGEST_NAME, number_of, row_names
from ccotel_tui.screen.format.times import length_words

QUANTILES = ("p50", "p95", "p99")

_NAME = 16
_COUNT = 10
_FIGURE = 9
_FIRST_TOKEN = 17
_CHANGE = 8
_FIRST_TOKENS = QUANTILES[:2]

FEWEST_COLUMNS = 80
"""Of a pane, below which the numbers stand alone."""

COLUMNS_WITH_FIRST_TOKENS = FEWEST_COLUMNS + _FIRST_TOKEN * len(_FIRST_TOKENS)
"""Of a pane, from which the times to first token stand behind them."""


def range_lines(
    columns: Rows,
    rows: Sequence[ResultRow],
    width: int,
    styles: Mapping[str, str],
    first_tokens: Mapping[str, ResultRow],
    changes: Mapping[str, str],
) -> list[Content]:
    """A line a row under the times of the scale; the numbers stand at the right.

    `first_tokens` are the rows of the times to first token by name, where any was told, `changes`
    by how much each p95 is more than before.
    """
    last = _FIRST_TOKENS if first_tokens and width >= COLUMNS_WITH_FIRST_TOKENS else ()
    unit = columns.unit("p95")
    largest = max((number_of(row["p99"]) or 0.0 for row in rows), default=0.0)
    names = row_names(columns.label, rows)
    name_room = min(LONGEST_NAME, max(_NAME, *map(cell_len, names), 0))
    room = width - name_room - _COUNT - 2 - _FIGURE * len(QUANTILES) - _FIRST_TOKEN * len(last)
    room -= _CHANGE if changes else 0
    # Columns are to a scale of times what rows are to one of values.
    scale = scale_for(0.0, largest, room, unit, on_edges=True)
    ticks = [" "] * room
    for column, label in tick_labels(scale, unit).items():
        if column + len(label) <= room:
            ticks[column : column + len(label)] = label
    figures = "".join(right(name, _FIGURE) for name in QUANTILES)
    figures += right(strings.COLUMNS["change"], _CHANGE) if changes else ""
    figures += "".join(right(f"{strings.FIRST_TOKEN} {name}", _FIRST_TOKEN) for name in last)
    label = fitted(strings.ROWS.get(columns.label, columns.label), name_room)
    head = f"{label}{right(strings.PARTS['requests'], _COUNT)}  {''.join(ticks)}{figures}"
    lines = [Content.styled(head, "$foreground-muted")]
    for row, short_name in zip(rows, names, strict=True):
        name = str(row[columns.label])
        p50, p95, p99 = (number_of(row[q]) or 0.0 for q in QUANTILES)
        style = styles.get(name, "$amount")
        at50, at95, at99 = (min(room, round(q / scale.per_row)) for q in (p50, p95, p99))
        bar = ["━" if at < at95 else "─" if at < at99 else " " for at in range(room)]
        for at in (at50, at95):
            bar[min(room - 1, max(0, at - 1))] = "▊"
        token = first_tokens.get(name, {})
        shown_count = shown(number_of(row["count"]), "1")
        lines.append(
            Content.assemble(
                (fitted(short_name, name_room), style),
                right(shown_count, _COUNT),
                "  ",
                ("".join(bar), style),
                right(shown(p50, unit), _FIGURE),
                (right(shown(p95, unit), _FIGURE), "bold"),
                (right(shown(p99, unit), _FIGURE), "$foreground-muted"),
                right(changes.get(name, "–"), _CHANGE) if changes else "",
                *(right(shown(number_of(token.get(q)), unit), _FIRST_TOKEN) for q in last),
            )
        )
    return lines


def over_time_heading(chart: Chart, width: int) -> Content:
    """The heading of the chart below the ranges: which quantile it has of how much time."""
    words = strings.OVER_TIME.format(name=QUANTILES[1])
    if chart.form == "dashes":
        words += f"  {strings.A_DASH_IS.format(time=length_words(chart.window.step_ns))}"
    return ruled(Content(words), width)
