"""A session's prompts as lines, and one of them as a waterfall. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Self

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import dollars, shown
from ccotel_tui.query.prompts.folded import time_of
from ccotel_tui.query.prompts.rows import PromptRow, start_ns
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import SECOND, Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import fitted, right
from ccotel_tui.screen.format.events.lines import failed, fitting_parts, what
from ccotel_tui.screen.format.names import command_name
from ccotel_tui.screen.format.page import Page
from ccotel_tui.screen.format.table import Table, column_heading, marked_title
from ccotel_tui.screen.format.times import clock, took_words
from ccotel_tui.telemetry.conventions import API_REQUEST, TOOL_DECISION

_TIME = 5
_COST = 8
_COUNT = 6
_TOOK = 8
_ALL_COLUMNS_FROM = 60


def sort_prompts(rows: Sequence[PromptRow], column: str) -> list[PromptRow]:
    """Return the prompts by the column, the largest number first and the newest of its equals."""
    keys: Mapping[str, Callable[[PromptRow], float]] = {
        "cost": lambda row: -1.0 if row.cost is None else row.cost,
        "requests": lambda row: row.requests,
        "tools": lambda row: row.tools,
        "failed": lambda row: row.failed,
        "took": lambda row: row.ended_ns - row.began_ns,
    }
    newest_first = rows[::-1]
    key = keys.get(column)
    return sorted(newest_first, key=key, reverse=True) if key else list(newest_first)


def prompt_table(rows: Sequence[PromptRow], width: int, window: Window, order: str) -> Table:
    """The columns' names, the one of the order marked, and a line a prompt."""
    counts = dict.fromkeys(("requests", "tools", "failed"), _COUNT)
    sizes = {"cost": _COST, **(counts if width >= _ALL_COLUMNS_FROM else {}), "took": _TOOK}
    titles = {n: marked_title(title, n, order) for n, title in strings.PROMPT_COLUMNS.items()}
    numbers = [column_heading(right(titles[n], size), n, order) for n, size in sizes.items()]
    room = width - _TIME - 2 - sum(sizes.values())
    words = Content.styled(fitted(titles["prompt"], room), "$foreground-muted")
    header = Content.assemble(
        column_heading(fitted(titles["time"], _TIME), "time", order), "  ", words, *numbers
    )
    dearest = dearest_cost(rows)
    lines = [prompt_line(row, width, window, dearest) for row in rows]
    return Table(("time", *sizes), header, lines)


def prompt_line(row: PromptRow, width: int, window: Window, dearest: float) -> Content:
    """When, what was typed, its cost, requests, tools, failures and how long it took."""
    cost = right(shown(row.cost, "usd") if row.events else "", _COST)
    numbers = [Content.styled(cost, "bold" if (row.cost or 0.0) >= dearest > 0 else "")]
    if width >= _ALL_COLUMNS_FROM:
        numbers += [Content(right(f"{count:,}", _COUNT)) for count in (row.requests, row.tools)]
        style = "$text-error" if row.failed else "$foreground-muted"
        numbers.append(Content.styled(right(f"{row.failed:,}", _COUNT), style))
    took = took_words(row.ended_ns - row.began_ns).replace(" ", "") if row.events else ""
    numbers.append(Content.styled(right(took, _TOOK), "$foreground-muted"))
    end = Content.assemble(*numbers)
    room = width - _TIME - 2 - end.cell_length
    time = clock(row.began_ns, window)[:_TIME]
    words = Content.styled(
        fitted(prompt_words(row), room), "$foreground-muted" if row.is_command else ""
    )
    return Content.assemble((time, "$foreground-muted"), "  ", words, end)


def prompt_words(row: PromptRow) -> str:
    """Return the typed text in one line, or its length where the client redacts it."""
    if row.typed is None:
        return strings.WITHOUT_PROMPT if not row.prompt_id else strings.PROMPT_NOT_RECEIVED
    if row.is_command:
        return command_name(row.typed)
    if row.text:
        return " ".join(sanitize(row.text).split())
    count = row.characters
    form = strings.counted(strings.CHARACTERS, 1 if count == 1 else 0)
    return form.format(count="?" if count is None else count)


def waterfall_page(row: PromptRow, window: Window, width: int) -> Page:
    """The prompt's requests and tools on one time axis, in the order in which they began."""
    end_ns = max(row.ended_ns, row.began_ns + SECOND)
    steps = sorted(
        (event for event in row.events if event["event_name"] != TOOL_DECISION),
        key=lambda event: (start_ns(event), time_of(event)),
    )
    columns = _WaterfallColumns.of(width, max((cell_len(_name(s)) for s in steps), default=0))
    lines = [_axis(row.began_ns, end_ns, columns)]
    lines += [_step(event, row.began_ns, end_ns, columns) for event in steps]
    title = f"{clock(row.began_ns, window)}  {prompt_words(row)}"
    if not steps:
        return Page(title, Content.styled(strings.NO_STEPS, "$foreground-muted"))
    total = f"{shown(row.cost, 'usd')}  {took_words(row.ended_ns - row.began_ns)}"
    head = Content.styled(total, "bold $text-accent")
    return Page(title, Content("\n").join([head, Content(""), *lines]))


class _WaterfallColumns(NamedTuple):
    """Columns of a step: its result is 0 wide where a narrow page has no room for it."""

    name: int
    bar: int
    took: int
    result: int

    @classmethod
    def of(cls, width: int, longest: int) -> Self:
        """With as much for names as the longest needs, if a bar has any room beside them."""
        least = 18 if width >= _ALL_COLUMNS_FROM else 9
        took = _TOOK if width >= _ALL_COLUMNS_FROM else _TOOK - 1
        name = min(max(least, longest), max(least, width - took - _COST - 2))
        room = width - name - 1 - took - _COST
        if width < _ALL_COLUMNS_FROM:
            return cls(name, max(1, room), took, 0)
        bar = room // 2
        return cls(name, bar, took, room - bar - 2)


def _axis(from_ns: int, to_ns: int, columns: _WaterfallColumns) -> Content:
    """The beginning and the end of the bars' time."""
    end = took_words(to_ns - from_ns)
    return Content.styled(
        " " * (columns.name + 1) + "0s" + right(end, columns.bar - 2), "$foreground-muted"
    )


def _step(event: EventRow, from_ns: int, to_ns: int, columns: _WaterfallColumns) -> Content:
    """Return a step's name, its bar in the prompt's time, its length, result and cost."""
    request = event["event_name"] == API_REQUEST
    began, ended = (
        max(0, min(columns.bar, round((time - from_ns) * columns.bar / (to_ns - from_ns))))
        for time in (start_ns(event), time_of(event))
    )
    length = max(1, ended - began)
    began = min(began, columns.bar - length)
    style = "$text-error" if failed(event) else "$series-0" if request else "$amount"
    took, cost = event.get("duration_ms"), event.get("cost_usd")
    result = sanitize(what(event)).removeprefix(_name(event).strip()).strip()
    result = fitting_parts(result, columns.result)
    result_style = "$text-error" if failed(event) else "$foreground-muted"
    return Content.assemble(
        f"{fitted(_name(event), columns.name)} ",
        " " * began,
        ("━" * length, style),
        " " * (columns.bar - began - length),
        (
            right(shown(took, "ms") if isinstance(took, int | float) else "", columns.took),
            "$foreground-muted",
        ),
        ("  " + fitted(result, columns.result) if columns.result else "", result_style),
        right(dollars(cost) if isinstance(cost, int | float) else "", _COST),
    )


def _name(event: EventRow) -> str:
    """What the step is; those of an agent are indented."""
    request = event["event_name"] == API_REQUEST
    name = strings.REQUEST if request else sanitize(str(event.get("tool_name") or "?"))
    return ("  " if event.get("agent_id") else "") + name


def dearest_cost(rows: Sequence[PromptRow]) -> float:
    """The cost that the three dearest prompts reach."""
    costs = sorted((row.cost or 0.0 for row in rows), reverse=True)
    return costs[min(2, len(costs) - 1)] if costs else 0.0
