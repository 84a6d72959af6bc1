"""Series and rows of numbers as text: what they are called, and tables of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.panels.catalogue import DURATION_BEFORE
from ccotel_tui.panels.compare.stats import COMPARED_ROWS
from ccotel_tui.panels.compare.texts import share_more
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import LEAST_RATE, RATES, shown
from ccotel_tui.panels.panel import Panel, Rows
from ccotel_tui.panels.result import PanelAnswer, ResultRow
from ccotel_tui.query.query import Series
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import NARROW, ended, fitted, right
from ccotel_tui.screen.format.names import short_names

LONGEST_NAME = 28
"""Columns of a name at most."""

_FIGURE = 7
"""Columns of a figure in a table, at least, where there is room."""


SeriesTotal = tuple[Series, float | None]
"""A series and what it amounts to over the window."""


def by_total(series: Sequence[SeriesTotal]) -> list[SeriesTotal]:
    """The series that amount to most first; those of one total by name."""
    return sorted(series, key=lambda pair: (-(pair[1] or 0), sorted(pair[0].labels.items())))


def series_name(panel: Panel, series: Series) -> str:
    """Return the name of a series, safe to print."""
    name = sanitize(" ".join(series.labels.values()))
    return strings.SERIES.get(panel.id, {}).get(name, name)


def chart_names(panel: Panel, series: Iterable[Series]) -> list[str]:
    """Return the names of a chart's series, as short as can be while they differ."""
    whole = [(series_name(panel, each), next(iter(each.labels), "")) for each in series]
    label = next((label for _, label in whole), "")
    short = short_names(label, [name for name, _ in whole])
    return [short[name] for name, _ in whole]


def in_readable_unit(answer: PanelAnswer) -> PanelAnswer:
    """Return the answer with rates an hour, or a day, where half of them a minute have no figure.

    One without series is judged by its value; of what are no rates it is the same.
    """
    if answer.panel.unit != "1/min":
        return answer
    rates = [total for _, total in answer.series if total] or [answer.value or 0.0]
    middle = sorted(rates)[len(rates) // 2]
    units = (unit for unit, times in RATES.items() if not 0 < middle * times < LEAST_RATE)
    unit = next(units, [*RATES][-1])
    times = RATES[unit]
    if times == 1:
        return answer
    series = tuple(
        (
            each._replace(points=tuple((at, _times(n, times)) for at, n in each.points)),
            _times(total, times),
        )
        for each, total in answer.series
    )
    panel = replace(answer.panel, unit=unit)
    return replace(answer, panel=panel, value=_times(answer.value, times), series=series)


def _times(number: float | None, times: float) -> float | None:
    return None if number is None else number * times


def row_names(label: str, rows: Iterable[ResultRow]) -> list[str]:
    """Return the rows' names by the label, as short as can be while they differ."""
    values = [str(row[label]) for row in rows]
    names = short_names(label, values)
    return [names[value] for value in values]


def table(
    columns: Rows,
    rows: Sequence[ResultRow],
    width: int,
    mark: str,
    styles: Mapping[str, str],
    changes: Mapping[str, str],
) -> list[Content]:
    """The rows under their columns' names, in front of each the mark of its series in its style.

    `changes` are the texts of a last column by the rows' values, where there is one.
    """
    if not rows:
        return []
    label, figures = columns.label, list(columns.columns)
    marked = cell_len(mark) + 1 if styles.keys() - {""} else 0
    cells = [[shown(number_of(row[n]), columns.unit(n)) for n in figures] for row in rows]
    if width < NARROW:
        cells = [[cell.replace(" ", "") for cell in line] for line in cells]
    # What is counted beside quantiles are the requests that they are of.
    counted = {"count": strings.PROMPT_COLUMNS["requests"]} if "p95" in figures else {}
    titles = [counted.get(name) or strings.COLUMNS.get(name, name) for name in figures]
    if changes:
        titles.append(strings.COLUMNS["change"])
        for row, line_cells in zip(rows, cells, strict=True):
            line_cells.append(changes.get(str(row[label]), "–"))
    longest = max(map(cell_len, (*titles, *(cell for line in cells for cell in line))))
    size = longest + 1 if width < NARROW else max(_FIGURE, longest + 2)
    room = min(LONGEST_NAME, width - marked - len(titles) * size)
    head = fitted(strings.ROWS.get(label, label), marked + room)
    lines = [
        Content.styled(head + "".join(right(title, size) for title in titles), "$foreground-muted")
    ]
    names = row_names(label, rows)
    for row, name, line_cells in zip(rows, names, cells, strict=True):
        sign = Content.styled(fitted(mark, marked), styles.get(str(row[label]), ""))
        if cell_len(name) > room:
            # A long name has a line of its own.
            lines.append(Content.assemble(sign, ended(Content(name), width - marked)))
            sign, name = Content(" " * marked), ""
        numbers = "".join(right(cell, size) for cell in line_cells)
        lines.append(Content.assemble(sign, fitted(name, room), numbers))
    return lines


def changes_of(answer: PanelAnswer, beside: Mapping[str, PanelAnswer]) -> dict[str, str]:
    """Return by how much each model's p95 is more than in the window before, such as `+70%`.

    Of the panel whose rows are compared alone; `beside` are the page's answers.
    """
    before = beside.get(DURATION_BEFORE.id)
    if answer.panel.id != COMPARED_ROWS or answer.panel.key or before is None:
        return {}
    was = {row["model"]: number_of(row["p95"]) for row in before.rows}
    return {
        str(row["model"]): share_more(now / then - 1)
        for row in answer.rows
        if (now := number_of(row["p95"])) and (then := was.get(row["model"]))
    }


def number_of(cell: str | float | None) -> float | None:
    """Return the number in a row's cell; None where it has none."""
    return None if isinstance(cell, str) else cell


def at_most(lines: list[Content], most: int, end: Content | None = None) -> list[Content]:
    """The first lines, and in the last one how many more there are, and the `end`."""
    if len(lines) + (end is not None) <= most:
        return [*lines, Content.assemble("   ", end)] if end else lines
    more = strings.MORE.format(count=len(lines) - most + 1)
    last = Content.styled(f"   {more}", "$foreground-muted")
    return [*lines[: most - 1], Content.assemble(last, "  ", end) if end else last]


def together(legend: Sequence[Content], width: int) -> Content:
    """The legend in one line: as many as fit whole, and how many more there are."""
    for count in range(len(legend), 0, -1):
        hidden = len(legend) - count
        more = (
            [Content.styled(strings.MORE.format(count=hidden), "$foreground-muted")]
            if hidden
            else []
        )
        line = Content("  ").join([*legend[:count], *more])
        if line.cell_length <= width or count == 1:
            return line.truncate(width, ellipsis=True)
    return Content("")
