"""Stacked bars over time, exact to an eighth of a row. Pure."""

from collections.abc import Sequence
from math import fsum

from ccotel_tui.screen.charts.cells import BLANK, Cell, CellRow, Role
from ccotel_tui.screen.charts.roles import SIGNS

BLOCKS = " ▁▂▃▄▅▆▇█"

BarStack = Sequence[float | None]
"""What the series amount to in a bucket, from the bottom; None where it is not known."""


def merged(stacks: Sequence[BarStack], most: int, *, mean: bool = False) -> list[BarStack]:
    """At most so many stacks, each the sum, or the mean, of as many neighbours."""
    size = max(1, -(-len(stacks) // max(1, most)))
    return [
        [_together(values, mean=mean) for values in zip(*stacks[at : at + size], strict=True)]
        for at in range(0, len(stacks), size)
    ]


def draw_bars(
    stacks: Sequence[BarStack], roles: Sequence[Role], per_row: float, columns: int, rows: int
) -> list[CellRow]:
    """The cells, the highest row first; the bars touch each other and fill the width."""
    edges = [at * columns // len(stacks) for at in range(len(stacks) + 1)]
    bars = [_bar([(n or 0.0) / per_row for n in stack], roles, rows) for stack in stacks]
    return [
        [
            cell
            for bar, left, right in zip(bars, edges, edges[1:], strict=False)
            for cell in [bar[row]] * (right - left)
        ]
        for row in reversed(range(rows))
    ]


def signed_bars(canvas: Sequence[CellRow]) -> list[CellRow]:
    """Return bars made of their series' signs; a bar's last eighths stay where its sign is below.

    Where two series meet in a cell it has the sign of the larger one.
    """
    below: Sequence[CellRow] = [*canvas[1:], []]
    return [
        [_signed(cell, under[column] if under else None) for column, cell in enumerate(row)]
        for row, under in zip(canvas, below, strict=True)
    ]


def _bar(parts: Sequence[float], roles: Sequence[Role], rows: int) -> CellRow:
    """A bar's cells from the bottom, its parts given in rows."""
    ends: list[tuple[float, Role]] = []
    for part, role in zip(parts, roles, strict=True):
        if part > 0:
            ends.append(((ends[-1][0] if ends else 0.0) + part, role))
    return [_cell(ends, row) for row in range(rows)]


def _cell(ends: Sequence[tuple[float, Role]], row: int) -> Cell:
    """The cell between `row` and the next: whole, cut at the bar's top, or two parts meeting."""
    inside = [(end, role) for end, role in ends if end > row]
    if not inside:
        return BLANK
    (end, role), *above = inside
    eighths = round(8 * (min(end, row + 1.0) - row))
    if above and eighths < 8:
        return Cell(BLOCKS[eighths], role, above[0][1]) if eighths else _cell(above, row)
    if not eighths and row > 0:
        return BLANK
    # What is more than nothing is seen.
    return Cell(BLOCKS[max(1, eighths)], role)


def _together(values: Sequence[float | None], *, mean: bool) -> float | None:
    present = [value for value in values if value is not None]
    if not present:
        return None
    return fsum(present) / (len(present) if mean else 1)


def _signed(cell: Cell, below: Cell | None) -> Cell:
    eighths = BLOCKS.find(cell.text)
    if cell.role not in SIGNS or eighths < 1:
        return cell
    if cell.behind:
        role = cell.role if eighths * 2 >= len(BLOCKS) - 1 else cell.behind
        return Cell(SIGNS[role], role)
    ends_here = eighths < len(BLOCKS) - 1
    return (
        cell
        if ends_here and below and below.role == cell.role
        else Cell(SIGNS[cell.role], cell.role)
    )
