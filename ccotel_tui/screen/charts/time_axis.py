"""Times below a chart: round ones on the local clock, each under its column. Pure."""

from datetime import UTC, datetime

from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window, local_day, midnight
from ccotel_tui.screen import strings
from ccotel_tui.screen.charts.cells import BLANK, CellRow, text_cells

_STEPS = (
    *(seconds * SECOND for seconds in (1, 5, 10, 30)),
    *(minutes * MINUTE for minutes in (1, 2)),
    *(minutes * MINUTE for minutes in (5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 12)),
    *(days * DAY for days in (1, 2, 5, 7, 14, 30)),
)

_SHORT = 8 * MINUTE
"""A window below which the times have seconds."""

_APART = 10
"""Columns from one time to the next at least."""


def axis_row(window: Window, gutter: int, width: int, *, ends_now: bool) -> CellRow:
    """The times in a row of that width behind the gutter, into which the first may reach.

    Those that do not fit whole are left out.
    """
    row = [BLANK] * (gutter + width)
    end = text_cells(strings.NOW if ends_now else "", "strong")
    free = len(row) - len(end) - 1
    row[len(row) - len(end) :] = end
    taken = 0
    for tick in ticks(window, max(1, width // _APART)):
        text = tick_text(tick, window)
        column = (tick - window.from_ns) * width // (window.to_ns - window.from_ns)
        at = gutter + column - len(text) // 2
        if taken <= at <= free - len(text):
            row[at : at + len(text)] = text_cells(text, "label")
            taken = at + len(text) + 1
    return row


def ticks(window: Window, most: int) -> list[int]:
    """At most so many times (Unix nanoseconds), round ones on the local clock."""
    length = window.to_ns - window.from_ns
    step = next((step for step in _STEPS if length // step <= most), _STEPS[-1])
    first = midnight(local_day(window.from_ns, window.zone), window.zone)
    return [tick for tick in range(first, window.to_ns, step) if window.from_ns <= tick]


def tick_text(time_ns: int, window: Window) -> str:
    """A time below a chart: of the day, or the day where the window is long."""
    local = datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(window.zone)
    length = window.to_ns - window.from_ns
    form = "%m-%d" if length > 2 * DAY else "%H:%M" if length > _SHORT else "%H:%M:%S"
    return local.strftime(form)
