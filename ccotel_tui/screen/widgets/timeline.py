"""Numbers over time in the columns of a pane: neighbours merged, times to write below. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import fsum

from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window, local_day, midnight

_TICK_STEPS = (
    *(minutes * MINUTE for minutes in (5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 12)),
    *(days * DAY for days in (1, 2, 5, 7, 14, 30)),
)

StepNumbers = Sequence[float | None]

BLOCKS = " ▁▂▃▄▅▆▇█"


def merged(numbers: StepNumbers, most: int) -> list[float | None]:
    """At most so many numbers, each the sum of as many neighbours; None where none is known."""
    size = max(1, -(-len(numbers) // max(1, most)))
    return [
        fsum(known) if (known := [n for n in numbers[at : at + size] if n is not None]) else None
        for at in range(0, len(numbers), size)
    ]


def latest(numbers: StepNumbers, most: int) -> list[float | None]:
    """At most so many numbers, each the last known of as many neighbours."""
    size = max(1, -(-len(numbers) // max(1, most)))
    return [
        next((n for n in reversed(numbers[at : at + size]) if n is not None), None)
        for at in range(0, len(numbers), size)
    ]


def sparkline(numbers: StepNumbers) -> str:
    """A block a number, as high as it is beside the largest; a blank where it is not known."""
    top = max((n for n in numbers if n is not None), default=0.0)
    return "".join(
        " " if n is None else "▁" if not n or not top else BLOCKS[max(1, round(8 * n / top))]
        for n in numbers
    )


def ticks(window: Window, most: int) -> list[int]:
    """At most so many times to write below the chart, round ones on the local clock."""
    length = window.to_ns - window.from_ns
    step = next((step for step in _TICK_STEPS if length // step <= most), _TICK_STEPS[-1])
    first = midnight(local_day(window.from_ns, window.zone), window.zone)
    return [
        tick
        for tick in range(first, window.to_ns, step)
        if window.from_ns + length // 20 < tick < window.to_ns - length // 20
    ][:most]


def tick_text(time_ns: int, window: Window) -> str:
    """A time below a chart: of the day, or the day where the window is long."""
    local = datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(window.zone)
    return f"{local:%m-%d}" if window.to_ns - window.from_ns > 2 * DAY else f"{local:%H:%M}"


def axis(window: Window, width: int) -> str:
    """The line of times below bars of that width."""
    cells = [" "] * width
    for tick in ticks(window, max(1, width // 12)):
        text = tick_text(tick, window)
        at = (tick - window.from_ns) * width // (window.to_ns - window.from_ns) - len(text) // 2
        if 0 <= at <= width - len(text):
            cells[at : at + len(text)] = text
    return "".join(cells).rstrip()
