"""One prompt as a waterfall: its requests and tools on one time axis. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import NamedTuple, Self

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import in_column, shown
from ccotel_tui.query.events import tells_failure, time_of
from ccotel_tui.query.prompts.rows import MILLISECOND, PromptRow, start_ns
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import HOUR, MINUTE, SECOND, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import apart, ended, fitted, join_cells, right
from ccotel_tui.screen.format.events.lines import fitting_parts, models_of, what
from ccotel_tui.screen.format.prompts.lines import prompt_words
from ccotel_tui.screen.format.times import clock, length_words, took_words
from ccotel_tui.telemetry.conventions import API_REQUEST, TOOL_DECISION, model_name
from ccotel_tui.telemetry.values import as_number

_NAME = 9
_COST = 8
_TOOK = 8
_ALL_COLUMNS_FROM = 60


@dataclass(frozen=True)
class Waterfall:
    """The lines above the steps, a line a step, and the event that each of them is."""

    head: Sequence[Content]
    lines: Sequence[Content]
    steps: Sequence[EventRow]


ModelStyle = Callable[[str], str]
"""The style of a model's lines, by its name."""


def waterfall_of(row: PromptRow, window: Window, width: int, model_style: ModelStyle) -> Waterfall:
    """The prompt's requests and tools in the order in which they began."""
    end_ns = max(row.ended_ns, row.began_ns + SECOND)
    steps = row.steps
    head = _title(row, window, width)
    if not steps:
        return Waterfall([*head, Content.styled(strings.NO_STEPS, "$foreground-muted")], (), ())
    models = models_of(steps)
    names, results = map(_name, steps), [_result(step, models) for step in steps]
    columns = _WaterfallColumns.of(width, max(map(cell_len, names)), max(map(cell_len, results)))
    ticks = _ticks(end_ns - row.began_ns, columns.bar)
    costs = (as_number(step.get("cost_usd")) for step in steps)
    dearest = max(filter(None, costs), default=0.0)
    lines = [
        _step(event, result, row, end_ns, columns, ticks, dearest, model_style)
        for event, result in zip(steps, results, strict=True)
    ]
    above = [*head, _facts(row, width), _axis(end_ns - row.began_ns, columns, ticks)]
    return Waterfall(above, lines, steps)


def _title(row: PromptRow, window: Window, width: int) -> list[Content]:
    """When it began and what was typed; what it cost and how long it took.

    Where the words are not what was typed but ours, the rest has a line of its own if need be.
    """
    typed = Content.styled(f"> {prompt_words(row)}", "bold $text-accent")
    began = Content.styled(clock(row.began_ns, window), "$foreground-muted")
    words = Content.assemble(began, " ", typed)
    if not row.events:
        return [ended(words, width)]
    total = f"{shown(row.cost, 'usd')}  {took_words(row.ended_ns - row.began_ns)}"
    end = Content.styled(total, "bold $text-accent")
    if not row.text and words.cell_length + 1 + end.cell_length > width:
        return [ended(words, width), ended(end, width)]
    return [apart(words, end, width)]


def _facts(row: PromptRow, width: int) -> Content:
    """How many requests and tools, how many failed, and how long it waited for somebody."""
    counts = ((strings.REQUESTS, row.requests), (strings.TOOLS, row.tools))
    parts = [
        Content.styled(strings.counted(form, count).format(count=f"{count:,}"), "$foreground-muted")
        for form, count in counts
    ]
    if row.failed:
        failed = strings.FAILED_EVENTS.format(count=f"{row.failed:,}")
        parts.append(Content.styled(failed, "$text-error"))
    parts.append(_waited(row))
    return join_cells(parts, "  ", width)


def _waited(row: PromptRow) -> Content:
    waited_ms = row.total_waited_ms
    if waited_ms is None:
        return Content.styled(strings.WAITS_NOT_KNOWN, "$foreground-muted")
    if not waited_ms:
        return Content.styled(strings.NO_WAITS, "$foreground-muted")
    length = took_words(round(waited_ms * MILLISECOND))
    return Content.styled(strings.WAITED.format(length=length), "$text-warning")


class _WaterfallColumns(NamedTuple):
    """Columns of a step: its result is 0 wide where a narrow page has no room for it."""

    name: int
    bar: int
    took: int
    result: int

    @classmethod
    def of(cls, width: int, longest: int, longest_result: int) -> Self:
        """With as much for names as the longest needs, if a bar has any room beside them.

        Results have as much as theirs needs, and no more than half of the rest.
        """
        took = _TOOK if width >= _ALL_COLUMNS_FROM else _TOOK - 1
        name = min(max(_NAME, longest), max(_NAME, width - took - _COST - 2))
        room = width - name - 1 - took - _COST
        if width < _ALL_COLUMNS_FROM:
            return cls(name, max(1, room), took, 0)
        result = max(1, min(longest_result, room - room // 2 - 2))
        return cls(name, room - result - 2, took, result)


_APART = 12
"""Cells from one tick to the next at least."""

_TICK_STEPS = (
    *(MILLISECOND * milliseconds for milliseconds in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(SECOND * seconds for seconds in (1, 2, 5, 10, 20, 30)),
    *(MINUTE * minutes for minutes in (1, 2, 5, 10, 20, 30)),
    *(HOUR * hours for hours in (1, 2, 5, 10, 24)),
)

_Ticks = Mapping[int, str]
"""What stands above cells of the bars, by the cell."""


def _ticks(length_ns: int, width: int) -> _Ticks:
    """The beginning and round times after it, as far as they stand apart from the end's."""
    step = next((s for s in _TICK_STEPS if length_ns * _APART <= s * width), _TICK_STEPS[-1])
    room = width - cell_len(took_words(length_ns)) - 2
    ticks = {round(time_ns * width / length_ns): time_ns for time_ns in range(0, length_ns, step)}
    words = {cell: _tick_words(time_ns, step) for cell, time_ns in ticks.items()}
    return {cell: text for cell, text in words.items() if cell + len(text) <= room}


def _tick_words(time_ns: int, step_ns: int) -> str:
    if time_ns and step_ns >= MINUTE:
        return length_words(time_ns)
    places = max(0, -floor(log10(step_ns / SECOND))) if time_ns else 0
    return f"{time_ns / SECOND:.{places}f} s"


def _axis(length_ns: int, columns: _WaterfallColumns, ticks: _Ticks) -> Content:
    """The columns' names, and the times of the bars from their beginning to their end."""
    bars = [" "] * columns.bar
    for cell, text in ticks.items():
        bars[cell : cell + len(text)] = text
    if len(end := took_words(length_ns)) <= columns.bar:
        bars[columns.bar - len(end) :] = end
    names = strings.EVENT_COLUMNS
    result = 2 + columns.result if columns.result else 0
    return Content.styled(
        f"{fitted(names['what'], columns.name)} {''.join(bars)}"
        f"{right(names['took'], columns.took)}{' ' * result}{right(names['cost'], _COST)}",
        "$foreground-muted",
    )


def _bar(
    event: EventRow,
    row: PromptRow,
    to_ns: int,
    width: int,
    ticks: _Ticks,
    model_style: ModelStyle,
) -> Content:
    """A step in the prompt's time: how long it waited for its permission, and how long it took."""
    waited_ns = round((row.waited_ms(event) or 0) * MILLISECOND)
    asked, from_cell, to_cell = (
        max(0, min(width, round((time - row.began_ns) * width / (to_ns - row.began_ns))))
        for time in (start_ns(event) - waited_ns, start_ns(event), time_of(event))
    )
    length = 0 if event["event_name"] == TOOL_DECISION else max(1, to_cell - from_cell)
    from_cell = min(from_cell, width - length)
    wait = max(0, from_cell - asked)
    style = "$amount"
    if tells_failure(event):
        style = "$text-error"
    elif event["event_name"] == API_REQUEST:
        style = model_style(model_name(str(event.get("model") or "")))
    grid = "".join("┊" if cell and cell in ticks else " " for cell in range(width))
    return Content.assemble(
        (grid[: from_cell - wait], "$grid"),
        ("┄" * wait, "$text-warning"),
        ("━" * length, style),
        (grid[from_cell + length :], "$grid"),
    )


def _step(
    event: EventRow,
    result: str,
    row: PromptRow,
    to_ns: int,
    columns: _WaterfallColumns,
    ticks: _Ticks,
    dearest: float,
    model_style: ModelStyle,
) -> Content:
    """Return a step's name, its bar, its length, result and cost."""
    took, cost = event.get("duration_ms"), as_number(event.get("cost_usd"))
    result = fitting_parts(result, columns.result)
    result_style = "$text-error" if tells_failure(event) else "$foreground-muted"
    return Content.assemble(
        f"{fitted(_name(event), columns.name)} ",
        _bar(event, row, to_ns, columns.bar, ticks, model_style),
        (
            right(shown(took, "ms") if isinstance(took, int | float) else "", columns.took),
            "$foreground-muted",
        ),
        ("  " + fitted(result, columns.result) if columns.result else "", result_style),
        right("" if cost is None else in_column(cost, dearest, "usd"), _COST),
    )


def _name(event: EventRow) -> str:
    """What the step is; those of an agent are indented."""
    request = event["event_name"] == API_REQUEST
    name = strings.REQUEST if request else sanitize(str(event.get("tool_name") or "?"))
    return ("  " if event.get("agent_id") else "") + name


def _result(event: EventRow, models: Mapping[str, str]) -> str:
    return sanitize(what(event, models)).removeprefix(_name(event).strip()).strip()
