"""A session's prompts as lines. Pure."""

from collections.abc import Callable, Mapping, Sequence

from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import in_column
from ccotel_tui.query.prompts.rows import PromptRow
from ccotel_tui.query.window import Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import fitted, right
from ccotel_tui.screen.format.names import command_name
from ccotel_tui.screen.format.table import Table, column_heading, marked_title
from ccotel_tui.screen.format.times import clock, took_words

_TIME = 5
_SIZES = {"cost": 8, "requests": 6, "tools": 6, "failed": 6, "took": 8}
_COUNTS = ("requests", "tools", "failed")
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
    """The columns' names, the one of the order marked, and a line a prompt.

    A column that is empty in every row is not shown.
    """
    dear, dearest = dear_from(rows), max((row.cost or 0.0 for row in rows), default=0.0)
    cells = [_cells(row, dear, dearest) for row in rows]
    sizes = {
        name: size
        for name, size in _SIZES.items()
        if (width >= _ALL_COLUMNS_FROM or name not in _COUNTS)
        and (name == order or any(row[name].plain not in ("", "0") for row in cells))
    }
    titles = {n: marked_title(title, n, order) for n, title in strings.PROMPT_COLUMNS.items()}
    numbers = [column_heading(right(titles[n], size), n, order) for n, size in sizes.items()]
    words = Content.styled(fitted(titles["prompt"], _room(width, sizes)), "$foreground-muted")
    header = Content.assemble(
        column_heading(fitted(titles["time"], _TIME), "time", order), "  ", words, *numbers
    )
    lines = [
        _line(row, numbers, width, window, sizes) for row, numbers in zip(rows, cells, strict=True)
    ]
    return Table(("time", *sizes), header, lines)


def _line(
    row: PromptRow,
    cells: Mapping[str, Content],
    width: int,
    window: Window,
    sizes: Mapping[str, int],
) -> Content:
    """When, what was typed, and the numbers of the columns."""
    numbers = [
        cells[name].pad_left(max(0, size - cells[name].cell_length)) for name, size in sizes.items()
    ]
    style = "$foreground-muted" if row.is_command else ""
    words = Content.styled(fitted(prompt_words(row), _room(width, sizes)), style)
    time = clock(row.began_ns, window)[:_TIME]
    return Content.assemble((time, "$foreground-muted"), "  ", words, *numbers)


def _cells(row: PromptRow, dear: float, dearest: float) -> dict[str, Content]:
    """Its cost, requests, tools, failures and how long it took."""
    length_ns = row.ended_ns - row.began_ns
    took = took_words(length_ns) if length_ns else ""
    cost = in_column(row.cost, dearest, "usd") if row.events else ""
    return {
        "cost": Content.styled(cost, "bold" if (row.cost or 0.0) >= dear > 0 else ""),
        "requests": Content(f"{row.requests:,}"),
        "tools": Content(f"{row.tools:,}"),
        "failed": Content.styled(
            f"{row.failed:,}", "$text-error" if row.failed else "$foreground-muted"
        ),
        "took": Content.styled(took, "$foreground-muted"),
    }


def _room(width: int, sizes: Mapping[str, int]) -> int:
    """Return the cells for what was typed."""
    return width - _TIME - 2 - sum(sizes.values())


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


def dear_from(rows: Sequence[PromptRow]) -> float:
    """The cost that the three dearest prompts reach, and so stands out."""
    costs = sorted((row.cost or 0.0 for row in rows), reverse=True)
    return costs[min(2, len(costs) - 1)] if costs else 0.0
