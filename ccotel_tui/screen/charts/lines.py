"""Lines over time as braille, drawn by plotext: the one module that knows it."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from math import isfinite

from ccotel_tui.screen.charts.cells import BLANK, Cell, CellRow, Role
from ccotel_tui.screen.charts.roles import SIGNS

DOTS_ACROSS, DOTS_UP = 2, 4
"""Braille dots of a cell."""

_APART = 3
"""Columns from one sign of a line to its next."""

Dots = tuple[tuple[int, int], ...]
"""Columns and rows of dots, from the left and from the bottom."""

LinePoints = Sequence[tuple[float, float | None]]
"""Shares of the canvas' width and height from its lower left corner; None is a gap."""

_COLOURED = re.compile(r"\x1b\[(?:38;5;(\d+)|0)m")


def stretches(points: LinePoints, columns: int, rows: int) -> Iterator[Dots]:
    """The dots of the points, one a column of cells, parted where a value is not known.

    Of the points in a column the last counts; what lies outside is moved to the edge.
    """
    for is_known, stretch in groupby(points, lambda point: _is_number(point[1])):
        if is_known:
            by_column = {_column(x, columns): (x, y) for x, y in stretch if y is not None}
            yield tuple(
                (_dot(x, columns * DOTS_ACROSS), _dot(y, rows * DOTS_UP))
                for x, y in by_column.values()
            )


def dashes(points: LinePoints, width: float, columns: int, rows: int) -> Iterator[Dots]:
    """A dash for each known value over the bucket that ends at it, `width` of the canvas wide."""
    for x, y in points:
        if _is_number(y):
            last = min(columns, max(1, round(x * columns))) - 1
            first = min(last, max(0, round((x - width) * columns)))
            height = _dot(y or 0.0, rows * DOTS_UP)
            yield (first * DOTS_ACROSS, height), (last * DOTS_ACROSS + 1, height)


@lru_cache(maxsize=32)
def draw_lines(
    lines: tuple[tuple[Role, tuple[Dots, ...]], ...], columns: int, rows: int
) -> tuple[CellRow, ...]:
    """The cells, the highest row first; a later line lies over the cells of an earlier one.

    A drawing is kept until its dots change: most ticks of the clock move no dot, and plotext takes
    longer than all else of a chart.
    """
    # Imported where it is needed: that takes longer than a frame, and many panes show no line.
    import plotext

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limit_size(False, False)
    plotext.plotsize(columns, rows)
    plotext.frame(False)
    plotext.xticks([])
    plotext.yticks([])
    plotext.xlim(0, columns * DOTS_ACROSS - 1)
    plotext.ylim(0, rows * DOTS_UP - 1)
    for number, (_, line) in enumerate(lines, start=1):
        for dots in line:
            xs, ys = zip(*dots, strict=True)
            plotext.plot(list(xs), list(ys), marker="braille", color=number)
    roles = ["", *(role for role, _ in lines)]
    return tuple(_cells(row, roles) for row in plotext.build().splitlines()[:rows])


def signed_lines(canvas: Sequence[CellRow], *, dashes: bool) -> list[CellRow]:
    """Return lines with the sign of their series every few columns, dashes all of signs."""
    order = {role: at for at, role in enumerate(SIGNS)}
    return [
        [
            Cell(SIGNS[cell.role], cell.role)
            if cell.role in SIGNS and (dashes or (column + order[cell.role]) % _APART == 0)
            else cell
            for column, cell in enumerate(row)
        ]
        for row in canvas
    ]


def _cells(row: str, roles: Sequence[Role]) -> CellRow:
    """The row's characters with the roles of the palette's numbers."""
    cells: CellRow = []
    role = ""
    # Text and palette numbers take turns.
    for at, part in enumerate(_COLOURED.split(row)):
        if at % 2:
            role = roles[int(part)] if part else ""
        else:
            cells += [BLANK if character == " " else Cell(character, role) for character in part]
    return cells


def _is_number(value: float | None) -> bool:
    return value is not None and isfinite(value)


def _column(share: float, columns: int) -> int:
    return min(columns - 1, max(0, int(share * columns)))


def _dot(share: float, dots: int) -> int:
    return min(dots - 1, max(0, int(share * dots)))
