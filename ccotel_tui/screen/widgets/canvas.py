"""Curves in cells of two by four dots. Pure."""

from collections.abc import Sequence
from itertools import pairwise

Cell = tuple[str, int | None]
"""A character, and which curve it belongs to; None where there is none."""

_BITS = ((0x40, 0x80), (0x04, 0x20), (0x02, 0x10), (0x01, 0x08))
"""What a dot adds to the character, by its row from the bottom and its column."""

_NO_DOTS = 0x2800
_ALONE = "•"


class Canvas:
    """Draws in dots, from the left and from the bottom; in a cell the last curve has the colour."""

    def __init__(self, columns: int, rows: int) -> None:
        self.width, self.height = 2 * columns, 4 * rows
        self._bits = [[0] * columns for _ in range(rows)]
        self._curves: list[list[int | None]] = [[None] * columns for _ in range(rows)]
        self._alone: set[tuple[int, int]] = set()

    def draw(self, dots: Sequence[tuple[int, int]], curve: int) -> None:
        """A line through the dots, which go from left to right; one dot alone is a fat one."""
        if len(dots) == 1:
            [(x, y)] = dots
            self._dot(x, y, y, curve)
            self._alone.add((y // 4, x // 2))
        for (x, y), (next_x, next_y) in pairwise(dots):
            if next_x == x:
                self._dot(x, y, next_y, curve)
            before = y
            for at in range(x, next_x + 1):
                now = y + round((next_y - y) * (at - x) / max(1, next_x - x))
                self._dot(at, before, now, curve)
                before = now

    def rows(self) -> list[list[Cell]]:
        """The cells, the highest row first."""
        return [
            [
                (_ALONE if (row, column) in self._alone else _character(bits), curve)
                for column, (bits, curve) in enumerate(
                    zip(self._bits[row], self._curves[row], strict=True)
                )
            ]
            for row in reversed(range(len(self._bits)))
        ]

    def _dot(self, x: int, from_y: int, to_y: int, curve: int) -> None:
        """The dots of a column between two heights, the first left out where they differ."""
        step = 1 if to_y >= from_y else -1
        for y in range(from_y + (step if to_y != from_y else 0), to_y + step, step):
            self._bits[y // 4][x // 2] |= _BITS[y % 4][x % 2]
            self._curves[y // 4][x // 2] = curve


def _character(bits: int) -> str:
    return chr(_NO_DOTS + bits) if bits else " "
