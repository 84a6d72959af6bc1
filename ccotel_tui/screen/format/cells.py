"""Text in terminal cells: Korean and emoji take two."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from textual.content import Content


def fitted(text: str, width: int) -> str:
    """The text in exactly so many cells, an ellipsis where it is longer."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


def right(text: str, width: int) -> str:
    """The text at the right end of so many cells; what is longer keeps its length."""
    return " " * (width - cell_len(text)) + text


def apart(left: Content, end: Content, width: int) -> Content:
    """One at the left and one at the right edge; the left one gives way."""
    if not end:
        return left.truncate(width, ellipsis=True)
    room = width - end.cell_length - 1
    if room < 1:
        return end.truncate(width, ellipsis=True)
    return Content.assemble(left.truncate(room, ellipsis=True, pad=True), " ", end)


def wrapped(parts: Sequence[Content], gap: str, width: int, most: int) -> list[Content]:
    """The parts one after the other, each whole, in so many lines at most."""
    lines: list[Content] = []
    for part in filter(None, parts):
        if lines and lines[-1].cell_length + len(gap) + part.cell_length <= width:
            lines[-1] = Content.assemble(lines[-1], gap, part)
        elif len(lines) < most:
            lines.append(part.truncate(width, ellipsis=True))
        else:
            break
    return lines


def join_cells(parts: Sequence[Content], gap: str, width: int) -> Content:
    """As many of the parts, in their order, as fit whole in one line; the first in any case."""
    return next(iter(wrapped(parts, gap, width, 1)), Content(""))


NARROW = 60
"""Columns under which short titles are used."""
